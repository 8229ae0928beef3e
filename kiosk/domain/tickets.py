"""A ticket's life: which moves are legal, and what each leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from kiosk.domain.errors import Conflict
from kiosk.domain.events import Event, Name


class State(StrEnum):
    """Where a ticket stands (等候, 叫号, 办理中, 过号, 办结, 取消)."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    MISSED = "missed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


AT_WINDOW = frozenset({State.CALLED, State.SERVING})
"""States in which a ticket occupies its window; a window holds one such ticket at most."""

TRANSITIONS: dict[tuple[State | None, Name], State] = {
    (None, Name.TICKET_TAKEN): State.WAITING,
    (State.WAITING, Name.TICKET_CALLED): State.CALLED,
    (State.WAITING, Name.TICKET_CANCELLED): State.CANCELLED,
    (State.CALLED, Name.TICKET_RECALLED): State.CALLED,
    (State.CALLED, Name.TICKET_STARTED): State.SERVING,
    (State.CALLED, Name.TICKET_MISSED): State.MISSED,
    (State.SERVING, Name.TICKET_COMPLETED): State.COMPLETED,
}
"""Every legal move; an illegal one is a missing line."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One visit. `token` opens the own-ticket page and is a secret, so it is no part of events or comparisons."""

    id: int
    day: str
    prefix: str
    number: int
    service: str
    matter: str | None
    state: State
    issued_at: datetime
    language: str = "zh"
    window: int | None = None
    clerk: str | None = None
    calls: int = 0
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    token: str = field(default="", compare=False, repr=False)

    @property
    def code(self) -> str:
        """The number as it is shown, printed and spoken, such as A012."""
        return f"{self.prefix}{self.number:03d}"

    @property
    def subject(self) -> str:
        """How events name this ticket."""
        return f"ticket:{self.id}"


def destination(state: State | None, move: Name) -> State:
    """The state a move leads to; `Conflict` with code `illegal_move` where the table has no line for it."""
    try:
        return TRANSITIONS[state, move]
    except KeyError:
        raise Conflict("illegal_move", f"{move} is not possible when {state}", state=state or "none") from None


def evolve(ticket: Ticket | None, event: Event) -> Ticket:
    """The ticket after an event of its own; folding all of them gives exactly the stored row."""
    state = destination(ticket.state if ticket else None, event.name)
    data = event.data
    if ticket is None:
        return Ticket(
            id=int(event.subject.removeprefix("ticket:")),
            day=str(data["day"]),
            prefix=str(data["prefix"]),
            number=int(str(data["number"])),
            service=str(data["service"]),
            matter=str(data["matter"]) if data.get("matter") else None,
            language=str(data["language"]),
            state=state,
            issued_at=event.at,
        )
    match event.name:
        case Name.TICKET_CALLED | Name.TICKET_RECALLED:
            window, calls = int(str(data["window"])), ticket.calls + 1
            return replace(ticket, state=state, window=window, clerk=event.actor, calls=calls, called_at=event.at)
        case Name.TICKET_STARTED:
            return replace(ticket, state=state, started_at=event.at)
        case _:
            return replace(ticket, state=state, ended_at=event.at)
