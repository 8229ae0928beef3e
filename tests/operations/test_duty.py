"""A day at the window: pauses, handing over, calling by itself, alerts with their facts (regulations 5.6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from kiosk.domain.alerts import AlertKind
from kiosk.domain.errors import Conflict, Forbidden, HallError
from kiosk.domain.events import Name, stamp
from kiosk.domain.people import Actor
from kiosk.domain.tickets import State
from kiosk.operations import duty, queueing
from kiosk.operations.hall import Context
from kiosk.store import access, queries, records
from tests.conftest import Citizen, Clerk, Clock

Cast = Callable[[], Citizen]
Clerks = Callable[[int], Clerk]
KIOSK = Actor(name="kiosk:kiosk")


def kinds(hall: Context) -> list[AlertKind]:
    with hall.database.read() as db:
        return [alert.kind for alert in queries.alerts_now(db, hall.hall, hall.clock())]


def test_a_paused_window_calls_nobody_and_says_why(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    citizen().take("medical")
    desk = clerk(2)
    duty.pause(hall, window=2, reason=hall.hall.pauses[0], actor=desk.actor)

    with pytest.raises(Conflict) as refusal:
        desk.call_next()
    with hall.database.read() as db:
        line = next(one for one in queries.window_lines(db, hall.hall, hall.hall.day(hall.clock())) if one.pause)
    duty.go_on(hall, window=2, actor=desk.actor)

    assert refusal.value.code == "window_paused"
    assert (line.window.number, line.pause) == (2, hall.hall.pauses[0])
    assert desk.call_next().state is State.CALLED


def test_the_next_number_comes_by_itself_where_the_clerk_wishes(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    for _ in range(2):
        citizen().take("medical")
    desk = clerk(2)
    duty.set_auto(hall, window=2, on=True, actor=desk.actor)
    desk.call_next()
    desk.start()

    desk.complete()

    assert desk.miss().number == 2


def test_a_window_is_handed_over_with_the_visit_that_is_there(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    """Regulations 2.4: both names stay known."""
    citizen().take("medical")
    desk, other = clerk(2), clerk(3)
    desk.call_next()

    duty.hand_over(hall, window=2, to="clerk3", actor=desk.actor)
    started = queueing.start(hall, window=2, actor=other.actor)

    assert started.state is State.SERVING
    with pytest.raises(Forbidden):
        desk.complete()


def test_a_window_is_not_handed_to_somebody_who_has_a_visit_and_nobody_stands_at_two(
    hall: Context, citizen: Cast, clerk: Clerks
) -> None:
    citizen().take("medical")
    citizen().take("social")
    desk, other = clerk(2), clerk(3)
    other.call_next()

    with pytest.raises(Conflict) as refusal:
        duty.hand_over(hall, window=2, to="clerk3", actor=desk.actor)
    other.start()
    other.complete()
    duty.hand_over(hall, window=2, to="clerk3", actor=desk.actor)

    assert refusal.value.code == "window_busy"
    with hall.database.read() as db:
        assert list(access.on_duty(db, hall.hall.day(hall.clock()))) == [2]
        left = [event for event in records.events_of(db, "window:3") if event.name is Name.WINDOW_LEFT]
    assert len(left) == 1


def test_a_window_idle_with_people_waiting_raises_an_alert_with_its_facts(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    citizen().take("medical")
    desk = clerk(2)
    assert kinds(hall) == []

    clock.pass_(minutes=hall.hall.alerts.idle_minutes)

    with hall.database.read() as db:
        [alert] = queries.alerts_now(db, hall.hall, clock())
    assert alert.kind is AlertKind.WINDOW_IDLE
    since = stamp(clock() - timedelta(minutes=5))
    assert alert.facts == {"window": 2, "person": "2号", "minutes": 5, "count": 1, "since": since}
    desk.call_next()
    assert kinds(hall) == []


def test_a_wait_too_long_a_queue_too_long_and_a_pause_too_long_are_told(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    for _ in range(hall.hall.alerts.queue_length):
        citizen().take("medical")
    desk = clerk(2)
    duty.pause(hall, window=2, reason=hall.hall.pauses[0], actor=desk.actor)

    at_once = kinds(hall)
    clock.pass_(minutes=hall.hall.alerts.pause_minutes)
    later = kinds(hall)
    clock.pass_(minutes=hall.hall.alerts.wait_minutes)

    assert at_once == [AlertKind.QUEUE_LONG]
    assert later == [AlertKind.QUEUE_LONG, AlertKind.PAUSE_LONG]
    assert kinds(hall) == [AlertKind.WAIT_LONG, AlertKind.QUEUE_LONG, AlertKind.PAUSE_LONG]


def test_a_call_for_help_is_open_once_until_a_colleague_goes(hall: Context, clerk: Clerks) -> None:
    desk = clerk(2)
    for _ in range(3):
        duty.call_staff(hall, place="取号机", actor=KIOSK)

    with hall.database.read() as db:
        [call] = queries.console_view(db, hall.hall, 2, hall.clock()).calls
    duty.answer_call(hall, call=call.id, actor=desk.actor)

    with hall.database.read() as db:
        assert queries.console_view(db, hall.hall, 2, hall.clock()).calls == ()
    with pytest.raises(HallError) as refusal:
        duty.answer_call(hall, call=call.id, actor=KIOSK)
    assert refusal.value.code == "not_allowed"
