"""Marks where a line of large Chinese may end: between words, so that no elder reads half of one (requirements U2).

Browsers break Chinese anywhere; their `word-break: auto-phrase` knows Japanese alone. The words are the keyboard's.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from markupsafe import Markup, escape

from kiosk.web.phrasebook import COMMON, HALL, LONGEST, words

FOLLOWING = frozenset("的了着过吗吧呢们和及或后证卡表费")
"""What stays with the word before it, where it is none by itself."""
MOST = 6
"""Characters that are kept together at most."""
_RUNS = re.compile(r"<[^>]*>|[一-鿿]{2,}|(?P<day>\d{4}-\d\d-\d\d)")


def parted(text: str) -> Markup:
    """A text whose lines end between words only; markup in it stays as it is."""
    return Markup('<span class="parted">{}</span>').format(Markup(_RUNS.sub(_marked, str(escape(text)))))  # noqa: S704 — escaped above


def _marked(run: re.Match[str]) -> str:
    if run["day"]:
        return f'<span class="whole">{run[0]}</span>'
    return run[0] if run[0][0] == "<" else "<wbr>".join(phrases(run[0]))


@lru_cache(maxsize=1024)
def phrases(text: str) -> tuple[str, ...]:
    """Chinese characters as the words that are read together; a single one leans on the word that follows."""
    done: list[str] = []
    held = ""
    for word in _segments(text):
        if word in FOLLOWING and (held or done):
            done.append((held or done.pop()) + word)
            held = ""
        elif held and len(held + word) > MOST:
            done.append(held)
            held = word
        else:
            held += word
        if len(held) > 1 and len(word) > 1:
            done.append(held)
            held = ""
    if held and len(held) == 1 and done:
        return (*done[:-1], done[-1] + held)
    return (*done, held) if held else tuple(done)


@cache
def _ranks() -> dict[str, int]:
    """The known words, the hall's own before the most common ones."""
    return {word: rank for rank, word in enumerate([*words(HALL), *words(COMMON)])}


def _segments(text: str) -> list[str]:
    """The text in as few words as possible, and of those the most common ones; what is no word, by characters."""
    known = _ranks()
    best: list[tuple[int, int, int]] = [(0, 0, 0)]
    for end in range(1, len(text) + 1):
        ways = (
            (best[start][0] + 1, best[start][1] + known.get(text[start:end], len(known)), start)
            for start in range(max(0, end - LONGEST), end)
            if end - start == 1 or text[start:end] in known
        )
        best.append(min(ways))
    found, end = [], len(text)
    while end:
        start = best[end][2]
        found.append(text[start:end])
        end = start
    return found[::-1]
