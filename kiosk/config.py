"""TOML to frozen, validated settings: every mistake of all files is named at once, with its file, key and remedy."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from kiosk.config_checks import CALENDAR, HALL, PHRASES, RATINGS, SERVICES, Problem, Raw, check, check_calendar, nearest
from kiosk.config_checks.matters import check_library, check_matters
from kiosk.config_devices import check_devices
from kiosk.config_phrases import check_phrases, flatten
from kiosk.domain.catalogue import Accepting, Catalogue, LifeEvent, Material, Matter, Paper, Situation, Source, Stage
from kiosk.domain.hall import Calendar, Hall, Kiosk, Period, Priority, Regulation, Service, Window
from kiosk.domain.phrases import Phrases
from kiosk.domain.ratings import Option, Options, Report
from kiosk.domain.rules import Cases, Limits, Queue, Thresholds
from kiosk.domain.screens import Panel, Screen, Sign, Softer, Voice, WindowScreens
from printer.addresses import PrinterSettings

__all__ = ["ConfigError", "Problem", "Server", "Settings", "load"]

STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where the hall listens, and by which names besides addresses browsers may reach it."""

    host: str = "127.0.0.1"
    port: int = 8080
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a hall may change, checked; `folder` is where it came from and where clips and forms lie."""

    hall: Hall
    catalogue: Catalogue
    phrases: Phrases
    printers: tuple[PrinterSettings, ...]
    server: Server
    folder: Path


class ConfigError(Exception):
    """The configuration cannot be used; `problems` names each mistake."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class PrinterEntry:
    """A printer as written; the checks name a wrong profile or address in Chinese before the real value is made."""

    id: str
    name: str
    address: str
    profile: str
    group: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class HallFile:
    """The shape of `hall.toml`."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    code: str
    name: str
    english: str
    zone: str
    address: str
    phone: str
    complaint_office: str
    complaint_phone: str
    windows: tuple[Window, ...]
    hours: tuple[Period, ...]
    screens: tuple[Screen, ...]
    kiosks: tuple[Kiosk, ...]
    printers: tuple[PrinterEntry, ...]
    window_screens: WindowScreens = field(default_factory=WindowScreens)
    signs: tuple[Sign, ...] = ()
    voice: Voice = field(default_factory=Voice)
    priorities: tuple[Priority, ...] = ()
    regulations: tuple[Regulation, ...] = ()
    queue: Queue = field(default_factory=Queue)
    alerts: Thresholds = field(default_factory=Thresholds)
    cases: Cases = field(default_factory=Cases)
    pauses: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    server: Server = Server()


@dataclass(frozen=True, kw_only=True)
class ServicesFile:
    """The shape of `services.toml`."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    services: tuple[Service, ...]
    matters: tuple[Matter, ...]
    papers: tuple[Paper, ...] = ()
    events: tuple[LifeEvent, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Year:
    """One year of `calendar.toml`, with the notice it comes from."""

    year: int
    notice: str
    issued: date
    off: tuple[date, ...]
    make_up: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CalendarFile:
    """The shape of `calendar.toml`."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    years: tuple[Year, ...]


@dataclass(frozen=True, kw_only=True)
class RatingsFile:
    """The shape of `ratings.toml`."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    version: str
    source: str
    options: tuple[Option, ...]
    report: Report = field(default_factory=Report)


SHAPES: dict[str, type] = {HALL: HallFile, SERVICES: ServicesFile, CALENDAR: CalendarFile, RATINGS: RatingsFile}
NESTED: dict[str, type] = {
    "windows": Window,
    "hours": Period,
    "screens": Screen,
    "kiosks": Kiosk,
    "printers": PrinterEntry,
    "panel": Panel,
    "window_screens": WindowScreens,
    "signs": Sign,
    "voice": Voice,
    "softer": Softer,
    "priorities": Priority,
    "regulations": Regulation,
    "queue": Queue,
    "alerts": Thresholds,
    "cases": Cases,
    "limits": Limits,
    "server": Server,
    "services": Service,
    "matters": Matter,
    "papers": Paper,
    "events": LifeEvent,
    "situations": Situation,
    "materials": Material,
    "accepts": Accepting,
    "stages": Stage,
    "sources": Source,
    "years": Year,
    "options": Option,
    "report": Report,
}
"""Which value stands under which key, to suggest the right names for a key that nobody knows."""

WORDS = {
    "missing": ("缺少这一项", "请补上：{key} = ……"),
    "string_type": ("应当是一段文字", '请加上引号，例如 {key} = "……"'),
    "int_type": ("应当是整数", "请写不带引号、不带小数点的数字"),
    "int_from_float": ("应当是整数", "请写不带小数点的数字"),
    "float_type": ("应当是数字", "请写不带引号的数字"),
    "bool_type": ("应当是“是”或“否”", "请写 true 或 false，不加引号"),
    "time_parsing": ("时间写得不对", '请写成 "08:30" 这样'),
    "time_type": ("应当是时间", '请写成 "08:30" 这样'),
    "date_parsing": ("日期写得不对", "请写成 2026-01-01 这样，不加引号"),
    "date_from_datetime_parsing": ("日期写得不对", "请写成 2026-01-01 这样，不加引号"),
    "date_type": ("应当是日期", "请写成 2026-01-01 这样，不加引号"),
    "tuple_type": ("应当是一组", "请用方括号，例如 {key} = [……]"),
    "dataclass_type": ("应当是一段设置", "请写成 [{key}] 或 [[{key}]]，或 {key} = { …… }"),
}


def load(folder: Path) -> Settings:
    """The settings in a configuration folder; raises `ConfigError` with every mistake of all files."""
    problems: list[Problem] = []
    files = {name: _read(folder / name, problems) for name in (HALL, SERVICES, CALENDAR, RATINGS, PHRASES)}
    shaped = {name: _shape(name, files[name], problems) for name in SHAPES}
    problems += (*check(files), *check_devices(files[HALL]), *check_phrases(files[PHRASES]))
    problems += (*check_matters(files[SERVICES], folder), *check_library(files[HALL], folder))
    if problems:
        order = list(files)
        raise ConfigError(tuple(sorted(dict.fromkeys(problems), key=lambda problem: order.index(problem.file))))
    return _settings(shaped, files[PHRASES] or {}, folder)


def calendar_problems(text: str) -> tuple[Problem, ...]:
    """Every mistake of a `calendar.toml` that is not in its place yet."""
    raw, problems = tomllib.loads(text), list[Problem]()
    _shape(CALENDAR, raw, problems)
    return (*problems, *check_calendar(raw))


def _settings(shaped: dict[str, Any], phrases: Raw, folder: Path) -> Settings:
    hall, services, calendar, rated = (shaped[name] for name in (HALL, SERVICES, CALENDAR, RATINGS))
    own = {f.name: getattr(hall, f.name) for f in fields(hall) if f.name not in {"printers", "server"}}
    off = frozenset(day for year in calendar.years for day in year.off)
    make_up = frozenset(day for year in calendar.years for day in year.make_up)
    years = frozenset(year.year for year in calendar.years)
    notices = {year.year: year.notice for year in calendar.years}
    texts = {language: dict(flatten(table)) for language, table in phrases.items() if isinstance(table, dict)}
    return Settings(
        hall=Hall(
            **own,
            services=services.services,
            calendar=Calendar(off=off, make_up=make_up, years=years, notices=notices),
            ratings=Options(version=rated.version, options=rated.options),
            report=rated.report,
        ),
        catalogue=Catalogue(matters=services.matters, papers=services.papers, events=services.events),
        phrases=Phrases(texts={language: {k: str(v) for k, v in table.items()} for language, table in texts.items()}),
        printers=tuple(PrinterSettings(**asdict(printer)) for printer in hall.printers),
        server=hall.server,
        folder=folder,
    )


def _read(path: Path, problems: list[Problem]) -> Raw | None:
    """The tables of a file, or None after noting why it cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        advice = f"请把 {path.name} 放到 {path.parent.name or path.parent} 文件夹里"
        problems.append(Problem(file=path.name, key="", message="找不到这个文件", suggestion=advice))
    except UnicodeDecodeError:
        problems.append(Problem(file=path.name, key="", message="文字编码不对", suggestion="请用 UTF-8 编码保存"))
    except OSError as error:
        message = f"打不开这个文件（{error.strerror}）"
        problems.append(Problem(file=path.name, key="", message=message, suggestion="请检查文件的权限"))
    except RecursionError:
        advice = "方括号一层套一层太多了，请对照原来的文件改回来"
        problems.append(Problem(file=path.name, key="", message="看不懂", suggestion=advice))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"第 {at[1]} 行第 {at[2]} 个字附近" if at else "文件末尾"
        line = path.read_text("utf-8-sig").splitlines()[int(at[1]) - 1] if at else ""
        advice = "请检查引号、方括号、等号是否成对，同一项有没有写两次"
        if re.search("[“”‘’，＃＝【】：]", re.sub('"[^"]*"', "", line)):
            advice = "这一行有中文标点，请把引号、逗号、等号、方括号改成英文的"
        message = f"{where}看不懂"
        problems.append(Problem(file=path.name, key="", message=message, suggestion=advice))
    return None


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(SHAPES[name])


def _shape(name: str, raw: Raw | None, problems: list[Problem]) -> object:
    """The file as a value, or None after noting each key that does not fit.

    TOML is checked as JSON because only there strict types still read times, dates and enumerations from text.
    """
    if raw is None:
        return None
    try:
        return _adapter(name).validate_json(json.dumps(raw, default=str))
    except ValidationError as error:
        problems += _problems(name, error)
    return None


def _problems(file: str, error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        loc = detail["loc"]
        last = next((str(part) for part in reversed(loc) if isinstance(part, str)), "")
        kind = detail["type"]
        if kind == "unexpected_keyword_argument":
            message, advice = f"不认识“{last}”", nearest(last, _keys(file, loc))
        elif kind == "enum":
            known = re.findall(r"'([^']+)'", str(detail.get("ctx", {}).get("expected", "")))
            message, advice = f"不能写“{detail['input']}”", nearest(detail["input"], known)
        else:
            message, advice = WORDS.get(kind, (f"写得不对（{detail['msg']}）", ""))
        yield Problem(file=file, key=_dotted(loc), message=message, suggestion=advice.replace("{key}", last))


def _keys(file: str, loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The keys that may stand where an unknown one was found."""
    parents = [part for part in loc[:-1] if isinstance(part, str)]
    shape = NESTED[parents[-1]] if parents else SHAPES[file]
    return tuple(known.name for known in fields(shape)) if is_dataclass(shape) else ()


def _dotted(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")
