"""Programs to be killed: works and syncs for ever, saying after each commit and each meeting how far it is.

Reads lines ``folder seed`` and forks one worker for each, so that the price of starting is paid once. A worker's
lines: its process id, then ``made NUMBER`` for every case that is safely recorded, ``met`` for every whole meeting.
"""

from __future__ import annotations

import os
import random
import sys
from datetime import date
from pathlib import Path

from db.store import Store
from desktop.app.desk import Desk
from desktop.core.intake import examine_row

DAY = date(2026, 3, 2)


def work(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    desk = Desk(Store.open(folder, "", cipher=False))
    while True:
        for _ in range(chance.randint(1, 3)):
            values = {
                "platform_number": f"PT{chance.randrange(10**9):09d}",
                "received_on": DAY.isoformat(),
                "patent_type": "发明",
                "title": "一种用于测试的装置",
                "party": "某某科技有限公司",
                "main_class": "G06F 16/29",
            }
            row = examine_row(2, values, {name: name for name in values})
            report = desk.take_in([row], actor="张三", source="清单.xlsx", today=DAY)
            say(f"made {report.rows[0].number}")
        desk.sync()
        say("met")


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def main() -> None:
    import db.bundle
    import db.hub.client  # noqa: F401 (what a meeting needs, loaded once)

    for line in sys.stdin:
        folder, _, seed = line.strip().rpartition(" ")
        pid = os.fork()
        if pid == 0:
            say(str(os.getpid()))
            try:
                work(Path(folder), int(seed))
            finally:
                os._exit(1)
        os.waitpid(pid, 0)
        say("gone")


if __name__ == "__main__":
    main()
