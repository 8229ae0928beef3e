"""What a clerk does with a ticket besides calling and finishing it: hold, pass on, put back, pick, let back in.

Every such move carries its reason into the diary, so that the order of the hall can be explained afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from kiosk.domain.dispatch import Rule, serves, waited
from kiosk.domain.errors import BadInput, Conflict, Forbidden
from kiosk.domain.events import Name, stamp
from kiosk.domain.people import CLI, Actor
from kiosk.domain.rules import Missed
from kiosk.domain.tickets import Hold, State, Ticket, destination
from kiosk.operations.hall import Context, stated
from kiosk.operations.queueing import at_window, move, require_free
from kiosk.store import records
from kiosk.store.database import Connection

REASON_LENGTH = 60


def hold(context: Context, *, window: int, kind: Hold, actor: Actor, ticket: int | None = None) -> Ticket:
    """Set a visit aside and free the window; papers kept there bring the citizen back to this very window."""
    target = window if kind is Hold.PAPERS_KEPT else None
    return at_window(context, window, Name.TICKET_HELD, actor, ticket, lambda *_: {"hold": kind, "target": target})


def resume(context: Context, *, window: int, ticket: int, actor: Actor, call: bool = False) -> Ticket:
    """Go on with a held visit at a free window that serves it: at once, or calling the citizen first.

    Raises `window_busy`, `illegal_move`, `other_window` where the papers lie elsewhere or the service is not served.
    """
    place = context.hall.window(window)

    def work(db: Connection) -> Ticket:
        at = context.clock()
        require_free(context, db, window, actor, at)
        held = records.ticket_by_id(db, ticket)
        if held.state is not State.HELD:
            destination(held.state, Name.TICKET_RESUMED)
        if not serves(place, held):
            raise Conflict("other_window", f"{held.code} belongs elsewhere", number=held.code)
        data: dict[str, object] = {"window": window}
        if call:
            data |= {"rule": Rule.AFTER_HOLD, "waited": waited(held, at)}
            return move(context, db, held, Name.TICKET_CALLED, actor=actor, at=at, data=data)
        return move(context, db, held, Name.TICKET_RESUMED, actor=actor, at=at, data=data)

    return context.database.write(work)


def transfer(
    context: Context,
    *,
    window: int,
    actor: Actor,
    service: str | None = None,
    target: int | None = None,
    ticket: int | None = None,
) -> Ticket:
    """Send the ticket at a window on to another service or one window, with its number and arrival (regulations 2.1).

    Raises `bad_input` without any destination, `no_window` where nobody serves the service, `same_window`.
    """
    hall = context.hall
    if service is None and target is None:
        raise BadInput("bad_input", "a transfer names a service or a window")
    if target == window:
        raise Conflict("same_window", f"the ticket is at window {window}")
    wanted = hall.service(service).id if service else None
    if target is not None:
        hall.window(target)
    elif wanted is not None and not hall.windows_for(wanted):
        raise Conflict("no_window", f"no window serves {wanted}")

    def judge(there: Ticket, _at: datetime) -> Mapping[str, object]:
        return {"from": window, "service": wanted or there.service, "target": target}

    return at_window(context, window, Name.TICKET_TRANSFERRED, actor, ticket, judge)


def put_back(context: Context, *, window: int, actor: Actor, ticket: int | None = None) -> Ticket:
    """Undo a call: the ticket stands in line where it stood."""
    return at_window(context, window, Name.TICKET_RETURNED, actor, ticket, lambda *_: {"from": window})


def pick(context: Context, *, window: int, ticket: int, reason: str, actor: Actor) -> Ticket:
    """Call one particular waiting ticket out of order, for a stated reason.

    Raises `reason_needed`, `window_busy`, `illegal_move`, `other_window` for a ticket this window does not serve.
    """
    place, why = context.hall.window(window), stated(reason, REASON_LENGTH)

    def work(db: Connection) -> Ticket:
        at = context.clock()
        require_free(context, db, window, actor, at)
        chosen = _waiting(db, ticket)
        if not serves(place, chosen):
            raise Conflict("other_window", f"{chosen.code} belongs elsewhere", number=chosen.code)
        data = {"window": window, "rule": Rule.PICKED, "waited": waited(chosen, at), "reason": why}
        return move(context, db, chosen, Name.TICKET_CALLED, actor=actor, at=at, data=data)

    return context.database.write(work)


def move_up(context: Context, *, ticket: int, reason: str, actor: Actor) -> Ticket:
    """Let a waiting ticket change places with the one before it in its line, for a stated reason.

    Raises `reason_needed`, `not_allowed` for anybody but staff, `illegal_move`, `first_already`.
    """
    why = stated(reason, REASON_LENGTH)

    def work(db: Connection) -> Ticket:
        at = context.clock()
        require_colleague(actor)
        chosen = _waiting(db, ticket)
        line = records.waiting(db, chosen.day, context.hall.line_of(chosen.service) or (chosen.service,))
        before = [one for one in line if (one.turn_at, one.id) < (chosen.turn_at, chosen.id)]
        if not before:
            raise Conflict("first_already", f"{chosen.code} is the first", number=chosen.code)
        turn = before[-1].turn_at - timedelta(milliseconds=1)
        data = {"turn_at": stamp(turn), "before": before[-1].id, "reason": why}
        return move(context, db, chosen, Name.TICKET_MOVED_UP, actor=actor, at=at, data=data)

    return context.database.write(work)


def judge_priority(context: Context, *, ticket: int, priority: str | None, actor: Actor) -> Ticket:
    """Staff confirm, give or withdraw (None) the right to go first of a waiting ticket."""
    wanted = context.hall.priority(priority).id if priority else None

    def work(db: Connection) -> Ticket:
        require_colleague(actor)
        data = {"priority": wanted, "confirmed": wanted is not None}
        chosen, at = _waiting(db, ticket), context.clock()
        return move(context, db, chosen, Name.TICKET_PRIORITY_JUDGED, actor=actor, at=at, data=data)

    return context.database.write(work)


def readmit(context: Context, *, ticket: int, actor: Actor) -> Ticket:
    """Let a missed number back into its line by the hall's policy, and return the ticket.

    Raises `number_void` where missed numbers do not come back, `returned_enough`, `returned_late`, `illegal_move`.
    """
    rules = context.hall.queue

    def work(db: Connection) -> Ticket:
        at = context.clock()
        require_colleague(actor)
        missed = records.ticket_by_id(db, ticket)
        destination(missed.state, Name.TICKET_READMITTED)
        if rules.missed is Missed.VOID or missed.day != context.hall.day(at):
            raise Conflict("number_void", f"{missed.code} does not come back", number=missed.code)
        if missed.misses > rules.returns:
            raise Conflict("returned_enough", f"{missed.code} was missed {missed.misses} times", number=missed.code)
        if missed.ended_at is None or at - missed.ended_at > timedelta(minutes=rules.return_minutes):
            raise Conflict("returned_late", f"{missed.code} was missed long ago", number=missed.code)
        turn = _behind(context, db, missed, at)
        data = {"turn_at": stamp(turn), "places": rules.back_places}
        return move(context, db, missed, Name.TICKET_READMITTED, actor=actor, at=at, data=data)

    return context.database.write(work)


def _behind(context: Context, db: Connection, missed: Ticket, at: datetime) -> datetime:
    """The place in line behind so many others of the same line: just after the last of them."""
    line = records.waiting(db, missed.day, context.hall.line_of(missed.service) or (missed.service,))
    before = line[: context.hall.queue.back_places]
    return before[-1].turn_at + timedelta(milliseconds=1) if before else at


def require_colleague(actor: Actor) -> None:
    """Pass staff and a command on the server itself; `not_allowed` for a device or a citizen."""
    if actor.staff is None and actor != CLI:
        raise Forbidden("not_allowed", f"{actor.name} is not staff")


def _waiting(db: Connection, ticket: int) -> Ticket:
    found = records.ticket_by_id(db, ticket)
    if found.state is not State.WAITING:
        raise Conflict("illegal_move", f"{found.code} is {found.state}", state=found.state)
    return found


__all__ = [
    "hold",
    "judge_priority",
    "move_up",
    "pick",
    "put_back",
    "readmit",
    "require_colleague",
    "resume",
    "transfer",
]
