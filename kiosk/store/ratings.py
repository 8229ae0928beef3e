"""Ratings in and out of their rows, and the visits, follow-ups and praise that figures are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.domain.events import instant, stamp
from kiosk.domain.figures import FollowUp, Visit
from kiosk.domain.ratings import Channel, Level, Rating
from kiosk.domain.tickets import code_of
from kiosk.store.database import Connection

RATING = (
    "r.id, r.ticket, r.round, r.level, r.reasons, r.text, r.version, r.channel, r.at, r.suspect, r.excluded,"
    " r.explained, r.place"
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
        place=row[12],
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
    place: str = "",
) -> None:
    """Store what was said of a visit; once a round."""
    db.execute(
        "INSERT INTO ratings (ticket, round, level, channel, at, version, text, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (ticket, round_, level, channel, stamp(at), version, text, place),
    )


def change_level(db: Connection, rating_id: int, level: Level) -> None:
    """Another level in place of the first tap; reasons and words belong to a level and go with it."""
    db.execute("UPDATE ratings SET level = ?, reasons = '', text = '', explained = 0 WHERE id = ?", (level, rating_id))


def explain(db: Connection, rating_id: int, reasons: Sequence[int], text: str) -> None:
    """Why, in the words of the set and the citizen's own."""
    query = "UPDATE ratings SET reasons = ?, text = ?, explained = 1 WHERE id = ?"
    db.execute(query, (" ".join(map(str, reasons)), text, rating_id))


def exclude(db: Connection, rating_id: int, reason: str) -> None:
    """Leave a rating out of the figures after a review; an empty reason takes it in again."""
    db.execute("UPDATE ratings SET excluded = ? WHERE id = ?", (reason, rating_id))


def alike(db: Connection, given: Rating, window: int | None, since: datetime) -> list[int]:
    """The first ratings of one place that say the same since an instant, by id; phones count by the window rated."""
    rows = db.execute(
        "SELECT r.id FROM ratings r JOIN tickets t ON t.id = r.ticket WHERE r.at >= ? AND r.round = 1 AND r.level = ?"
        " AND r.channel = ? AND r.place = ? AND (r.place <> '' OR t.window IS ?)",
        (stamp(since), given.level, given.channel, given.place, window),
    )
    return [int(row[0]) for row in rows]


def mark(db: Connection, ids: Sequence[int]) -> None:
    """Mark ratings as one burst; nothing unmarks them."""
    db.executemany("UPDATE ratings SET suspect = 1 WHERE id = ?", [(one,) for one in ids])


def given_at(db: Connection, place: str, since: datetime) -> bool:
    """Whether a terminal has taken a rating since an instant."""
    row = db.execute("SELECT 1 FROM ratings WHERE at > ? AND place = ? LIMIT 1", (stamp(since), place)).fetchone()
    return row is not None


def invited_at(db: Connection, subject: str) -> datetime | None:
    """When the pad was last asked to ask for the rating of a visit; None when nobody did."""
    row = db.execute("SELECT max(at) FROM events WHERE subject = ? AND name = 'rating.invited'", (subject,)).fetchone()
    return instant(row[0]) if row[0] else None


def visits(db: Connection, first: str, last: str) -> list[Visit]:
    """The completed visits of some days with their ratings, oldest first; the matter done goes before the one asked."""
    later = RATING.replace("r.", "a.")
    rows = db.execute(
        "SELECT t.id, t.day, t.prefix, t.number, t.service, t.matter, t.done, t.window, t.clerk, t.issued_at,"  # noqa: S608
        " t.ended_at, (SELECT number FROM cases c WHERE c.ticket = t.id AND c.kind = 'application' LIMIT 1),"
        f" {RATING}, {later} FROM tickets t LEFT JOIN ratings r ON r.ticket = t.id AND r.round = 1"
        " LEFT JOIN ratings a ON a.ticket = t.id AND a.round = 2"
        " WHERE t.day BETWEEN ? AND ? AND t.state = 'completed' ORDER BY t.id",
        (first, last),
    )
    return [_visit(row) for row in rows]


def _visit(row: Sequence[Any]) -> Visit:
    done = row[6].split()
    return Visit(
        ticket=row[0],
        day=row[1],
        code=code_of(row[2], row[3]),
        service=row[4],
        matter=done[0] if done else row[5],
        window=row[7],
        clerk=(row[8] or "").rpartition(":")[2],
        taken_at=instant(row[9]),
        ended_at=instant(row[10]),
        case=row[11],
        rating=rating_of(row[12:25]) if row[12] else None,
        addition=rating_of(row[25:38]) if row[25] else None,
    )


def follow_ups(db: Connection, first: str, last: str) -> list[FollowUp]:
    """What became of the negative ratings of some days; one that was changed within its five seconds is none."""
    rows = db.execute(
        "SELECT c.answered_at, c.view, c.saved, group_concat(json_extract(e.data, '$.stage'), ' ')"
        " FROM cases c LEFT JOIN events e ON e.subject = 'case:' || c.id AND e.name = 'case.stage_reached'"
        " WHERE c.kind = 'follow_up' AND c.state <> 'withdrawn' AND c.day BETWEEN ? AND ? GROUP BY c.id ORDER BY c.id",
        (first, last),
    )
    return [
        FollowUp(
            answered=row[0] is not None,
            in_time=row[0] is not None and (row[2] or 0) >= 0,
            view=row[1],
            stages=frozenset((row[3] or "").split()),
        )
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class Praise:
    """A word of praise; name and phone as the citizen left them."""

    id: int
    at: datetime
    about: str
    target: str
    name: str
    phone: str
    window: int | None


def praises(db: Connection, first: str, last: str) -> list[Praise]:
    """The praise of some days, newest first."""
    rows = db.execute(
        "SELECT id, at, about, target, name, phone, window FROM praises WHERE day BETWEEN ? AND ? ORDER BY id DESC",
        (first, last),
    )
    names = ("id", "at", "about", "target", "name", "phone", "window")
    return [Praise(**dict(zip(names, row, strict=True)) | {"at": instant(row[1])}) for row in rows]
