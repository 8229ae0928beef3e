"""Until when an answer is owed, by which rule and by which calendar; counted again with a year's notice (3.2–3.5)."""

from __future__ import annotations

from datetime import date

from kiosk.domain.case_moves import dated
from kiosk.domain.cases import Case, Limit, Rule, Unit
from kiosk.domain.catalogue import DayUnit, Matter
from kiosk.domain.catalogue import Kind as MatterKind
from kiosk.domain.errors import NotFound
from kiosk.domain.events import Name
from kiosk.domain.people import Actor
from kiosk.domain.workdays import Due
from kiosk.operations.hall import Context, record
from kiosk.store import cases, records
from kiosk.store.database import Connection


def limit_of(context: Context, matter: Matter) -> Limit:
    """How long a matter may take: the promise, else the law, else at once, else the hall's own rule (3.2, 3.3)."""
    if matter.promised_days is not None:
        return Limit(days=matter.promised_days, rule=Rule.PROMISED, unit=_unit(matter.promised_unit))
    if matter.statutory_days is not None:
        return Limit(days=matter.statutory_days, rule=Rule.STATUTORY, unit=_unit(matter.statutory_unit))
    if matter.kind is MatterKind.AT_ONCE:
        return Limit(days=0, rule=Rule.AT_ONCE)
    return Limit(days=context.hall.cases.default_days, rule=Rule.DEFAULT)


def _unit(unit: DayUnit | None) -> Unit:
    return Unit.CALENDAR if unit is DayUnit.CALENDAR else Unit.WORKING


def _statutory(context: Context, matter: str | None) -> Limit | None:
    """What the law itself allows for a matter; None where it says nothing, or the catalogue has lost the matter."""
    try:
        known = context.catalogue.matter(matter) if matter else None
    except NotFound:
        return None
    if known is None or known.statutory_days is None:
        return None
    return Limit(days=known.statutory_days, rule=Rule.STATUTORY, unit=_unit(known.statutory_unit))


def due_after(context: Context, limit: Limit, starts: date, more: int = 0) -> Due:
    """The last day of a limit that starts on a day, with so many working days added."""
    workdays = context.hall.workdays
    if limit.unit is Unit.CALENDAR:
        ends = workdays.add_calendar(starts, limit.days)
        return workdays.add(ends.day, more) if more else ends
    return workdays.add(starts, limit.days + more)


def counted(context: Context, case: Case, starts: date, *, stopped: int = 0, extended: int = 0) -> dict[str, object]:
    """The days of a case whose clock starts on a day, as its events carry them, with the calendar they came from.

    `stopped` and `extended` are working days; an extension does not move the law's own day.
    """
    due = due_after(context, case.limit, starts, stopped + extended)
    law = _statutory(context, case.matter)
    days = {"starts": starts.isoformat(), "due": due.day.isoformat(), "provisional": due.provisional}
    if law is not None:
        days["statutory_due"] = due_after(context, law, starts, stopped).day.isoformat()
    return days | {"calendar": context.hall.calendar.notice(starts, due.day)}


def visit_due(context: Context, starts: date) -> str:
    """Until when somebody must have been on the spot (regulations 3.4), as events carry days."""
    return context.hall.workdays.add(starts, context.hall.cases.visit_days).day.isoformat()


def count_again(context: Context) -> int:
    """Count the due days anew that waited for a year's notice; return how many changed."""
    with context.database.read() as db:
        waiting = cases.provisional(db)
    return sum(_count(context, case, case.starts) for case in waiting if case.starts)


def _count(context: Context, case: Case, starts: date) -> bool:
    days = counted(context, case, starts, stopped=case.stopped_days, extended=case.extended_days)
    days |= _visit_again(context, case)
    after = dated(case, days)
    if after == case:
        return False

    def work(db: Connection) -> None:
        cases.set_due(db, after)
        data = days | {"was": case.due.isoformat() if case.due else None}
        actor = Actor(name="upkeep")
        record(context, db, Name.CASE_DUE_CHANGED, actor=actor, subject=case.subject, at=context.clock(), data=data)

    context.database.write(work)
    return True


def _visit_again(context: Context, case: Case) -> dict[str, object]:
    """The day of a check on the spot, counted anew from the day on which it was last set; nothing where none is due."""
    if case.visit_due is None or case.visited_at:
        return {}
    with context.database.read() as db:
        told = [one for one in records.events_of(db, case.subject) if one.data.get("visit_due")]
    setting = next((one for one in reversed(told) if one.name is not Name.CASE_DUE_CHANGED), None)
    return {"visit_due": visit_due(context, context.hall.local(setting.at).date())} if setting else {}
