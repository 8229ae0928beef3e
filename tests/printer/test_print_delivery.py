"""What reaches paper, and what the hall is told about it, with a printer on a real port."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from printer.delivery import Delivery, Ending
from printer.devices import PrinterSettings, open_link
from printer.emulator import Emulator, Fault, FaultKind
from printer.jobs import JobState
from printer.profiles import PROFILES
from printer.render import preview
from printer.spool import Spool, cancel, jobs, latest, reprint
from printer.status import Condition
from tests.printer.printer_cast import Desk, ticket

HALL = PrinterSettings(id="hall", name="大厅", address="emulator://127.0.0.1:1", profile="emulator-80")


def test_a_ticket_comes_out_once_and_is_confirmed_by_the_printer(desk: Desk, emulator: Emulator, spool: Spool) -> None:
    number = desk.print(ticket())
    spool.wake()

    row = desk.wait(number, JobState.CONFIRMED)

    assert row.ack == "process_id"
    assert row.bytes_sent > 10_000
    (slip,) = emulator.wait_for_slips(1)
    assert slip.image.tobytes() == preview(ticket(), 576).tobytes()


def test_a_job_of_another_process_is_printed_without_being_told(desk: Desk, emulator: Emulator, spool: Spool) -> None:
    number = desk.print(ticket())

    desk.wait(number, JobState.CONFIRMED)

    assert len(emulator.slips()) == 1


def test_a_printer_with_an_empty_roll_waits_and_prints_each_ticket_once_when_paper_is_loaded(
    desk: Desk, emulator: Emulator, spool: Spool
) -> None:
    emulator.inject(Fault(kind=FaultKind.PAPER_OUT))
    number = desk.print(ticket())
    spool.wake()
    desk.wait(number, JobState.WAITING_PAPER)
    assert spool.states()[0].condition is Condition.WAITING_PAPER
    assert not spool.states()[0].ok
    behind = desk.print(ticket("A024"))
    desk.wait(behind, JobState.WAITING_PAPER)  # whoever stands behind is told the same
    assert {one.state for one in desk.write(jobs)} == {JobState.WAITING_PAPER}  # and so is the office

    emulator.load_paper()

    desk.wait(number, JobState.CONFIRMED)
    desk.wait(behind, JobState.CONFIRMED)
    assert len(emulator.slips()) == 2


def test_a_printer_that_stops_with_its_memory_full_is_told_of_before_its_slip_is_given_up(
    desk: Desk, open_spool: Callable[..., Spool]
) -> None:
    """Its paper ends before it has learnt to report by itself; what asks for its state waits behind the slip."""
    printer = Emulator(port=0, mm_per_second=2000, buffer_bytes=4096)
    printer.start()
    try:
        open_spool(replace(HALL, address=printer.address))
        printer.inject(Fault(kind=FaultKind.PAPER_OUT, at_byte=20))
        number = desk.print(ticket())

        desk.wait(number, JobState.OFFLINE, timeout=12.0)
        printer.load_paper()

        desk.wait(number, JobState.CONFIRMED)
        assert len(printer.slips()) == 1
    finally:
        printer.stop()


def test_paper_that_ends_in_the_middle_of_a_slip_gives_one_whole_slip_after_the_new_roll(
    desk: Desk, emulator: Emulator, spool: Spool
) -> None:
    emulator.inject(Fault(kind=FaultKind.PAPER_OUT, at_mm=40))
    number = desk.print(ticket())
    spool.wake()
    desk.wait(number, JobState.WAITING_PAPER)

    emulator.load_paper()

    desk.wait(number, JobState.CONFIRMED)
    (slip,) = emulator.slips()
    assert slip.image.tobytes() == preview(ticket(), 576).tobytes()


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.POWER_CYCLE])
def test_a_slip_lost_in_the_middle_comes_again_marked_as_a_copy(
    desk: Desk, emulator: Emulator, spool: Spool, kind: FaultKind
) -> None:
    emulator.inject(Fault(kind=kind, at_byte=20_000))
    number = desk.print(ticket())
    spool.wake()

    row = desk.wait(number, JobState.REPRINTED)

    assert row.copy == 1
    copy = preview(ticket(), 576, ("补打",))
    whole = [slip for slip in emulator.slips() if slip.image.tobytes().endswith(copy.tobytes())]
    assert len(whole) == 1
    assert preview(ticket(), 576).tobytes() not in [slip.image.tobytes() for slip in emulator.slips()]


def test_a_printer_that_never_answers_leaves_the_slip_unconfirmed_and_prints_no_copy(
    desk: Desk, emulator: Emulator, open_spool: Callable[..., Spool]
) -> None:
    emulator.inject(Fault(kind=FaultKind.MUTE))
    open_spool(replace(HALL, address=emulator.address), ack_within=0.5)

    number = desk.print(ticket())

    desk.wait(number, JobState.UNCONFIRMED)
    assert len(emulator.wait_for_slips(1)) == 1


def test_a_restart_in_the_middle_of_a_slip_never_repeats_it_unmarked(
    desk: Desk, emulator: Emulator, open_spool: Callable[..., Spool]
) -> None:
    number = desk.print(ticket())
    desk.write(
        lambda conn: conn.execute(
            "UPDATE print_jobs SET state = 'sending', attempts = 1, printed_on = 'hall', started_at = created_at"
        )
    )

    open_spool(replace(HALL, address=emulator.address))

    assert desk.wait(number, JobState.REPRINTED).copy == 1
    assert [slip.image.tobytes() for slip in emulator.slips()] == [preview(ticket(), 576, ("补打",)).tobytes()]


def test_an_old_ticket_is_not_printed_hours_later(
    desk: Desk, emulator: Emulator, open_spool: Callable[..., Spool]
) -> None:
    number = desk.print(ticket(), lives=600)
    desk.now += timedelta(hours=3)

    open_spool(replace(HALL, address=emulator.address))

    assert desk.wait(number, JobState.CANCELLED).detail == "expired"
    assert emulator.slips() == ()


def test_a_printer_that_is_off_is_named_and_prints_when_it_is_back(
    desk: Desk, open_spool: Callable[..., Spool]
) -> None:
    away = Emulator(port=0, mm_per_second=0)
    away.start()
    away.stop()
    spool = open_spool(replace(HALL, address=away.address))
    number = desk.print(ticket())
    desk.wait(number, JobState.OFFLINE)
    assert spool.states()[0].condition is Condition.OFFLINE

    back = Emulator(port=away.port, mm_per_second=0)
    back.start()

    desk.wait(number, JobState.CONFIRMED)
    assert len(back.slips()) == 1
    back.stop()


def test_another_printer_of_the_group_takes_over_and_says_so(
    desk: Desk, emulator: Emulator, open_spool: Callable[..., Spool]
) -> None:
    beside = replace(HALL, id="beside", name="窗口", address=emulator.address, group="front")
    dead = replace(HALL, group="front")
    open_spool(dead, beside, failover_after=0.2)

    number = desk.print(ticket(), "hall")

    row = desk.wait(number, JobState.CONFIRMED)
    assert (row.printer, row.printed_on) == ("hall", "beside")
    assert emulator.slips()[0].image.tobytes() == preview(ticket(), 576, ("备用机打印",)).tobytes()


def test_staff_can_reprint_a_slip_and_it_is_marked(desk: Desk, emulator: Emulator, spool: Spool) -> None:
    number = desk.print(ticket())
    desk.wait(number, JobState.CONFIRMED)

    copy = desk.write(lambda conn: reprint(conn, job_id=number, at=desk.now))

    assert desk.wait(copy, JobState.REPRINTED).original == number
    assert emulator.slips()[1].image.tobytes() == preview(ticket(), 576, ("补打",)).tobytes()
    found = desk.write(lambda conn: latest(conn, "T1"))
    assert found is not None
    assert found.id == copy


def test_a_waiting_slip_can_be_cancelled_but_a_printed_one_cannot(desk: Desk, emulator: Emulator, spool: Spool) -> None:
    printed = desk.print(ticket())
    desk.wait(printed, JobState.CONFIRMED)
    emulator.inject(Fault(kind=FaultKind.PAPER_OUT))
    waiting = desk.print(ticket())
    desk.wait(waiting, JobState.WAITING_PAPER)

    answers = [desk.write(partial(cancel, job_id=number, at=desk.now)) for number in (printed, waiting)]

    assert answers == [False, True]
    assert desk.job(waiting).state is JobState.CANCELLED


def test_an_answer_owed_to_an_earlier_slip_never_confirms_the_next(
    desk: Desk, open_spool: Callable[..., Spool]
) -> None:
    printer = Emulator(port=0, mm_per_second=20, process_ids=False)
    printer.start()
    open_spool(replace(HALL, address=printer.address, profile="native-80"), ack_within=1.0)
    first, second = desk.print(ticket("A001")), desk.print(ticket("A002"))
    desk.wait(first, JobState.UNCONFIRMED)

    desk.wait(second, JobState.SENDING)
    printer.inject(Fault(kind=FaultKind.PAPER_OUT))

    ended = desk.wait(second, JobState.WAITING_PAPER, JobState.UNCONFIRMED, JobState.CONFIRMED)
    assert ended.state is not JobState.CONFIRMED
    printer.stop()


def test_a_slow_printer_that_still_answers_is_waited_for_so_that_its_end_is_seen(
    desk: Desk, open_spool: Callable[..., Spool]
) -> None:
    printer = Emulator(port=0, mm_per_second=10)
    printer.start()
    printer.inject(Fault(kind=FaultKind.POWER_CYCLE, at_mm=40, seconds=0.3))
    open_spool(replace(HALL, address=printer.address, profile="native-80"), ack_within=3.0)

    number = desk.print(ticket())
    desk.wait(number, JobState.UNKNOWN)
    printer.mm_per_second = 0

    assert desk.wait(number, JobState.REPRINTED).copy == 1
    printer.stop()


def test_a_printer_that_never_acknowledges_does_not_hold_up_every_slip(
    desk: Desk, open_spool: Callable[..., Spool]
) -> None:
    printer = Emulator(port=0, mm_per_second=0, process_ids=False)
    printer.start()
    mute = replace(HALL, address=printer.address, profile="native-80", options={"ack": "process_id"})
    open_spool(mute, ack_within=1.0)
    numbers = [desk.print(ticket(f"A{n:03d}")) for n in range(6)]

    rows = [desk.wait(number, JobState.UNCONFIRMED, timeout=40) for number in numbers]

    assert [row.ack for row in rows] == ["status"] * 6
    assert len(printer.slips()) == 6
    printer.stop()


def test_a_wire_that_breaks_after_the_claim_and_before_the_first_byte_counts_as_lost(emulator: Emulator) -> None:
    def claim() -> bool:
        emulator.inject(Fault(kind=FaultKind.RESET))
        return True

    delivery = Delivery(
        connect=lambda: open_link(emulator.address),
        profile=PROFILES["emulator-80"],
        begin=claim,
        report=lambda _: None,
        stop=threading.Event(),
    )

    outcome = delivery.run(b"\x1b@\n", b"0001")

    assert outcome.ending is Ending.LOST
