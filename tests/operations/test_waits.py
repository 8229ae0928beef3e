"""The estimate at work in the hall: told before taking, kept with the ticket, unknown rather than nonsense."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.tickets import Hold
from kiosk.operations import duty, moving, queueing
from kiosk.operations.hall import Context
from kiosk.operations.waits import Forecaster
from kiosk.store import history, records
from tests.conftest import Citizen, Clerk, Clock

Cast = Callable[[], Citizen]
Clerks = Callable[[int], Clerk]


@pytest.fixture
def forecaster(hall: Context, clock: Clock) -> Forecaster:
    return Forecaster(hall.hall, hall.database, clock)


@pytest.fixture
def told_hall(hall: Context, forecaster: Forecaster) -> Context:
    """The hall, with somebody who estimates."""
    return replace(hall, waits=forecaster)


def test_where_no_window_works_nothing_is_promised(hall: Context, citizen: Cast, forecaster: Forecaster) -> None:
    citizen().take("medical")

    assert forecaster.look().newcomers == {}


def test_whoever_stands_further_back_is_told_no_shorter_wait(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock, forecaster: Forecaster
) -> None:
    tickets = []
    for _ in range(6):
        tickets.append(citizen().take("medical"))
        clock.pass_(seconds=30)
    clerk(2).call_next()

    waits = forecaster.look()

    points = [waits.tickets[one.id].point for one in tickets[1:]] + [waits.newcomers["medical"].point]
    assert points == sorted(points)
    assert all(one.low <= one.point <= one.high for one in waits.tickets.values())


def test_a_window_that_pauses_counts_no_more(
    hall: Context, citizen: Cast, clerk: Clerks, forecaster: Forecaster
) -> None:
    for _ in range(6):
        citizen().take("medical")
    desk = clerk(2)
    clerk(3)
    both = forecaster.look().newcomers["medical"].point

    duty.pause(hall, window=2, reason=hall.hall.pauses[0], actor=desk.actor)

    assert forecaster.look().newcomers["medical"].point > 1.4 * both


def test_what_was_told_is_kept_with_the_number_and_its_keeping_is_reported(
    told_hall: Context, citizen: Cast, clerk: Clerks, clock: Clock, forecaster: Forecaster
) -> None:
    """requirements Q9"""
    desk = clerk(2)
    for _ in range(3):
        citizen().take("medical")
    forecaster.look()
    ticket = Citizen(told_hall).take("medical")

    clock.pass_(minutes=8)
    for _ in range(4):
        desk.serve()

    with told_hall.database.read() as db:
        event = records.events_of(db, ticket.subject)[0]
        kept = history.promises_kept(db, ticket.day)
        [slip] = db.execute("SELECT document FROM print_jobs WHERE subject = ?", (ticket.subject,)).fetchone()
    promise = event.data["promise"]
    assert isinstance(promise, list)
    low, high, version = promise
    assert 0 <= low < high
    assert version == 1
    assert kept.count == 1
    assert "分钟" in json.dumps(json.loads(slip), ensure_ascii=False)


def test_the_estimate_learns_how_long_visits_take_here(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock, forecaster: Forecaster
) -> None:
    desk = clerk(2)
    for _ in range(30):
        citizen().take("medical")
    before = forecaster.look().newcomers["medical"]
    for _ in range(20):
        desk.call_next()
        desk.start()
        clock.pass_(minutes=2)
        queueing.complete(hall, window=2, actor=desk.actor)
    for _ in range(20):
        citizen().take("medical")

    after = forecaster.look().newcomers["medical"]

    assert before.about
    assert not after.about
    assert after.point < 0.5 * before.point


def test_a_recall_a_hold_and_somebody_who_does_not_come_teach_what_really_happened(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    """Five minutes to a hold, an hour elsewhere, two minutes after it; and one who was called twice for nothing."""
    held, missed, desk = citizen().take("medical"), citizen().take("medical"), clerk(2)
    desk.call_next()
    desk.start()
    clock.pass_(minutes=5)
    moving.hold(hall, window=2, kind=Hold.OUTSIDE_STEP, actor=desk.actor)
    desk.call_next()
    clock.pass_(minutes=1)
    desk.recall()
    clock.pass_(minutes=1)
    desk.miss()
    clock.pass_(hours=1)
    moving.resume(hall, window=2, ticket=held.id, actor=desk.actor)
    clock.pass_(minutes=2)
    desk.complete()

    with hall.database.read() as db:
        visits = history.visits_after(db, 0)

    assert [one.length for one in visits] == [300, 120, 120]
    assert [one.waited for one in visits[:2]] == [0, 300]
    assert missed.number == 2


def test_nobody_further_back_in_the_hall_is_told_less_as_it_goes_on(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock, forecaster: Forecaster
) -> None:
    desk = clerk(2)
    tickets = [citizen().take("medical") for _ in range(12)]
    for _ in range(6):
        desk.call_next()
        desk.start()
        clock.pass_(minutes=4)
        desk.complete()
        waits = forecaster.look()
        line = [waits.tickets[one.id] for one in tickets if one.id in waits.tickets] + [waits.newcomers["medical"]]
        assert [one.low for one in line] == sorted(one.low for one in line)
        assert [one.high for one in line] == sorted(one.high for one in line)
