"""Who is at which window and how: on duty, paused, calling by itself; and citizens who call for help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from kiosk.domain.events import Event, instant, stamp
from kiosk.domain.people import Staff
from kiosk.store.database import Connection
from kiosk.store.records import event_of, staff_of


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A person at a window today; `pause` is the reason while the window pauses, `auto` calls the next by itself."""

    window: int
    staff: Staff
    at: datetime
    pause: str | None = None
    paused_at: datetime | None = None
    auto: bool = False


@dataclass(frozen=True, kw_only=True)
class StaffCall:
    """Somebody at a kiosk or another place who asked for help and was not answered yet."""

    id: int
    place: str
    at: datetime


DUTY = (
    "SELECT s.id, s.login, s.name, s.role, d.window, d.at, d.pause, d.paused_at, d.auto"
    " FROM duty d JOIN staff s ON s.id = d.staff WHERE d.day = ?"
)


@lru_cache(maxsize=64)
def _duty(row: tuple[Any, ...]) -> Duty:
    return Duty(
        window=row[4],
        staff=staff_of(row),
        at=instant(row[5]),
        pause=row[6],
        paused_at=instant(row[7]) if row[7] else None,
        auto=bool(row[8]),
    )


def duties(db: Connection, day: str) -> Mapping[int, Duty]:
    """Who is on duty today, by window."""
    return {row[4]: _duty(row) for row in db.execute(DUTY, (day,))}


def post(db: Connection, day: str, window: int) -> Duty | None:
    """Who is on duty at a window today."""
    row = db.execute(f"{DUTY} AND d.window = ?", (day, window)).fetchone()
    return _duty(row) if row else None


def set_pause(db: Connection, window: int, reason: str | None, at: datetime) -> None:
    """Let a window pause for a reason, or go on (None)."""
    values = (reason, stamp(at) if reason else None, window)
    db.execute("UPDATE duty SET pause = ?, paused_at = ? WHERE window = ?", values)


def set_auto(db: Connection, window: int, on: bool) -> None:
    """Let a window call the next number by itself after each visit, or not."""
    db.execute("UPDATE duty SET auto = ? WHERE window = ?", (on, window))


def hand_over(db: Connection, window: int, staff_id: int, at: datetime) -> None:
    """Put another person, who is at no window, at one with whatever is there."""
    query = "UPDATE duty SET staff = ?, at = ?, pause = NULL, paused_at = NULL WHERE window = ?"
    db.execute(query, (staff_id, stamp(at), window))


def add_call(db: Connection, place: str, at: datetime) -> int | None:
    """Note that somebody calls for help; None while an earlier call from there is open."""
    if db.execute("SELECT 1 FROM staff_calls WHERE answered_at IS NULL AND place = ?", (place,)).fetchone():
        return None
    rows = db.execute("INSERT INTO staff_calls (place, at) VALUES (?, ?) RETURNING id", (place, stamp(at))).fetchall()
    return int(rows[0][0])


def open_calls(db: Connection) -> tuple[StaffCall, ...]:
    """The calls for help nobody has answered, oldest first."""
    rows = db.execute("SELECT id, place, at FROM staff_calls WHERE answered_at IS NULL ORDER BY id")
    return tuple(StaffCall(id=row[0], place=row[1], at=instant(row[2])) for row in rows)


def answer_call(db: Connection, call: int, by: str, at: datetime) -> bool:
    """Note who goes there; False when somebody does already."""
    query = "UPDATE staff_calls SET answered_at = ?, answered_by = ? WHERE id = ? AND answered_at IS NULL"
    return bool(db.execute(query, (stamp(at), by, call)).rowcount)


def window_events(db: Connection, begins: datetime, ends: datetime) -> list[Event]:
    """What happened at the windows between two instants, oldest first."""
    rows = db.execute(
        "SELECT * FROM events WHERE subject >= 'window:' AND subject < 'window;' AND at >= ? AND at < ? ORDER BY seq",
        (stamp(begins), stamp(ends)),
    )
    return [event_of(row) for row in rows]
