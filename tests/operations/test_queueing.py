"""Numbers, calls and their ends, over a real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.domain.errors import BadInput, Conflict, Forbidden, HallError, NotFound
from kiosk.domain.events import Name
from kiosk.domain.people import Actor
from kiosk.domain.tickets import State
from kiosk.operations import moving, paper, queueing
from kiosk.operations.hall import Context, close_hall, open_hall
from kiosk.store import queries, records
from printer import spool
from tests.conftest import Citizen, Clerk, Clock

Cast = Callable[[], Citizen]
Clerks = Callable[[int], Clerk]
KIOSK = Actor(name="kiosk:kiosk")


def test_numbers_of_a_service_follow_each_other(citizen: Cast) -> None:
    codes = [citizen().take("medical").code for _ in range(3)]

    prefix = codes[0][0]
    assert codes == [f"{prefix}001", f"{prefix}002", f"{prefix}003"]


def test_numbers_begin_again_each_business_day_in_the_halls_zone(citizen: Cast, clock: Clock) -> None:
    citizen().take("medical")
    clock.pass_(hours=24)

    tuesday = citizen().take("medical")

    assert tuesday.number == 1
    assert tuesday.day == "2026-11-24"


def test_a_matter_names_its_service_by_itself(hall: Context, citizen: Cast) -> None:
    matter = hall.catalogue.matters[0]

    ticket = citizen().take(None, matter=matter.id)  # type: ignore[arg-type]

    assert (ticket.service, ticket.matter) == (matter.service, matter.id)


def test_ten_taps_give_one_ticket_and_one_slip(hall: Context, citizen: Cast) -> None:
    tickets = [citizen().take("medical", request_key="flow-0001") for _ in range(10)]

    with hall.database.read() as db:
        jobs = spool.jobs(db)
    assert {ticket.code for ticket in tickets} == {tickets[0].code}
    assert len(jobs) == 1


def test_the_ticket_its_event_and_its_slip_come_together_or_not_at_all(
    hall: Context, citizen: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "enqueue", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        citizen().take("medical")

    with hall.database.read() as db:
        assert records.last_seq(db) == 0
        assert queries.service_lines(db, hall.hall, "2026-11-23")[0].waiting == 0


def test_first_come_first_served_and_the_reason_is_kept(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    window = hall.hall.windows_for("medical")[0].number
    first = citizen().take("medical")
    clock.pass_(seconds=90)
    citizen().take("medical")

    called = clerk(window).call_next()

    with hall.database.read() as db:
        reason = records.events_of(db, called.subject)[-1].data
    assert called.code == first.code
    assert reason == {"window": window, "rule": "first_come", "waited": 90}


def test_a_window_calls_only_what_it_serves(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    citizen().take("medical")
    stranger = next(window for window in hall.hall.windows if "medical" not in window.services)

    with pytest.raises(Conflict, match="nobody waits") as refusal:
        clerk(stranger.number).call_next()

    assert refusal.value.code == "nobody_waiting"


def test_a_visit_is_called_started_and_completed(citizen: Cast, clerk: Clerks) -> None:
    visitor, at_window = citizen(), clerk(2)
    visitor.take("medical")

    states = [at_window.call_next().state, at_window.start().state, at_window.complete().state]

    assert states == [State.CALLED, State.SERVING, State.COMPLETED]
    assert visitor.now.state is State.COMPLETED


def test_every_recall_is_an_event_of_its_own(hall: Context, citizen: Cast, clerk: Clerks, clock: Clock) -> None:
    citizen().take("medical")
    at_window = clerk(2)
    ticket = at_window.call_next()

    clock.pass_(seconds=10)
    at_window.recall()
    clock.pass_(seconds=10)
    again = at_window.recall()

    with hall.database.read() as db:
        names = [event.name for event in records.events_of(db, ticket.subject)]
    assert again.calls == 3
    assert names == [Name.TICKET_TAKEN, Name.TICKET_CALLED, Name.TICKET_RECALLED, Name.TICKET_RECALLED]


def test_a_window_has_one_visitor_at_a_time(citizen: Cast, clerk: Clerks) -> None:
    citizen().take("medical")
    citizen().take("medical")
    at_window = clerk(2)
    at_window.call_next()

    with pytest.raises(Conflict) as refusal:
        at_window.call_next()

    assert refusal.value.code == "window_busy"


@pytest.mark.parametrize("move", ["recall", "start", "complete", "miss"])
def test_nothing_can_be_done_with_an_empty_window(clerk: Clerks, move: str) -> None:
    with pytest.raises(Conflict) as refusal:
        getattr(clerk(2), move)()

    assert refusal.value.code == "no_ticket_at_window"


def test_a_move_that_the_table_lacks_is_refused(citizen: Cast, clerk: Clerks) -> None:
    citizen().take("medical")
    at_window = clerk(2)
    at_window.call_next()

    with pytest.raises(Conflict) as refusal:
        at_window.complete()

    assert refusal.value.code == "illegal_move"


def test_an_old_page_cannot_move_another_visitor(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    citizen().take("medical")
    citizen().take("medical")
    at_window = clerk(2)
    seen = at_window.call_next()
    at_window.miss()
    at_window.call_next()

    with pytest.raises(Conflict) as refusal:
        queueing.start(hall, window=2, actor=at_window.actor, ticket=seen.id)

    assert refusal.value.code == "no_ticket_at_window"


def test_a_clerk_acts_only_at_the_own_window(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    citizen().take("medical")
    colleague = clerk(4)

    with pytest.raises(Forbidden) as refusal:
        queueing.call_next(hall, window=2, actor=colleague.actor)

    assert refusal.value.code == "not_your_window"


def test_a_kiosk_or_a_citizen_cannot_call(hall: Context, citizen: Cast) -> None:
    citizen().take("medical")

    with pytest.raises(Forbidden) as refusal:
        queueing.call_next(hall, window=2, actor=KIOSK)

    assert refusal.value.code == "not_allowed"


def test_a_citizen_gives_a_waiting_number_back(hall: Context, citizen: Cast) -> None:
    visitor = citizen()
    visitor.take("medical")

    assert visitor.ticket
    queueing.cancel(hall, token=visitor.ticket.token, actor=Actor(name="citizen"))

    assert visitor.now.state is State.CANCELLED


def test_outside_the_hours_the_server_itself_refuses(citizen: Cast, clock: Clock) -> None:
    clock.pass_(hours=-2)

    with pytest.raises(Conflict) as refusal:
        citizen().take("medical")

    assert refusal.value.code == "hall_closed"
    assert refusal.value.values["opens"] == "11-23 08:30"


def test_windows_serve_on_after_the_last_number(citizen: Cast, clerk: Clerks, clock: Clock) -> None:
    """Regulations 3.6: who is inside at closing time is served."""
    citizen().take("medical")
    at_window = clerk(2)
    clock.pass_(hours=9)

    assert at_window.serve().state is State.COMPLETED


def test_the_office_can_open_the_hall_on_a_holiday(hall: Context, citizen: Cast, clock: Clock, office: Actor) -> None:
    clock.pass_(days=6)
    open_hall(hall, minutes=30, actor=office)
    citizen().take("medical")

    close_hall(hall, actor=office)

    with pytest.raises(Conflict):
        citizen().take("medical")


def test_a_full_queue_asks_people_to_speak_to_the_guide(hall: Context, citizen: Cast) -> None:
    for _ in range(hall.hall.limits.waiting_per_service):
        citizen().take("medical")

    with pytest.raises(Conflict) as refusal:
        citizen().take("medical")

    assert refusal.value.code == "queue_full"


@pytest.mark.parametrize(
    ("wish", "error", "code"),
    [
        ({"service": "nothing"}, NotFound, "unknown_service"),
        ({"service": ""}, NotFound, "unknown_service"),
        ({"matter": "x' OR 1=1 --"}, NotFound, "unknown_matter"),
        ({"service": "medical", "request_key": "x" * 65}, BadInput, "bad_input"),
    ],
)
def test_what_the_hall_does_not_have_is_refused_by_name(
    hall: Context, wish: dict[str, Any], error: type[HallError], code: str
) -> None:
    with pytest.raises(error) as refusal:
        queueing.take_ticket(hall, actor=KIOSK, **wish)

    assert refusal.value.code == code


def test_yesterdays_open_ticket_is_closed_when_the_window_is_taken(citizen: Cast, clerk: Clerks, clock: Clock) -> None:
    visitor, colleague = citizen(), clerk(2)
    visitor.take("medical")
    colleague.call_next()
    clock.pass_(hours=24)

    from kiosk.operations import staff  # noqa: PLC0415

    staff.take_window(colleague.hall, window=2, actor=colleague.actor)

    assert visitor.now.state is State.MISSED


def test_printing_a_checklist_needs_no_number_and_is_logged(hall: Context) -> None:
    """Regulations 5.5.1: everything told once, in writing, and the proof of it."""
    matter = hall.catalogue.matters[4]

    job = paper.print_checklist(hall, matter=matter.id, actor=KIOSK)

    with hall.database.read() as db:
        event = records.events_of(db, f"matter:{matter.id}")[0]
        slip = spool.job(db, job)
    assert event.name is Name.CHECKLIST_PRINTED
    assert event.data["materials"] == [material.name for material in matter.materials]
    assert slip is not None
    assert slip.kind == "checklist"


def test_people_ahead_are_all_whom_the_same_windows_call_first(hall: Context, citizen: Cast) -> None:
    """Windows 2 and 3 serve two services first come, first served: ten of the one are ahead of one of the other."""
    for _ in range(10):
        citizen().take("social")

    late = citizen().take("medical")

    with hall.database.read() as db:
        shown = queries.ticket_view(db, hall.hall, late, hall.clock())
        slip = spool.latest(db, late.subject)
    assert shown.ahead == 10
    assert slip is not None
    assert "前面还有 10 人" in {getattr(block, "text", "") for block in slip.document.blocks}


def test_a_service_that_the_configuration_loses_at_noon_leaves_its_tickets_readable(
    hall: Context, citizen: Cast, clerk: Clerks
) -> None:
    citizen().take("medical")
    clerk(2).call_next()
    poorer = replace(hall.hall, services=tuple(one for one in hall.hall.services if one.id != "medical"))

    with hall.database.read() as db:
        console = queries.console_view(db, poorer, 2, hall.clock())
        board = queries.hall_view(db, poorer, hall.clock())
    assert console.service is not None
    assert console.service.name == "A"
    assert [call.ticket.code for call in board.calls] == ["A001"]


def test_whoever_was_let_wait_three_times_is_called_before_the_fourth(
    hall: Context, citizen: Cast, clerk: Clerks
) -> None:
    plain, desk = citizen().take("medical"), clerk(2)
    favoured = [citizen().take("medical", priority="elderly") for _ in range(4)]

    called = [desk.serve().id for _ in range(5)]

    assert called == [*(one.id for one in favoured[:3]), plain.id, favoured[3].id]


def test_whoever_is_sent_on_stands_where_they_came_and_not_behind(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    sent, desk = citizen().take("advice"), clerk(1)
    clock.pass_(minutes=1)
    citizen().take("social")
    desk.call_next()

    moved = moving.transfer(hall, window=1, service="social", actor=desk.actor)

    assert moved.turn_at == sent.issued_at
    assert clerk(3).call_next().id == sent.id
