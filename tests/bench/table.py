"""One way to write a measure down: what we reach, what the floor of the same run reaches, and the aim."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
HEADINGS = ("measure", "ours", "floor", "ratio", "aim", "met")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table; `met` is None where nothing was promised."""

    measure: str
    ours: float
    unit: str
    floor: float | None = None
    aim: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the floor."""
        return self.ours / self.floor if self.floor else None

    def cells(self) -> tuple[str, ...]:
        """The line as texts, in the order of `HEADINGS`."""
        floor = "" if self.floor is None else f"{_number(self.floor)} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        met = {None: "", True: "yes", False: "NO"}[self.met]
        return (self.measure, f"{_number(self.ours)} {self.unit}", floor, ratio, self.aim, met)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A line that is no measure: what was skipped and why, or what a figure must be read with."""

    text: str


Line = Row | Note


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def at_least(measure: str, ours: float, unit: str, floor: float, ratio: float) -> Row:
    """A row that promises a share of the floor."""
    met = ours >= ratio * floor
    return Row(measure=measure, ours=ours, unit=unit, floor=floor, aim=f"≥ {ratio:.2f} × floor", met=met)


def at_most(measure: str, ours: float, unit: str, floor: float, ratio: float) -> Row:
    """A row that promises not to exceed a multiple of the floor."""
    met = ours <= ratio * floor
    return Row(measure=measure, ours=ours, unit=unit, floor=floor, aim=f"≤ {ratio:.1f} × floor", met=met)


def below(measure: str, ours: float, unit: str, limit: float, floor: float | None = None) -> Row:
    """A row that promises an absolute bound."""
    return Row(measure=measure, ours=ours, unit=unit, floor=floor, aim=f"< {limit:g} {unit}", met=ours < limit)


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` (0…1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median_of(rounds: Sequence[T], key: Callable[[T], float]) -> float:
    """The median over the rounds of one figure of each."""
    return statistics.median(key(one) for one in rounds)


def draw(lines: Iterable[Line]) -> str:
    """The table as text for a terminal."""
    lines = list(lines)
    rows = [HEADINGS, *(line.cells() for line in lines if isinstance(line, Row))]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    drawn = [_spread(HEADINGS, widths), "  ".join("-" * width for width in widths)]
    drawn += [_spread(line.cells(), widths) if isinstance(line, Row) else f"  · {line.text}" for line in lines]
    return "\n".join(drawn)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _spread(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        gap = " " * (width - _width(cell))
        padded.append(gap + cell if column in {1, 2, 3} else cell + gap)
    return "  ".join(padded).rstrip()
