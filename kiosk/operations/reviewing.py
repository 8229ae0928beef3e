"""What staff may do about ratings: invite, hand out a form, type one in; in the office alone, review with a reason.

None of it lets anybody see or change what a citizen said (GB/T 39734-2020 4.1, 9.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kiosk import slips
from kiosk.domain.errors import BadInput, Conflict, NotFound
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, require_office, require_staff
from kiosk.domain.ratings import Channel, Level, negative
from kiosk.domain.tickets import State, Ticket
from kiosk.operations.evaluation import keep_reasons, take
from kiosk.operations.hall import Context, record, stated
from kiosk.operations.queueing import require_window
from kiosk.store import ratings, records
from kiosk.store.database import Connection
from printer import spool

FORM_LIVES = timedelta(days=1)
"""A form is worth printing until the next day."""


def invite(context: Context, *, window: int, actor: Actor) -> None:
    """Let the pad ask once more for the rating of the visit that ended last at the own window (主动提示评价).

    Whoever invites learns nothing: a visit that is rated already, or none at all, is answered the same.
    """

    def work(db: Connection) -> None:
        at = context.clock()
        require_window(context, db, window, actor, at)
        last = records.last_served(db, context.hall.day(at), window)
        if last is not None and ratings.rating(db, last.id) is None:
            record(context, db, Name.RATING_INVITED, actor=actor, subject=last.subject, at=at)

    context.database.write(work)


def print_form(context: Context, *, ticket: int, actor: Actor, printer: str | None = None) -> Ticket:
    """Queue the paper form (书面评价表) of a finished visit and return its ticket; `unknown_ticket`, `not_ratable`."""
    require_staff(actor)
    return context.database.write(lambda db: _print_form(context, db, records.ticket_by_id(db, ticket), actor, printer))


def print_form_at_window(context: Context, *, window: int, actor: Actor) -> Ticket:
    """Queue the paper form of the visit that ended last at the own window; `not_ratable` where none did today."""

    def work(db: Connection) -> Ticket:
        at = context.clock()
        require_window(context, db, window, actor, at)
        last = records.last_served(db, context.hall.day(at), window)
        if last is None:
            raise Conflict("not_ratable", f"no visit ended at window {window} today")
        return _print_form(context, db, last, actor, None)

    return context.database.write(work)


def _print_form(context: Context, db: Connection, ticket: Ticket, actor: Actor, printer: str | None) -> Ticket:
    at = context.clock()
    if ticket.state is not State.COMPLETED:
        raise Conflict("not_ratable", f"{ticket.code} is {ticket.state}")
    job = spool.enqueue(
        db,
        printer=printer or context.printer,
        document=slips.rating_form(context.hall, context.phrases, ticket),
        subject=f"rating:{ticket.id}",
        kind="rating",
        at=at,
        expires_at=at + FORM_LIVES,
    )
    record(context, db, Name.RATING_FORM_PRINTED, actor=actor, subject=ticket.subject, at=at, data={"job": job})
    return ticket


def type_in(
    context: Context,
    *,
    day: str,
    prefix: str,
    number: int,
    level: Level,
    actor: Actor,
    reasons: Sequence[int] = (),
    text: str = "",
) -> Ticket:
    """Enter a paper form for the visit whose number stands on it; the office's name stays with it in the diary.

    Raises what a rating raises, and `bad_reason` for reasons that do not belong to the level.
    """
    require_office(actor)

    def work(db: Connection) -> Ticket:
        ticket = records.ticket_by_code(db, day, prefix, number)
        take(context, db, ticket, level, Channel.PAPER, actor)
        if reasons and not negative(level):
            raise BadInput("bad_reason", "reasons belong to the two negative levels")
        if negative(level):
            keep_reasons(context, db, ticket, reasons, text, actor)
        return ticket

    return context.database.write(work)


def exclude(context: Context, *, ticket: int, reason: str, actor: Actor) -> None:
    """Leave a rating out of the figures after a review, with the reason; the rating itself stays (GB/T 39734 9.2).

    Raises `unknown_ticket` where nothing was said, `already_reviewed`, `reason_needed`, `not_allowed`.
    """
    _review(context, Name.RATING_EXCLUDED, ticket, reason, actor)


def readmit(context: Context, *, ticket: int, reason: str, actor: Actor) -> None:
    """Take an excluded rating into the figures again, with the reason in the diary; raises what `exclude` raises."""
    _review(context, Name.RATING_READMITTED, ticket, reason, actor)


def _review(context: Context, name: Name, ticket: int, reason: str, actor: Actor) -> None:
    require_office(actor)
    why = stated(reason)
    excluding = name is Name.RATING_EXCLUDED

    def work(db: Connection) -> None:
        given = ratings.rating(db, ticket)
        if given is None:
            raise NotFound("unknown_ticket", "no rating")
        if bool(given.excluded) is excluding:
            raise Conflict("already_reviewed", f"the rating of {ticket} is so already")
        ratings.exclude(db, given.id, why if excluding else "")
        subject = records.ticket_by_id(db, ticket).subject
        record(context, db, name, actor=actor, subject=subject, at=context.clock(), data={"reason": why})

    context.database.write(work)
