"""The traffic light of a case: how near its day is (regulations 1.3–1.5), by one rule for pages and for searches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.domain.cases import Case, Unit
from kiosk.domain.rules import Cases
from kiosk.domain.workdays import Workdays


class Light(StrEnum):
    """How near the due day is; grey while the clock stands still, none once the answer is given."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"
    NONE = "none"


SHOWN = (Light.RED, Light.YELLOW, Light.GREEN, Light.GREY)
"""The lights of what is still owed, the most urgent first."""


@dataclass(frozen=True, kw_only=True)
class Lamps:
    """The rule of the lights on one day: red past the day; yellow with few working days left, or much of them used.

    A check on the spot has a day of its own (regulations 3.4); the more urgent of the two clocks decides. What must be
    done at once is green until it is late.
    """

    today: date
    workdays: Workdays
    rules: Cases

    def left(self, case: Case) -> int | None:
        """Working days left to the due day; negative when it has passed, None without one."""
        return self.workdays.between(self.today, case.due) if case.due else None

    def light(self, case: Case) -> Light:
        """The light of a case now."""
        if not case.owed:
            return Light.NONE
        if case.stopped or case.due is None:
            return Light.GREY
        visit = None if case.visited_at else case.visit_due
        if min(case.due, visit or case.due) < self.today:
            return Light.RED
        near = visit and visit < self.safe_from(self.rules.visit_days)
        return Light.YELLOW if near or self._near(case, case.due) else Light.GREEN

    def _near(self, case: Case, due: date) -> bool:
        if case.limit.days == 0:
            return False
        if case.limit.unit is Unit.WORKING:
            return due < self.safe_from(case.limit.days + case.extended_days)
        starts = case.starts or self.today
        used = (self.today - starts).days >= self.rules.yellow_share * (due - starts).days
        return used or due < self.safe_from(1)

    @property
    def kept_share(self) -> float:
        """The share of a limit that may be left when its light turns."""
        return round(1 - self.rules.yellow_share, 6)

    def safe_from(self, total: int) -> date:
        """The first due day that is not near yet today, for a limit of `total` working days."""
        return self.day_after(max(self.rules.yellow_days, int(total * self.kept_share + 1e-9)))

    def day_after(self, left: int) -> date:
        """The first day that has more than `left` working days before it, from today."""
        return self.workdays.add(self.today, left + 1).day
