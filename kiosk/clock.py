"""The hall's clock never runs backwards by itself: a dead battery or a wrong hand changes no business day (K3)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

SMALL = timedelta(minutes=1)
"""A correction of up to so much is waited out: the hall's time stands still until the machine's has come up."""


class SteadyClock:
    """The machine's clock; where that was set back, the hall's time goes on from the last instant it told.

    `floor` is when the diary was written last: a machine that starts in 1970 goes on from there.
    """

    def __init__(self, machine: Callable[[], datetime], *, floor: datetime | None = None) -> None:
        self._machine, self._last = machine, floor
        self._ahead = timedelta()
        self._lock = threading.Lock()

    @property
    def machine(self) -> datetime | None:
        """The machine's instant while the hall's time is ahead of it; None while both agree."""
        with self._lock:
            return self._machine() if self._ahead else None

    def go_on(self, at: datetime) -> None:
        """Let the hall's time go on from an instant, also an earlier one: a person says that it is right."""
        with self._lock:
            self._last, self._ahead = at, max(timedelta(), at - self._machine())

    def __call__(self) -> datetime:
        """The instant it is in the hall, never before one that was told already."""
        with self._lock:
            shown = self._machine()
            if self._last is None:
                self._last = shown
            if shown + self._ahead < self._last - SMALL:
                log.warning("the machine's clock was set back to %s; the hall goes on from %s", shown, self._last)
                self._ahead = self._last - shown
            elif self._ahead and shown >= self._last:
                log.warning("the machine's clock is right again: %s", shown)
                self._ahead = timedelta()
            self._last = max(self._last, shown + self._ahead)
            return self._last
