# mypy: disable-error-code="import-not-found, misc"
"""One of two Morango peers, each with a SQLite database of its own; run by the environment that holds Morango.

``peer.py FILE serve`` answers on a loopback port, ``peer.py FILE URL`` syncs with the one that answers there. Both read
words from standard input and answer each with a line of JSON; at its end they stop. Certificates, scopes and the
steps of a sync are those of Morango's own integration tests; settings are its defaults.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROFILE = "bench"


def configure(file: Path, role: str) -> None:
    """Django with this database. Two peers on one machine must not take each other for the same."""
    os.environ["MORANGO_SYSTEM_ID"] = f"bench-{role}"
    import django
    from django.conf import settings
    from django.db.backends.signals import connection_created

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": {"timeout": 60}}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "morango", "records"],
        LOGGING_CONFIG=None,
        ROOT_URLCONF="morango.urls",
        SECRET_KEY="made-up records only",  # noqa: S106
        USE_TZ=True,
    )
    connection_created.connect(_swift, weak=False)
    django.setup()


def _swift(connection: Any, **_: Any) -> None:
    """As Kolibri, the application that Morango was made for, sets its SQLite databases."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")


def prepare(file: Path, rows: Path) -> None:
    """The databases ``server.db`` and ``client.db`` beside ``file``: two certificates, and the rows at the client."""
    from django.core.management import call_command
    from django.db import connection, transaction
    from morango.models.certificates import Certificate, Key, ScopeDefinition
    from morango.sync.controller import MorangoProfileController
    from records.models import Record

    call_command("migrate", run_syncdb=True, verbosity=0)
    whole, part = (
        ScopeDefinition.objects.create(
            id=name, profile=PROFILE, version=1, primary_scope_param_key=key, description=name,
            read_filter_template="", write_filter_template="", read_write_filter_template=template,
        )
        for name, key, template in (("whole", "centre", "${centre}"), ("part", "", "${centre}:records"))
    )  # fmt: skip
    root = Certificate.generate_root_certificate(whole.id)
    child = Certificate(
        parent=root, profile=PROFILE, scope_definition=part, scope_version=part.version,
        scope_params=json.dumps({"centre": root.id}), private_key=Key(),
    )  # fmt: skip
    root.sign_certificate(child)
    child.save()
    child_key = child.private_key
    _keep_key(child, None)
    connection.close()
    shutil.copy(file, file.with_name("server.db"))
    _keep_key(child, child_key)
    _keep_key(root, None)
    with transaction.atomic(), rows.open(encoding="utf-8") as lines:
        for line in lines:
            Record(centre=root.id, **json.loads(line)).save()
    MorangoProfileController(PROFILE).serialize_into_store()
    connection.close()
    shutil.copy(file, file.with_name("client.db"))


def _keep_key(certificate: Any, key: Any) -> None:
    """Each peer owns the private key of its own certificate and no other."""
    certificate.private_key = key
    certificate.save()


@contextmanager
def serving() -> Iterator[str]:
    """The address under which this peer answers, from threads, as ``runserver`` does."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing: standard output is for answers."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sync(url: str, *ways: str) -> dict[str, Any]:
    """One sync session with these transfers ("push", "pull") of all records."""
    from morango.models.certificates import Certificate, Filter
    from morango.sync.controller import MorangoProfileController

    root = Certificate.objects.get(scope_definition_id="whole")
    own = Certificate.objects.get(scope_definition_id="part")
    started = time.perf_counter()
    connection = MorangoProfileController(PROFILE).create_network_connection(url)
    session = connection.create_sync_session(own, root)
    moved = 0
    for way in ways:
        client = session.get_push_client() if way == "push" else session.get_pull_client()
        client.initialize(Filter(f"{root.id}:records"))
        client.run()
        moved += client.current_transfer_session.records_transferred
        client.finalize()
    connection.close_sync_session(session.sync_session)
    seconds = time.perf_counter() - started
    wire = connection.bytes_sent + connection.bytes_received
    connection.close()
    return {"seconds": seconds, "records": moved, "bytes": wire}


def held() -> dict[str, Any]:
    """How many records the application of this peer sees, and how much text is in them."""
    from records.models import Record

    texts = Record.objects.values_list("payload", flat=True)
    return {"records": len(texts), "characters": sum(map(len, texts))}


def answer(commands: dict[str, Callable[[], dict[str, Any]]]) -> None:
    for word in sys.stdin:
        print(json.dumps(commands[word.strip()]()), flush=True)


def main() -> None:
    file, what = Path(sys.argv[1]), sys.argv[2]
    configure(file, "server" if what == "serve" else "client")
    if what == "prepare":
        prepare(file, Path(sys.argv[3]))
    elif what == "serve":
        with serving() as url:
            print(json.dumps({"url": url}), flush=True)
            answer({"held": held})
    else:
        answer({"push": lambda: sync(what, "push"), "empty": lambda: sync(what, "push"), "held": held})


if __name__ == "__main__":
    main()
