"""The program that the kill test kills: appends and projects for ever, saying after each commit how far it is.

With a third argument it is the control, which keeps its records by writing one file anew in place.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from db.store import Store
from tests.db import toy


def main() -> None:
    directory = Path(sys.argv[1])
    chance = random.Random(int(sys.argv[2]))
    store = Store.open(directory, "", cipher=False)
    with store.read() as reader:
        events = reader.count()
        reader.driver.execute("PRAGMA wal_autocheckpoint = 60")
    print(events, flush=True)
    while True:
        drafts = [toy.draft(events + n, chance) for n in range(chance.randint(1, 4))]
        with store.write() as tx:
            toy.record(tx, drafts)
        events += len(drafts)
        print(events, flush=True)


def naive() -> None:
    path = Path(sys.argv[1]) / "naive.json"
    records: list[str] = json.loads(path.read_text()) if path.exists() else []
    while True:
        records.append("x" * 4000)
        with path.open("w") as file:
            for piece in json.dumps(records).split(","):  # as a program does that writes record by record
                file.write(piece + ",")
                file.flush()
            file.seek(file.tell() - 1)
            file.truncate()
        print(len(records), flush=True)


if __name__ == "__main__":
    naive() if len(sys.argv) > 3 else main()
