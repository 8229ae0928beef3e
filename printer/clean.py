"""Keeps text text: nothing a user typed may become a printer command or turn a line around (requirement S9)."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 2000
"""Longest text of one block; what is longer ends in an ellipsis instead of a metre of paper."""

_NEWLINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_SUSPECT = re.compile(r"[^\n\x20-\x7e\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# Cc: ESC, GS, FS, DLE and C1; Cf: bidi and invisible characters; Cs: halves of nothing; Co, Cn: no glyph anywhere.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean(text: str, limit: int = MAX_CHARACTERS) -> str:
    """The text without control, bidi, invisible and unassigned characters; newlines stay, tabs become a space.

    Longer than `limit` characters, it ends in an ellipsis.
    """
    text = _NEWLINES.sub("\n", text).replace("\t", " ").replace("\xa0", " ")
    text = unicodedata.normalize("NFC", _SUSPECT.sub(_keep, text))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean_line(text: str, limit: int = MAX_CHARACTERS) -> str:
    """The cleaned text as one line."""
    return " ".join(clean(text, limit).split())


def _keep(match: re.Match[str]) -> str:
    character = match.group()
    if unicodedata.category(character) in _DROPPED or "\ufe00" <= character <= "\ufe0f":
        return ""
    return character
