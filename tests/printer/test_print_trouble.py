"""Bad days: a full disk, a printer away for an hour, a server killed in the middle of a slip."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils.utils import sqlite3

from printer.devices import PrinterSettings
from printer.documents import Document, Image
from printer.emulator import Emulator, Fault, FaultKind
from printer.jobs import JobState
from printer.render import preview
from printer.spool import Spool, Table, history, open_jobs, purge, reprint
from printer.status import Condition
from tests.printer.printer_cast import Desk, ticket

COPY = preview(ticket(), 576, ("补打",)).tobytes()
ORIGINAL = preview(ticket(), 576).tobytes()
SERVER = """
import sys, time
from tests.printer.printer_cast import Desk
from pathlib import Path
from printer.devices import PrinterSettings
from printer.documents import Document, Image
from printer.spool import Spool
desk = Desk(Path(sys.argv[1]))
spool = Spool(printers=[PrinterSettings(id="hall", name="hall", address=sys.argv[2])], write=desk.write,
              connect_reader=desk.reader, clock=desk.clock, on_change=lambda: None)
spool.start()
time.sleep(60)
"""


def hall_printer(emulator: Emulator, **options: str) -> PrinterSettings:
    return PrinterSettings(id="hall", name="大厅", address=emulator.address, **options)  # type: ignore[arg-type]


def pieces(emulator: Emulator) -> list[bytes]:
    return [slip.image.tobytes() for slip in emulator.slips()]


def test_a_full_disk_stops_the_paper_before_the_first_byte_and_not_for_good(
    desk: Desk, emulator: Emulator, spool: Spool
) -> None:
    number = desk.print(ticket())
    desk.wait(number, JobState.CONFIRMED)
    second = desk.print(ticket())
    desk.broken = sqlite3.OperationalError("database or disk is full")
    spool.wake()
    desk.until(lambda: desk.refused > 0)
    assert len(emulator.slips()) == 1

    desk.broken = None

    desk.wait(second, JobState.CONFIRMED)
    assert len(emulator.slips()) == 2


def test_a_disk_that_fills_up_while_a_slip_prints_never_makes_it_print_twice(
    desk: Desk, emulator: Emulator, spool: Spool
) -> None:
    emulator.inject(Fault(kind=FaultKind.PAPER_OUT, at_mm=30))
    number = desk.print(ticket())
    desk.wait(number, JobState.WAITING_PAPER)
    desk.broken = sqlite3.OperationalError("database or disk is full")

    emulator.load_paper()
    emulator.wait_for_slips(1)
    desk.until(lambda: desk.refused > 0)
    desk.broken = None

    desk.wait(number, JobState.CONFIRMED)
    assert pieces(emulator) == [ORIGINAL]


def test_a_printer_away_for_an_hour_prints_what_is_still_wanted_and_nothing_old(
    desk: Desk, open_spool: Callable[..., Spool]
) -> None:
    printer = Emulator(port=0, mm_per_second=0)
    printer.start()
    printer.stop()
    spool = open_spool(hall_printer(printer))
    old = desk.print(ticket("A001"), lives=600)
    desk.wait(old, JobState.OFFLINE)
    desk.now += timedelta(hours=1)
    fresh = desk.print(ticket("A002"), lives=600)
    spool.wake()

    desk.wait(old, JobState.CANCELLED)
    back = Emulator(port=printer.port, mm_per_second=0)
    back.start()

    desk.wait(fresh, JobState.CONFIRMED)
    assert pieces(back) == [preview(ticket("A002"), 576).tobytes()]
    back.stop()


def test_a_server_killed_in_the_middle_of_a_slip_gives_one_marked_copy_after_its_return(
    desk: Desk, open_spool: Callable[..., Spool]
) -> None:
    printer = Emulator(port=0, mm_per_second=100, buffer_bytes=8192)
    printer.start()
    number = desk.print(ticket())
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(Path(__file__).parent), str(Path.cwd())))}
    server = subprocess.Popen([sys.executable, "-c", SERVER, desk.path, printer.address], env=environment)
    desk.wait(number, JobState.SENDING)
    desk.until(lambda: printer.under_head() is not None)

    server.send_signal(signal.SIGKILL)
    server.wait()
    printer.mm_per_second = 0
    open_spool(hall_printer(printer))

    assert desk.wait(number, JobState.REPRINTED).copy == 1
    papers = pieces(printer)
    assert sum(paper.endswith(COPY) for paper in papers) == 1
    assert sum(paper.endswith(ORIGINAL) and not paper.endswith(COPY) for paper in papers) <= 1
    printer.stop()


def test_a_slip_lost_on_a_dying_printer_comes_out_of_its_neighbour_as_a_marked_copy(
    desk: Desk, emulator: Emulator, open_spool: Callable[..., Spool]
) -> None:
    dying = Emulator(port=0, mm_per_second=0)
    dying.start()
    dying.inject(Fault(kind=FaultKind.POWER_CYCLE, at_byte=20_000, seconds=3600))
    open_spool(
        PrinterSettings(id="dying", name="甲", address=dying.address, group="front"),
        PrinterSettings(id="beside", name="乙", address=emulator.address, group="front"),
        failover_after=0.3,
    )

    number = desk.print(ticket(), "dying")

    row = desk.wait(number, JobState.REPRINTED)
    assert row.printed_on == "beside"
    assert pieces(emulator) == [preview(ticket(), 576, ("补打", "备用机打印")).tobytes()]
    dying.stop()


def test_a_slip_lost_twice_waits_for_a_person(desk: Desk, emulator: Emulator, spool: Spool) -> None:
    emulator.inject(Fault(kind=FaultKind.RESET, at_byte=20_000))
    emulator.inject(Fault(kind=FaultKind.RESET, at_byte=60_000))
    number = desk.print(ticket())

    desk.until(lambda: desk.job(number).attempts == 2 and desk.job(number).state is JobState.UNKNOWN)

    after = desk.print(ticket("A024"))
    desk.wait(after, JobState.CONFIRMED)
    assert desk.job(number).attempts == 2
    reader = desk.reader()
    assert open_jobs(reader) == {"hall": 1}
    reader.close()


def test_one_blocked_printer_never_holds_up_another(
    desk: Desk, emulator: Emulator, open_spool: Callable[..., Spool]
) -> None:
    blocked = Emulator(port=0, mm_per_second=0, buffer_bytes=256)
    blocked.start()
    blocked.inject(Fault(kind=FaultKind.COVER_OPEN, at_mm=5))
    open_spool(hall_printer(emulator), PrinterSettings(id="blocked", name="甲", address=blocked.address))
    stuck = desk.print(ticket(), "blocked")
    desk.wait(stuck, JobState.WAITING_COVER)

    free = desk.print(ticket(), "hall")

    desk.wait(free, JobState.CONFIRMED)
    assert desk.job(stuck).state is JobState.WAITING_COVER
    blocked.stop()


def test_a_listener_that_fails_does_not_stop_the_paper(
    desk: Desk, emulator: Emulator, open_spool: Callable[..., Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError("a screen went away")

    monkeypatch.setattr(desk, "on_change", fails)
    spool = open_spool(hall_printer(emulator))

    number = desk.print(ticket())

    desk.wait(number, JobState.CONFIRMED)
    desk.until(lambda: spool.states()[0].condition is Condition.READY)


def test_a_slip_that_cannot_be_drawn_or_read_fails_alone(desk: Desk, emulator: Emulator, spool: Spool) -> None:
    unreadable = desk.write(
        lambda conn: conn.execute(
            "INSERT INTO print_jobs (printer, subject, kind, document, created_at)"
            " VALUES ('hall', '', '', '?', '2026-11-23') RETURNING id"
        ).fetchone()[0]
    )
    undrawable = desk.print(Document(blocks=(Image(png_base64="no"),)))
    sound = desk.print(ticket())

    desk.wait(sound, JobState.CONFIRMED)

    assert desk.job(unreadable).state is desk.job(undrawable).state is JobState.FAILED
    assert len(emulator.slips()) == 1


def test_what_was_queued_for_a_printer_the_hall_no_longer_has_is_seen_as_failed(
    desk: Desk, emulator: Emulator, open_spool: Callable[..., Spool]
) -> None:
    number = desk.print(ticket(), "sold")

    open_spool(hall_printer(emulator))

    assert desk.wait(number, JobState.FAILED).detail == "no such printer"


def test_every_state_of_a_slip_can_be_told_afterwards_until_it_is_forgotten(
    desk: Desk, emulator: Emulator, spool: Spool
) -> None:
    emulator.inject(Fault(kind=FaultKind.PAPER_OUT, at_mm=30))
    number = desk.print(ticket())
    desk.wait(number, JobState.WAITING_PAPER)
    emulator.load_paper()
    desk.wait(number, JobState.CONFIRMED)
    copy = desk.write(lambda conn: reprint(conn, job_id=number, at=desk.now))
    desk.wait(copy, JobState.REPRINTED)

    states = [state for _, state, _, _ in desk.write(lambda conn: history(conn, number))]
    forgotten = desk.write(lambda conn: purge(conn, before=desk.now + timedelta(days=1)))

    assert states[0] is JobState.SENDING
    assert JobState.WAITING_PAPER in states
    assert states[-1] is JobState.CONFIRMED
    assert forgotten == 2


def test_looking_for_work_never_reads_what_was_printed_long_ago(desk: Desk) -> None:
    asked: list[str] = []

    class Listening(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
            asked.append("\n".join(str(row[3]) for row in super().execute(f"EXPLAIN QUERY PLAN {sql}", parameters)))
            return super().execute(sql, parameters)

    rows = Table(desk.write, lambda: sqlite3.connect(desk.path, factory=Listening), desk.clock)

    assert rows.next("hall", ("beside",)) is None

    assert "USING INDEX print_jobs_open" in asked[0]
    assert "SCAN" not in asked[0]
    rows.close()
