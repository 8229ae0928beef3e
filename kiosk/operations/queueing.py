"""From taking a number to the end of a visit: each move is one row, one event and, where paper is due, one job."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kiosk import slips
from kiosk.domain import dispatch
from kiosk.domain.errors import BadInput, Conflict, Forbidden
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role
from kiosk.domain.tickets import State, Ticket, destination, evolve
from kiosk.operations.hall import Context, paper_until, record, require_open
from kiosk.store import access, records
from kiosk.store.database import Connection
from printer import spool

KEY_LENGTH = 64


def take_ticket(
    context: Context,
    *,
    actor: Actor,
    service: str | None = None,
    matter: str | None = None,
    request_key: str | None = None,
    language: str = "zh",
    printer: str | None = None,
) -> Ticket:
    """Issue a number, with its slip queued for paper, and return the ticket.

    A matter names its service by itself. The same `request_key` gives the same ticket however often it comes.
    Raises `unknown_service`, `unknown_matter`, `no_window`, `hall_closed`, `queue_full` or `bad_input`.
    """
    if request_key is not None and not 8 <= len(request_key) <= KEY_LENGTH:
        raise BadInput("bad_input", "a request key has 8 to 64 characters")
    chosen = context.catalogue.matter(matter) if matter else None
    wanted = context.hall.service(chosen.service if chosen else service or "")
    if not context.hall.windows_for(wanted.id):
        raise Conflict("no_window", f"no window serves {wanted.id}")
    language = language if language in context.phrases.texts else "zh"

    def work(db: Connection) -> Ticket:
        if request_key and (earlier := records.ticket_by_request(db, request_key)):
            return earlier
        at = context.clock()
        require_open(context, db, at)
        day = context.hall.day(at)
        waiting = records.waiting_count(db, day, wanted.id)
        if waiting >= context.hall.limits.waiting_per_service:
            raise Conflict("queue_full", f"{waiting} wait for {wanted.id}", waiting=waiting)
        ticket_id = records.next_ticket_id(db)
        ahead = records.ahead_of(db, day, context.hall.line_of(wanted.id), at, ticket_id)
        number = records.next_number(db, day, wanted.prefix)
        event = record(
            context,
            db,
            Name.TICKET_TAKEN,
            actor=actor,
            subject=f"ticket:{ticket_id}",
            at=at,
            data={
                "day": day,
                "prefix": wanted.prefix,
                "number": number,
                "service": wanted.id,
                "matter": matter or None,
                "language": language,
                "ahead": ahead,
            },
        )
        token = secrets.token_urlsafe(16)
        ticket = replace(evolve(None, event), token=token)
        records.add_ticket(db, ticket, request_key=request_key)
        _print_ticket(context, db, ticket, ahead=ahead, printer=printer)
        return ticket

    return context.database.write(work)


def _print_ticket(context: Context, db: Connection, ticket: Ticket, *, ahead: int, printer: str | None) -> None:
    spool.enqueue(
        db,
        printer=printer or context.printer,
        document=slips.ticket(
            context.hall, context.phrases, ticket, ahead=ahead, address=f"{context.address()}/t/{ticket.token}"
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
        require_window(context, db, window, actor, at)
        if busy := records.ticket_at_window(db, window):
            raise Conflict("window_busy", f"{busy.code} is at window {window}", number=busy.code)
        choice = dispatch.choose(place, records.waiting(db, context.hall.day(at), place.services), at)
        if choice is None:
            raise Conflict("nobody_waiting", f"nobody waits for window {window}", window=window)
        data = {"window": window, "rule": choice.rule, "waited": choice.waited}
        return _move(context, db, choice.ticket, Name.TICKET_CALLED, actor=actor, at=at, data=data)

    return context.database.write(work)


def recall(context: Context, *, window: int, actor: Actor, ticket: int | None = None) -> Ticket:
    """Call the ticket at a window once more; an event of its own, so that it is never silent."""
    return _at_window(context, window, Name.TICKET_RECALLED, actor, ticket, data={"window": window})


def start(context: Context, *, window: int, actor: Actor, ticket: int | None = None) -> Ticket:
    """The person called has come: serving begins."""
    return _at_window(context, window, Name.TICKET_STARTED, actor, ticket)


def complete(context: Context, *, window: int, actor: Actor, ticket: int | None = None) -> Ticket:
    """The visit is over; from now on it can be rated."""
    return _at_window(context, window, Name.TICKET_COMPLETED, actor, ticket)


def miss(context: Context, *, window: int, actor: Actor, ticket: int | None = None) -> Ticket:
    """The person called did not come."""
    return _at_window(context, window, Name.TICKET_MISSED, actor, ticket)


def cancel(context: Context, *, token: str, actor: Actor) -> Ticket:
    """A citizen gives a waiting number back; `illegal_move` once it has been called."""

    def work(db: Connection) -> Ticket:
        ticket = records.ticket_by_token(db, token)
        return _move(context, db, ticket, Name.TICKET_CANCELLED, actor=actor, at=context.clock())

    return context.database.write(work)


def _at_window(
    context: Context,
    window: int,
    move: Name,
    actor: Actor,
    expected: int | None,
    data: Mapping[str, object] | None = None,
) -> Ticket:
    """Move the ticket at a window; `expected` is the id the clerk saw, so that an old page cannot move another."""
    context.hall.window(window)

    def work(db: Connection) -> Ticket:
        at = context.clock()
        require_window(context, db, window, actor, at)
        ticket = records.ticket_at_window(db, window)
        if ticket is None or expected not in (None, ticket.id):
            raise Conflict("no_ticket_at_window", f"window {window} has no such ticket", window=window)
        return _move(context, db, ticket, move, actor=actor, at=at, data=data)

    return context.database.write(work)


def _move(
    context: Context,
    db: Connection,
    ticket: Ticket,
    move: Name,
    *,
    actor: Actor,
    at: datetime,
    data: Mapping[str, object] | None = None,
) -> Ticket:
    """Make one legal move: the table decides, the event tells, the row follows."""
    destination(ticket.state, move)
    event = record(context, db, move, actor=actor, subject=ticket.subject, at=at, data=data)
    after = evolve(ticket, event)
    if not records.move_ticket(db, ticket, after):
        raise Conflict("illegal_move", f"{ticket.code} was moved by somebody else", state=ticket.state)
    return after


def require_window(context: Context, db: Connection, window: int, actor: Actor, at: datetime) -> None:
    """Pass the person on duty there, the office, and a command on the server itself."""
    if actor.staff is None:
        if actor.name != "cli":
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
    move = Name.TICKET_COMPLETED if ticket.state is State.SERVING else Name.TICKET_MISSED
    _move(context, db, ticket, move, actor=actor, at=at, data={"left_over": True})
