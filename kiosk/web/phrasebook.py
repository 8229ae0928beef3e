"""Writes the words of the on-screen keyboard: `python -m kiosk.web.phrasebook`, where `jieba` is installed beside us.

First come the words of this hall (its matters, papers, windows, rules), then the common words of the language by how
often they are used (jieba's dictionary, MIT), last every common character (GB/T 2312, first level) that is no word by
itself: no sentence stops at one of them. Each with its pinyin, a line a word (requirements U14).
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
HALL_MOST, COMMON_MOST, LONGEST = 900, 12000, 6
PLACES = "云南 保山 施甸 施甸县 姚关 姚关镇 昆明 村委会 镇政府 党政办 县政府 派出所 卫生院 信用社 国土所 林业站"
SAID = """
推诿 刁难 敷衍 拖拉 怠慢 冷淡 难听 骂人 吵架 顶撞 插队 空岗 离岗 迟到 早退 没人 没有人 不理人 不理睬
不耐烦 态度差 态度好 玩手机 叫号 排队 取号 白跑 一趟 两趟 三趟 几趟 多次 来回 重复 乱收费 吃拿卡要
复印费 发票 看不清 听不懂 看不懂 没看见 对不上 说不清 热心 热情 耐心 细心 周到 辛苦 帮忙 帮助 表扬
点赞 老人 老年人 小姑娘 小伙子 大姐 轮椅 值班
"""
"""What people say of a service, good or bad, in their own words."""
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
    first = [*PLACES.split(), *SAID.split()]
    hall = list(dict.fromkeys([*first, *(word for word, _ in counts.most_common(HALL_MOST - len(first)))]))
    known = sorted(((count, word) for word, count in jieba.dt.FREQ.items() if count and _fits(word)), reverse=True)
    common = [word for _, word in known[:COMMON_MOST] if word not in hall]
    single = sorted(set(common_characters()) - set(common), key=lambda sign: (-jieba.dt.FREQ.get(sign, 0), sign))
    lines = [NOTICE, HALL, *_spelt(hall), COMMON, *_spelt([*common, *single])]
    TABLE.write_text("\n".join([*lines, ""]), "utf-8")


def common_characters() -> list[str]:
    """The 3 755 characters of the first level of GB/T 2312, in its order: rows 16 to 55, the last five places empty."""
    cells = ((row, cell) for row in range(16, 56) for cell in range(1, 95))
    return [bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312") for row, cell in cells if (row, cell) < (55, 90)]


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
