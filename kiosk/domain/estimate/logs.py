"""A queue log as rows of text: `day,arrival_s,start_s,end_s,service,server,abandoned`, checked line by line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kiosk.domain.errors import BadInput

COLUMNS = ("day", "arrival_s", "start_s", "end_s", "service", "server", "abandoned")


@dataclass(frozen=True, kw_only=True, eq=False)
class Visit:
    """One row; seconds since midnight, None where the log is silent. `left` is when somebody gave up, if known."""

    day: str
    arrival: float
    start: float | None
    end: float | None
    service: str
    server: str
    abandoned: bool

    @property
    def left(self) -> float | None:
        """When an abandoned visit ended, as far as the log tells."""
        return self.end if self.end is not None else self.start


def read(lines: Iterable[str]) -> Iterator[Visit]:
    """The visits of a log in its order; raises `bad_log` with the line and what is wrong there."""
    rows = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise _bad(1, f"no column {', '.join(missing)}")
    for number, row in enumerate(rows, start=2):
        yield _visit(number, row)


def _visit(number: int, row: dict[str, str]) -> Visit:
    arrival, start, end = (_seconds(number, row, name) for name in ("arrival_s", "start_s", "end_s"))
    abandoned = (row["abandoned"] or "0").strip()
    if arrival is None:
        raise _bad(number, "arrival_s is empty")
    if abandoned not in {"0", "1"}:
        raise _bad(number, f"abandoned is {abandoned!r}, not 0 or 1")
    if abandoned == "0" and (start is None or end is None):
        raise _bad(number, "a visit that was not abandoned has start_s and end_s")
    if start is not None and start < arrival:
        raise _bad(number, "start_s is before arrival_s")
    if end is not None and end < (arrival if start is None else start):
        raise _bad(number, "end_s is before the visit began")
    return Visit(
        day=(row["day"] or "").strip(),
        arrival=arrival,
        start=start,
        end=end,
        service=(row["service"] or "").strip(),
        server=(row["server"] or "").strip(),
        abandoned=abandoned == "1",
    )


def _seconds(number: int, row: dict[str, str], name: str) -> float | None:
    text = (row[name] or "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise _bad(number, f"{name} is {text!r:.30}, not a number") from None
    if not 0 <= value <= 7 * 86400:
        raise _bad(number, f"{name} is {text!r:.30}, not seconds since midnight")
    return value


def _bad(number: int, what: str) -> BadInput:
    return BadInput("bad_log", f"line {number}: {what}", line=number, what=what)
