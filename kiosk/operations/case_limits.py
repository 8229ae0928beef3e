"""Until when an answer is owed, by which rule and by which calendar (regulations 3.2–3.5)."""

from __future__ import annotations

from datetime import date

from kiosk.domain.cases import Case, Limit, Rule, Unit
from kiosk.domain.catalogue import DayUnit, Matter
from kiosk.domain.catalogue import Kind as MatterKind
from kiosk.domain.errors import NotFound
from kiosk.domain.workdays import Due
from kiosk.operations.hall import Context


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
