"""Rows of people: staff, their sign-ins and lock-outs, and who is on duty at which window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.events import instant, stamp
from kiosk.domain.people import Role, Staff
from kiosk.store.database import Connection
from kiosk.store.records import staff_of


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a sign-in is judged by."""

    staff: Staff
    password: str
    active: bool
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A signed-in person, since when, and when they were last seen."""

    staff: Staff
    at: datetime
    seen_at: datetime


def add_staff(db: Connection, *, login: str, name: str, role: Role, password: str) -> int | None:
    """Store a member of staff and return the id; None when the login is taken."""
    rows = db.execute(
        "INSERT INTO staff (login, name, role, password) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        (login, name, role, password),
    ).fetchall()
    return int(rows[0][0]) if rows else None


def staff_count(db: Connection) -> int:
    """How many accounts there are."""
    return int(db.execute("SELECT count(*) FROM staff").fetchone()[0])


def everybody(db: Connection) -> list[Staff]:
    """Everybody who ever had an account, by login: the diary tells of people who have left."""
    return [staff_of(row) for row in db.execute("SELECT id, login, name, role FROM staff ORDER BY login")]


def all_staff(db: Connection) -> list[Staff]:
    """Every active member of staff by login."""
    return [staff_of(row) for row in db.execute("SELECT id, login, name, role FROM staff WHERE active ORDER BY login")]


def credentials(db: Connection, login: str) -> Credentials | None:
    """What is stored of a login, None when nobody has it."""
    row = db.execute(
        "SELECT id, login, name, role, password, active, failures, locked_until FROM staff WHERE login = ?", (login,)
    ).fetchone()
    if row is None:
        return None
    locked = instant(row[7]) if row[7] else None
    return Credentials(staff=staff_of(row), password=row[4], active=bool(row[5]), failures=row[6], locked_until=locked)


def set_password(db: Connection, staff_id: int, password: str) -> None:
    """Replace a password, lift its lock, open its account again if it was closed, and end all its sign-ins."""
    db.execute(
        "UPDATE staff SET password = ?, active = 1, failures = 0, locked_until = NULL WHERE id = ?",
        (password, staff_id),
    )
    db.execute("DELETE FROM sign_ins WHERE staff = ?", (staff_id,))


def close_account(db: Connection, staff_id: int) -> None:
    """Let nobody in by an account any more, and end all its sign-ins."""
    db.execute("UPDATE staff SET active = 0 WHERE id = ?", (staff_id,))
    db.execute("DELETE FROM sign_ins WHERE staff = ?", (staff_id,))


def set_failures(db: Connection, staff_id: int, failures: int, locked_until: datetime | None) -> None:
    """Count failed attempts of an account."""
    db.execute(
        "UPDATE staff SET failures = ?, locked_until = ? WHERE id = ?",
        (failures, stamp(locked_until) if locked_until else None, staff_id),
    )


def address_failures(db: Connection, address: str) -> tuple[int, datetime | None]:
    """Failed attempts from one address and until when it is locked."""
    row = db.execute("SELECT failures, locked_until FROM sign_in_failures WHERE address = ?", (address,)).fetchone()
    return (row[0], instant(row[1]) if row[1] else None) if row else (0, None)


def set_address_failures(db: Connection, address: str, failures: int, locked_until: datetime | None) -> None:
    """Count failed attempts from one address; none forgets it."""
    if not failures:
        db.execute("DELETE FROM sign_in_failures WHERE address = ?", (address,))
        return
    db.execute(
        "INSERT INTO sign_in_failures VALUES (?, ?, ?) ON CONFLICT (address)"
        " DO UPDATE SET failures = excluded.failures, locked_until = excluded.locked_until",
        (address, failures, stamp(locked_until) if locked_until else None),
    )


def add_sign_in(db: Connection, token: str, staff_id: int, at: datetime) -> None:
    """Store a sign-in under the hash of its secret."""
    db.execute("INSERT INTO sign_ins VALUES (?, ?, ?, ?)", (token, staff_id, stamp(at), stamp(at)))


def sign_in(db: Connection, token: str) -> SignIn | None:
    """The sign-in under a token hash, None when it was ended or never was."""
    row = db.execute(
        "SELECT s.id, s.login, s.name, s.role, i.at, i.seen_at FROM sign_ins i JOIN staff s ON s.id = i.staff"
        " WHERE i.token = ? AND s.active",
        (token,),
    ).fetchone()
    return SignIn(staff=staff_of(row), at=instant(row[4]), seen_at=instant(row[5])) if row else None


def touch_sign_in(db: Connection, token: str, at: datetime) -> None:
    """Note that somebody signed in is still there."""
    db.execute("UPDATE sign_ins SET seen_at = ? WHERE token = ?", (stamp(at), token))


def end_sign_in(db: Connection, token: str) -> None:
    """Forget a sign-in."""
    db.execute("DELETE FROM sign_ins WHERE token = ?", (token,))


def bring_back(db: Connection, at: datetime) -> None:
    """Bring what was noted for later than an instant back to it, for the hall's time itself goes back there.

    Nobody stays signed in or locked out for so much longer, and an opening outside the hours ends.
    """
    now = stamp(at)
    db.execute("UPDATE sign_ins SET at = min(at, ?), seen_at = min(seen_at, ?)", (now, now))
    db.execute("UPDATE sign_in_failures SET locked_until = NULL WHERE locked_until > ?", (now,))
    db.execute("DELETE FROM openings WHERE until > ?", (now,))


def forget_sign_ins(db: Connection, *, before: datetime) -> int:
    """Forget the sign-ins that began before an instant; how many there were."""
    return int(db.execute("DELETE FROM sign_ins WHERE at < ?", (stamp(before),)).rowcount)


def has_sign_in(db: Connection, staff_id: int, since: datetime) -> bool:
    """Whether a person has a sign-in seen after an instant."""
    query = "SELECT 1 FROM sign_ins WHERE staff = ? AND seen_at > ? LIMIT 1"
    return db.execute(query, (staff_id, stamp(since))).fetchone() is not None


def take_duty(db: Connection, window: int, staff_id: int, day: str, at: datetime) -> None:
    """Put a person at a window, away from any other window, in place of whoever was there."""
    db.execute("DELETE FROM duty WHERE staff = ? OR window = ?", (staff_id, window))
    db.execute("INSERT INTO duty (window, staff, day, at) VALUES (?, ?, ?, ?)", (window, staff_id, day, stamp(at)))


def leave_duty(db: Connection, staff_id: int) -> int | None:
    """Take a person off duty; the window they leave, None when they had none."""
    rows = db.execute("DELETE FROM duty WHERE staff = ? RETURNING window", (staff_id,)).fetchall()
    return int(rows[0][0]) if rows else None


def on_duty(db: Connection, day: str) -> dict[int, Staff]:
    """Who is at which window today."""
    rows = db.execute(
        "SELECT s.id, s.login, s.name, s.role, d.window FROM duty d JOIN staff s ON s.id = d.staff WHERE d.day = ?",
        (day,),
    )
    return {row[4]: staff_of(row) for row in rows}


def window_of(db: Connection, staff_id: int, day: str) -> int | None:
    """The window a person is at today."""
    row = db.execute("SELECT window FROM duty WHERE staff = ? AND day = ?", (staff_id, day)).fetchone()
    return int(row[0]) if row else None


def opened_until(db: Connection) -> datetime | None:
    """Until when the office keeps the hall open outside its published hours."""
    row = db.execute("SELECT until FROM openings").fetchone()
    return instant(row[0]) if row else None


def set_opened_until(db: Connection, until: datetime | None) -> None:
    """Open the hall outside its hours until an instant; None ends that."""
    db.execute("DELETE FROM openings")
    if until:
        db.execute("INSERT INTO openings VALUES (1, ?)", (stamp(until),))
