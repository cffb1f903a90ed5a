"""Only the enrolled server is spoken to. The server of the tests has no TLS, so a small front speaks it instead."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from db.enrolment import read
from db.hub import admin, connection
from db.hub.client import HubTransport
from tests.db.hub.conftest import Hub
from tests.db.hub.proxies import TlsFront
from tests.db.hub.test_client import refused
from tests.db.transports import A, Chain, greeting


@dataclass
class Issuer:
    """Somebody who signs certificates."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    pem: str


def issuer(name: str) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = _certificate(subject, key, subject, key, 30, [x509.BasicConstraints(ca=True, path_length=None)])
    return Issuer(subject, key, certificate.public_bytes(serialization.Encoding.PEM).decode())


def chain(folder: Path, by: Issuer | None, host: str, days: int = 30) -> Path:
    """A server's certificate with its key in one file; by itself if nobody signs it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    extensions: list[Any] = [x509.SubjectAlternativeName(names)]
    certificate = _certificate(subject, key, by.name if by else subject, by.key if by else key, days, extensions)
    file = folder / f"{host}{days}{by is None}.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


def _certificate(  # type: ignore[no-untyped-def]
    subject: x509.Name, key, by: x509.Name, by_key, days: int, extensions: list[Any]
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(by_key, hashes.SHA256())


OURS, THEIRS = issuer("ours"), issuer("theirs")


@pytest.fixture
def far(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on this machine's own address is taken for one on the network."""
    monkeypatch.setattr(connection, "is_local", lambda host: False)


def station(hub: Hub, front: TlsFront, ca: str, host: str = "localhost") -> HubTransport:
    mine = hub.enrol("甲")
    way = {"host": host, "port": front.port, "dbname": hub.database, "tls": "verify-full", "ca": ca}
    transport = HubTransport(replace(mine, hub=way), hub.folder)
    hub.open.append(transport)
    return transport


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_enrolled_server_is_believed(hub: Hub, tmp_path: Path, host: str) -> None:
    with TlsFront(hub.server.port, chain(tmp_path, OURS, "localhost")) as front:
        transport = station(hub, front, OURS.pem, host)
        transport.hello(greeting(A))
        transport.push([Chain(A, 500).batch(1, 500)])
        assert transport.hello(greeting(A)).vector == {A: 500}
        transport.close()
    assert (tmp_path / connection.CA_NAME).read_text() == OURS.pem
    assert (tmp_path / connection.CA_NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("by", "host", "days", "code"),
    [
        (THEIRS, "localhost", 30, "hub_tls_ca"),
        (None, "localhost", 30, "hub_tls_ca"),
        (OURS, "hub.example", 30, "hub_tls_host"),
        (OURS, "localhost", -1, "hub_tls_expired"),
    ],
    ids=["signed by another", "signed by itself", "another host", "expired"],
)
def test_another_server_is_told_nothing(
    hub: Hub, tmp_path: Path, by: Issuer | None, host: str, days: int, code: str
) -> None:
    with TlsFront(hub.server.port, chain(tmp_path, by, host, days)) as front:
        refused(code, station(hub, front, OURS.pem).hello, greeting(A))


def test_a_server_without_tls_is_told_nothing(hub: Hub) -> None:
    with TlsFront(hub.server.port, None) as front:
        refused("hub_tls_missing", station(hub, front, OURS.pem).hello, greeting(A))


def test_an_older_authority_is_replaced(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / connection.CA_NAME).write_text(THEIRS.pem)
    with TlsFront(hub.server.port, chain(tmp_path, OURS, "localhost")) as front:
        transport = station(hub, front, OURS.pem)
        assert transport.hello(greeting(A)).vector == {}
        transport.close()


def url(hub: Hub, front: TlsFront, more: str = "") -> str:
    return hub.server.url(hub.database, port=front.port).replace("127.0.0.1", "localhost") + "?sslmode=require" + more


@pytest.mark.usefixtures("far")
def test_the_enrolment_takes_the_authority_from_where_it_can(hub: Hub, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text(OURS.pem)
    with TlsFront(hub.server.port, chain(tmp_path, OURS, "localhost")) as front:
        refused("hub_tls_ca_unknown", enrol, url(hub, front), "甲")
        assert enrol(url(hub, front), "甲", ca_file=str(ca))["ca"] == OURS.pem
        assert enrol(url(hub, front, f"&sslrootcert={ca}"), "乙")["ca"] == OURS.pem
        ca.write_text(THEIRS.pem)
        refused("hub_tls_ca", lambda: enrol(url(hub, front), "丙", ca_file=str(ca)))
        ca.write_text("nothing of the kind")
        refused("bad_ca", lambda: enrol(url(hub, front), "丙", ca_file=str(ca)))
    alone = chain(tmp_path, None, "localhost")
    with TlsFront(hub.server.port, alone) as front:
        way = enrol(url(hub, front), "丁")
        assert way["ca"] in alone.read_text()
        assert (way["tls"], way["host"], way["port"]) == ("verify-full", "localhost", front.port)
    with TlsFront(hub.server.port, chain(tmp_path, None, "hub.example")) as front:
        refused("hub_tls_host", enrol, url(hub, front), "戊")
    names = hub.root().execute("SELECT name FROM kuaishen.stations").fetchall()
    assert {name for (name,) in names} == {"甲", "乙", "丁"}


def enrol(address: str, name: str, **options: Any) -> dict[str, Any]:
    found = read(admin.enrol(address, station=name, **options).content)
    assert found.hub is not None
    return dict(found.hub)


@pytest.mark.usefixtures("far")
def test_a_far_server_without_tls_takes_no_station(hub: Hub) -> None:
    with TlsFront(hub.server.port, None) as front:
        for address in (url(hub, front), url(hub, front).replace("require", "prefer")):
            refused("hub_tls_missing", enrol, address, "甲")


def test_a_local_server_needs_no_tls_unless_it_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text(OURS.pem)
    assert enrol(hub.url, "甲")["tls"] == "local"
    refused("hub_tls_missing", lambda: enrol(hub.url, "乙", ca_file=str(ca)))
    with TlsFront(hub.server.port, chain(tmp_path, OURS, "localhost")) as front:
        assert enrol(url(hub, front), "丙", ca_file=str(ca))["tls"] == "verify-full"
