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
from kiosk.domain.errors import HallError, SignInNeeded
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role
from kiosk.domain.tickets import Ticket
from kiosk.operations import hall as opening
from kiosk.operations import queueing, staff
from kiosk.operations.hall import Context
from kiosk.store import queries, records
from tests.conftest import MORNING, PASSWORD, Citizen, Clerk, Clock

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


@pytest.fixture
def leapt(hall: Context, citizen: Cast, clock: Clock) -> Ticket:
    """A machine that was four weeks ahead for a while, and is right again; who came meanwhile has gone."""
    citizen().take("medical")
    clock.pass_(days=28)
    lost = citizen().take("medical")
    queueing.cancel(hall, token=lost.token, actor=CLI)
    clock.pass_(days=-28, minutes=10)
    hall.clock()
    return lost


def test_the_office_takes_the_machines_time_back_and_numbers_go_on(
    hall: Context, leapt: Ticket, citizen: Cast, clerk: Clerks, office: Actor, clock: Clock
) -> None:
    assert hall.clock.machine == clock.now

    opening.accept_clock(hall, actor=office)
    today, desk = citizen().take("medical"), clerk(2)
    called = desk.call_next()
    clock.now = leapt.issued_at
    then = citizen().take("medical")

    assert hall.clock.machine is None
    assert (today.day, today.number, today.issued_at.date()) == ("2026-11-23", 2, MORNING.date())
    assert (called.day, called.number) == ("2026-11-23", 1)
    assert (then.day, then.number) == (leapt.day, leapt.number + 1)


def test_the_diary_says_where_its_time_steps_back_and_steps_back_nowhere_else(
    hall: Context, leapt: Ticket, citizen: Cast, office: Actor
) -> None:
    opening.accept_clock(hall, actor=office)
    citizen().take("medical")

    with hall.database.read() as db:
        diary = records.events_after(db, 0)
        assert records.broken_link(db) is None
    assert [later.name for earlier, later in pairwise(diary) if later.at < earlier.at] == [Name.CLOCK_ACCEPTED]


def test_a_hall_that_starts_anew_goes_on_from_the_time_it_was_given(
    hall: Context, leapt: Ticket, office: Actor, settings: Settings, clock: Clock
) -> None:
    opening.accept_clock(hall, actor=office)

    again = open_hall(settings, hall.database.path.parent, clock=clock)
    now = again.clock()
    again.database.close()

    assert now == clock.now


def test_nobody_stays_signed_in_by_a_time_that_was_wrong(hall: Context, office: Actor, clock: Clock) -> None:
    person = staff.add_staff(hall, login="li", name="李", role=Role.CLERK, password=PASSWORD, actor=CLI)
    clock.pass_(days=28)
    token = staff.sign_in(hall, login=person.login, password=PASSWORD, address="here").token
    clock.pass_(days=-28)

    opening.accept_clock(hall, actor=office)
    assert staff.actor_of(hall, token).staff == person
    clock.pass_(hours=hall.hall.limits.session_hours + 1)

    with pytest.raises(SignInNeeded):
        staff.actor_of(hall, token)


def test_the_time_stays_while_somebody_waits_or_the_machine_is_wrong_or_right_already(
    hall: Context, citizen: Cast, clerk: Clerks, office: Actor, clock: Clock
) -> None:
    def refused(actor: Actor) -> str:
        before = hall.clock()
        with pytest.raises(HallError) as refusal:
            opening.accept_clock(hall, actor=actor)
        assert hall.clock() >= before
        return refusal.value.code

    citizen().take("medical")
    assert refused(office) == "clock_right"
    clock.pass_(days=28)
    citizen().take("medical")
    clock.pass_(days=-28, minutes=10)
    assert refused(office) == "visits_open"
    assert refused(clerk(2).actor) == "not_allowed"
    clock.now = datetime(1970, 1, 1, tzinfo=UTC)
    assert refused(office) == "clock_unlikely"


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
