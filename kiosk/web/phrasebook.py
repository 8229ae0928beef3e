"""Writes the words of the on-screen keyboard: `python -m kiosk.web.phrasebook`, where `jieba` is installed beside us.

First come the words of this hall (its matters, papers, windows, rules), then the common words of the language by how
often they are used (jieba's dictionary, MIT); each with its pinyin, a line a word (requirements U14).
"""

from __future__ import annotations

import importlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.web.pinyin import spelt

TABLE = Path(__file__).parent / "static" / "words.txt"
NOTICE = "# The order of the common words follows the dictionary of jieba (MIT, Copyright (c) 2013 Sun Junyi)."
HALL = "# words of the hall"
COMMON = "# common words"
HALL_MOST, COMMON_MOST, LONGEST = 900, 7000, 6
PLACES = "云南 保山 施甸 施甸县 姚关 姚关镇 昆明 村委会 镇政府 党政办 县政府 派出所 卫生院 信用社 国土所 林业站"
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def words(part: str) -> list[str]:
    """The words of one part of the table, in its order; `part` is `HALL` or `COMMON`."""
    lines = TABLE.read_text("utf-8").splitlines()
    start = lines.index(part) + 1
    end = lines.index(COMMON) if part == HALL else len(lines)
    return [line.split(" ", 1)[0] for line in lines[start:end]]


def main() -> None:
    """Write the table anew from `config/`."""
    jieba: Any = importlib.import_module("jieba")
    jieba.initialize()
    counts = Counter(word for text in _texts(Path("config")) for word in jieba.cut(text) if _fits(word, least=2))
    places = PLACES.split()
    hall = list(dict.fromkeys([*places, *(word for word, _ in counts.most_common(HALL_MOST - len(places)))]))
    known = sorted(((count, word) for word, count in jieba.dt.FREQ.items() if count and _fits(word)), reverse=True)
    common = [word for _, word in known[:COMMON_MOST] if word not in hall]
    lines = [NOTICE, HALL, *_spelt(hall), COMMON, *_spelt(common)]
    TABLE.write_text("\n".join([*lines, ""]), "utf-8")


def _texts(folder: Path) -> Iterator[str]:
    """Every Chinese text of the configuration and of the hall's rules."""
    for path in (*sorted(folder.glob("*.toml")), *sorted((folder / "regulations").glob("*.txt"))):
        if path.suffix == ".txt":
            yield path.read_text("utf-8")
        else:
            yield from _strings(tomllib.loads(path.read_text("utf-8")))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _fits(word: str, *, least: int = 1) -> bool:
    return least <= len(word) <= LONGEST and bool(_CHINESE.fullmatch(word))


def _spelt(chosen: list[str]) -> Iterator[str]:
    for word, syllables in spelt(tuple(chosen)).items():
        yield f"{word} {' '.join(syllables)}"


if __name__ == "__main__":
    main()
