"""From taking a number to the end of a visit: each move is one row, one event and, where paper is due, one job."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kiosk import slips
from kiosk.domain import dispatch
from kiosk.domain.errors import BadInput, Conflict, Forbidden
from kiosk.domain.estimate import Told
from kiosk.domain.estimate.promise import VERSION, stored
from kiosk.domain.events import Name, stamp
from kiosk.domain.hall import Service, Window
from kiosk.domain.people import CLI, Actor, Role
from kiosk.domain.tickets import Outcome, State, Ticket, destination, evolve, require_quantity
from kiosk.operations.hall import Context, paper_until, record
from kiosk.store import access, duty, queue, records
from kiosk.store.database import Connection
from kiosk.store.queue import Prospect
from printer import spool

KEY_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants a number for: a service, or a matter that names it; for how many matters, with which right.

    `priority` is a class of the configuration, declared by the citizen and `confirmed` by staff.
    """

    service: str | None = None
    matter: str | None = None
    quantity: int = 1
    priority: str | None = None
    confirmed: bool = False
    appointment: datetime | None = None
    language: str = "zh"
    large: bool = False


def take_ticket(
    context: Context,
    *,
    actor: Actor,
    service: str | None = None,
    matter: str | None = None,
    quantity: int = 1,
    priority: str | None = None,
    request_key: str | None = None,
    language: str = "zh",
    large: bool = False,
    printer: str | None = None,
) -> Ticket:
    """Issue a number, with its slip queued for paper, and return the ticket.

    A matter names its service by itself. The same `request_key` gives the same ticket however often it comes. A
    priority that staff issue counts as confirmed; `large` sets the slip in large type. Raises `unknown_service`,
    `unknown_matter`, `unknown_priority`, `no_window`, `hall_closed`, `service_locked`, `quota_reached`, `queue_full`
    or `bad_input`.
    """
    wish = Wish(
        service=service,
        matter=matter,
        quantity=require_quantity(quantity),
        priority=context.hall.priority(priority).id if priority else None,
        confirmed=bool(priority) and actor.staff is not None,
        language=language if language in context.phrases.texts else "zh",
        large=large,
    )
    if request_key is not None and not 8 <= len(request_key) <= KEY_LENGTH:
        raise BadInput("bad_input", "a request key has 8 to 64 characters")
    wanted = wished_service(context, wish)

    def work(db: Connection) -> Ticket:
        if request_key and (earlier := records.ticket_by_request(db, request_key)):
            return earlier
        return issue(context, db, wish, wanted, actor=actor, request_key=request_key, printer=printer)

    return context.database.write(work)


def wished_service(context: Context, wish: Wish) -> Service:
    """The service a wish is for; `no_window` where nobody serves it."""
    chosen = context.catalogue.matter(wish.matter) if wish.matter else None
    wanted = context.hall.service(chosen.service if chosen else wish.service or "")
    if not context.hall.windows_for(wanted.id):
        raise Conflict("no_window", f"no window serves {wanted.id}")
    return wanted


def issue(
    context: Context,
    db: Connection,
    wish: Wish,
    wanted: Service,
    *,
    actor: Actor,
    request_key: str | None = None,
    printer: str | None = None,
) -> Ticket:
    """Write a new number in the caller's transaction, with its event and its slip, if the hall takes one more now."""
    at = context.clock()
    day, here = context.hall.day(at), _room(context, db, wanted, at)
    data = {
        "day": day,
        "prefix": wanted.prefix,
        "number": records.next_number(db, day, wanted.prefix),
        "service": wanted.id,
        "matter": wish.matter or None,
        "language": wish.language,
        "ahead": here.ahead,
    }
    promise = context.waits().newcomers.get(wanted.id)
    data |= {"promise": [promise.low, promise.high, VERSION]} if promise else {}
    data |= {"quantity": wish.quantity} if wish.quantity > 1 else {}
    data |= {"priority": wish.priority, "confirmed": wish.confirmed} if wish.priority else {}
    data |= {"appointment": stamp(wish.appointment)} if wish.appointment else {}
    event = record(context, db, Name.TICKET_TAKEN, actor=actor, subject=f"ticket:{here.ticket_id}", at=at, data=data)
    ticket = replace(evolve(None, event), token=secrets.token_urlsafe(16))
    records.add_ticket(db, ticket, request_key=request_key, promise=stored(promise) if promise else None)
    told = promise.told if promise else None
    _print_ticket(context, db, ticket, ahead=here.ahead, told=told, large=wish.large, printer=printer)
    return ticket


def _room(context: Context, db: Connection, wanted: Service, at: datetime) -> Prospect:
    """What one more number of a service finds, where the hall takes it: open, not locked, within quota and cap."""
    hall, period = context.hall, context.hall.period_at(at, wanted)
    since = datetime.combine(hall.local(at).date(), period.opens, tzinfo=hall.tz) if period and wanted.quota else None
    here = queue.prospect(db, day=hall.day(at), service=wanted.id, line=hall.line_of(wanted.id), at=at, since=since)
    if period is None and not hall.kept_open(at, here.opened_until):
        opening = hall.next_opening(at)
        raise Conflict("hall_closed", "no numbers now", opens=opening.strftime("%m-%d %H:%M") if opening else "—")
    if here.locked is not None:
        raise Conflict("service_locked", f"{wanted.id} is locked", notice=here.locked)
    if wanted.quota is not None and here.issued >= wanted.quota:
        raise Conflict("quota_reached", f"{wanted.quota} numbers of {wanted.id} are given", count=wanted.quota)
    if here.waiting >= hall.limits.waiting_per_service:
        raise Conflict("queue_full", f"{here.waiting} wait for {wanted.id}", waiting=here.waiting)
    return here


def _print_ticket(
    context: Context,
    db: Connection,
    ticket: Ticket,
    *,
    ahead: int,
    told: Told | None,
    large: bool,
    printer: str | None,
) -> None:
    spool.enqueue(
        db,
        printer=printer or context.printer,
        document=slips.ticket(
            context.hall,
            context.phrases,
            ticket,
            ahead=ahead,
            told=told,
            address=f"{context.address()}/t/{ticket.token}",
            large=large,
        ),
        subject=ticket.subject,
        kind="ticket",
        at=ticket.issued_at,
        expires_at=paper_until(context, ticket.issued_at),
    )


def call_next(context: Context, *, window: int, actor: Actor) -> Ticket:
    """Call the next ticket to a window, with the stored reason why it is next, and return it.

    Raises `unknown_window`, `not_your_window`, `window_busy` or `nobody_waiting`.
    """
    place = context.hall.window(window)

    def work(db: Connection) -> Ticket:
        at = context.clock()
        require_free(context, db, window, actor, at)
        called = _call(context, db, place, actor, at)
        if called is None:
            raise Conflict("nobody_waiting", f"nobody waits for window {window}", window=window)
        return called

    return context.database.write(work)


def _call(context: Context, db: Connection, place: Window, actor: Actor, at: datetime) -> Ticket | None:
    """Call whoever is next at a free window; None when nobody waits for it."""
    line = records.places(db, context.hall.day(at), place)
    choice = dispatch.choose(place, line, stamp(at), context.hall.order)
    if choice is None:
        return None
    ticket, passed = records.ticket_by_id(db, choice.ticket.id), [one.id for one in choice.passed]
    data = {"window": place.number, "rule": choice.rule, "waited": dispatch.waited(ticket, at)}
    if passed:
        data["passed"] = passed
        records.count_passed(db, passed)
    return move(context, db, ticket, Name.TICKET_CALLED, actor=actor, at=at, data=data)


def require_free(context: Context, db: Connection, window: int, actor: Actor, at: datetime) -> None:
    """Pass the person on duty at a window that does not pause and has no ticket; `window_busy`, `window_paused`."""
    require_window(context, db, window, actor, at)
    post = duty.post(db, context.hall.day(at), window)
    if post is not None and post.pause:
        raise Conflict("window_paused", f"window {window} pauses", window=window)
    if busy := records.ticket_at_window(db, window):
        raise Conflict("window_busy", f"{busy.code} is at window {window}", number=busy.code)


def recall(context: Context, *, window: int, actor: Actor, ticket: int | None = None) -> Ticket:
    """Call the ticket at a window once more; an event of its own, so that it is never silent.

    Raises `too_soon` for staff within some seconds of the last call, so that a double press is no double call.
    """

    def judge(there: Ticket, at: datetime) -> Mapping[str, object]:
        pause = timedelta(seconds=context.hall.queue.recall_seconds)
        if actor.staff is not None and there.called_at is not None and at - there.called_at < pause:
            raise Conflict("too_soon", f"{there.code} was called a moment ago", number=there.code)
        return {"window": window}

    return at_window(context, window, Name.TICKET_RECALLED, actor, ticket, judge)


def start(context: Context, *, window: int, actor: Actor, ticket: int | None = None) -> Ticket:
    """The person called has come: serving begins."""
    return at_window(context, window, Name.TICKET_STARTED, actor, ticket)


def complete(
    context: Context,
    *,
    window: int,
    actor: Actor,
    ticket: int | None = None,
    outcome: Outcome | None = None,
    matters: Sequence[str] = (),
    quantity: int | None = None,
) -> Ticket:
    """The visit is over, with its outcome and what was done; from now on it can be rated.

    Raises `unknown_matter`, `bad_input` for a quantity that cannot be.
    """
    known = [context.catalogue.matter(one).id for one in matters]
    data: dict[str, object] = {"outcome": outcome} if outcome else {}
    data |= {"matters": known} if known else {}
    data |= {"quantity": require_quantity(quantity)} if quantity is not None else {}

    def judge(_there: Ticket, at: datetime) -> Mapping[str, object]:
        extended = context.hall.minutes_after(at)
        return {**data, "extended": extended} if extended else data

    return at_window(context, window, Name.TICKET_COMPLETED, actor, ticket, judge)


def miss(context: Context, *, window: int, actor: Actor, ticket: int | None = None) -> Ticket:
    """The person called did not come; whether the number may come back is the hall's policy (`readmit`)."""
    return at_window(context, window, Name.TICKET_MISSED, actor, ticket)


def cancel(context: Context, *, token: str, actor: Actor) -> Ticket:
    """A citizen gives a waiting number back; `illegal_move` once it has been called."""

    def work(db: Connection) -> Ticket:
        ticket = records.ticket_by_token(db, token)
        return move(context, db, ticket, Name.TICKET_CANCELLED, actor=actor, at=context.clock())

    return context.database.write(work)


Judge = Callable[[Ticket, datetime], Mapping[str, object]]
"""Refuses a move of the ticket at a window, or gives the data of its event."""


def at_window(
    context: Context,
    window: int,
    name: Name,
    actor: Actor,
    expected: int | None,
    judge: Judge = lambda *_: {},
) -> Ticket:
    """Move the ticket at a window; `expected` is the id the clerk saw, so that an old page cannot move another."""
    context.hall.window(window)

    def work(db: Connection) -> Ticket:
        at = context.clock()
        ticket = ticket_here(context, db, window, actor, expected, at)
        destination(ticket.state, name)
        after = move(context, db, ticket, name, actor=actor, at=at, data=judge(ticket, at))
        if name in FREEING:
            _call_by_itself(context, db, window, actor, at)
        return after

    return context.database.write(work)


FREEING = frozenset({Name.TICKET_COMPLETED, Name.TICKET_MISSED, Name.TICKET_HELD, Name.TICKET_TRANSFERRED})
"""Moves that end a visit at a window: there the next number may be called by itself."""


def _call_by_itself(context: Context, db: Connection, window: int, actor: Actor, at: datetime) -> None:
    post = duty.post(db, context.hall.day(at), window)
    if post is not None and post.auto and not post.pause:
        _call(context, db, context.hall.window(window), actor, at)


def ticket_here(
    context: Context, db: Connection, window: int, actor: Actor, expected: int | None, at: datetime
) -> Ticket:
    """The ticket at a window, for the person on duty there; `no_ticket_at_window` where it is another or none."""
    require_window(context, db, window, actor, at)
    ticket = records.ticket_at_window(db, window)
    if ticket is None or expected not in (None, ticket.id):
        raise Conflict("no_ticket_at_window", f"window {window} has no such ticket", window=window)
    return ticket


def move(
    context: Context,
    db: Connection,
    ticket: Ticket,
    name: Name,
    *,
    actor: Actor,
    at: datetime,
    data: Mapping[str, object] | None = None,
) -> Ticket:
    """Make one legal move: the table decides, the event tells, the row follows."""
    destination(ticket.state, name)
    event = record(context, db, name, actor=actor, subject=ticket.subject, at=at, data=data)
    after = evolve(ticket, event)
    if not records.move_ticket(db, ticket, after):
        raise Conflict("illegal_move", f"{ticket.code} was moved by somebody else", state=ticket.state)
    return after


def require_window(context: Context, db: Connection, window: int, actor: Actor, at: datetime) -> None:
    """Pass the person on duty there, the office, and a command on the server itself."""
    if actor.staff is None:
        if actor != CLI:
            raise Forbidden("not_allowed", f"{actor.name} may not act at a window")
        return
    if actor.staff.role is Role.OFFICE:
        return
    if access.window_of(db, actor.staff.id, context.hall.day(at)) != window:
        raise Forbidden("not_your_window", f"{actor.name} is not at window {window}", window=window)


def close_yesterday(context: Context, db: Connection, *, window: int, actor: Actor, at: datetime) -> None:
    """Close a ticket that an earlier day left at a window, so that the new day starts with an empty one."""
    ticket = records.ticket_at_window(db, window)
    if ticket is None or ticket.day == context.hall.day(at):
        return
    name = Name.TICKET_COMPLETED if ticket.state is State.SERVING else Name.TICKET_MISSED
    move(context, db, ticket, name, actor=actor, at=at, data={"left_over": True})
