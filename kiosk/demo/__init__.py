"""A lively morning for a newcomer to watch: citizens come, clerks serve, on the hall that is running."""

from __future__ import annotations

import contextlib
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.demo.office import leave_the_plain_course, open_cases
from kiosk.domain.errors import Conflict
from kiosk.domain.people import CLI, Actor, Role, Staff
from kiosk.domain.ratings import Channel, Level
from kiosk.domain.tickets import Outcome, State, Ticket
from kiosk.operations import duty, evaluation, moving, paper, queueing, staff
from kiosk.operations.hall import Context, close_hall, open_hall
from kiosk.store import access, history, records

DEMO = Actor(name="demo")
LEVELS = (5, 5, 5, 5, 4, 4, 4, 3, 2)
OUTCOMES = (*(Outcome.AT_ONCE,) * 6, Outcome.ACCEPTED, Outcome.FORWARDED, Outcome.TOLD_ONCE, Outcome.WRONG_SERVICE)
PAUSE = 60.0


class HallInUse(Conflict):
    """This hall has real visits; a demonstration would call real people's numbers."""

    def __init__(self) -> None:
        super().__init__("hall_in_use", "the hall has visits that no demonstration made")


@dataclass
class _Window:
    """One window of the morning: who is there, and until when (seconds of the clock) it is busy with its step."""

    number: int
    clerk: Actor
    free_at: float = 0.0
    step: str = "call"


def play(
    context: Context,
    *,
    minutes: float,
    speed: float,
    force: bool,
    say: Callable[[str], None],
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Play the morning for so many minutes, `speed` times as fast as a lively hall; return the visits completed.

    Raises `hall_in_use` where real visits were recorded today and `force` is not given, and `window_taken` where a
    clerk is at a window; then nothing was changed. However it ends, also when `stopped` says so, its visits end, its
    clerks leave and its opening is taken back; whoever else has taken a number waits on in the old place.
    """
    if not force and _real_visits(context):
        raise HallInUse
    _require_free_windows(context)
    until = _open(context, minutes)
    windows: list[_Window] = []
    try:
        windows += (_Window(line.number, _clerk(context, line.number)) for line in context.hall.windows)
        say(f"演示开始：{len(windows)} 个窗口，{minutes:g} 分钟。按 Ctrl+C 结束。")
        _furnish(context, windows, speed)
        done = _play(context, windows, minutes, speed, say, stopped)
    finally:
        _tidy(context, windows)
        _close(context, until)
    say(f"演示结束：办结 {done} 件。")
    return done


def _furnish(context: Context, windows: list[_Window], speed: float) -> None:
    """Give the office something to look after, and the first windows visits that leave the plain course."""
    open_cases(context, windows[0].clerk, DEMO)
    leave_the_plain_course(context, {window.number: window.clerk for window in windows}, DEMO)
    windows[-1].step, windows[-1].free_at = "back", time.monotonic() + PAUSE / speed


def _play(
    context: Context,
    windows: list[_Window],
    minutes: float,
    speed: float,
    say: Callable[[str], None],
    stopped: Callable[[], bool],
) -> int:
    chance, done = random.Random(), 0
    end, next_arrival = time.monotonic() + minutes * 60, 0.0
    while (now := time.monotonic()) < end and not stopped():
        if now >= next_arrival:
            _arrive(context, chance, say)
            next_arrival = now + chance.expovariate(1 / 6) / speed
        for window in windows:
            if now >= window.free_at:
                done += _step(context, window, chance, now, speed, say)
        time.sleep(0.05 / speed)
    return done


def _require_free_windows(context: Context) -> None:
    """Pass while no real clerk is at any window: `take_window` would refuse only when the hall is half ours."""
    at = context.clock()
    since = at - timedelta(minutes=context.hall.limits.idle_minutes)
    with context.database.read() as db:
        for window, person in access.on_duty(db, context.hall.day(at)).items():
            if person.login != _login(window) and access.has_sign_in(db, person.id, since):
                raise Conflict("window_taken", f"{person.login} is at window {window}", name=person.name, window=window)


def _open(context: Context, minutes: float) -> datetime | None:
    """Open the hall for the demonstration and return until when; None where the office keeps it open already."""
    kept = _opened_until(context)
    if kept and kept > context.clock():
        return None
    open_hall(context, minutes=max(10, int(minutes) + 10), actor=CLI)
    return _opened_until(context)


def _close(context: Context, until: datetime | None) -> None:
    """Take the demonstration's opening back, unless the office has set its own meanwhile."""
    if until and _opened_until(context) == until:
        close_hall(context, actor=CLI)


def _opened_until(context: Context) -> datetime | None:
    with context.database.read() as db:
        return access.opened_until(db)


def _login(window: int) -> str:
    return f"demo{window}"


def _real_visits(context: Context) -> bool:
    day = context.hall.day(context.clock())
    with context.database.read() as db:
        return records.has_visits_not_by(db, day, DEMO.name)


def _clerk(context: Context, window: int) -> Actor:
    """The demonstration's clerk of a window, at their post."""
    login = _login(window)
    with context.database.read() as db:
        known = access.credentials(db, login)
    person: Staff = known.staff if known else _hire(context, login, window)
    actor = Actor(name=f"clerk:{login}", staff=person)
    staff.take_window(context, window=window, actor=actor)
    return actor


def _hire(context: Context, login: str, window: int) -> Staff:
    name = context.phrases.say("console.demo_clerk", number=window)
    password = secrets.token_urlsafe(16)
    return staff.add_staff(context, login=login, name=name, role=Role.CLERK, password=password, actor=CLI)


def _arrive(context: Context, chance: random.Random, say: Callable[[str], None]) -> None:
    matter = chance.choice(context.catalogue.matters)
    if chance.random() < 0.15:
        paper.print_checklist(context, matter=matter.id, actor=DEMO)
        say(f"  群众打印《{matter.name}》的材料清单")
        return
    try:
        ticket = queueing.take_ticket(context, matter=matter.id, actor=DEMO)
    except Conflict as refusal:
        say(f"  没有取到号：{context.phrases.say(f'error.{refusal.code}', **refusal.values)}")
        return
    say(f"  {ticket.code} 取号：{matter.name}")


def _step(
    context: Context, window: _Window, chance: random.Random, now: float, speed: float, say: Callable[[str], None]
) -> int:
    """Do what is next at a window and say when to look again; 1 when a visit was completed."""
    number, actor = window.number, window.clerk
    try:
        match window.step:
            case "call":
                ticket = queueing.call_next(context, window=number, actor=actor)
                say(f"  {ticket.code} → {number} 号窗口")
                window.step, wait = ("miss" if chance.random() < 0.06 else "start"), chance.uniform(4, 9)
            case "back":
                duty.go_on(context, window=number, actor=actor)
                window.step, wait = "call", 1.0
            case "miss":
                queueing.recall(context, window=number, actor=actor)
                window.step, wait = "gone", 8.0
            case "gone":
                queueing.miss(context, window=number, actor=actor)
                window.step, wait = "call", 1.0
            case "start":
                queueing.start(context, window=number, actor=actor)
                window.step, wait = "complete", chance.lognormvariate(3.0, 0.5)
            case _:
                _finish(context, window, chance)
                window.step, window.free_at = "call", now + chance.uniform(3, 7) / speed
                return 1
    except Conflict:
        window.step, wait = _step_now(context, number), 1.0
    window.free_at = now + wait / speed
    return 0


def _step_now(context: Context, window: int) -> str:
    """What is next by what really stands at the window, after the hall refused what was thought to be next."""
    with context.database.read() as db:
        there = records.ticket_at_window(db, window)
    if there is None:
        return "call"
    return "start" if there.state is State.CALLED else "complete"


def _finish(context: Context, window: _Window, chance: random.Random) -> None:
    with context.database.read() as db:
        there = records.ticket_at_window(db, window.number)
    matters = (there.matter,) if there and there.matter else ()
    outcome = chance.choice(OUTCOMES)
    ticket = queueing.complete(context, window=window.number, actor=window.clerk, outcome=outcome, matters=matters)
    if chance.random() < 0.6:
        given = Level(chance.choice(LEVELS))
        with context.database.read() as db:
            token = records.ticket_by_id(db, ticket.id).token
        pad = Actor(name=f"pad:{window.number}")
        evaluation.rate(context, token=token, level=given, channel=Channel.PAD, actor=pad)


def _tidy(context: Context, windows: list[_Window]) -> None:
    """End the demonstration's own visits, let everybody else wait on in their place, and leave nobody at a post."""
    ours = {ticket.id for ticket in _unfinished(context)}
    for window in windows:
        with context.database.read() as db:
            there = records.ticket_at_window(db, window.number)
        if there:
            end = queueing.complete if there.state is State.SERVING and there.id in ours else moving.put_back
            with contextlib.suppress(Conflict):
                end(context, window=window.number, actor=window.clerk)
    for ticket in _unfinished(context):
        _end(context, ticket, windows)
    for window in windows:
        with contextlib.suppress(Conflict):
            staff.leave_window(context, actor=window.clerk)


def _unfinished(context: Context) -> list[Ticket]:
    day = context.hall.day(context.clock())
    with context.database.read() as db:
        return history.unfinished(db, day, DEMO.name)


def _end(context: Context, ticket: Ticket, windows: list[_Window]) -> None:
    """End a visit of the demonstration that stands at no window: whoever waits goes home, whoever is held is served."""
    if ticket.state is State.WAITING:
        with contextlib.suppress(Conflict):
            queueing.cancel(context, token=ticket.token, actor=DEMO)
        return
    for window in windows:
        with contextlib.suppress(Conflict):
            moving.resume(context, window=window.number, ticket=ticket.id, actor=window.clerk)
            queueing.complete(context, window=window.number, actor=window.clerk)
            return
