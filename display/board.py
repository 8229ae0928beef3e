"""What one hall screen shows at one moment, as frozen values, and the one markup that paints them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

ARROWS: Mapping[str, str] = {
    "left": "arrow-left",
    "right": "arrow-right",
    "ahead": "arrow-up",
    "ahead-left": "arrow-up-left",
    "ahead-right": "arrow-up-right",
    "behind": "arrow-down",
    "upstairs": "stairs-up",
    "downstairs": "stairs-down",
}
"""Directions that have an arrow, with the icon's name; any other direction is shown as it is written."""


class WindowState(StrEnum):
    """What a window is doing, as the hall sees it."""

    CLOSED = "closed"
    IDLE = "idle"
    CALLED = "called"
    SERVING = "serving"
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True)
class WindowLine:
    """One window of the board; `direction` is a key of `ARROWS` or the hall's own words."""

    number: int
    name: str
    state: WindowState
    direction: str = ""
    services: tuple[str, ...] = ()
    ticket: str | None = None

    @property
    def arrow(self) -> str | None:
        """The icon that points the way, or None where the direction is only words."""
        return ARROWS.get(self.direction)


@dataclass(frozen=True, kw_only=True)
class CallLine:
    """One call as it stands on the board; `count` is 1 for the first call, more for a recall."""

    seq: int
    ticket: str
    window: int
    window_name: str
    at: datetime
    direction: str = ""
    service: str = ""
    count: int = 1

    @property
    def arrow(self) -> str | None:
        """The icon that points the way, or None where the direction is only words."""
        return ARROWS.get(self.direction)


@dataclass(frozen=True, kw_only=True)
class WaitLine:
    """How many wait for a service; `minutes` is the estimated wait as a range, where one is known."""

    service: str
    prefix: str
    waiting: int
    minutes: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A line the hall wants read; a screen takes it down by itself at `until` (aware), None for never."""

    text: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The glass: pixels per millimetre and the distance it is read from; whether it speaks; `night` or `light`."""

    px_per_mm: float = 1.577
    distance_m: float = 6.0
    voice: bool = True
    theme: str = "night"

    @property
    def distance_mm(self) -> int:
        """Reading distance in whole millimetres, as the style sheets want it."""
        return round(self.distance_m * 1000)


@dataclass(frozen=True, kw_only=True)
class Board:
    """The whole state of one screen at event `seq`; `calls` come newest first, `at` is aware, in the hall's zone.

    `soon` are the numbers that would be called next. `words` replaces the default words of `words.toml`, key by key.
    """

    seq: int
    hall: str
    screen: str
    at: datetime
    words: Mapping[str, str] = field(default_factory=dict)
    windows: tuple[WindowLine, ...] = ()
    calls: tuple[CallLine, ...] = ()
    waits: tuple[WaitLine, ...] = ()
    soon: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    open: bool = True
    notices: tuple[Notice, ...] = ()
    hours: str = ""
    phone: str = ""
    panel: Panel = field(default_factory=Panel)

    @property
    def closed(self) -> bool:
        """Whether the hall rests: it is not open, nobody stands at a window, and nobody can hope to be called."""
        served = any(window.ticket for window in self.windows)
        staffed = any(window.state is not WindowState.CLOSED for window in self.windows)
        return not (self.open or served or (staffed and any(wait.waiting for wait in self.waits)))


@cache
def default_words() -> Mapping[str, str]:
    """The words of a screen where the hall has none of its own (`words.toml`)."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def render_board(board: Board) -> str:
    """The board as markup, for the first paint and for every push alike."""
    return template("_board.html").render(board=board, w={**default_words(), **board.words})


@cache
def template(name: str) -> Template:
    """A template of this package, compiled once; a word that is nowhere is an error, never an empty place."""
    environment = Environment(
        loader=PackageLoader("display", "templates/display"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
