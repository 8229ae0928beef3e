"""What a screen says about itself: its version, what it shows and said, whether it is heard, how its clock stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

SILENT_AFTER_SECONDS = 45
"""A screen that has not reported for so long is red on the office's page (requirements 4: reports each 15 s)."""


class Sound(StrEnum):
    """Whether the screen can be heard."""

    ON = "on"  # the self-test or the last call was played and its sound was measured
    BLOCKED = "blocked"  # the browser refuses to play
    SILENT = "silent"  # it plays, but no sound comes of it: clips are missing or empty
    OFF = "off"  # this screen is not meant to speak
    UNKNOWN = "unknown"  # it has not been tried yet


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report of one screen; `seq` is the last picture shown, `announced` the last call spoken, None for none yet.

    `clock_offset_ms` is the screen's clock minus the server's; `missing` names clips that could not be loaded.
    """

    screen: str
    version: str
    seq: int
    announced: int | None
    sound: Sound
    clock_offset_ms: int
    missing: tuple[str, ...] = ()


def parse_report(screen: str, data: object) -> Report:
    """The report a screen sent as JSON; raises ValueError for anything that is not one."""
    if not isinstance(data, Mapping):
        raise ValueError("a report is an object")  # noqa: TRY004 - bad data from outside, like the rest
    announced = data.get("announced")
    missing = data.get("missing", [])
    if not isinstance(missing, list) or len(missing) > 200:
        raise ValueError("missing is a short list")
    return Report(
        screen=screen,
        version=_text(data, "version"),
        seq=_whole(data, "seq"),
        announced=None if announced is None else _whole(data, "announced"),
        sound=Sound(_text(data, "sound")),
        clock_offset_ms=_whole(data, "clock_offset_ms"),
        missing=tuple(str(name)[:40] for name in missing),
    )


def _text(data: Mapping[object, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or len(value) > 80:
        raise ValueError(f"{key} is a short text")
    return value


def _whole(data: Mapping[object, object], key: str) -> int:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
        raise ValueError(f"{key} is a whole number")
    return value
