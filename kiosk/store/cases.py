"""Cases in and out of their rows, and the searches of the registers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kiosk.domain.cases import Case, Form, Kind, Limit, Outcome, Rule, State, Unit
from kiosk.domain.errors import NotFound
from kiosk.domain.events import instant, stamp
from kiosk.domain.lights import Lamps, Light
from kiosk.store.database import Connection
from kiosk.store.lights import light_of

COLUMNS = (
    "id, number, kind, state, opened_at, day, about, person, days, unit, rule, starts, due, statutory_due, provisional,"
    " calendar, stopped_days, extended_days, stopped_at, reason, extension, matter, service, ticket, window, first,"
    " name, organisation, phone, home, identity, form, ground, target, outcome, office, stage, papers, visit_due,"
    " visited_at, answer, answer_form, answered_at, saved, view, collected_at, collector, closed_at, token"
)
OWED = "state IN ('opened', 'in_hand', 'waiting', 'paused')"
FOUND = "instr(words, ?) > 0"
"""Among few rows; a search through all of them reads the index of words instead."""
FOUND_ANYWHERE = "id IN (SELECT id FROM cases INDEXED BY cases_by_words WHERE instr(words, ?) > 0)"


def case_of(row: Sequence[Any]) -> Case:
    """The case in a row selected with `COLUMNS`."""
    own = dict(zip(COLUMNS.split(", "), row, strict=True))
    limit = Limit(days=own.pop("days"), unit=Unit(own.pop("unit")), rule=Rule(own.pop("rule")))
    for name in ("stopped_at", "visited_at", "answered_at", "collected_at", "closed_at"):
        own[name] = instant(own[name]) if own[name] else None
    for name in ("starts", "due", "statutory_due", "visit_due"):
        own[name] = date.fromisoformat(own[name]) if own[name] else None
    return Case(
        **own
        | {
            "kind": Kind(own["kind"]),
            "state": State(own["state"]),
            "form": Form(own["form"]),
            "outcome": Outcome(own["outcome"]) if own["outcome"] else None,
            "answer_form": Form(own["answer_form"]) if own["answer_form"] else None,
            "opened_at": instant(own["opened_at"]),
            "papers": tuple(json.loads(own["papers"])),
            "provisional": bool(own["provisional"]),
            "limit": limit,
        }
    )


def _row(case: Case) -> dict[str, object]:
    """The columns of a case, each as the table keeps it."""
    own: dict[str, object] = {
        "days": case.limit.days,
        "unit": case.limit.unit,
        "rule": case.limit.rule,
        "papers": json.dumps(case.papers, ensure_ascii=False),
    }
    for name in COLUMNS.split(", "):
        if name not in own:
            own[name] = _plain(getattr(case, name))
    return own


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def add_case(db: Connection, case: Case) -> None:
    """Store a case that has just been opened."""
    row = _row(case)
    marks = ", ".join(f":{name}" for name in row)
    db.execute(f"INSERT INTO cases ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608


def save_case(db: Connection, before: Case, after: Case) -> bool:
    """Store a case's move if it still stands where it stood; False when somebody else moved it first."""
    row = _row(after)
    row |= {"was": before.state, "owner": before.person}
    changes = ", ".join(f"{name} = :{name}" for name in COLUMNS.split(", ") if name != "id")
    query = f"UPDATE cases SET {changes} WHERE id = :id AND state = :was AND person = :owner RETURNING id"  # noqa: S608
    return bool(db.execute(query, row).fetchall())


def forget_people(db: Connection, before: str) -> int:
    """Take out who was behind the cases and words of praise that ended before a time; how many there were.

    The family name stays, so that a register can still be read; what was handed over and taken is over too.
    """
    told = "name NOT LIKE '_**' AND name <> '' OR phone <> ''"
    kept = "name = CASE name WHEN '' THEN '' ELSE substr(name, 1, 1) || '**' END, phone = ''"
    over = (
        "state IN ('closed', 'withdrawn') AND coalesce(closed_at, answered_at, opened_at) < :before"
        " OR state = 'answered' AND answered_at < :before AND (kind <> 'application' OR collected_at < :before)"
    )
    of_cases = db.execute(
        f"UPDATE cases SET {kept}, home = '', identity = '', collector = ''"  # noqa: S608
        f" WHERE ({over}) AND ({told} OR home <> '' OR identity <> '' OR collector <> '')",
        {"before": before},
    )
    of_praise = db.execute(f"UPDATE praises SET {kept} WHERE at < ? AND ({told})", (before,))  # noqa: S608
    return of_cases.rowcount + of_praise.rowcount


def next_case_id(db: Connection) -> int:
    """The id the next case gets."""
    return int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM cases").fetchone()[0])


def _one(db: Connection, condition: str, *values: object) -> Case:
    row = db.execute(f"SELECT {COLUMNS} FROM cases WHERE {condition}", values).fetchone()  # noqa: S608
    if row is None:
        raise NotFound("unknown_case", "no such case")
    return case_of(row)


def case_by_id(db: Connection, case_id: int) -> Case:
    """A case by id; `NotFound` `unknown_case` otherwise."""
    return _one(db, "id = ?", case_id)


def case_by_token(db: Connection, token: str) -> Case:
    """A case by the secret of its citizen's page; `unknown_case` otherwise."""
    return _one(db, "token = ?", token)


def sent_before(db: Connection, token: str) -> Case | None:
    """The case that a form has opened already; None for a form that was not sent yet."""
    row = db.execute(f"SELECT {COLUMNS} FROM cases WHERE token = ?", (token,)).fetchone()  # noqa: S608
    return case_of(row) if row else None


def find_own(db: Connection, digits: str, last4: str) -> Case:
    """A case by the digits of its number and the last four of the phone on it, or its code; else `unknown_case`."""
    query = f"SELECT {COLUMNS} FROM cases WHERE replace(substr(number, 3), '-', '') = ? ORDER BY id"  # noqa: S608
    for case in map(case_of, db.execute(query, (digits,))):
        if last4 == (case.phone[-4:] if case.phone else case.code):
            return case
    raise NotFound("unknown_case", "no such case")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a register shows; what is None or empty narrows nothing. Days are inclusive; a light needs its lamps."""

    kind: Kind | None = None
    state: State | None = None
    owed: bool | None = None
    light: Light | None = None
    lamps: Lamps | None = None
    person: str | None = None
    ticket: int | None = None
    text: str = ""
    due_from: str | None = None
    due_to: str | None = None
    opened_from: str | None = None
    opened_to: str | None = None
    low_before: str | None = None  # follow-ups of low ratings from before a day only

    def condition(self) -> tuple[str, list[object]]:
        """The WHERE of this filter and its values."""
        plain: dict[str, object] = {
            "kind = ?": self.kind,
            "state = ?": self.state,
            "person = ?": self.person,
            "ticket = ?": self.ticket,
            "due >= ?": self.due_from,
            "due <= ?": self.due_to,
            "day >= ?": self.opened_from,
            "day <= ?": self.opened_to,
            "(kind <> 'follow_up' OR day < ?)": self.low_before,
        }
        parts = {part: value for part, value in plain.items() if value is not None}
        fixed = [] if self.owed is None else [OWED if self.owed else f"NOT ({OWED})"]
        if self.light and self.lamps:
            parts[f"{OWED} AND {light_of(self.lamps)} = ?"] = self.light
        if self.text:
            parts[FOUND if self.owed or self.light else FOUND_ANYWHERE] = self.text
        return " AND ".join((*fixed, *parts)) or "1", list(parts.values())


def search(db: Connection, wanted: Filter, *, limit: int = 50, offset: int = 0, by_due: bool = False) -> list[Case]:
    """The cases of a register, newest first; `by_due` the nearest due day first, the ones without a day last."""
    condition, values = wanted.condition()
    order = "due IS NULL, due, id" if by_due else "id DESC"
    query = f"SELECT {COLUMNS} FROM cases WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
    return [case_of(row) for row in db.execute(query, (*values, limit, offset))]


def count(db: Connection, wanted: Filter) -> int:
    """How many cases a register has."""
    condition, values = wanted.condition()
    return int(db.execute(f"SELECT count(*) FROM cases WHERE {condition}", values).fetchone()[0])  # noqa: S608


def follow_up_of(db: Connection, ticket: int) -> Case | None:
    """The answer that a visit's negative rating is owed; None where there is none, or not any more."""
    query = (
        f"SELECT {COLUMNS} FROM cases WHERE ticket = ? AND kind = 'follow_up' AND state <> 'withdrawn'"  # noqa: S608
        " ORDER BY id DESC LIMIT 1"
    )
    row = db.execute(query, (ticket,)).fetchone()
    return case_of(row) if row else None


def offices_named(db: Connection) -> tuple[str, ...]:
    """The other offices that people were sent to, the most usual first: nobody types them twice."""
    rows = db.execute(
        "SELECT office FROM cases WHERE kind = 'inquiry' AND office <> '' GROUP BY office"
        " ORDER BY count(*) DESC LIMIT 40"
    )
    return tuple(row[0] for row in rows)


def provisional(db: Connection) -> list[Case]:
    """The owed cases whose days may wait for a year's notice: a due day, or that of a check on the spot."""
    waits = "(provisional OR visit_due IS NOT NULL AND visited_at IS NULL)"
    query = f"SELECT {COLUMNS} FROM cases WHERE {OWED} AND {waits} ORDER BY id"  # noqa: S608
    return [case_of(row) for row in db.execute(query)]


def set_due(db: Connection, case: Case) -> None:
    """Store the days of a case that was counted again."""
    row = _row(case)
    query = (
        "UPDATE cases SET due = :due, statutory_due = :statutory_due, provisional = :provisional, calendar = :calendar,"
        " visit_due = :visit_due WHERE id = :id"
    )
    db.execute(query, row)


def add_praise(db: Connection, values: Mapping[str, object]) -> int | None:
    """Store a word of praise and return its id; None when its form was sent before."""
    rows = db.execute(
        "INSERT INTO praises (at, day, about, target, name, phone, ticket, window, token)"
        " VALUES (:at, :day, :about, :target, :name, :phone, :ticket, :window, :token)"
        " ON CONFLICT (token) DO NOTHING RETURNING id",
        dict(values),
    ).fetchall()
    return int(rows[0][0]) if rows else None
