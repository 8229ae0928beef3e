"""Taking a citizen's rating of a visit: voluntary, labelled, once."""

from __future__ import annotations

from kiosk.domain.events import Name
from kiosk.domain.people import Actor
from kiosk.domain.ratings import Channel, Level, require_ratable
from kiosk.domain.tickets import Ticket
from kiosk.operations.hall import Context, record
from kiosk.store import records
from kiosk.store.database import Connection


def rate(context: Context, *, token: str, level: Level, channel: Channel, actor: Actor) -> Ticket:
    """Store the rating of a completed visit and return its ticket.

    Raises `unknown_ticket`, `not_ratable` before the end of the visit or too long after it, `already_rated`.
    """

    def work(db: Connection) -> Ticket:
        at = context.clock()
        ticket = records.ticket_by_token(db, token)
        rated = records.rating(db, ticket.id) is not None
        require_ratable(ticket, rated=rated, at=at, days=context.hall.limits.rating_days)
        records.add_rating(db, ticket, level, channel, at)
        data = {"level": int(level), "channel": channel}
        record(context, db, Name.RATING_GIVEN, actor=actor, subject=ticket.subject, at=at, data=data)
        return ticket

    return context.database.write(work)
