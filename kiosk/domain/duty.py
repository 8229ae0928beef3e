"""Who was at which window and how long, read from the diary: the duty log that inspectors ask for (regulations 5.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.domain.events import Event, Name


@dataclass(frozen=True, kw_only=True)
class Spell:
    """A person at a window from `begins` to `ends` (None: still there); `pauses` are reason, begin and end each."""

    window: int
    person: str
    begins: datetime
    ends: datetime | None = None
    pauses: tuple[tuple[str, datetime, datetime | None], ...] = ()

    def paused_seconds(self, at: datetime) -> int:
        """Whole seconds of pauses until an instant."""
        return sum(int(((ends or self.ends or at) - begins).total_seconds()) for _, begins, ends in self.pauses)


def spells(events: Iterable[Event]) -> tuple[Spell, ...]:
    """The spells that a day's window events tell of, in the order of their beginning; people as the actor's name."""
    ended: list[Spell] = []
    there: dict[int, Spell] = {}
    for event in events:
        window = int(event.subject.removeprefix("window:"))
        present = there.get(window)
        if event.name is Name.WINDOW_TAKEN:
            ended += _left(there, window, event.at)
            there[window] = Spell(window=window, person=_login(event.actor), begins=event.at)
        elif event.name is Name.WINDOW_LEFT:
            ended += _left(there, window, event.at)
        elif event.name is Name.WINDOW_HANDED_OVER:
            ended += _left(there, window, event.at)
            there[window] = Spell(window=window, person=str(event.data["to"]), begins=event.at)
        elif present is not None and event.name is Name.WINDOW_PAUSED:
            there[window] = replace(present, pauses=(*present.pauses, (str(event.data["reason"]), event.at, None)))
        elif present is not None and event.name is Name.WINDOW_RESUMED:
            there[window] = replace(present, pauses=_gone_on(present, event.at))
    return tuple(sorted((*ended, *there.values()), key=lambda spell: (spell.begins, spell.window)))


def _login(actor: str) -> str:
    return actor.rpartition(":")[2]


def _left(there: dict[int, Spell], window: int, at: datetime) -> Iterator[Spell]:
    if present := there.pop(window, None):
        yield replace(present, ends=at, pauses=_gone_on(present, at))


def _gone_on(spell: Spell, at: datetime) -> tuple[tuple[str, datetime, datetime | None], ...]:
    return tuple((reason, begins, ends or at) for reason, begins, ends in spell.pauses)
