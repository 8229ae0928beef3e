"""Turns a call into the sentence shown as text and the sequence of recorded clips that speaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from display.voice import number_clips

CHIME = "chime"
AGAIN = "recall"
PLEASE = "qing"
TO = "dao"
AT_WINDOW = "hao_chuangkou"
DO_BUSINESS = "banli_yewu"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call or a recall of a ticket to a window, by the sequence number of its event."""

    seq: int
    ticket: str
    window: int
    recall: bool = False


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How the hall words a call: `text` with {ticket} and {window}; how often, how loud (0 to 1); in English, too."""

    text: str
    repeats: int = 2
    volume: float = 1.0
    english: bool = False


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """One sentence to show and to speak `repeats` times in all, from clips joined in this order."""

    seq: int
    text: str
    clips: tuple[str, ...]
    repeats: int = 1
    volume: float = 1.0


def announcement(call: Call, wording: Wording, has_clip: Callable[[str], bool] = lambda _: True) -> Announcement:
    """The announcement of a call: the number is spoken figure by figure (domain.md 2.3), the window as one phrase.

    `has_clip` says which clips the hall has: figures recorded in one breath (`n-012`), a window's own phrase and the
    words that open a recall are used where they are there; the rest is joined from single clips.
    """
    opening = (CHIME, AGAIN) if call.recall and has_clip(AGAIN) else (CHIME,)
    clips = (*opening, PLEASE, *number_clips(call.ticket, has_clip), *_window(call.window, has_clip))
    if wording.english:
        clips += english_clips(call, has_clip)
    return Announcement(
        seq=call.seq,
        text=wording.text.format(ticket=call.ticket, window=call.window),
        clips=clips,
        repeats=max(1, wording.repeats),
        volume=min(1.0, max(0.0, wording.volume)),
    )


def english_clips(call: Call, has_clip: Callable[[str], bool] = lambda _: True) -> tuple[str, ...]:
    """The clips that say a call in English: "Number A 0 1 2, please go to window 3"."""
    signs = tuple(f"en-{sign}" for sign in call.ticket.upper() if sign.isascii() and sign.isalnum())
    whole = f"en-window-{call.window}"
    way = (whole,) if has_clip(whole) else ("en-window", *(f"en-{figure}" for figure in str(call.window)))
    return ("en-number", *signs, *way)


def _window(number: int, has_clip: Callable[[str], bool]) -> tuple[str, ...]:
    phrase = f"window-{number}"
    if has_clip(phrase):
        return (phrase,)
    return (TO, *str(number), AT_WINDOW, DO_BUSINESS)
