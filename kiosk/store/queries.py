"""What each page shows, read in one moment of the hall: the same values for the first paint and for every push."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kiosk.domain.alerts import Alert, Line, Post, alerts
from kiosk.domain.cases import Case
from kiosk.domain.dispatch import Choice, choose, serves, waited
from kiosk.domain.events import instant
from kiosk.domain.hall import Hall, Service, Window
from kiosk.domain.lights import Lamps
from kiosk.domain.people import Staff
from kiosk.domain.ratings import Channel, Level, Rating, changeable
from kiosk.domain.tickets import State, Ticket
from kiosk.store import access, cases, duty, ratings, records, registers
from kiosk.store.cases import Filter
from kiosk.store.database import Connection
from kiosk.store.duty import Duty, StaffCall
from kiosk.store.records import TICKET, ticket_of
from kiosk.store.registers import Lights

CALLS_SHOWN = 8
PAD_THANKS = timedelta(seconds=20)
MISSED = "state IN ('held', 'missed') AND state = 'missed' AND day = ? ORDER BY ended_at DESC LIMIT 6"
"""The numbers missed last; the first part is the condition of the partial index, word for word."""
FORESEEN = 12
"""So many calls of a window are foreseen in its clerk's list."""


@dataclass(frozen=True, kw_only=True)
class ServiceLine:
    """A service as the kiosk and the board show it: who serves it and how many wait."""

    service: Service
    windows: tuple[Window, ...]
    waiting: int


@dataclass(frozen=True, kw_only=True)
class WindowLine:
    """A window now: who is on duty (None: closed), the ticket there (None: free), the reason of a pause."""

    window: Window
    staff: Staff | None
    ticket: Ticket | None
    pause: str | None = None


@dataclass(frozen=True, kw_only=True)
class CallLine:
    """One announced call; `seq` is its event's number, `at` when it was called last."""

    seq: int
    ticket: Ticket
    window: Window
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HallView:
    """The whole hall at one moment; `seq` is the last event it includes."""

    seq: int
    at: datetime
    open: bool
    windows: tuple[WindowLine, ...]
    services: tuple[ServiceLine, ...]
    calls: tuple[CallLine, ...]
    missed: tuple[Ticket, ...]


@dataclass(frozen=True, kw_only=True)
class QueueLine:
    """One ticket in a clerk's list; `waited` in whole seconds, `choice` the rule by which it is to be called."""

    ticket: Ticket
    service: Service
    waited: int
    choice: Choice[Ticket] | None = None


@dataclass(frozen=True, kw_only=True)
class ConsoleView:
    """What a clerk sees: the own window and ticket, the queue it serves, what is done, colleagues' windows."""

    seq: int
    at: datetime
    open: bool
    window: Window | None
    ticket: Ticket | None
    service: Service | None
    queue: tuple[QueueLine, ...]
    held: tuple[QueueLine, ...]
    missed: tuple[Ticket, ...]
    completed: int
    windows: tuple[WindowLine, ...]
    duty: Duty | None
    alerts: tuple[Alert, ...]
    calls: tuple[StaffCall, ...]
    owed: Lights


@dataclass(frozen=True, kw_only=True)
class TicketView:
    """One visit for its citizen: people ahead at the same windows, the windows to go to, the rating if given.

    `follow_up` is the answer that a negative rating is owed, None where none is.
    """

    seq: int
    at: datetime
    ticket: Ticket
    service: Service
    windows: tuple[Window, ...]
    ahead: int
    rating: Rating | None
    ratable: bool
    addable: bool
    follow_up: Case | None = None

    @property
    def level(self) -> Level | None:
        """The level given first, None while the visit is unrated."""
        return self.rating.level if self.rating else None


@dataclass(frozen=True, kw_only=True)
class PadView:
    """A window's pad: who serves, the ticket there, and the visit whose rating is asked for (None: at rest).

    It tells nobody what was said: whoever looks at a pad sees thanks alone. `until` is when it comes to rest;
    `changing` whether another level may still replace the one just tapped here.
    """

    seq: int
    at: datetime
    window: Window
    staff: Staff | None
    ticket: Ticket | None
    asked: Ticket | None
    thanked: Ticket | None
    until: datetime
    changing: bool = False

    @property
    def language(self) -> str:
        """The language of the ticket it speaks of; Chinese at rest."""
        shown = self.asked or self.thanked or self.ticket
        return shown.language if shown else "zh"


def _tickets(db: Connection, condition: str, *values: object) -> list[Ticket]:
    return [ticket_of(row) for row in db.execute(f"SELECT {TICKET} FROM tickets WHERE {condition}", values)]  # noqa: S608


def service_lines(db: Connection, hall: Hall, day: str) -> tuple[ServiceLine, ...]:
    """Every service with its windows and how many wait for it."""
    counted: dict[str, int] = dict(
        db.execute("SELECT service, count(*) FROM tickets WHERE state = 'waiting' AND day = ? GROUP BY service", (day,))
    )
    return tuple(
        ServiceLine(service=service, windows=hall.windows_for(service.id), waiting=counted.get(service.id, 0))
        for service in hall.services
    )


def window_lines(db: Connection, hall: Hall, day: str) -> tuple[WindowLine, ...]:
    """Every window with the person on duty and the ticket there."""
    present = duty.duties(db, day)
    there = {ticket.window: ticket for ticket in _tickets(db, "state IN ('called', 'serving') AND +day = ?", day)}
    return tuple(_window_line(window, present.get(window.number), there.get(window.number)) for window in hall.windows)


def _window_line(window: Window, post: Duty | None, ticket: Ticket | None) -> WindowLine:
    if post is None:
        return WindowLine(window=window, staff=None, ticket=ticket)
    return WindowLine(window=window, staff=post.staff, ticket=ticket, pause=post.pause)


def alerts_now(db: Connection, hall: Hall, at: datetime) -> tuple[Alert, ...]:
    """What somebody should look at in the queue and at the windows now (regulations 5.6)."""
    day = hall.day(at)
    lines = {
        service: Line(service=hall.service_or_gone(service, service).name, waiting=count, oldest=instant(oldest))
        for service, count, oldest in db.execute(
            "SELECT service, count(*), min(turn_at) FROM tickets WHERE state = 'waiting' AND day = ? GROUP BY service",
            (day,),
        )
    }
    busy = {window for (window,) in db.execute("SELECT window FROM tickets WHERE state IN ('called', 'serving')")}
    ended = dict(
        db.execute("SELECT window, max(ended_at) FROM tickets WHERE day = ? AND window > 0 GROUP BY window", (day,))
    )
    posts = [
        Post(
            window=number,
            person=post.staff.name,
            idle_since=None
            if number in busy
            else max(post.at, instant(ended[number]) if ended.get(number) else post.at),
            paused_since=post.paused_at,
            waiting=sum(lines[one].waiting for one in hall.window(number).services if one in lines),
        )
        for number, post in sorted(duty.duties(db, day).items())
        if any(window.number == number for window in hall.windows)
    ]
    return alerts(tuple(lines.values()), posts, at, hall.alerts)


def call_lines(db: Connection, hall: Hall, day: str) -> tuple[CallLine, ...]:
    """The tickets called last today, newest first, each once; whoever did not come or was sent on is called no more."""
    known = {window.number: window for window in hall.windows}
    rows = db.execute(
        f"SELECT (SELECT max(seq) FROM events WHERE subject = 'ticket:' || tickets.id"  # noqa: S608
        f" AND name IN ('ticket.called', 'ticket.recalled')), {TICKET} FROM tickets"
        " WHERE day = ? AND called_at IS NOT NULL AND state IN ('called', 'serving', 'completed')"
        " ORDER BY called_at DESC, id DESC LIMIT ?",
        (day, CALLS_SHOWN),
    )
    called = [(row[0], ticket_of(row[1:])) for row in rows]
    return tuple(
        CallLine(seq=seq, ticket=ticket, window=known[ticket.window], at=ticket.called_at)
        for seq, ticket in called
        if ticket.window in known and ticket.called_at
    )


def is_open(db: Connection, hall: Hall, at: datetime, service: Service | None = None) -> bool:
    """Whether numbers are issued: by the published hours, or because the office keeps the hall open."""
    return hall.issues_at(at, service) or hall.kept_open(at, access.opened_until(db))


def hall_view(db: Connection, hall: Hall, at: datetime, *, seq: int | None = None) -> HallView:
    """The whole hall now, for boards, kiosk and programs; `seq` where the last event is known already."""
    day = hall.day(at)
    return HallView(
        seq=records.last_seq(db) if seq is None else seq,
        at=hall.local(at),
        open=is_open(db, hall, at),
        windows=window_lines(db, hall, day),
        services=service_lines(db, hall, day),
        calls=call_lines(db, hall, day),
        missed=tuple(_tickets(db, MISSED, day)),
    )


def console_view(db: Connection, hall: Hall, window: int | None, at: datetime) -> ConsoleView:
    """What the clerk at a window sees; without a window only the windows to choose from."""
    day = hall.day(at)
    place = hall.window(window) if window is not None else None
    ticket = records.ticket_at_window(db, place.number) if place else None
    done = db.execute(
        "SELECT count(*) FROM tickets WHERE day = ? AND window = ? AND state = 'completed'", (day, window)
    )
    post = duty.post(db, day, place.number) if place else None
    return ConsoleView(
        seq=records.last_seq(db),
        at=hall.local(at),
        open=is_open(db, hall, at),
        window=place,
        ticket=ticket,
        service=hall.service_or_gone(ticket.service, ticket.prefix) if ticket else None,
        queue=_queue(db, hall, place, at) if place else (),
        held=_held(db, hall, place, at) if place else (),
        missed=tuple(one for one in records.set_aside(db, day, State.MISSED) if place and _is_ours(place, one)),
        completed=int(done.fetchone()[0]),
        windows=window_lines(db, hall, day),
        duty=post,
        alerts=alerts_now(db, hall, at),
        calls=duty.open_calls(db),
        owed=_owed(db, hall, post, at) if post else {},
    )


def _owed(db: Connection, hall: Hall, post: Duty, at: datetime) -> Lights:
    """The lights of what the person at a window owes somebody an answer for; today's low ratings are not told (E8)."""
    today = hall.local(at).date()
    lamps = Lamps(today=today, workdays=hall.workdays, rules=hall.cases)
    owed = Filter(owed=True, person=post.staff.login, low_before=today.isoformat())
    return registers.added(registers.lights(db, owed, lamps))


def _is_ours(window: Window, ticket: Ticket) -> bool:
    return ticket.service in window.services or ticket.window == window.number


def _queue(db: Connection, hall: Hall, window: Window, at: datetime) -> tuple[QueueLine, ...]:
    """Who waits for a window: first whom it would call, one after the other with the reason, then all in their turn."""
    waiting = records.waiting(db, hall.day(at), window.services, window=window.number)
    calls: list[QueueLine] = []
    while len(calls) < FORESEEN and (choice := choose(window, waiting, at, hall.order)):
        calls.append(replace(_line(hall, choice.ticket, at), choice=choice))
        passed = {one.id for one in choice.passed}
        waiting = [
            replace(one, overtaken=one.overtaken + 1) if one.id in passed else one
            for one in waiting
            if one.id != choice.ticket.id
        ]
    return (*calls, *(_line(hall, one, at) for one in waiting if serves(window, one)))


def _held(db: Connection, hall: Hall, window: Window, at: datetime) -> tuple[QueueLine, ...]:
    held = records.set_aside(db, hall.day(at), State.HELD)
    return tuple(_line(hall, one, at) for one in held if serves(window, one))


def _line(hall: Hall, ticket: Ticket, at: datetime) -> QueueLine:
    service = hall.service_or_gone(ticket.service, ticket.prefix)
    return QueueLine(ticket=ticket, service=service, waited=waited(ticket, at))


def ticket_view(db: Connection, hall: Hall, ticket: Ticket, at: datetime) -> TicketView:
    """One visit for its citizen."""
    line = hall.line_of(ticket.service) or (ticket.service,)
    ahead = records.ahead_of(db, ticket.day, line, ticket.turn_at, ticket.id)
    given = ratings.rating(db, ticket.id)
    ended = ticket.ended_at if ticket.state is State.COMPLETED else None
    within = ended is not None and at - ended <= timedelta(days=hall.limits.rating_days)
    return TicketView(
        seq=records.last_seq(db),
        at=hall.local(at),
        ticket=ticket,
        service=hall.service_or_gone(ticket.service, ticket.prefix),
        windows=hall.windows_for(ticket.service),
        ahead=ahead,
        rating=given,
        ratable=within and given is None,
        addable=within and given is not None and ratings.rating(db, ticket.id, 2) is None,
        follow_up=cases.follow_up_of(db, ticket.id) if given else None,
    )


def pad_view(db: Connection, hall: Hall, window: int, at: datetime) -> PadView:
    """A window's pad: it asks for a rating for a while after each visit, until the next number is called."""
    day, place = hall.day(at), hall.window(window)
    there = records.ticket_at_window(db, window)
    last = None if there else records.last_served(db, day, window)
    given = ratings.rating(db, last.id) if last else None
    until = _pad_until(db, hall, last, given) if last else at
    return PadView(
        seq=records.last_seq(db),
        at=hall.local(at),
        window=place,
        staff=access.on_duty(db, day).get(window),
        ticket=there,
        asked=last if given is None and at < until else None,
        thanked=last if given and at < until else None,
        until=until,
        changing=given is not None and changeable(given, Channel.PAD, at),
    )


def _pad_until(db: Connection, hall: Hall, last: Ticket, given: Rating | None) -> datetime:
    """Until when a pad asks for the rating of a visit, or thanks for it; an invitation begins the asking anew."""
    if given is not None:
        return given.at + PAD_THANKS
    asked = ratings.invited_at(db, last.subject)
    return max(one for one in (last.ended_at, asked) if one is not None) + timedelta(seconds=hall.limits.pad_seconds)
