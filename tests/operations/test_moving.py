"""Holding, passing on, putting back, picking and coming back: every move of a clerk's day, and its refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from kiosk.domain.dispatch import Rule
from kiosk.domain.errors import Conflict, Forbidden, HallError
from kiosk.domain.people import Actor
from kiosk.domain.tickets import Hold, Outcome, State, Ticket
from kiosk.operations import appointments, moving, queueing
from kiosk.operations.hall import Context
from kiosk.store import records
from tests.conftest import Citizen, Clerk, Clock

Cast = Callable[[], Citizen]
Clerks = Callable[[int], Clerk]
KIOSK = Actor(name="kiosk:kiosk")


def in_a_row(citizen: Cast, clock: Clock, count: int) -> list[Ticket]:
    """So many people, one after the other."""
    taken = []
    for _ in range(count):
        taken.append(citizen().take("medical"))
        clock.pass_(seconds=20)
    return taken


def last(hall: Context, ticket: Ticket) -> dict[str, object]:
    """The data of what happened last to a ticket."""
    with hall.database.read() as db:
        return dict(records.events_of(db, ticket.subject)[-1].data)


def refused(code: str, verb: Callable[[], object]) -> None:
    with pytest.raises(HallError) as refusal:
        verb()
    assert refusal.value.code == code


@pytest.mark.parametrize("kind", Hold)
def test_a_held_visit_frees_the_window_and_goes_on_with_the_same_number(
    hall: Context, citizen: Cast, clerk: Clerks, kind: Hold
) -> None:
    ticket, desk = citizen().take("medical"), clerk(2)
    citizen().take("medical")
    desk.call_next()
    desk.start()

    moving.hold(hall, window=2, kind=kind, actor=desk.actor)
    desk.serve()
    back = moving.resume(hall, window=2, ticket=ticket.id, actor=desk.actor)

    assert (back.state, back.code, back.window, back.hold) == (State.SERVING, ticket.code, 2, None)


def test_papers_kept_at_a_window_bring_the_citizen_back_to_this_window(
    hall: Context, citizen: Cast, clerk: Clerks
) -> None:
    ticket, desk, other = citizen().take("medical"), clerk(2), clerk(3)
    desk.call_next()
    desk.start()
    moving.hold(hall, window=2, kind=Hold.PAPERS_KEPT, actor=desk.actor)

    refused("other_window", lambda: moving.resume(hall, window=3, ticket=ticket.id, actor=other.actor))


def test_a_citizen_without_papers_may_come_back_to_any_window_of_the_service(
    hall: Context, citizen: Cast, clerk: Clerks
) -> None:
    ticket, desk, other = citizen().take("medical"), clerk(2), clerk(3)
    desk.call_next()
    desk.start()
    moving.hold(hall, window=2, kind=Hold.WITHOUT_PAPERS, actor=desk.actor)

    back = moving.resume(hall, window=3, ticket=ticket.id, call=True, actor=other.actor)

    assert (back.state, back.window) == (State.CALLED, 3)
    assert last(hall, ticket)["rule"] == Rule.AFTER_HOLD


def test_who_is_sent_on_keeps_number_and_place(hall: Context, citizen: Cast, clerk: Clerks, clock: Clock) -> None:
    """Regulations 2.1: another window's business is brought there, not sent to the end of a line."""
    early = citizen().take("medical")
    clock.pass_(minutes=5)
    citizen().take("civil")
    wrong, right = clerk(2), clerk(4)
    wrong.call_next()

    moving.transfer(hall, window=2, service="civil", actor=wrong.actor)
    called = right.call_next()

    assert called.code == early.code
    assert called.issued_at == early.issued_at


def test_a_ticket_sent_to_one_window_waits_for_that_window(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    ticket, desk, right = citizen().take("medical"), clerk(2), clerk(5)
    desk.call_next()

    moving.transfer(hall, window=2, target=5, actor=desk.actor)

    refused("nobody_waiting", desk.call_next)
    assert right.call_next().id == ticket.id
    assert last(hall, ticket)["rule"] == Rule.TRANSFERRED


def test_a_call_can_be_undone_and_nothing_is_lost(hall: Context, citizen: Cast, clerk: Clerks, clock: Clock) -> None:
    first, second = citizen().take("medical"), citizen().take("medical")
    desk = clerk(2)
    desk.call_next()
    clock.pass_(minutes=1)

    back = moving.put_back(hall, window=2, actor=desk.actor)

    assert (back.state, back.window, back.calls) == (State.WAITING, None, 0)
    assert [desk.serve().id, desk.serve().id] == [first.id, second.id]


def test_picking_one_out_of_order_needs_a_reason_and_keeps_it(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    citizen().take("medical")
    ticket, desk = citizen().take("medical"), clerk(2)

    refused("reason_needed", lambda: moving.pick(hall, window=2, ticket=ticket.id, reason=" ", actor=desk.actor))
    moving.pick(hall, window=2, ticket=ticket.id, reason="老人身体不适", actor=desk.actor)

    assert last(hall, ticket)["reason"] == "老人身体不适"


def test_moving_one_up_changes_places_with_the_one_before(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    first, second, third = in_a_row(citizen, clock, 3)
    desk, alone = clerk(2), citizen().take("civil")

    moving.move_up(hall, ticket=third.id, reason="急着赶车", actor=desk.actor)

    assert [desk.serve().id for _ in range(3)] == [first.id, third.id, second.id]
    refused("first_already", lambda: moving.move_up(hall, ticket=alone.id, reason="x", actor=desk.actor))


def test_a_declared_priority_goes_first_and_staff_can_withdraw_it(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    plain = citizen().take("medical")
    elder = citizen().take("medical", priority="elderly")
    other = citizen().take("medical", priority="disabled")
    desk = clerk(2)

    moving.judge_priority(hall, ticket=other.id, priority=None, actor=desk.actor)

    assert [desk.serve().id for _ in range(3)] == [elder.id, plain.id, other.id]


def test_what_staff_issue_for_a_person_counts_as_confirmed(hall: Context, clerk: Clerks) -> None:
    desk = clerk(2)

    ticket = queueing.take_ticket(hall, service="medical", priority="elderly", quantity=4, actor=desk.actor)

    assert (ticket.confirmed, ticket.quantity) == (True, 4)


def test_a_missed_number_comes_back_behind_three_others(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    """requirements Q5"""
    missed, *others = in_a_row(citizen, clock, 6)
    desk = clerk(2)
    desk.call_next()
    desk.miss()

    moving.readmit(hall, ticket=missed.id, actor=desk.actor)

    order = [desk.serve().id for _ in range(6)]
    assert order == [*(one.id for one in others[:3]), missed.id, *(one.id for one in others[3:])]


def test_a_number_comes_back_so_often_only(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    ticket, desk = citizen().take("medical"), clerk(2)
    desk.call_next()
    for _ in range(hall.hall.queue.returns):
        desk.miss()
        moving.readmit(hall, ticket=ticket.id, actor=desk.actor)
        desk.call_next()
    desk.miss()

    refused("returned_enough", lambda: moving.readmit(hall, ticket=ticket.id, actor=desk.actor))


def test_after_an_hour_a_missed_number_stays_missed(hall: Context, citizen: Cast, clerk: Clerks, clock: Clock) -> None:
    ticket, desk = citizen().take("medical"), clerk(2)
    desk.call_next()
    desk.miss()
    clock.pass_(minutes=hall.hall.queue.return_minutes + 1)

    refused("returned_late", lambda: moving.readmit(hall, ticket=ticket.id, actor=desk.actor))


def test_a_visit_ends_with_its_outcome_what_was_done_and_how_much(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    citizen().take("medical")
    desk = clerk(2)
    matter = hall.catalogue.of_service("medical")[0].id
    desk.call_next()
    desk.start()

    ended = queueing.complete(hall, window=2, outcome=Outcome.ACCEPTED, matters=[matter], quantity=2, actor=desk.actor)

    assert (ended.outcome, ended.done, ended.quantity) == (Outcome.ACCEPTED, (matter,), 2)


def test_a_second_press_of_recall_is_no_second_call(hall: Context, citizen: Cast, clerk: Clerks, clock: Clock) -> None:
    citizen().take("medical")
    desk = clerk(2)
    desk.call_next()

    refused("too_soon", desk.recall)
    clock.pass_(seconds=hall.hall.queue.recall_seconds)

    assert desk.recall().calls == 2


def test_a_device_may_not_leave_the_order(hall: Context, citizen: Cast) -> None:
    ticket = citizen().take("medical")

    with pytest.raises(Forbidden):
        moving.move_up(hall, ticket=ticket.id, reason="x", actor=KIOSK)


def test_a_locked_service_gives_no_numbers_and_says_why(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    desk = clerk(2)
    appointments.lock_service(hall, service="medical", notice="系统检修，下午恢复", actor=desk.actor)

    with pytest.raises(Conflict) as refusal:
        citizen().take("medical")
    appointments.unlock_service(hall, service="medical", actor=desk.actor)

    assert refusal.value.values["notice"] == "系统检修，下午恢复"
    assert citizen().take("medical").number == 1


def test_an_appointment_gets_its_number_once_and_goes_first_at_its_time(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    """Regulations 3.6: special need → appointment."""
    desk, soon = clerk(2), clock() + timedelta(minutes=20)
    agreed = appointments.book(hall, service="medical", at=soon, name="王大爷", phone="13800000000", actor=desk.actor)
    waiting = citizen().take("medical")

    ticket = appointments.check_in(hall, code=agreed.code, actor=KIOSK)
    again = appointments.check_in(hall, code=agreed.code, actor=KIOSK)
    early = desk.serve()
    citizen().take("medical")
    clock.pass_(minutes=21)
    late = desk.call_next()

    assert again.id == ticket.id
    assert early.id == waiting.id
    assert late.id == ticket.id
    assert last(hall, ticket)["rule"] == Rule.FIRST_COME


def test_an_appointment_outside_its_time_is_told_kindly(hall: Context, clerk: Clerks, clock: Clock) -> None:
    desk = clerk(2)
    at = clock() + timedelta(hours=2)
    agreed = appointments.book(hall, service="medical", at=at, name="李", phone="138", actor=desk.actor)

    refused("too_early", lambda: appointments.check_in(hall, code=agreed.code, actor=KIOSK))
    refused("unknown_appointment", lambda: appointments.check_in(hall, code="nothing", actor=KIOSK))
    refused(
        "outside_hours",
        lambda: appointments.book(
            hall, service="medical", at=clock() + timedelta(hours=14), name="李", phone="1", actor=desk.actor
        ),
    )


def test_a_visit_that_ends_after_closing_records_the_minutes_of_extended_service(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    """Regulations 3.6: people inside are served to the end."""
    ticket, desk = citizen().take("medical"), clerk(2)
    desk.call_next()
    desk.start()
    clock.pass_(hours=3, minutes=12)  # the morning ends at noon

    desk.complete()

    assert last(hall, ticket)["extended"] == 12
