"""Breaks Chinese text into lines: words whole, punctuation where it belongs (禁则)."""

from __future__ import annotations

import re
from collections.abc import Callable

CLOSERS = frozenset("，。、；：？！）】》〉」』〕”’％‰…—·～,.;:?!)]}>%”’℃°")
OPENERS = frozenset("（【《〈「『〔“‘([{<￥$¥")
_PHRASES = re.compile(f"（?[^，。；：？！（]+[，。；：？！]*[{re.escape(''.join(sorted(CLOSERS)))}]*|[，。；：？！（]+")
"""What is read in one breath: up to a pause, or up to a bracket that opens."""
_ATOMS = re.compile(r"[A-Za-z0-9_@#&/+=*~^×\\|\-]+(?:[.:,][A-Za-z0-9_@#&/+=*~×\-]+)*| +|.")


def wrap(text: str, width: int, measure: Callable[[str], int]) -> list[str]:
    """The text as lines of at most `width`; words stay whole where they fit.

    No line starts with closing punctuation or ends with an opening one (禁则), unless it holds nothing else.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_paragraph(paragraph.strip(" "), width, measure))
    return lines


def _wrap_paragraph(text: str, width: int, measure: Callable[[str], int]) -> list[str]:
    if measure(text) <= width:
        return [text]
    atoms: list[str] = []
    for atom in _ATOMS.findall(text):
        atoms.extend([atom] if measure(atom) <= width else list(atom))
    sizes = [measure(atom) for atom in atoms]
    lines: list[str] = []
    start = 0
    while start < len(atoms):
        end, used = start, 0
        while end < len(atoms) and (used + sizes[end] <= width or end == start):
            used += sizes[end]
            end += 1
        if end < len(atoms):
            end = _break_before(atoms, start, end)
        lines.append("".join(atoms[start:end]).strip(" "))
        start = end
        while start < len(atoms) and atoms[start].isspace():
            start += 1
    return lines


def _break_before(atoms: list[str], start: int, limit: int) -> int:
    """The last place in (start, limit] where a line may end; `limit` itself when there is none."""
    for end in range(limit, start, -1):
        last = end - 1
        while last > start and atoms[last].isspace():
            last -= 1
        if atoms[end][0] not in CLOSERS and atoms[last][-1] not in OPENERS:
            return end
    return limit


def balanced(text: str, width: int, measure: Callable[[str], int]) -> list[str]:
    """The text wrapped into the same number of lines as at full width, broken at pauses or of even length."""
    lines = wrap(text, width, measure)
    if len(lines) <= text.count("\n") + 1:
        return lines
    if len(pausing := _at_pauses(text, width, measure)) == len(lines):
        return pausing
    for narrower in range(width // len(lines), width, max(1, width // 40)):
        tried = wrap(text, narrower, measure)
        if len(tried) == len(lines) and all(measure(line) <= width for line in tried):
            return tried
    return lines


def _at_pauses(text: str, width: int, measure: Callable[[str], int]) -> list[str]:
    """The text in lines that end where a reader pauses; empty where a phrase is too long for a line."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        phrases = _PHRASES.findall(paragraph)
        if any(measure(phrase.strip(" ")) > width for phrase in phrases):
            return []
        lines.append("")
        for phrase in phrases:
            if lines[-1] and measure((lines[-1] + phrase).strip(" ")) > width:
                lines.append("")
            lines[-1] += phrase
    return [line.strip(" ") for line in lines]
