"""Slows down whoever guesses: after five wrong tries in a row a place has to wait for a minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from kiosk.domain.errors import Conflict

MOST = 5
PAUSE = timedelta(minutes=1)


class Tries:
    """Wrong tries by place, in memory alone: they are no business of the hall's diary and end with the process.

    A minute without a wrong try forgets the ones before it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._wrong: dict[str, tuple[int, datetime]] = {}

    def check(self, place: str, at: datetime) -> None:
        """Return if one more try is welcome; raise `too_many_tries` while the place has to wait."""
        with self._lock:
            count, last = self._wrong.get(place, (0, at))
            if count >= MOST and at - last < PAUSE:
                raise Conflict("too_many_tries", f"{count} wrong tries at {place}")

    def wrong(self, place: str, at: datetime) -> None:
        """Count a wrong try, and forget every place whose last one is a minute ago."""
        with self._lock:
            self._wrong = {name: (count, last) for name, (count, last) in self._wrong.items() if at - last < PAUSE}
            count, _ = self._wrong.get(place, (0, at))
            self._wrong[place] = count + 1, at

    def right(self, place: str) -> None:
        """Forget the wrong tries of a place where somebody found the own case."""
        with self._lock:
            self._wrong.pop(place, None)
