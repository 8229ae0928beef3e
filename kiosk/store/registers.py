"""What the registers add up: lights by person, promises kept, notices told, the order left, cases past their day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.cases import Case
from kiosk.domain.events import Event, Name, stamp
from kiosk.domain.lights import Lamps, Light
from kiosk.domain.tickets import Ticket
from kiosk.store.cases import COLUMNS, OWED, Filter, case_of
from kiosk.store.database import Connection
from kiosk.store.lights import light_of
from kiosk.store.records import TICKET, event_of, ticket_of

TOLD = (
    "(name IN ('checklist.printed', 'checklist.missing_printed', 'case.papers_asked')"
    " OR name = 'case.opened' AND json_extract(data, '$.papers') IS NOT NULL)"
)
"""The condition of the partial index over notices, word for word."""
OUT_OF_ORDER = (
    "(name IN ('ticket.moved_up', 'ticket.priority_judged')"
    " OR name = 'ticket.called' AND json_extract(data, '$.rule') = 'picked')"
)
"""The condition of the partial index over moves out of order, word for word."""
AT_ONCE = 500
"""So many rows are asked for in one statement."""
Lights = Mapping[Light, int]


def lights(db: Connection, wanted: Filter, lamps: Lamps) -> dict[str, Lights]:
    """How many owed cases of a register have which light, by the login of who owes them."""
    condition, values = wanted.condition()
    query = (
        f"SELECT person, {light_of(lamps)} AS light, count(*) FROM cases"  # noqa: S608 — no text of a user's
        f" WHERE {OWED} AND {condition} GROUP BY person, light"
    )
    found: defaultdict[str, dict[Light, int]] = defaultdict(dict)
    for person, light, count in db.execute(query, values):
        found[person][Light(light)] = count
    return dict(found)


def added(lines: Mapping[str, Lights]) -> Lights:
    """The lights of everybody together."""
    total: defaultdict[Light, int] = defaultdict(int)
    for line in lines.values():
        for light, count in line.items():
            total[light] += count
    return total


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How the promises of one person or matter were kept; `saved` is the mean of working days before the due day."""

    whose: str
    accepted: int
    answered: int
    in_time: int
    late: int
    overdue: int
    saved: float | None

    @property
    def share(self) -> float | None:
        """The share of answers that came in time; None where there was none."""
        return self.in_time / self.answered if self.answered else None


WHOSE = ("person", "matter")


def promises(db: Connection, *, whose: str, since: str, until: str, lamps: Lamps) -> list[Kept]:
    """How promises were kept, by `person` or by `matter`, for applications accepted on these days (regulations 1.4)."""
    if whose not in WHOSE:
        raise ValueError(whose)
    span = "kind = 'application' AND day BETWEEN ? AND ?"
    overdue: dict[str, int] = dict(
        db.execute(
            f"SELECT coalesce({whose}, ''), count(*) FROM cases WHERE {OWED} AND {span}"  # noqa: S608
            f" AND {light_of(lamps)} = 'red' GROUP BY {whose}",
            (since, until),
        )
    )
    query = (
        f"SELECT coalesce({whose}, ''), count(*), count(saved), coalesce(sum(saved >= 0), 0),"  # noqa: S608
        f" coalesce(sum(saved < 0), 0), avg(saved) FROM cases WHERE {span} GROUP BY {whose} ORDER BY 2 DESC, 1"
    )
    return [
        Kept(
            whose=row[0],
            accepted=row[1],
            answered=row[2],
            in_time=row[3],
            late=row[4],
            overdue=overdue.get(row[0], 0),
            saved=row[5],
        )
        for row in db.execute(query, (since, until))
    ]


def answered_between(db: Connection, begins: datetime, ends: datetime, limit: int) -> list[Case]:
    """The cases that were answered between two instants, latest first: the results the head is told (3.2)."""
    query = f"SELECT {COLUMNS} FROM cases WHERE answered_at >= ? AND answered_at < ?"  # noqa: S608
    ordered = f"{query} ORDER BY answered_at DESC LIMIT ?"
    return [case_of(row) for row in db.execute(ordered, (stamp(begins), stamp(ends), limit))]


def past_due(db: Connection, today: str) -> list[Case]:
    """The cases whose day has passed, or whose check on the spot has, and that the breach register lacks."""
    query = (
        f"SELECT {COLUMNS} FROM cases AS c WHERE state IN ('opened', 'in_hand') AND ("  # noqa: S608
        " due < ? AND NOT EXISTS (SELECT 1 FROM breaches WHERE once = 'case:' || c.id || ' overdue ' || c.due)"
        " OR visited_at IS NULL AND visit_due < ?"
        " AND NOT EXISTS (SELECT 1 FROM breaches WHERE once = 'case:' || c.id || ' visit ' || c.visit_due))"
        " ORDER BY id"
    )
    return [case_of(row) for row in db.execute(query, (today, today))]


def stages(db: Connection, subjects: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """The stages that cases went through, each with what was noted, by subject."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    marks = ", ".join("?" * len(subjects))
    query = f"SELECT * FROM events WHERE name = ? AND subject IN ({marks}) ORDER BY seq"  # noqa: S608
    for event in map(event_of, db.execute(query, (Name.CASE_STAGE_REACHED, *subjects))):
        found[event.subject][str(event.data["stage"])] = str(event.data.get("note", ""))
    return found


Span = tuple[datetime | None, datetime | None]


def told(db: Connection, *, missing: bool, span: Span, text: str, limit: int, offset: int = 0) -> list[Event]:
    """The checklists and notices that were given, newest first; `missing` only the ones that say what is missing."""
    condition, values = _told(missing, span, text)
    query = f"SELECT * FROM events WHERE {condition} ORDER BY seq DESC LIMIT ? OFFSET ?"  # noqa: S608
    return [event_of(row) for row in db.execute(query, (*values, limit, offset))]


def count_told(db: Connection, *, missing: bool, span: Span, text: str) -> int:
    """How many of them there are."""
    condition, values = _told(missing, span, text)
    return int(db.execute(f"SELECT count(*) FROM events WHERE {condition}", values).fetchone()[0])  # noqa: S608


def _told(missing: bool, span: Span, text: str) -> tuple[str, list[object]]:
    parts: dict[str, object] = {"name <> ?": Name.CHECKLIST_PRINTED} if missing else {}
    parts |= _within(span) | ({"instr(data, ?) > 0": text} if text else {})
    return " AND ".join((TOLD, *parts)), list(parts.values())


def _within(span: Span) -> dict[str, object]:
    bounds = zip(("at >= ?", "at < ?"), span, strict=True)
    return {part: stamp(at) for part, at in bounds if at}


def out_of_order(db: Connection, *, span: Span, text: str, limit: int, offset: int = 0) -> list[tuple[Event, Ticket]]:
    """Every time somebody left the order of the line, with the ticket as it is now, newest first (regulations 1.1)."""
    source, values = _out_of_order(span, text)
    query = f"SELECT events.*, {TICKET} {source} ORDER BY seq DESC LIMIT ? OFFSET ?"
    return [(event_of(row[:8]), ticket_of(row[8:])) for row in db.execute(query, (*values, limit, offset))]


def count_out_of_order(db: Connection, *, span: Span, text: str) -> int:
    """How many times that was."""
    source, values = _out_of_order(span, text)
    return int(db.execute(f"SELECT count(*) {source}", values).fetchone()[0])


def _out_of_order(span: Span, text: str) -> tuple[str, list[object]]:
    parts = _within(span)
    if text:
        parts["instr(data || ' ' || prefix || printf('%03d', number), ?) > 0"] = text
    tickets = "JOIN tickets ON tickets.id = CAST(substr(subject, length('ticket:') + 1) AS INTEGER)"
    return f"FROM events {tickets} WHERE {' AND '.join((OUT_OF_ORDER, *parts))}", list(parts.values())


def cases_told(db: Connection, events: Sequence[Event]) -> Mapping[int, Case]:
    """The cases that notices were about, by the notice's seq: the case itself, or the one its visit led to."""
    own = {event.seq: event.subject.partition(":")[2] for event in events if event.subject.startswith("case:")}
    visits = {event.seq: event.subject.partition(":")[2] for event in events if event.subject.startswith("ticket:")}
    by_id = {str(case.id): case for case in _cases(db, "id", own.values())}
    by_ticket = {str(case.ticket): case for case in _cases(db, "ticket", visits.values())}
    found = {seq: by_id.get(key) for seq, key in own.items()} | {seq: by_ticket.get(key) for seq, key in visits.items()}
    return {seq: case for seq, case in found.items() if case}


def _cases(db: Connection, column: str, keys: Iterable[str]) -> Iterator[Case]:
    wanted = sorted({int(key) for key in keys})
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        marks = ", ".join("?" * len(some))
        query = f"SELECT {COLUMNS} FROM cases WHERE {column} IN ({marks}) AND kind = 'application'"  # noqa: S608
        yield from map(case_of, db.execute(query, some))
