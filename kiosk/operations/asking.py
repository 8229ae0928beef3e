"""Asking for what a case lacks: all of it at once; a later notice that names more is a breach of 3.4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kiosk.domain.breaches import Clause, omitted
from kiosk.domain.cases import Case
from kiosk.domain.events import Event, Name
from kiosk.domain.people import Actor
from kiosk.operations.hall import Context
from kiosk.operations.telling import record_breach
from kiosk.store import records
from kiosk.store.database import Connection


def judge_papers(context: Context, db: Connection, case: Case, papers: Sequence[str], actor: Actor) -> int | None:
    """Record a breach where an earlier notice to this case or its visit left out what is asked now; return its id.

    Call it in the caller's transaction, after the event that asks; the facts stand beside each other, unjudged.
    """
    told = [_facts(event, listed) for event, listed in _notices(db, case)]
    earlier, latest = told[:-1], told[-1]
    left_out = omitted([name for one in earlier for name in _names(one["materials"])], papers)
    if not earlier or not left_out:
        return None
    facts = {"number": case.number, "matter": case.matter, "first": earlier, "second": latest, "omitted": left_out}
    return record_breach(
        context, db, rule=Clause.TOLD_ONCE, subject=case.subject, facts=facts, actor=actor, at=context.clock()
    )


def _notices(db: Connection, case: Case) -> list[tuple[Event, tuple[str, ...]]]:
    """Everything the citizen was told is missing: at the visit for this matter, at the opening, and since."""
    visit = records.events_of(db, f"ticket:{case.ticket}") if case.ticket else []
    at_visit = [
        (event, _names(event.data["materials"]))
        for event in visit
        if event.name is Name.CHECKLIST_MISSING_PRINTED and event.data.get("matter") == case.matter
    ]
    own = [(event, _names(event.data.get("papers"))) for event in records.events_of(db, case.subject)]
    return sorted([*at_visit, *((event, listed) for event, listed in own if listed)], key=lambda one: one[0].seq)


def _names(listed: object) -> tuple[str, ...]:
    return tuple(map(str, listed)) if isinstance(listed, Iterable) and not isinstance(listed, str) else ()


def _facts(event: Event, listed: Sequence[str]) -> dict[str, object]:
    """One notice as the register shows it."""
    return {"at": event.at.isoformat(), "by": event.actor, "materials": list(listed)}
