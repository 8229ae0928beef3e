"""The hall's public papers as chapters to read: its own regulations, whoever wrote the file (regulations 5.4.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHAPTER = re.compile(r"#+\s*(.+)|([一二三四五六七八九十百]+、.+)")
SECTION = re.compile(r"[(（][一二三四五六七八九十百]+[)）].*")
FULL = str.maketrans({",": "，", ";": "；", ":": "：", "(": "（", ")": "）"})
BETWEEN = re.compile(r"(?<=[^\x00-\x7f])[,;:()]|[,;:()](?=[^\x00-\x7f])")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A paragraph; `section` says that it heads the ones after it."""

    text: str
    section: bool = False


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A part of a paper, with its heading."""

    title: str
    lines: tuple[Line, ...]


def chapters(text: str) -> tuple[Chapter, ...]:
    """A paper cut at its headings (`一、…`, or `# …`), punctuation as Chinese is set; rows of tables are left out.

    What stands before the first heading has no title; a paper without headings is one chapter.
    """
    found: list[tuple[str, list[Line]]] = [("", [])]
    for raw in text.splitlines():
        line = BETWEEN.sub(lambda mark: mark[0].translate(FULL), raw.strip())
        if not line or line.endswith("|"):
            continue
        if heading := CHAPTER.fullmatch(line):
            found.append((heading[1] or heading[2], []))
        else:
            found[-1][1].append(Line(text=line, section=bool(SECTION.fullmatch(line)) and len(line) <= 20))
    return tuple(Chapter(title=title, lines=tuple(lines)) for title, lines in found if title or lines)
