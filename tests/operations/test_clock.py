"""Time in the hall: midnight, the hall's zone, and a machine whose clock is set back (requirements K3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.app import open_hall
from kiosk.clock import SteadyClock
from kiosk.config import Settings
from kiosk.domain.people import Actor
from kiosk.operations import hall as opening
from kiosk.operations import queueing
from kiosk.operations.hall import Context
from kiosk.store import queries, records
from tests.conftest import MORNING, Citizen, Clerk, Clock

Cast = Callable[[], Citizen]
Clerks = Callable[[int], Clerk]
CLI = Actor(name="cli")
SET_BACK = [MORNING - timedelta(days=1), MORNING - timedelta(hours=3), datetime(1970, 1, 1, tzinfo=UTC)]


@pytest.mark.parametrize("wrong", SET_BACK)
def test_a_clock_set_back_changes_neither_the_day_nor_the_numbers_nor_the_line(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock, wrong: datetime
) -> None:
    first, desk = citizen().take("medical"), clerk(2)
    clock.pass_(minutes=4)
    citizen().take("medical")
    clock.now = wrong

    third = citizen().take("medical")
    called = desk.serve()
    with hall.database.read() as db:
        view = queries.console_view(db, hall.hall, 2, hall.clock())

    assert (third.day, third.number) == (first.day, 3)
    assert called.id == first.id
    assert [one.waited for one in view.queue] == [0, 0]
    assert called.ended_at is not None
    assert called.called_at is not None
    assert called.issued_at < called.called_at <= called.ended_at


@pytest.mark.parametrize("wrong", SET_BACK)
def test_a_machine_that_starts_with_a_wrong_clock_goes_on_from_the_diary(
    settings: Settings, tmp_path: Path, clock: Clock, wrong: datetime
) -> None:
    before = open_hall(settings, tmp_path, clock=clock)
    ticket = queueing.take_ticket(before, service="medical", actor=CLI)
    before.database.close()
    clock.now = wrong

    after = open_hall(settings, tmp_path, clock=clock)
    following = queueing.take_ticket(after, service="medical", actor=CLI)
    after.database.close()

    assert (following.day, following.number) == (ticket.day, 2)
    assert following.issued_at >= ticket.issued_at


def test_time_set_back_goes_on_and_is_believed_again_once_it_is_right() -> None:
    machine = Clock()
    steady = SteadyClock(machine)
    steady()

    machine.pass_(hours=-5)
    assert steady() == MORNING
    machine.pass_(minutes=10)
    assert steady() == MORNING + timedelta(minutes=10)
    machine.now = MORNING + timedelta(minutes=12)
    assert steady() == MORNING + timedelta(minutes=12)
    machine.pass_(minutes=1)
    assert steady() == MORNING + timedelta(minutes=13)


def test_a_correction_by_some_seconds_is_waited_out() -> None:
    machine = Clock()
    steady = SteadyClock(machine)
    steady()

    machine.pass_(seconds=-20)
    assert steady() == MORNING
    machine.pass_(seconds=30)
    assert steady() == MORNING + timedelta(seconds=10)


def test_at_midnight_numbers_begin_again_and_yesterdays_stay(
    hall: Context, citizen: Cast, clerk: Clerks, clock: Clock
) -> None:
    """The day changes at midnight of the hall's zone, 16:00 UTC, with somebody waiting and somebody served."""
    clock.now = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
    opening.open_hall(hall, minutes=60, actor=CLI)
    served, waiting, desk = citizen().take("medical"), citizen().take("medical"), clerk(2)
    desk.call_next()
    desk.start()

    clock.pass_(minutes=2)
    fresh = citizen().take("medical")
    with hall.database.read() as db:
        old = [records.ticket_by_id(db, one.id) for one in (served, waiting)]

    assert (served.day, fresh.day) == ("2026-11-23", "2026-11-24")
    assert (waiting.number, fresh.number) == (2, 1)
    assert [one.code for one in old] == [served.code, waiting.code]
    assert len({served.id, waiting.id, fresh.id}) == 3


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Asia/Shanghai", datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), "2026-11-23"),
        ("Asia/Shanghai", datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "2026-11-24"),
        ("Asia/Urumqi", datetime(2026, 11, 23, 18, 0, tzinfo=UTC), "2026-11-24"),
        ("UTC", datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "2026-11-23"),
        ("Pacific/Kiritimati", datetime(2026, 11, 23, 10, 0, tzinfo=UTC), "2026-11-24"),
    ],
)
def test_the_halls_zone_alone_decides_the_day(settings: Settings, zone: str, at: datetime, day: str) -> None:
    place = replace(settings.hall, zone=zone)

    assert place.day(at) == day


def test_the_zone_of_the_halls_region_has_no_hour_twice(settings: Settings) -> None:
    """China keeps no summer time: every hour of a year lies one hour after the one before."""
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    shown = [settings.hall.local(begins + timedelta(hours=hour)).replace(tzinfo=None) for hour in range(366 * 24)]

    assert {later - earlier for earlier, later in pairwise(shown)} == {timedelta(hours=1)}
