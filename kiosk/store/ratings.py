"""Ratings in and out of their rows, and the visits that figures are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.domain.events import instant, stamp
from kiosk.domain.ratings import Channel, Level, Rating
from kiosk.store.database import Connection

RATING = (
    "r.id, r.ticket, r.round, r.level, r.reasons, r.text, r.version, r.channel, r.at, r.suspect, r.excluded,"
    " r.explained"
)


def rating_of(row: Sequence[Any]) -> Rating:
    """The rating in a row selected with `RATING`."""
    return Rating(
        id=row[0],
        ticket=row[1],
        round=row[2],
        level=Level(row[3]),
        reasons=tuple(int(code) for code in row[4].split()),
        text=row[5],
        version=row[6],
        channel=Channel(row[7]),
        at=instant(row[8]),
        suspect=bool(row[9]),
        excluded=row[10],
        explained=bool(row[11]),
    )


def rating(db: Connection, ticket: int, round_: int = 1) -> Rating | None:
    """What was said of a visit first (round 1) or later (round 2); None while nothing was."""
    row = db.execute(f"SELECT {RATING} FROM ratings r WHERE ticket = ? AND round = ?", (ticket, round_)).fetchone()  # noqa: S608
    return rating_of(row) if row else None


def add_rating(
    db: Connection,
    *,
    ticket: int,
    round_: int,
    level: Level,
    channel: Channel,
    at: datetime,
    version: str,
    text: str = "",
    suspect: bool = False,
) -> None:
    """Store what was said of a visit; once a round."""
    db.execute(
        "INSERT INTO ratings (ticket, round, level, channel, at, version, text, suspect)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (ticket, round_, level, channel, stamp(at), version, text, suspect),
    )


def change_level(db: Connection, rating_id: int, level: Level) -> None:
    """Another level in place of the first tap; reasons belong to a level and go with it."""
    db.execute("UPDATE ratings SET level = ?, reasons = '', explained = 0 WHERE id = ?", (level, rating_id))


def explain(db: Connection, rating_id: int, reasons: Sequence[int], text: str) -> None:
    """Why, in the words of the set and the citizen's own."""
    query = "UPDATE ratings SET reasons = ?, text = ?, explained = 1 WHERE id = ?"
    db.execute(query, (" ".join(map(str, reasons)), text, rating_id))


def exclude(db: Connection, rating_id: int, reason: str) -> bool:
    """Leave a rating out of the figures after a review; False when there is none."""
    return bool(db.execute("UPDATE ratings SET excluded = ? WHERE id = ?", (reason, rating_id)).rowcount)


def equal_since(db: Connection, *, window: int | None, level: Level, channel: Channel, since: datetime) -> int:
    """How many equal answers one place gave since an instant."""
    row = db.execute(
        "SELECT count(*) FROM ratings r JOIN tickets t ON t.id = r.ticket"
        " WHERE r.at >= ? AND r.level = ? AND r.channel = ? AND t.window IS ?",
        (stamp(since), level, channel, window),
    ).fetchone()
    return int(row[0])


@dataclass(frozen=True, kw_only=True)
class RatedVisit:
    """A completed visit with what was said of it; `rating` None while nothing was."""

    ticket: int
    day: str
    code: str
    service: str
    matter: str | None
    window: int | None
    clerk: str
    ended_at: datetime
    rating: Rating | None
    addition: Rating | None


def visits(db: Connection, first: str, last: str) -> list[RatedVisit]:
    """The completed visits of some days, with their ratings."""
    later = RATING.replace("r.", "a.")
    rows = db.execute(
        f"SELECT t.id, t.day, t.prefix, t.number, t.service, t.matter, t.window, t.clerk, t.ended_at, {RATING}, {later}"  # noqa: S608
        " FROM tickets t LEFT JOIN ratings r ON r.ticket = t.id AND r.round = 1"
        " LEFT JOIN ratings a ON a.ticket = t.id AND a.round = 2"
        " WHERE t.day BETWEEN ? AND ? AND t.state = 'completed' ORDER BY t.id",
        (first, last),
    )
    return [_visit(row) for row in rows]


def _visit(row: Sequence[Any]) -> RatedVisit:
    return RatedVisit(
        ticket=row[0],
        day=row[1],
        code=f"{row[2]}{row[3]:03d}",
        service=row[4],
        matter=row[5],
        window=row[6],
        clerk=(row[7] or "").rpartition(":")[2],
        ended_at=instant(row[8]),
        rating=rating_of(row[9:21]) if row[9] else None,
        addition=rating_of(row[21:33]) if row[21] else None,
    )
