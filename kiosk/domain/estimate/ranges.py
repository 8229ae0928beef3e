"""From many plays to what is told: a range that holds in four of five cases, widened by what has happened before."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

OUTCOMES = 40
"""So many outcomes must be known before the range follows them."""
REMEMBERED = 300
LOW, HIGH = 0.10, 0.90
NEARLY = 0.08
"""What is left out at each end of the outcomes known: a little less, since the newest are always missing there."""
FINE = 10
"""Minutes up to which a range is told by the minute, beyond by five."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What somebody is told: whole minutes from `low` to `high`; `about` where the hall hardly knows the service."""

    low: int
    high: int
    about: bool = False


def rounded(low: float, high: float, *, about: bool = False) -> Told:
    """Seconds as whole minutes: the low end down, the high end up, never an empty or a negative range."""
    top = _up(max(0.0, high) / 60)
    return Told(low=min(_down(max(0.0, low) / 60), top), high=top, about=about)


def _down(minutes: float) -> int:
    return floor(minutes) if minutes < FINE else floor(minutes / 5) * 5


def _up(minutes: float) -> int:
    return max(1, ceil(minutes)) if minutes <= FINE else ceil(minutes / 5) * 5


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of some sorted values lies, between neighbours by proportion."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


class Spread:
    """Learns how far outcomes lie from what was told, in units of the range that the plays gave (conformal)."""

    def __init__(self) -> None:
        self._past: deque[float] = deque(maxlen=REMEMBERED)

    def learn(self, point: float, low: float, high: float, actual: float) -> None:
        """Take note of an outcome; all in seconds."""
        self._past.append((actual - point) / _unit(low, high))

    def widen(self, point: float, low: float, high: float) -> tuple[float, float]:
        """The range that would have held four times of five; the plays' own while too little is known."""
        if len(self._past) < OUTCOMES:
            return max(0.0, low), high
        past, unit = sorted(self._past), _unit(low, high)
        below, above = quantile(past, NEARLY) * unit, quantile(past, 1 - NEARLY) * unit
        return max(0.0, point + min(0.0, below)), max(0.0, point + max(0.0, above))


def _unit(low: float, high: float) -> float:
    return (high - low) / 2 + 20.0
