"""A ticket's life: which moves are legal, and what each leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from kiosk.domain.errors import BadInput, Conflict
from kiosk.domain.events import Event, Name, instant


class State(StrEnum):
    """Where a ticket stands (等候, 叫号, 办理中, 挂起, 过号, 办结, 取消)."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    MISSED = "missed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Hold(StrEnum):
    """Why a visit pauses: papers missing, papers kept at the window, or a step elsewhere comes first."""

    WITHOUT_PAPERS = "without_papers"
    PAPERS_KEPT = "papers_kept"
    OUTSIDE_STEP = "outside_step"


class Outcome(StrEnum):
    """How a visit ended (regulations 1.2, 2.1, 2.2)."""

    AT_ONCE = "at_once"
    ACCEPTED = "accepted"
    FORWARDED = "forwarded"
    TOLD_ONCE = "told_once"
    WRONG_SERVICE = "wrong_service"
    REFERRED = "referred"


TRANSITIONS: dict[tuple[State | None, Name], State] = {
    (None, Name.TICKET_TAKEN): State.WAITING,
    (State.WAITING, Name.TICKET_CALLED): State.CALLED,
    (State.WAITING, Name.TICKET_TRANSFERRED): State.WAITING,
    (State.WAITING, Name.TICKET_MOVED_UP): State.WAITING,
    (State.WAITING, Name.TICKET_PRIORITY_JUDGED): State.WAITING,
    (State.WAITING, Name.TICKET_CANCELLED): State.CANCELLED,
    (State.CALLED, Name.TICKET_RECALLED): State.CALLED,
    (State.CALLED, Name.TICKET_STARTED): State.SERVING,
    (State.CALLED, Name.TICKET_MISSED): State.MISSED,
    (State.CALLED, Name.TICKET_RETURNED): State.WAITING,
    (State.CALLED, Name.TICKET_TRANSFERRED): State.WAITING,
    (State.SERVING, Name.TICKET_COMPLETED): State.COMPLETED,
    (State.SERVING, Name.TICKET_HELD): State.HELD,
    (State.SERVING, Name.TICKET_RETURNED): State.WAITING,
    (State.SERVING, Name.TICKET_TRANSFERRED): State.WAITING,
    (State.HELD, Name.TICKET_CALLED): State.CALLED,
    (State.HELD, Name.TICKET_RESUMED): State.SERVING,
    (State.HELD, Name.TICKET_COMPLETED): State.COMPLETED,
    (State.MISSED, Name.TICKET_READMITTED): State.WAITING,
}
"""Every legal move; an illegal one is a missing line."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One visit. `token` opens the own-ticket page and is a secret, so it is no part of events or comparisons.

    `turn_at` is the place in line: the arrival, unless somebody moved it; `target` is the one window that may call it.
    `overtaken` counts the later ones who were called first by rule; the events of those others tell it.
    """

    id: int
    day: str
    prefix: str
    number: int
    service: str
    matter: str | None
    state: State
    issued_at: datetime
    turn_at: datetime
    language: str = "zh"
    quantity: int = 1
    priority: str | None = None
    confirmed: bool = False
    appointment: datetime | None = None
    target: int | None = None
    window: int | None = None
    clerk: str | None = None
    calls: int = 0
    misses: int = 0
    hold: Hold | None = None
    outcome: Outcome | None = None
    done: tuple[str, ...] = ()
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    overtaken: int = field(default=0, compare=False)
    token: str = field(default="", compare=False, repr=False)

    @property
    def code(self) -> str:
        """The number as it is shown, printed and spoken, such as A012."""
        return code_of(self.prefix, self.number)

    @property
    def subject(self) -> str:
        """How events name this ticket."""
        return f"ticket:{self.id}"


def code_of(prefix: str, number: int) -> str:
    """A number as it is shown, printed and spoken, such as A012."""
    return f"{prefix}{number:03d}"


def destination(state: State | None, move: Name) -> State:
    """The state a move leads to; `Conflict` with code `illegal_move` where the table has no line for it."""
    try:
        return TRANSITIONS[state, move]
    except KeyError:
        raise Conflict("illegal_move", f"{move} is not possible when {state}", state=state or "none") from None


def evolve(ticket: Ticket | None, event: Event) -> Ticket:
    """The ticket after an event of its own; folding all of them gives exactly the stored row."""
    state = destination(ticket.state if ticket else None, event.name)
    if ticket is None:
        return _taken(state, event)
    change = CHANGES.get(event.name, _ended)
    return replace(change(ticket, event), state=state)


def _taken(state: State, event: Event) -> Ticket:
    data = event.data
    appointment = data.get("appointment")
    return Ticket(
        id=int(event.subject.removeprefix("ticket:")),
        day=str(data["day"]),
        prefix=str(data["prefix"]),
        number=_number(data["number"]),
        service=str(data["service"]),
        matter=_text(data.get("matter")),
        language=str(data["language"]),
        quantity=_number(data.get("quantity", 1)),
        priority=_text(data.get("priority")),
        confirmed=bool(data.get("confirmed")),
        appointment=instant(str(appointment)) if appointment else None,
        state=state,
        issued_at=event.at,
        turn_at=event.at,
    )


def _called(ticket: Ticket, event: Event) -> Ticket:
    window, calls = _number(event.data["window"]), ticket.calls + 1
    return replace(ticket, window=window, clerk=event.actor, calls=calls, called_at=event.at)


def _started(ticket: Ticket, event: Event) -> Ticket:
    return replace(ticket, started_at=event.at)


def _held(ticket: Ticket, event: Event) -> Ticket:
    return replace(ticket, hold=Hold(str(event.data["hold"])), target=_optional(event.data["target"]))


def _resumed(ticket: Ticket, event: Event) -> Ticket:
    return replace(ticket, window=_number(event.data["window"]), clerk=event.actor, hold=None)


def _transferred(ticket: Ticket, event: Event) -> Ticket:
    """Number and arrival stay (regulations 2.1: who was sent on does not queue anew)."""
    return _returned(replace(ticket, service=str(event.data["service"]), target=_optional(event.data["target"])), event)


def _returned(ticket: Ticket, _event: Event) -> Ticket:
    """Back in line: nobody serves it, and it is called as if for the first time."""
    nobody = replace(ticket, window=None, clerk=None, calls=0, hold=None)
    return replace(nobody, called_at=None, started_at=None, ended_at=None)


def _moved_up(ticket: Ticket, event: Event) -> Ticket:
    return replace(ticket, turn_at=instant(str(event.data["turn_at"])))


def _judged(ticket: Ticket, event: Event) -> Ticket:
    return replace(ticket, priority=_text(event.data["priority"]), confirmed=bool(event.data["confirmed"]))


def _missed(ticket: Ticket, event: Event) -> Ticket:
    return replace(ticket, misses=ticket.misses + 1, ended_at=event.at)


def _readmitted(ticket: Ticket, event: Event) -> Ticket:
    return _returned(replace(_moved_up(ticket, event), target=None), event)


def _completed(ticket: Ticket, event: Event) -> Ticket:
    data = event.data
    outcome, done = data.get("outcome"), data.get("matters")
    return replace(
        ticket,
        outcome=Outcome(str(outcome)) if outcome else None,
        done=tuple(map(str, done)) if isinstance(done, Sequence) else (),
        quantity=_number(data.get("quantity", ticket.quantity)),
        hold=None,
        ended_at=event.at,
    )


def _ended(ticket: Ticket, event: Event) -> Ticket:
    return replace(ticket, ended_at=event.at)


CHANGES: dict[Name, Callable[[Ticket, Event], Ticket]] = {
    Name.TICKET_CALLED: _called,
    Name.TICKET_RECALLED: _called,
    Name.TICKET_STARTED: _started,
    Name.TICKET_HELD: _held,
    Name.TICKET_RESUMED: _resumed,
    Name.TICKET_TRANSFERRED: _transferred,
    Name.TICKET_RETURNED: _returned,
    Name.TICKET_MOVED_UP: _moved_up,
    Name.TICKET_PRIORITY_JUDGED: _judged,
    Name.TICKET_MISSED: _missed,
    Name.TICKET_READMITTED: _readmitted,
    Name.TICKET_COMPLETED: _completed,
}
"""What each move leaves behind besides the new state."""


def _number(value: object) -> int:
    return int(str(value))


def _optional(value: object) -> int | None:
    return None if value is None else _number(value)


def _text(value: object) -> str | None:
    return str(value) if value else None


MOST_MATTERS = 20
"""Matters that one number may bring: a village agent's bag, not a whole village."""


def require_quantity(quantity: int) -> int:
    """A number of matters from 1 to 20; `bad_input` otherwise."""
    if not 1 <= quantity <= MOST_MATTERS:
        raise BadInput("bad_input", f"{quantity} matters on one number")
    return quantity
