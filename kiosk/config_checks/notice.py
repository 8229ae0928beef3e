"""A year's notice of holidays as the State Council publishes it, read from its own words and doubted where it fails.

The notice says everything twice (days and their number, dates and their weekdays), so a slip of the pen or of the
copying shows; nothing is taken over unless all of it agrees.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from kiosk.config_checks import Problem

TITLE = re.compile(r"关于(\d{4})年(?:部分)?节假日安排的通知")
PAPER = re.compile(r"国办发明电\s*〔\d{4}〕\s*\d+\s*号")
FEAST = re.compile(r"[一二三四五六七八九十]+、\s*([^：:。\n]{2,12})[：:]")
DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:[（(]([^）)]*)[）)])?"
SPAN = re.compile(rf"{DAY}(?:\s*至\s*{DAY})?")
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A year as `calendar.toml` keeps it: days off with the feast they belong to, and make-up working days."""

    year: int
    title: str
    issued: date
    off: Mapping[date, str]
    make_up: tuple[date, ...]

    def block(self) -> str:
        """The year as a part of `calendar.toml`."""
        lines = ["[[years]]", f"year = {self.year}", f"notice = {json.dumps(self.title, ensure_ascii=False)}"]
        lines += [f"issued = {self.issued}", "off = ["]
        for feast in dict.fromkeys(self.off.values()):
            days = ", ".join(str(day) for day, name in self.off.items() if name == feast)
            lines.append(f"  {days}," + (f" # {feast}" if feast else ""))
        return "\n".join((*lines, "]", f"make_up = [{', '.join(map(str, self.make_up))}]")) + "\n"


@dataclass
class _Reading:
    """What was found so far in a file, and what does not agree."""

    file: str
    year: int
    off: dict[date, str] = field(default_factory=dict)
    make_up: list[date] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def doubt(self, message: str, suggestion: str = "请对照通知原文改正", key: str = "") -> None:
        self.problems.append(Problem(file=self.file, key=key, message=message, suggestion=suggestion))

    def day(self, feast: str, year: str, month: str, day: str, words: str) -> date | None:
        """One date of the text; None after noting why it cannot be."""
        text = f"{month}月{day}日"
        try:
            found = date(int(year or self.year), int(month), int(day))
        except ValueError:
            self.doubt(f"没有 {text} 这一天", key=feast)
            return None
        named = re.search(r"(?:周|星期)([一二三四五六日天])", words or "")
        if named and WEEKDAYS[found.weekday()] != named[1].replace("天", "日"):
            self.doubt(f"{text}是周{WEEKDAYS[found.weekday()]}，通知里写的是周{named[1]}", key=feast)
        return found

    def days(self, feast: str, text: str) -> Iterator[date]:
        """Every day that a sentence names, spans included."""
        month = ""
        for found in SPAN.finditer(text):
            parts = [part or "" for part in found.groups()]
            month = parts[1] or month
            first = self.day(feast, parts[0], month, *parts[2:4])
            month = parts[5] or month
            last = self.day(feast, parts[4], month, *parts[6:8]) if parts[6] else first
            if first and last and not timedelta(0) <= last - first <= timedelta(days=15):
                self.doubt(f"{first} 到 {last} 不像一个假期", key=feast)
            elif first and last:
                yield from (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))


def read_notice(text: str, file: str) -> Notice | tuple[Problem, ...]:
    """The year that a file gives, as the published words or as a part of `calendar.toml`; else what is wrong."""
    if "[[years]]" in text:
        return _table(text, file)
    title, issued = TITLE.search(text), re.findall(r"(\d{4})年(\d{1,2})月(\d{1,2})日", text)
    if title is None or not issued:
        advice = "请把国务院办公厅的通知全文（标题、文号、各个假期、日期）存成 UTF-8 的文本文件"
        return (Problem(file=file, key="", message="看不出是哪一年的放假通知", suggestion=advice),)
    reading = _Reading(file, int(title[1]))
    feasts = list(FEAST.finditer(text))
    for place, feast in enumerate(feasts):
        ends = feasts[place + 1].start() if place + 1 < len(feasts) else len(text)
        _read_feast(reading, feast[1].strip(), text[feast.end() : ends])
    if not reading.off:
        reading.doubt("没有找到放假的日子", "每个假期请像通知里那样写：一、元旦：1月1日放假")
    try:
        day = date(*map(int, issued[-1]))
    except ValueError:
        reading.doubt(f"通知的日期 {'-'.join(issued[-1])} 不是一个日子")
    if reading.problems:
        return tuple(reading.problems)
    paper = PAPER.search(text)
    name = f"国务院办公厅{title[0]}" + (f"（{paper[0].replace(' ', '')}）" if paper else "")
    return Notice(year=reading.year, title=name, issued=day, off=reading.off, make_up=tuple(sorted(reading.make_up)))


def _read_feast(reading: _Reading, feast: str, text: str) -> None:
    """One feast: its days off, how many they are said to be, and the days worked instead."""
    for sentence in re.split(r"[。；\n]", text):
        before, off, after = sentence.partition("放假")
        if off:
            days = list(reading.days(feast, before))
            said = re.search(r"^(\d+)天|共\s*(\d+)\s*天", after)
            if not days:
                reading.doubt("看不出放假的是哪几天", key=feast)
            elif said and int(said[1] or said[2]) != len(days):
                reading.doubt(f"写明共 {said[1] or said[2]} 天，列出的是 {len(days)} 天", key=feast)
            reading.off |= dict.fromkeys(days, feast)
        elif "上班" in sentence:
            reading.make_up += reading.days(feast, sentence)


def _table(text: str, file: str) -> Notice | tuple[Problem, ...]:
    try:
        years = tomllib.loads(text)["years"]
        (row,) = years
        off, make_up = dict.fromkeys(row["off"], ""), tuple(row.get("make_up", ()))
        if all(type(day) is date for day in (row["issued"], *off, *make_up)):
            year, title = int(row["year"]), str(row["notice"])
            return Notice(year=year, title=title, issued=row["issued"], off=off, make_up=make_up)
        message = "日期写得不对"
    except (tomllib.TOMLDecodeError, ValueError, KeyError, TypeError) as error:
        message = f"看不懂（{error}）"
    advice = "请只写一段 [[years]]，有 year、notice、issued、off、make_up，写法和 calendar.toml 一样"
    return (Problem(file=file, key="", message=message, suggestion=advice),)


def merged(calendar: str, notice: Notice) -> str:
    """`calendar.toml` with the year of a notice added, or put in the place of what stood there for it."""
    head, *blocks = re.split(r"(?m)^(?=\[\[years\]\])", calendar)
    others = [block for block in blocks if not re.search(rf"(?m)^year\s*=\s*{notice.year}\b", block)]
    return "\n\n".join(part.strip() for part in (head, *others, notice.block())) + "\n"
