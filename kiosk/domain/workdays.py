"""Working days of the hall: the plain week, less the published days off, with the make-up days (国务院办公厅 notices).

A year without a published notice stops nothing: its days are counted by the plain week and the fixed statutory days,
and what was counted through it says so, to be counted again when the notice is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Statutory days off that have the same date each year (全国年节及纪念日放假办法, 2025); the others follow the moon."""
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Due:
    """The last day of a limit; `provisional` when it was counted through a year whose notice is not known."""

    day: date
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class Workdays:
    """The calendar by which limits are counted: days off, make-up working days, and the years whose notice is known."""

    off: frozenset[date]
    make_up: frozenset[date]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether the hall works on a day."""
        if day in self.make_up:
            return True
        unknown = day.year not in self.years and (day.month, day.day) in FIXED
        return day.weekday() < 5 and day not in self.off and not unknown

    def add(self, first: date, count: int) -> Due:
        """The day `count` working days after one; that day itself does not count (民法典 201).

        With a count of 0 it is the day itself, or the next working day where that is none.
        """
        day = first
        if count == 0:
            return self._working_from(first)
        for _ in range(count):
            day = next(self._after(day))
        return self._due(first, day)

    def add_calendar(self, first: date, count: int) -> Due:
        """The day `count` calendar days after one, or the next working day where that is none (民法典 203)."""
        return self._due(first, self._working_from(first + count * DAY).day)

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; negative where `last` comes before `first`."""
        if last < first:
            return -self.between(last, first)
        return sum(self.is_working(first + n * DAY) for n in range(1, (last - first).days + 1))

    def before(self, day: date) -> date:
        """The last working day before one."""
        day -= DAY
        while not self.is_working(day):
            day -= DAY
        return day

    def _working_from(self, day: date) -> Due:
        return self._due(day, day if self.is_working(day) else next(self._after(day)))

    def _after(self, day: date) -> Iterator[date]:
        while True:
            day += DAY
            if self.is_working(day):
                yield day

    def _due(self, first: date, last: date) -> Due:
        passed = set(range(first.year, last.year + 1))
        return Due(day=last, provisional=not passed <= self.years)
