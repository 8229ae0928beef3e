"""Pinyin of Chinese texts, by pypinyin in a process of its own: its tables take 60 MB that a hall's server should keep.

Run as a program it reads a JSON list of texts and writes the list of their syllables.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache


@cache
def spelt(texts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The syllables of each text without tones, what is not Chinese in one piece as it is; computed once."""
    answer = subprocess.run(
        [sys.executable, __file__], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    return {text: tuple(syllables) for text, syllables in zip(texts, json.loads(answer.stdout), strict=True)}


def initials(texts: tuple[str, ...]) -> dict[str, str]:
    """The first letters of each text's characters, in capitals; what has none is left out."""
    return {
        text: "".join(one[0].upper() for one in syllables if one[0].isascii() and one[0].isalpha())
        for text, syllables in spelt(texts).items()
    }


def main() -> None:
    """Answer one list."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 — only this process may load its tables

    texts: list[str] = json.load(sys.stdin)
    json.dump([lazy_pinyin(text) for text in texts], sys.stdout)


if __name__ == "__main__":
    main()
