"""The demonstration: a lively hall to look at, which leaves the real one as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kiosk import demo
from kiosk.domain.cases import Kind, State
from kiosk.domain.errors import Conflict
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role
from kiosk.operations import staff
from kiosk.operations.hall import Context, open_hall
from kiosk.store import access, cases, records
from tests.conftest import PASSWORD, Citizen, Clerk, Clock

CLI = Actor(name="cli")


def play(
    hall: Context,
    *,
    minutes: float = 0.05,
    force: bool = False,
    say: Callable[[str], None] = lambda line: None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Three seconds of a hall a hundred times as lively as a real one."""
    return demo.play(hall, minutes=minutes, speed=100, force=force, say=say, stopped=stopped)


def unfinished(hall: Context) -> list[str]:
    """The numbers that wait, stand at a window or are held."""
    with hall.database.read() as db:
        rows = db.execute("SELECT id FROM tickets WHERE state NOT IN ('completed', 'missed', 'cancelled') ORDER BY id")
        return [records.ticket_by_id(db, row[0]).code for row in rows.fetchall()]


def on_duty(hall: Context) -> list[int]:
    with hall.database.read() as db:
        return sorted(access.on_duty(db, hall.hall.day(hall.clock())))


def opened_until(hall: Context) -> datetime | None:
    with hall.database.read() as db:
        return access.opened_until(db)


def test_a_demonstration_serves_visitors_and_leaves_the_hall_empty(hall: Context, clock: Clock) -> None:
    clock.pass_(microseconds=250)  # a machine's clock is finer than what the diary keeps
    said: list[str] = []

    done = play(hall, say=said.append)

    assert done > 0
    assert said[-1] == f"演示结束：办结 {done} 件。"
    assert unfinished(hall) == []
    assert on_duty(hall) == []
    assert opened_until(hall) is None


def test_a_window_that_was_refused_goes_on_with_whoever_stands_there(
    hall: Context, citizen: Callable[[], Citizen], clerk: Callable[[int], Clerk]
) -> None:
    """A refusal, such as a second call too soon, must not leave a demonstration's window idle until its end."""
    desk = clerk(2)
    citizen().take("medical")
    seen = [demo._step_now(hall, 2)]
    for move in (desk.call_next, desk.start, desk.complete):
        move()
        seen.append(demo._step_now(hall, 2))

    assert seen == ["call", "start", "complete", "call"]


def test_a_demonstration_can_be_played_again(hall: Context) -> None:
    play(hall)

    assert play(hall) > 0


def test_a_demonstration_that_breaks_off_leaves_the_hall_empty_too(hall: Context) -> None:
    def break_off(line: str) -> None:
        if "号窗口" in line:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        play(hall, say=break_off)

    assert unfinished(hall) == []
    assert on_duty(hall) == []
    assert opened_until(hall) is None


def test_a_demonstration_that_is_stopped_leaves_the_hall_empty_too(hall: Context) -> None:
    said: list[str] = []

    play(hall, minutes=60, say=said.append, stopped=lambda: any("号窗口" in line for line in said))

    assert said[-1].startswith("演示结束")
    assert unfinished(hall) == []
    assert on_duty(hall) == []


def test_whoever_took_a_number_during_a_demonstration_waits_on_in_the_old_place(
    hall: Context, citizen: Callable[[], Citizen]
) -> None:
    """A newcomer tries the kiosk while it plays: a number called at the end waits again, and is nobody's to cancel."""
    people: list[Citizen] = []

    def come(line: str) -> None:
        if not people and "取号" in line:
            people.extend(citizen() for _ in range(3))
            for one in people:
                one.take("medical")

    play(hall, minutes=60, say=come, stopped=lambda: any(one.now.window for one in people))

    with hall.database.read() as db:
        line = records.waiting(db, hall.hall.day(hall.clock()), ("medical",))
    assert [ticket.code for ticket in line] == [one.now.code for one in people]
    assert unfinished(hall) == [one.now.code for one in people]
    assert on_duty(hall) == []


def test_a_demonstration_never_calls_real_people(hall: Context, citizen: Callable[[], Citizen]) -> None:
    citizen().take()

    with pytest.raises(Conflict) as refusal:
        play(hall)

    assert refusal.value.code == "hall_in_use"
    assert on_duty(hall) == []
    assert opened_until(hall) is None


@pytest.mark.parametrize("force", [False, True])
def test_a_demonstration_never_takes_a_colleagues_window(hall: Context, force: bool) -> None:
    """The last window is taken: the first ones must not have been touched when that is found out."""
    staff.add_staff(hall, login="li", name="小李", role=Role.CLERK, password=PASSWORD, actor=CLI)
    known = staff.sign_in(hall, login="li", password=PASSWORD, address="192.168.1.20")
    last = hall.hall.windows[-1].number
    staff.take_window(hall, window=last, actor=staff.actor_of(hall, known.token))

    with pytest.raises(Conflict) as refusal:
        play(hall, force=force)

    assert refusal.value.code == "window_taken"
    assert on_duty(hall) == [last]
    assert opened_until(hall) is None


def test_a_demonstration_keeps_the_offices_opening(hall: Context, clock: Clock) -> None:
    clock.pass_(hours=12)
    until = open_hall(hall, minutes=60, actor=CLI)

    play(hall)

    assert opened_until(hall) == until == clock() + timedelta(minutes=60)


def test_a_demonstration_gives_the_office_cases_of_every_kind(hall: Context) -> None:
    play(hall)

    with hall.database.read() as db:
        found = cases.search(db, cases.Filter())
    assert {case.kind for case in found} == set(Kind)
    assert {State.OPENED, State.WAITING, State.ANSWERED, State.CLOSED} <= {case.state for case in found}
    assert all("演示" in case.name for case in found if case.name)
    assert any(case.stage == "in_work" for case in found)


def test_a_demonstration_shows_what_leaves_the_plain_course(hall: Context) -> None:
    play(hall)

    with hall.database.read() as db:
        names = {event.name for event in records.events_after(db, 0)}
    assert {
        Name.TICKET_HELD,
        Name.TICKET_TRANSFERRED,
        Name.RATING_EXPLAINED,
        Name.WINDOW_PAUSED,
        Name.PRAISE_GIVEN,
    } <= names
