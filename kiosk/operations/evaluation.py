"""Taking a citizen's rating of a visit: voluntary, labelled, once; a negative one is owed an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kiosk.domain.cases import OPEN, Kind
from kiosk.domain.errors import BadInput, Conflict, Forbidden, NotFound
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role, require_staff
from kiosk.domain.ratings import (
    BURST,
    BURST_SECONDS,
    Channel,
    Level,
    changeable,
    negative,
    require_ratable,
    require_reasons,
)
from kiosk.domain.tickets import Ticket
from kiosk.operations.casework import line, move, open_follow_up
from kiosk.operations.hall import Context, record
from kiosk.store import cases, ratings, records
from kiosk.store.database import Connection

TEXT = 500


def rate(context: Context, *, token: str, level: Level, channel: Channel, actor: Actor) -> Ticket:
    """Store the rating of a completed visit and return its ticket; a negative one opens its follow-up.

    Another level from the same place replaces the first for five seconds. Raises `unknown_ticket`, `not_ratable`
    before the end of the visit or too long after it, `already_rated`.
    """

    def work(db: Connection) -> Ticket:
        at = context.clock()
        ticket = records.ticket_by_token(db, token)
        earlier = ratings.rating(db, ticket.id)
        if earlier is not None and changeable(earlier, channel, at) and earlier.level is not level:
            ratings.change_level(db, earlier.id, level)
            _tell(context, db, Name.RATING_CHANGED, ticket, level, channel, actor)
        else:
            days = context.hall.limits.rating_days
            require_ratable(ticket, rated=earlier is not None, at=at, days=days)
            ratings.add_rating(
                db,
                ticket=ticket.id,
                round_=1,
                level=level,
                channel=channel,
                at=at,
                version=context.hall.ratings.version,
                suspect=_burst(db, ticket, level, channel, at),
            )
            _tell(context, db, Name.RATING_GIVEN, ticket, level, channel, actor)
        _follow_up(context, db, ticket, level, actor)
        return ticket

    return context.database.write(work)


def _tell(
    context: Context, db: Connection, name: Name, ticket: Ticket, level: Level, channel: Channel, actor: Actor
) -> None:
    data = {"level": int(level), "channel": channel}
    record(context, db, name, actor=actor, subject=ticket.subject, at=context.clock(), data=data)


def _burst(db: Connection, ticket: Ticket, level: Level, channel: Channel, at: datetime) -> bool:
    """Whether this is one of many equal answers from one place; it is marked, never refused (requirements R-6)."""
    since = at - timedelta(seconds=BURST_SECONDS)
    return ratings.equal_since(db, window=ticket.window, level=level, channel=channel, since=since) >= BURST - 1


def _follow_up(context: Context, db: Connection, ticket: Ticket, level: Level, actor: Actor) -> None:
    """Owe an answer to a negative rating; no longer, when it was changed into another within its five seconds."""
    owed = cases.search(db, cases.Filter(kind=Kind.FOLLOW_UP, ticket=ticket.id), limit=1)
    still = [case for case in owed if case.state in OPEN]
    if negative(level) and not still:
        open_follow_up(context, db, ticket=ticket, level=level, actor=actor)
    elif still and not negative(level):
        move(context, db, still[0], Name.CASE_WITHDRAWN, actor=actor, data={"reason": "改评"})


def explain(context: Context, *, token: str, reasons: Sequence[int], text: str, actor: Actor) -> Ticket:
    """Keep why a visit was rated low: codes of the national set and own words; the rating stands without it, too.

    Raises `not_ratable` where there is no negative rating without a reason yet, `bad_reason`, `bad_input`.
    """
    words = line(text, TEXT)

    def work(db: Connection) -> Ticket:
        ticket = records.ticket_by_token(db, token)
        given = ratings.rating(db, ticket.id)
        if given is None or not negative(given.level) or given.explained:
            raise Conflict("not_ratable", f"{ticket.code} needs no reason")
        chosen = require_reasons(context.hall.ratings, given.level, reasons)
        ratings.explain(db, given.id, chosen, words)
        data = {"reasons": list(chosen), "text": bool(words)}
        record(context, db, Name.RATING_EXPLAINED, actor=actor, subject=ticket.subject, at=context.clock(), data=data)
        return ticket

    return context.database.write(work)


def add(context: Context, *, token: str, level: Level, text: str, channel: Channel, actor: Actor) -> Ticket:
    """Keep the one addition (追评) to a rating, within the same days. `not_ratable`, `already_rated`, `bad_input`."""
    words = line(text, TEXT)

    def work(db: Connection) -> Ticket:
        at = context.clock()
        ticket = records.ticket_by_token(db, token)
        if ratings.rating(db, ticket.id) is None:
            raise Conflict("not_ratable", f"{ticket.code} has no rating to add to")
        later = ratings.rating(db, ticket.id, 2) is not None
        require_ratable(ticket, rated=later, at=at, days=context.hall.limits.rating_days)
        version = context.hall.ratings.version
        ratings.add_rating(
            db, ticket=ticket.id, round_=2, level=level, channel=channel, at=at, version=version, text=words
        )
        _tell(context, db, Name.RATING_ADDED, ticket, level, channel, actor)
        return ticket

    return context.database.write(work)


def exclude(context: Context, *, ticket: int, reason: str, actor: Actor) -> None:
    """Leave a rating out of the figures after a review, with the reason; the rating itself stays (GB/T 39734 9.2)."""
    if require_staff(actor).role is not Role.OFFICE:
        raise Forbidden("not_allowed", "the office reviews")
    why = line(reason, 200)
    if not why:
        raise BadInput("reason_needed", "a review has its reason")

    def work(db: Connection) -> None:
        rated = records.ticket_by_id(db, ticket)
        given = ratings.rating(db, ticket)
        if given is None:
            raise NotFound("unknown_ticket", "no rating")
        ratings.exclude(db, given.id, why)
        data = {"reason": why}
        record(context, db, Name.RATING_EXCLUDED, actor=actor, subject=rated.subject, at=context.clock(), data=data)

    context.database.write(work)
