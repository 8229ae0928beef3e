"""Holds back what takes numbers or paper faster than people can: so many a minute, two seconds apart (S6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock

from kiosk.domain.errors import Conflict

APART = timedelta(seconds=2)
WINDOW = timedelta(minutes=1)


class Pace:
    """What each place got within the last minute, in memory alone: a restart forgives everybody."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._given: dict[str, dict[str, datetime]] = defaultdict(dict)

    @contextmanager
    def one(self, place: str, key: str, at: datetime, *, most: int) -> Iterator[None]:
        """Count what is done inside; raise `too_fast` for more than `most` a minute, 0 for no bound.

        A key that was counted before is free, as it brings nothing new; so is what the hall refuses.
        """
        if not most:
            yield
            return
        with self._lock:
            given = self._given[place] = {name: when for name, when in self._given[place].items() if at - when < WINDOW}
            again = key in given
            if not again and (len(given) >= most or any(at - when < APART for when in given.values())):
                raise Conflict("too_fast", f"{len(given)} within a minute at {place}")
            given.setdefault(key, at)
        try:
            yield
        except Exception:
            if not again:
                with self._lock:
                    self._given[place].pop(key, None)
            raise
