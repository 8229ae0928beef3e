"""The rule of the lights as SQL, so that a hundred thousand cases are lit and counted where they lie."""

from __future__ import annotations

from kiosk.domain.cases import Unit
from kiosk.domain.lights import Lamps

LONGEST = 90
"""From so many working days left on, no light is near in any limit of a year or so."""


def light_of(lamps: Lamps) -> str:
    """`Lamps.light` of a case that is owed, as an SQL expression; every value in it is a number or a day of ours."""
    today, rules = f"'{lamps.today}'", lamps.rules
    days = " ".join(f"WHEN {left} THEN '{lamps.day_after(left)}'" for left in range(LONGEST))
    near = (
        f"CASE max({rules.yellow_days}, CAST((days + extended_days) * {lamps.kept_share} + 1e-9 AS INTEGER)) {days} END"
    )
    visit = "coalesce(CASE WHEN visited_at IS NULL THEN visit_due END, '9999')"
    used = f"julianday({today}) - julianday(starts) >= {rules.yellow_share} * (julianday(due) - julianday(starts))"
    return (
        "CASE WHEN state IN ('waiting', 'paused') OR due IS NULL THEN 'grey'"
        f" WHEN due < {today} OR {visit} < {today} THEN 'red'"
        f" WHEN {visit} < '{lamps.safe_from(rules.visit_days)}' THEN 'yellow'"
        " WHEN days = 0 THEN 'green'"
        f" WHEN unit = '{Unit.CALENDAR}' THEN iif({used} OR due < '{lamps.safe_from(1)}', 'yellow', 'green')"
        f" WHEN due < {near} THEN 'yellow' ELSE 'green' END"
    )
