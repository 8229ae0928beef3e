"""Turns a text as it is shown into what is said of it, piece by piece, and names the clip of each piece.

A clip is named by its words, so that a changed text asks for a new clip and an old one never speaks in its place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from display.voice import english

FIGURES = "零一二三四五六七八九"
SHORTEST, MERGED, LONGEST = 4, 44, 72  # characters: a longer piece loses its breath, a shorter one its melody
_PLAIN = str.maketrans(
    {",": "，", ";": "；", ":": "：", "(": "，", "（": "，", "?": "？", "!": "！", "/": "或"}
    | dict.fromkeys("·—–…□\u3000|", "，")
    | dict.fromkeys(")）“”‘’《》〈〉「」【】〔〕\"'＿_ ")
)
_MEASURED = r"2(?=[个张份天次人年项位名种本寸])"  # two of something is 两
_MARKS = "。？！；：，、"


def counted(number: int) -> str:
    """A number up to 9999 as it is counted: 12 is 十二, 105 is 一百零五; window numbers are said this way."""
    figures = [int(figure) for figure in str(number)]
    said = ""
    for place, figure in zip(range(len(figures) - 1, -1, -1), figures, strict=True):
        if figure:
            said += FIGURES[figure] + ("", "十", "百", "千")[place]
        elif said and not said.endswith("零"):
            said += "零"
    return said.removesuffix("零").removeprefix("一" if said.startswith("一十") else "") or "零"


def one_by_one(figures: str) -> str:
    """Figures as they are called, one after another: 012 is 零一二 (domain.md 2.3)."""
    return "".join(FIGURES[int(figure)] for figure in figures)


def _phone(found: re.Match[str]) -> str:
    """A phone number, where one is said yāo, its area or its first three figures apart."""
    area, number = found[1] or "", found[2]
    parts = [area, *(number[-11:-8], number[-8:-4], number[-4:])]
    return "".join(f"，{one_by_one(part)}" for part in parts if part).replace("一", "幺") + "，"


def _time(found: re.Match[str]) -> str:
    minutes = {0: "", 30: "半"}.get(int(found[2]), f"{counted(int(found[2]))}分")
    return f"{counted(int(found[1]))}点{minutes}"


def _strongest(marks: re.Match[str]) -> str:
    return min(marks[0], key=_MARKS.index)


_FIGURES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"(?<![\d-])(\d{3,4})-[×X]+", lambda found: f"，{one_by_one(found[1])}，后面的号码请看屏幕，"),
    (r"(?<=\d)×(?=\d)", "乘"),
    (r"×(?=号处)", "叉"),
    (r"[×X]+", "某某"),
    (r"(\d{4})(?=年)", lambda found: one_by_one(found[1])),
    (r"(\d{1,2}):(\d\d)", _time),
    (r"(?<!\d)(?:(0\d{2,3})-?)?(\d{7,11})(?!\d)", _phone),
    (r"(?<=\d)[-–—~](?=\d)", "到"),
    (r"(\d+)%", lambda found: f"百分之{counted(int(found[1]))}"),
    (rf"(?<!\d){_MEASURED}", "两"),
    (r"^[(（]([一二三四五六七八九十]+)[)）]", r"\1，"),
    (r"^(\d{1,2})[.．]", lambda found: f"{counted(int(found[1]))}，"),
    (r"^([一二三四五六七八九十]+)、", r"\1，"),  # the heading of a chapter
    (r"\d{1,4}", lambda found: counted(int(found[0]))),
)


def plain(text: str) -> str:
    """A Chinese text as it is said: figures in words, no brackets or blanks to fill in, one mark where several met."""
    text = re.sub(r"[ \u00a0]+", "", text)
    for pattern, said in _FIGURES:
        text = re.sub(pattern, said, text)
    text = text.translate(_PLAIN)
    return re.sub(f"[{_MARKS}]{{2,}}", _strongest, text).strip("，、；：\n")


@lru_cache(maxsize=2048)
def pieces(text: str, language: str = "zh") -> tuple[str, ...]:
    """The pieces that a shown text is read in, each a sentence or a few; what has no words has none."""
    said = (_english(line) if language == "en" else plain(line) for line in text.splitlines())
    whole = [line for line in said if re.search(r"[^\W_]", line)]
    return tuple(piece for line in whole for piece in _cut(line, " " if language == "en" else ""))


def sayable(piece: str, language: str = "zh") -> bool:
    """Whether the voice can speak a piece: the Chinese one leaves Latin letters out, the English one all but them."""
    return bool(re.fullmatch(r"[^A-Za-z]+" if language == "zh" else r"[\x20-\x7e]+", piece))


def clip_name(piece: str, language: str = "zh") -> str:
    """The name of the clip that says a piece."""
    return f"{'en-' if language == 'en' else ''}read-{hashlib.sha256(piece.encode()).hexdigest()[:10]}"


def _cut(line: str, between: str) -> Iterator[str]:
    """Whole sentences together up to a breath; one that is too long is parted at its commas."""
    stops, commas = (r"(?<=[.?!;])\s+", r"(?<=[,:])\s+") if between else (r"(?<=[。？！；])", r"(?<=[，：])")
    longest, merged = (2 * LONGEST, 2 * MERGED) if between else (LONGEST, MERGED)
    parts = []
    for sentence in filter(None, re.split(stops, line)):
        parts += re.split(commas, sentence) if len(sentence) > longest else [sentence]
    piece = ""
    for part in parts:
        if len(piece) > SHORTEST and len(piece) + len(part) > merged:
            yield piece
            piece = ""
        piece = f"{piece}{between}{part}" if piece else part
    yield piece.rstrip("，、；：,;:") if piece[-1] in "。？！.?!" else piece + ("." if between else "。")


def _hour(found: re.Match[str]) -> str:
    """A time as it is said in English: 14:30 is two thirty in the afternoon."""
    hours, minutes = int(found[1]), int(found[2])
    part = "morning" if hours < 12 else "afternoon" if hours < 18 else "evening"
    return f"{english.counted((hours - 1) % 12 + 1)} {english.counted(minutes) if minutes else ''} in the {part}"


def _english(text: str) -> str:
    """An English text as it is said: figures in words, no brackets."""
    text = re.sub(r"(\d{3,4})-×+", r"\1, the rest is on the screen", text)
    text = re.sub(r"(\d{1,2}):(\d\d)", _hour, text).replace("×", " times ")
    text = re.sub(r"\b0\d+|\d{5,}", lambda found: " ".join(found[0]), text)
    text = re.sub(r"\s*[()\[\]·–—\u3000]\s*", ", ", text).replace("No.", "number").replace("&", "and")
    text = re.sub(r"\d{1,2}(?!\d)|\d", lambda found: f" {english.counted(int(found[0]))} ", text)
    text = re.sub(r"\s+", " ", re.sub(r"\s*([,.?!;:])[\s,.;:]*", r"\1 ", text))
    text = text.strip(" ,;:")
    return text[:1].upper() + text[1:]
