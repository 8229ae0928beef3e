"""What the small screen above one window shows: who is served, what for, and who serves (regulations 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from display.board import Panel, WindowState, default_words, template


@dataclass(frozen=True, kw_only=True)
class Clerk:
    """The clerk's public sign: name, post, badge number, and the address of a photo on this server."""

    name: str
    post: str = ""
    badge: str = ""
    photo: str = ""


@dataclass(frozen=True, kw_only=True)
class WindowBoard:
    """The whole state of a window's screen at event `seq`; `services` are names; `screen` is its room, `window-<n>`."""

    seq: int
    hall: str
    number: int
    name: str
    state: WindowState
    at: datetime
    ticket: str | None = None
    services: tuple[str, ...] = ()
    clerk: Clerk | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    panel: Panel = field(default_factory=lambda: Panel(px_per_mm=2.71, distance_m=4.0, voice=False))

    @property
    def screen(self) -> str:
        """The name of the room this screen listens in."""
        return f"window-{self.number}"


def render_window(board: WindowBoard) -> str:
    """The window's state as markup, for the first paint and for every push alike."""
    return template("_window.html").render(board=board, w={**default_words(), **board.words})
