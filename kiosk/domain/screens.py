"""The configured glass and voice of the hall: screens, the signs of clerks, how loud it is at which hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class Theme(StrEnum):
    """How a screen is lit: night in an ordinary room, light where the sun falls on the glass."""

    NIGHT = "night"
    LIGHT = "light"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The physical size of a screen; a rotated screen gives width and height as it hangs."""

    width_px: int
    height_px: int
    diagonal_inch: float

    @property
    def px_per_mm(self) -> float:
        """CSS pixels per millimetre of glass, at device scale 1."""
        pixels: float = (self.width_px**2 + self.height_px**2) ** 0.5
        return pixels / (self.diagonal_inch * 25.4)


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A display of the hall (屏): which windows it shows and from how far it is read."""

    id: str
    name: str
    panel: Panel
    distance_m: float = 8.0
    windows: tuple[int, ...] = ()  # empty: all of them
    voice: bool = True
    theme: Theme = Theme.NIGHT


@dataclass(frozen=True, kw_only=True)
class WindowScreens:
    """The small screens above the windows, all of one kind."""

    panel: Panel = Panel(width_px=1920, height_px=1080, diagonal_inch=32.0)
    distance_m: float = 4.0
    theme: Theme = Theme.NIGHT


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What a clerk's badge says besides the name (regulations 5.3); `photo` is a file in the folder `photos`."""

    login: str
    post: str = ""
    badge: str = ""
    photo: str = ""


class English(StrEnum):
    """When a call is said in English, too: never, for numbers that were taken in English, or always."""

    NEVER = "never"
    ASKED = "asked"
    ALWAYS = "always"


@dataclass(frozen=True, kw_only=True)
class Softer:
    """Hours of the day, hall time, in which the voice has so many hundredths of its loudness."""

    starts: time
    ends: time
    percent: int


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How the hall speaks: loudness in hundredths, softer at times; a second language."""

    percent: int = 100
    softer: tuple[Softer, ...] = ()
    english: English = English.ASKED

    def loudness(self, at: time) -> float:
        """From 0 to 1 at a time of the day."""
        return next((one.percent for one in self.softer if one.starts <= at < one.ends), self.percent) / 100

    def speaks_english(self, language: str) -> bool:
        """Whether a number that was taken in a language is called in English, too."""
        return self.english is English.ALWAYS or (self.english is English.ASKED and language == "en")
