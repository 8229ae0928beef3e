"""Taking a citizen's rating of a visit: voluntary, labelled, once; a negative one is owed an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kiosk.domain.cases import OPEN, Kind
from kiosk.domain.errors import Conflict, Forbidden
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role
from kiosk.domain.ratings import (
    BURST,
    BURST_SECONDS,
    INTERVAL_SECONDS,
    Channel,
    Level,
    changeable,
    negative,
    require_ratable,
    require_reasons,
)
from kiosk.domain.tickets import Ticket
from kiosk.operations.casework import move, open_follow_up
from kiosk.operations.hall import Context, line, record
from kiosk.store import cases, ratings, records
from kiosk.store.database import Connection

TEXT = 500
TERMINALS = (Channel.PAD, Channel.KIOSK)


def rate(context: Context, *, token: str, level: Level, channel: Channel, actor: Actor) -> Ticket:
    """Store the rating of a completed visit and return its ticket; a negative one opens its follow-up.

    Another level from the same place replaces the first for five seconds. Raises `unknown_ticket`, `not_ratable`
    before the end of the visit or too long after it, `already_rated`, `rated_just_now` on a terminal that took
    another visit's rating within five seconds, `not_allowed` for a clerk, who never rates for a citizen.
    """

    def work(db: Connection) -> Ticket:
        ticket = records.ticket_by_token(db, token)
        take(context, db, ticket, level, channel, actor)
        return ticket

    return context.database.write(work)


def take(context: Context, db: Connection, ticket: Ticket, level: Level, channel: Channel, actor: Actor) -> None:
    """Take a rating in the caller's transaction; raises what `rate` raises."""
    if actor.staff is not None and actor.staff.role is Role.CLERK:
        raise Forbidden("not_allowed", "a clerk never rates for a citizen (GB/T 39734-2020 4.1)")
    at, earlier = context.clock(), ratings.rating(db, ticket.id)
    changed = earlier is not None and changeable(earlier, channel, at) and earlier.level is not level
    if earlier is not None and changed:
        ratings.change_level(db, earlier.id, level)
        _tell(context, db, Name.RATING_CHANGED, ticket, level, channel, actor)
    else:
        require_ratable(ticket, rated=earlier is not None, at=at, days=context.hall.limits.rating_days)
        place = actor.name if channel in TERMINALS else ""
        if channel is Channel.KIOSK and ratings.given_at(db, place, at - timedelta(seconds=INTERVAL_SECONDS)):
            raise Conflict("rated_just_now", f"{place} took a rating less than {INTERVAL_SECONDS} seconds ago")
        version = context.hall.ratings.version
        ratings.add_rating(
            db, ticket=ticket.id, round_=1, level=level, channel=channel, at=at, version=version, place=place
        )
        _tell(context, db, Name.RATING_GIVEN, ticket, level, channel, actor)
    if channel is not Channel.PAPER:
        _mark_burst(context, db, ticket)
    _follow_up(context, db, ticket, level, actor, changed=changed)


def _tell(
    context: Context, db: Connection, name: Name, ticket: Ticket, level: Level, channel: Channel, actor: Actor
) -> None:
    data = {"level": int(level), "channel": channel}
    record(context, db, name, actor=actor, subject=ticket.subject, at=context.clock(), data=data)


def _mark_burst(context: Context, db: Connection, ticket: Ticket) -> None:
    """Mark this rating and those like it when they are too many at once; none is refused or deleted (R-6)."""
    at, given = context.clock(), ratings.rating(db, ticket.id)
    if given is None:
        return
    alike = ratings.alike(db, given, ticket.window, at - timedelta(seconds=BURST_SECONDS))
    if len(alike) >= BURST:
        ratings.mark(db, alike)
        data = {"ratings": alike}
        record(context, db, Name.RATING_MARKED, actor=Actor(name="hall"), subject=ticket.subject, at=at, data=data)


def _follow_up(
    context: Context, db: Connection, ticket: Ticket, level: Level, actor: Actor, *, changed: bool = False
) -> None:
    """Owe an answer to a negative rating, and none to the level that was changed within its five seconds."""
    owed = cases.search(db, cases.Filter(kind=Kind.FOLLOW_UP, ticket=ticket.id), limit=1)
    still = [case for case in owed if case.state in OPEN]
    if changed and still:
        move(context, db, still.pop(), Name.CASE_WITHDRAWN, actor=actor, data={"reason": "改评"})
    if negative(level) and not still:
        open_follow_up(context, db, ticket=ticket, level=level, actor=actor)


def explain(context: Context, *, token: str, reasons: Sequence[int], text: str, actor: Actor) -> Ticket:
    """Keep why a visit was rated low: codes of the national set and own words; the rating stands without it, too.

    Raises `not_ratable` where there is no negative rating without a reason yet, `bad_reason`, `bad_input`.
    """

    def work(db: Connection) -> Ticket:
        ticket = records.ticket_by_token(db, token)
        keep_reasons(context, db, ticket, reasons, text, actor)
        return ticket

    return context.database.write(work)


def keep_reasons(
    context: Context, db: Connection, ticket: Ticket, reasons: Sequence[int], text: str, actor: Actor
) -> None:
    """Keep the reasons in the caller's transaction; raises what `explain` raises."""
    words = line(text, TEXT)
    given = ratings.rating(db, ticket.id)
    if given is None or not negative(given.level) or given.explained:
        raise Conflict("not_ratable", f"{ticket.code} needs no reason")
    chosen = require_reasons(context.hall.ratings, given.level, reasons)
    ratings.explain(db, given.id, chosen, words)
    data = {"reasons": list(chosen), "text": bool(words)}
    record(context, db, Name.RATING_EXPLAINED, actor=actor, subject=ticket.subject, at=context.clock(), data=data)


def add(context: Context, *, token: str, level: Level, text: str, channel: Channel, actor: Actor) -> Ticket:
    """Keep the one addition (追评) to a rating, within the same days; a negative one is owed an answer, too.

    Raises `not_ratable`, `already_rated`, `bad_input`.
    """
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
        if negative(level):
            _follow_up(context, db, ticket, level, actor)
        return ticket

    return context.database.write(work)
