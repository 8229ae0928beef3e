"""Which windows are there at what time of the day, learned from the days before: who will leave, who will come."""

from __future__ import annotations

from collections import Counter, defaultdict

STEP = 600.0
"""Seconds of the day that are looked at as one."""
BREATH = 600.0
"""A window that lets somebody wait for longer than this, without calling anybody, has been away."""
DAYS = 3
"""So many days must be known before the hall's habits are believed."""
AHEAD = 24
"""Steps that are looked ahead."""
USUALLY = 0.6
SELDOM = 0.25
"""Shares of days from which on a window is taken to be there, and below which it is not."""


class Shifts:
    """Shares of the days on which each window was there, by the time of the day."""

    def __init__(self) -> None:
        self._days = 0
        self._seen: dict[str, Counter[int]] = defaultdict(Counter)
        self._today: dict[str, set[int]] = {}
        self._last: dict[str, float] = {}

    def begin_day(self) -> None:
        """The day before becomes experience."""
        self._days += bool(self._today)
        for window, steps in self._today.items():
            self._seen[window].update(steps)
        self._today, self._last = {}, {}

    def mark(self, window: str, came: float, begin: float, end: float) -> None:
        """A window served somebody who came at a time; before, it was there unless it let that person wait for long."""
        last = self._last.get(window, begin)
        since = begin if begin - max(came, last) > BREATH else min(last, begin)
        self._today.setdefault(window, set()).update(range(int(since // STEP), int(end // STEP) + 1))
        self._last[window] = max(end, last)

    def _share(self, window: str, step: int) -> float:
        return self._seen[window].get(step, 0) / self._days if window in self._seen else 0.0

    def usual(self, at: float) -> set[str]:
        """The windows that are there at this time on most days."""
        step = int(at // STEP)
        return {one for one in self._seen if self._share(one, step) >= USUALLY} if self._days >= DAYS else set()

    def away(self, window: str, at: float, later: float) -> float | None:
        """The seconds that a window which is there `at` is away from `later` on; None where it will not come back."""
        step = int(later // STEP)
        if self._days < DAYS or self._share(window, step) > SELDOM or self._share(window, int(at // STEP)) < USUALLY:
            return 0.0
        back = self._comes(window, step)
        if back is not None:
            return back * STEP - later
        others = any(self._share(other, step) >= USUALLY for other in self._seen)
        return None if others else 0.0  # after closing whoever is inside is served

    def coming(self, at: float) -> dict[str, float]:
        """The windows that are not there at this time of the day but soon will be, and in how many seconds."""
        if self._days < DAYS:
            return {}
        step = int(at // STEP)
        found = {window: self._comes(window, step) for window in self._seen if self._share(window, step) <= SELDOM}
        return {window: back * STEP - at for window, back in found.items() if back is not None}

    def _comes(self, window: str, step: int) -> int | None:
        """The next step at which a window is usually there."""
        steps = range(step + 1, step + AHEAD)
        return next((later for later in steps if self._share(window, later) >= USUALLY), None)
