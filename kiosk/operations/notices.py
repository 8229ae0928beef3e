"""What the office wants everybody in the hall to read: a line on the screens, with the time when it goes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.domain.errors import BadInput, NotFound
from kiosk.domain.events import Name, stamp
from kiosk.domain.people import Actor
from kiosk.operations.hall import Context, record
from kiosk.store import screens
from kiosk.store.database import Connection

LONGEST = 60
"""Characters: two lines of a screen that is read from afar."""
FARTHEST = timedelta(days=31)


def post_notice(context: Context, *, text: str, until: datetime, actor: Actor) -> int:
    """Show a line on every board until an aware instant; return its id.

    Raises `bad_notice` for an empty or long text, `bad_time` for an end that is over or more than a month away.
    """
    line = " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())
    if not 1 <= len(line) <= LONGEST:
        raise BadInput("bad_notice", f"a notice has 1 to {LONGEST} characters", most=LONGEST)

    def work(db: Connection) -> int:
        at = context.clock()
        if not at < until <= at + FARTHEST:
            raise BadInput("bad_time", "a notice ends later than now, within a month")
        notice = screens.add_notice(db, text=line, until=until, by=actor.name, at=at)
        data = {"text": line, "until": stamp(until)}
        record(context, db, Name.NOTICE_POSTED, actor=actor, subject=f"notice:{notice}", at=at, data=data)
        return notice

    return context.database.write(work)


def end_notice(context: Context, *, notice: int, actor: Actor) -> None:
    """Take a notice down before its time; `unknown_notice` when it is not up."""

    def work(db: Connection) -> None:
        at = context.clock()
        if not screens.end_notice(db, notice, at):
            raise NotFound("unknown_notice", f"no notice {notice} is up")
        record(context, db, Name.NOTICE_ENDED, actor=actor, subject=f"notice:{notice}", at=at)

    context.database.write(work)
