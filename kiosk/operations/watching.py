"""The hall watches itself: what was not kept goes into the breach register by itself, with its facts (1.7, 3.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kiosk.domain.alerts import Alert, AlertKind
from kiosk.domain.breaches import Clause
from kiosk.domain.cases import Case, Kind
from kiosk.domain.people import Actor
from kiosk.operations.hall import Context
from kiosk.operations.telling import record_breach
from kiosk.store import queries, registers
from kiosk.store.database import Connection

WATCH = Actor(name="watch")


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A line for the register; `once` names it, so that it stands there a single time."""

    rule: Clause
    subject: str
    facts: dict[str, object]
    once: str


def watch(context: Context) -> int:
    """Record what has not been kept since the last look: overdue cases and visits, posts left; return how many.

    Looks first without a transaction: most minutes there is nothing to write.
    """
    at = context.clock()
    today = context.hall.local(at).date()
    with context.database.read() as db:
        late, alerts = registers.past_due(db, today.isoformat()), queries.alerts_now(db, context.hall, at)
    found = [*(one for case in late for one in _overdue(context, case, today)), *_away(alerts)]

    def work(db: Connection) -> int:
        lines = [
            record_breach(
                context, db, rule=one.rule, subject=one.subject, facts=one.facts, actor=WATCH, at=at, once=one.once
            )
            for one in found
        ]
        return sum(line is not None for line in lines)

    return context.database.write(work) if found else 0


RULES = {Kind.COMPLAINT: Clause.UNANSWERED, Kind.LETTER: Clause.LETTER}


def _overdue(context: Context, case: Case, today: date) -> Iterator[_Found]:
    facts: dict[str, object] = {
        "number": case.number,
        "kind": case.kind,
        "person": case.person,
        "opened": context.hall.day(case.opened_at),
    }
    if case.due and case.due < today:
        yield _Found(
            rule=RULES.get(case.kind, Clause.OVERDUE),
            subject=case.subject,
            facts=facts | {"due": case.due.isoformat(), "days": case.limit.days, "extended": case.extended_days},
            once=f"{case.subject} overdue {case.due}",
        )
    if case.visit_due and not case.visited_at and case.visit_due < today:
        yield _Found(
            rule=Clause.VISIT,
            subject=case.subject,
            facts=facts | {"visit_due": case.visit_due.isoformat()},
            once=f"{case.subject} visit {case.visit_due}",
        )


def _away(alerts: tuple[Alert, ...]) -> Iterator[_Found]:
    """A window that somebody is to serve stays idle while people wait for it (5.6)."""
    for alert in alerts:
        if alert.kind is AlertKind.WINDOW_IDLE:
            subject = f"window:{alert.facts['window']}"
            yield _Found(
                rule=Clause.AWAY,
                subject=subject,
                facts=dict(alert.facts),
                once=f"{subject} away {alert.facts['since']}",
            )
