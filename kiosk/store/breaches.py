"""The register of breaches: rows that are added and read, never changed (regulations 1.7, 3.7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kiosk.domain.breaches import Breach, Clause
from kiosk.domain.errors import NotFound
from kiosk.domain.events import instant, stamp
from kiosk.store.database import Connection

COLUMNS = "id, at, rule, subject, facts"


def add(
    db: Connection,
    *,
    at: datetime,
    day: str,
    rule: Clause,
    subject: str,
    facts: Mapping[str, object],
    once: str | None = None,
) -> int | None:
    """Add a line and return its id; None where a line with the same `once` is there already."""
    row = db.execute(
        "INSERT INTO breaches (at, day, rule, subject, facts, once) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (once) DO NOTHING RETURNING id",
        (stamp(at), day, rule, subject, json.dumps(facts, ensure_ascii=False, sort_keys=True), once),
    ).fetchone()
    return int(row[0]) if row else None


def breach_by_id(db: Connection, breach: int) -> Breach:
    """One line; raises `unknown_page` where there is none."""
    row = db.execute(f"SELECT {COLUMNS} FROM breaches WHERE id = ?", (breach,)).fetchone()  # noqa: S608
    if row is None:
        raise NotFound("unknown_page", f"no breach {breach}")
    return _breach(row)


def search(
    db: Connection,
    *,
    rule: Clause | None = None,
    since: str | None = None,
    until: str | None = None,
    text: str = "",
    limit: int = 50,
    offset: int = 0,
) -> list[Breach]:
    """Lines that fit, newest first; `since` and `until` are business days (`YYYY-MM-DD`), `text` is in the facts."""
    where, values = _filter(rule, since, until, text)
    query = f"SELECT {COLUMNS} FROM breaches WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?"  # noqa: S608
    return [_breach(row) for row in db.execute(query, (*values, limit, offset))]


def count(
    db: Connection, *, rule: Clause | None = None, since: str | None = None, until: str | None = None, text: str = ""
) -> int:
    """How many lines fit."""
    where, values = _filter(rule, since, until, text)
    return int(db.execute(f"SELECT count(*) FROM breaches WHERE {where}", values).fetchone()[0])  # noqa: S608


def _filter(rule: Clause | None, since: str | None, until: str | None, text: str) -> tuple[str, tuple[object, ...]]:
    found: list[tuple[str, object]] = [("1 = ?", 1)]
    if rule is not None:
        found.append(("rule = ?", rule))
    if since:
        found.append(("day >= ?", since))
    if until:
        found.append(("day <= ?", until))
    if text:
        found.append(("instr(facts, ?) > 0", text))
    return " AND ".join(condition for condition, _ in found), tuple(value for _, value in found)


def _breach(row: tuple[Any, ...]) -> Breach:
    return Breach(id=row[0], at=instant(row[1]), rule=Clause(row[2]), subject=row[3], facts=json.loads(row[4]))
