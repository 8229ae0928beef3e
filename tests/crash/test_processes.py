"""Several processes on one hall: the command line, a second server, a backup must never confuse the queue."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from kiosk.app import open_hall
from kiosk.config import Settings
from kiosk.store import records
from tests.conftest import CONFIG, ROOT

HAMMER = Path(__file__).with_name("hammer.py")
PROCESSES, THREADS, ROUNDS = 4, 8, 12


def test_four_processes_of_eight_threads_issue_and_call_without_confusion(settings: Settings, tmp_path: Path) -> None:
    command = [sys.executable, str(HAMMER), str(CONFIG), str(tmp_path), str(THREADS), str(ROUNDS)]

    crowd = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(PROCESSES)]
    reports = [json.loads(process.communicate(timeout=120)[0]) for process in crowd]

    taken = Counter(code for report in reports for code in report["taken"])
    called = Counter(ticket for report in reports for _, ticket in report["called"])
    hall = open_hall(settings, tmp_path)
    with hall.database.read() as db:
        rows = db.execute("SELECT prefix, count(*), max(number) FROM tickets GROUP BY prefix").fetchall()
        calls = db.execute(
            "SELECT subject, count(*) FROM events WHERE name = 'ticket.called' GROUP BY subject"
        ).fetchall()
        broken, sound = records.broken_link(db), db.execute("PRAGMA integrity_check").fetchone()[0]
    hall.database.close()
    assert max(taken.values()) == 1, "a number was issued twice"
    assert taken.total() == PROCESSES * THREADS * ROUNDS == sum(count for _, count, _ in rows)
    assert all(count == highest for _, count, highest in rows), "a number was lost"
    assert max(called.values()) == 1, "a ticket was at two windows"
    assert all(count == 1 for _, count in calls)
    assert (broken, sound) == (None, "ok")
