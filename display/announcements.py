"""Turns a call into the sentence shown as text and the sequence of recorded clips that speaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from display.voice import number_clips

CHIME = "chime"
WORDS: Mapping[str, str] = {
    "请再次注意": "recall",
    "请": "qing",
    "到": "dao",
    "号窗口": "hao_chuangkou",
    "号": "hao",
    "办理业务": "banli_yewu",
}
"""The recorded words of a call by what they say; further words of the hall's own are clips named by themselves."""

Sounds = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call or a recall of a ticket to a window, by the sequence number of its event."""

    seq: int
    ticket: str
    window: int


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How the hall words a call: `text` with {ticket} and {window}; how often, how loud (0 to 1).

    `english` says it once more in English, with the same places; "" for not.
    """

    text: str
    repeats: int = 2
    volume: float = 1.0
    english: str = ""


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """One sentence to show and to speak `repeats` times in all, from clips joined in this order."""

    seq: int
    text: str
    clips: tuple[str, ...]
    repeats: int = 1
    volume: float = 1.0


def announcement(call: Call, wording: Wording, has_clip: Callable[[str], bool] = lambda _: True) -> Announcement:
    """The announcement of a call, spoken as it is worded: the number figure by figure (domain.md 2.3).

    `has_clip` says which clips the hall has: figures recorded in one breath (`n-012`) and a window's own phrase are
    used where they are there; the rest is joined from single clips.
    """
    clips = (CHIME, *chinese_clips(wording.text, call, has_clip))
    if wording.english:
        clips += english_clips(wording.english, call, has_clip)
    return Announcement(
        seq=call.seq,
        text=wording.text.format(ticket=call.ticket, window=call.window),
        clips=clips,
        repeats=max(1, wording.repeats),
        volume=min(1.0, max(0.0, wording.volume)),
    )


def chinese_clips(phrase: str, call: Call, has_clip: Callable[[str], bool] = lambda _: True) -> tuple[str, ...]:
    """The clips that say a call as the phrase words it; marks and blanks only part its words."""
    number, whole = number_clips(call.ticket, has_clip), f"window-{call.window}"
    sounds: dict[str, tuple[str, ...]] = {words: (clip,) for words, clip in WORDS.items()}
    sounds |= {"{ticket}号": number, "{ticket}": number, "{window}": tuple(str(call.window))}
    if has_clip(whole):
        sounds["到{window}号窗口办理业务"] = (whole,)
    return _joined(re.sub(r"[^\w{}]+", "", phrase), sounds)


def english_clips(phrase: str, call: Call, has_clip: Callable[[str], bool] = lambda _: True) -> tuple[str, ...]:
    """The clips that say a call in English: "Number A 0 1 2, please go to window 3"."""
    signs = tuple(f"en-{sign}" for sign in call.ticket.upper() if sign.isascii() and sign.isalnum())
    figures, whole = tuple(f"en-{figure}" for figure in str(call.window)), f"en-window-{call.window}"
    way = (whole,) if has_clip(whole) else ("en-window", *figures)
    sounds = {
        "number": ("en-number",),
        "{ticket}": signs,
        "please go to window {window}": way,
        "{window}": figures,
    }
    return _joined(re.sub(r"[^\w{}]+", " ", phrase.lower()), sounds, "en-")


def _joined(words: str, sounds: Sounds, own: str = "") -> tuple[str, ...]:
    """The longest recorded pieces of the words, in order; what lies between them are clips of the hall's own."""
    recorded = "|".join(map(re.escape, sorted(sounds, key=len, reverse=True)))
    pieces = filter(None, (piece.strip() for piece in re.split(f"({recorded})", words)))
    return tuple(clip for piece in pieces for clip in sounds.get(piece, (own + piece.replace(" ", "-"),)))
