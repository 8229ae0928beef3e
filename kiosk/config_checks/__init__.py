"""Whether the hall as written makes sense as a whole: names that must meet, times that must fit, things that exist.

The checks walk what TOML gave, not the finished values, so that one mistake never hides another.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from importlib.resources import files as files_of
from ipaddress import ip_address
from zoneinfo import ZoneInfo

from kiosk.domain.workdays import FIXED

HALL, SERVICES, CALENDAR, PHRASES = "hall.toml", "services.toml", "calendar.toml", "phrases.toml"
RATINGS = "ratings.toml"
LIMITS = {
    "waiting_per_service": (1, 999),
    "numbers_per_minute": (0, 600),
    "sockets_per_address": (0, 1000),
    "recalls": (1, 10),
    "backup_days": (1, 400),
    "paper_days": (1, 400),
    "personal_days": (1, 4000),
    "ticket_paper_minutes": (1, 120),
    "late_notice_minutes": (0, 240),
    "pad_seconds": (20, 300),
    "rating_days": (1, 30),
    "idle_minutes": (5, 720),
    "session_hours": (1, 24),
}
"""Lowest and highest sensible value of each limit; three digits of a number bound the first."""

ORDER = {
    "passed_most": (0, 20),
    "back_places": (0, 20),
    "returns": (0, 10),
    "return_minutes": (1, 480),
    "recall_seconds": (0, 60),
    "appointment_early_minutes": (0, 240),
    "appointment_late_minutes": (0, 240),
}
"""The same for the rules of order."""

THRESHOLDS = {
    "wait_minutes": (0, 480),
    "queue_length": (0, 500),
    "idle_minutes": (0, 240),
    "pause_minutes": (0, 240),
}
"""The same for alerts."""

CASES = {
    "default_days": (1, 60),
    "inquiry_days": (1, 60),
    "letter_days": (1, 60),
    "complaint_days": (1, 60),
    "follow_up_days": (1, 60),
    "visit_days": (1, 60),
    "yellow_days": (0, 10),
    "yellow_share": (0.1, 1.0),
}
"""The same for the answers the hall owes."""

REPORTED = {"area_code": 12, "department_code": 18, "data_source": 3}
"""How long the codes are that the province's platform knows the hall by; empty while nobody has filled them in."""

NAMES = frozenset({"name", "english", "complaint_office"})
"""What people read on screens and paper and must not be empty, wherever it stands."""

ID = re.compile(r"[a-z][a-z0-9-]{0,31}")
LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = re.compile(rf"{LABEL}(\.{LABEL})*")
Raw = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One mistake: in which file, at which dotted key, what is wrong and what to write instead."""

    file: str
    key: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = f"{self.file}：{self.key}" if self.key else self.file
        return f"{where}：{self.message}" + (f"。{self.suggestion}" if self.suggestion else "")


def nearest(wrong: object, known: Collection[object]) -> str:
    """A helpful sentence: the known name that looks most like `wrong`, else all of them."""
    names = [str(name) for name in known]
    close = get_close_matches(str(wrong), names, n=1, cutoff=0.5)
    if close:
        return f"是不是想写 {close[0]}？"
    return f"可以写：{'、'.join(names)}" if names else ""


def tables(raw: Raw | None, name: str) -> list[tuple[str, Raw]]:
    """The entries of an array of tables with their keys, leaving out whatever is not a table."""
    rows = (raw or {}).get(name)
    found = enumerate(rows) if isinstance(rows, list) else ()
    return [(f"{name}[{index}]", row) for index, row in found if isinstance(row, dict)]


def items(row: Raw, name: str) -> list[tuple[str, object]]:
    """The values of a list inside a table with their keys."""
    values = row.get(name)
    return [(f"{name}[{index}]", value) for index, value in enumerate(values)] if isinstance(values, list) else []


def check(files: Mapping[str, Raw | None]) -> Iterator[Problem]:
    """Every mistake that shows only when the whole is seen; a file that could not be read (None) is left out."""
    hall, services = files[HALL], files[SERVICES]
    if hall is not None:
        yield from _check_ids(
            HALL,
            hall,
            ("windows", "number"),
            ("screens", "id"),
            ("kiosks", "id"),
            ("printers", "id"),
            ("priorities", "id"),
            ("signs", "login"),
        )
        yield from _check_hall(hall)
        yield from _check_hours(HALL, hall)
        yield from _check_numbers(hall)
    if services is not None:
        yield from _check_ids(
            SERVICES, services, ("services", "id"), ("services", "prefix"), ("matters", "id"), ("events", "id")
        )
        yield from _check_services(services)
    if hall is not None and services is not None:
        yield from _check_windows(hall, services)
    yield from check_calendar(files[CALENDAR])
    yield from _check_ratings(files[RATINGS])
    for file in (HALL, SERVICES):
        yield from _check_names(file, files[file] or {})


def _check_ids(file: str, raw: Raw, *columns: tuple[str, str]) -> Iterator[Problem]:
    """Names must be there only once, since everything else refers to them."""
    for table, column in columns:
        seen: dict[object, str] = {}
        for key, row in tables(raw, table):
            value, here = row.get(column), f"{key}.{column}"
            if isinstance(value, list | dict | None):
                continue
            if value in seen:
                yield Problem(
                    file=file, key=here, message=f"“{value}”和 {seen[value]} 重复", suggestion="请换一个没有用过的"
                )
            seen.setdefault(value, here)
            if column == "id" and isinstance(value, str) and not ID.fullmatch(value):
                yield Problem(
                    file=file,
                    key=here,
                    message=f"“{value}”不能作名字",
                    suggestion="请用小写英文字母、数字和短横，以字母开头，例如 medical",
                )


def _check_hall(hall: Raw) -> Iterator[Problem]:
    code, zone = hall.get("code"), hall.get("zone")
    if isinstance(code, str) and not ID.fullmatch(code):
        advice = "请用小写英文字母、数字和短横，以字母开头，例如 yaoguan"
        yield Problem(file=HALL, key="code", message=f"“{code}”不能作代号", suggestion=advice)
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError, caught below with its odd names
            yield _bad_zone(zone)
        except KeyError:
            yield _bad_zone(zone)
    for table in ("windows", "hours", "screens", "kiosks", "printers"):
        if hall.get(table) == []:
            yield Problem(file=HALL, key=table, message="一个也没有", suggestion=f"请至少写一段 [[{table}]]")


def _check_names(file: str, table: Raw, prefix: str = "") -> Iterator[Problem]:
    for key, value in table.items():
        if isinstance(value, str) and key in NAMES and not value.strip():
            yield Problem(file=file, key=f"{prefix}{key}", message="空着", suggestion="请写上大家看得懂的名称")
        elif isinstance(value, list):
            for here, row in tables(table, key):
                yield from _check_names(file, row, f"{prefix}{here}.")


def _check_server(server: Raw) -> Iterator[Problem]:
    yield from outside("server.port", server.get("port"), 1, 65535)
    host = server.get("host")
    if not isinstance(host, str):
        return
    try:
        plain = ip_address(host.removeprefix("[").removesuffix("]")).version == 4 or host.startswith("[")
        advice = f'请写成 "[{host}]"'
    except ValueError:
        plain = bool(HOST.fullmatch(host)) and not host.rpartition(".")[2].isdigit()
        advice = '局域网里都能连写 "0.0.0.0"，只有本机能连写 "127.0.0.1"'
    if not plain:
        yield Problem(file=HALL, key="server.host", message=f"“{host}”不能作服务器地址", suggestion=advice)


def _bad_zone(zone: str) -> Problem:
    return Problem(file=HALL, key="zone", message=f"没有“{zone}”这个时区", suggestion='请写 "Asia/Shanghai"')


def _check_windows(hall: Raw, services: Raw) -> Iterator[Problem]:
    known = [str(row["id"]) for _, row in tables(services, "services") if isinstance(row.get("id"), str)]
    served: set[object] = set()
    for key, window in tables(hall, "windows"):
        if window.get("services") == []:
            advice = f"请至少写一项：{'、'.join(known)}"
            yield Problem(file=HALL, key=f"{key}.services", message="一项业务也没有", suggestion=advice)
        for item, name in items(window, "services"):
            if isinstance(name, str) and name not in known:
                message = f"services.toml 里没有“{name}”这项业务"
                yield Problem(file=HALL, key=f"{key}.{item}", message=message, suggestion=nearest(name, known))
            elif isinstance(name, str):
                served.add(name)
        mine = [name for _, name in items(window, "services")]
        for item, name in items(window, "preferred"):
            if name not in mine:
                advice = "请先写进这个窗口的 services，或从 preferred 里去掉"
                message = f"这个窗口不办“{name}”，不能优先叫"
                yield Problem(file=HALL, key=f"{key}.{item}", message=message, suggestion=advice)
    for key, row in tables(services, "services"):
        name = row.get("id")
        if isinstance(name, str) and name not in served:
            message = f"业务“{name}”没有窗口办理，取了号也叫不到"
            advice = f'请在 hall.toml 某个窗口的 services 里加上 "{name}"'
            yield Problem(file=SERVICES, key=f"{key}.id", message=message, suggestion=advice)


def _clock(value: object) -> time | None:
    try:
        return time.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, time) else None
    except ValueError:
        return None


def _check_hours(file: str, owner: Raw, prefix: str = "") -> Iterator[Problem]:
    taken: list[tuple[object, time, time, str]] = []
    for inner, row in tables(owner, "hours"):
        key = prefix + inner
        if row.get("days") == []:
            advice = '请写上星期几，例如 days = ["mon", "tue"]，或删去这一段'
            yield Problem(file=file, key=f"{key}.days", message="一天也没有", suggestion=advice)
        opens, closes, last = (_clock(row.get(name)) for name in ("opens", "closes", "last_ticket"))
        if opens is None or closes is None or opens.tzinfo or closes.tzinfo or (last and last.tzinfo):
            continue
        if closes <= opens:
            advice = f"开始是 {opens:%H:%M}，请写一个更晚的时间"
            yield Problem(file=file, key=f"{key}.closes", message="结束不晚于开始", suggestion=advice)
            continue
        if last and not opens < last <= closes:
            advice = f"请写 {opens:%H:%M} 和 {closes:%H:%M} 之间的时间"
            yield Problem(file=file, key=f"{key}.last_ticket", message="最后取号时间不在这一段里", suggestion=advice)
        for day in {str(day): None for _, day in items(row, "days")}:
            for other, begins, ends, where in taken:
                if other == day and opens < ends and begins < closes:
                    message = f"{day} 这一天和 {where}（{begins:%H:%M}–{ends:%H:%M}）重叠"
                    yield Problem(file=file, key=key, message=message, suggestion="请改时间，或从 days 里去掉这一天")
            taken.append((day, opens, closes, key))


def outside(key: str, value: object, low: float, high: float) -> Iterator[Problem]:
    """The mistake of a number in `hall.toml` that is out of its range; what is no number is found elsewhere."""
    yield from _outside(HALL, key, value, low, high)


def _outside(file: str, key: str, value: object, low: float, high: float) -> Iterator[Problem]:
    if isinstance(value, int | float) and not isinstance(value, bool) and not low <= value <= high:
        yield Problem(file=file, key=key, message=f"{value} 超出范围", suggestion=f"请写 {low} 到 {high} 之间的数")


def _check_ranges(hall: Raw) -> Iterator[Problem]:
    for table, ranges in (("limits", LIMITS), ("queue", ORDER), ("alerts", THRESHOLDS), ("cases", CASES)):
        rules = hall.get(table)
        if isinstance(rules, dict):
            for name, (low, high) in ranges.items():
                yield from outside(f"{table}.{name}", rules.get(name), low, high)


def _check_numbers(hall: Raw) -> Iterator[Problem]:
    server = hall.get("server")
    if isinstance(server, dict):
        yield from _check_server(server)
    yield from _check_ranges(hall)
    for key, row in tables(hall, "windows"):
        yield from outside(f"{key}.number", row.get("number"), 1, 99)
    small = hall.get("window_screens")
    above = [("window_screens", small)] if isinstance(small, dict) else []
    for key, row in (*tables(hall, "screens"), *tables(hall, "kiosks"), *above):
        panel = row.get("panel")
        if isinstance(panel, dict):
            for name, low, high in (("width_px", 240, 8192), ("height_px", 240, 8192), ("diagonal_inch", 3, 200)):
                yield from outside(f"{key}.panel.{name}", panel.get(name), low, high)
        yield from outside(f"{key}.distance_m", row.get("distance_m"), 1, 50)
        yield from outside(f"{key}.bottom_mm", row.get("bottom_mm"), 0, 3000)


@cache
def _icons() -> tuple[str, ...]:
    """The names of the pictures that screens can show."""
    return tuple(
        re.findall(r'<symbol[^>]*\bid="([^"]+)"', (files_of("display") / "static/icons.svg").read_text("utf-8"))
    )


def _check_services(services: Raw) -> Iterator[Problem]:
    unsure = [key for key, row in tables(services, "services") if row.get("unsure") is True]
    for key in unsure[1:]:
        message = f"{unsure[0]} 已经是“不清楚先取号”的业务"
        yield Problem(file=SERVICES, key=f"{key}.unsure", message=message, suggestion="请只留一个 unsure = true")
    for key, row in (*tables(services, "services"), *tables(services, "events")):
        icon = row.get("icon")
        if isinstance(icon, str) and icon not in _icons():
            message = f"没有“{icon}”这个图标"
            yield Problem(file=SERVICES, key=f"{key}.icon", message=message, suggestion=nearest(icon, _icons()))
    for key, row in tables(services, "services"):
        prefix = row.get("prefix")
        if isinstance(prefix, str) and not re.fullmatch(r"[A-HJ-NP-Z]", prefix):
            advice = "请写一个大写字母；不用 I 和 O，它们像 1 和 0"
            yield Problem(file=SERVICES, key=f"{key}.prefix", message=f"“{prefix}”不能作号码字母", suggestion=advice)
        yield from _outside(SERVICES, f"{key}.minutes", row.get("minutes"), 1, 240)
        yield from _outside(SERVICES, f"{key}.quota", row.get("quota"), 1, 999)
        yield from _check_hours(SERVICES, row, prefix=f"{key}.")


def _check_ratings(raw: Raw | None) -> Iterator[Problem]:
    yield from _check_ids(RATINGS, raw or {}, ("options", "code"))
    for key, row in tables(raw, "options"):
        yield from _outside(RATINGS, f"{key}.level", row.get("level"), 1, 5)
        yield from _outside(RATINGS, f"{key}.code", row.get("code"), 100, 999)
    report = (raw or {}).get("report")
    for key, value in report.items() if isinstance(report, dict) else ():
        length = REPORTED.get(key)
        if length and isinstance(value, str) and value and not re.fullmatch(f"[0-9A-Z]{{{length}}}", value):
            advice = f'请写 {length} 位代码；还不知道就留空：{key} = ""'
            yield Problem(file=RATINGS, key=f"report.{key}", message=f"“{value}”不是代码", suggestion=advice)


def check_calendar(raw: Raw | None) -> Iterator[Problem]:
    """Every mistake of `calendar.toml`; none where the file could not be read."""
    yield from _check_ids(CALENDAR, raw or {}, ("years", "year"))
    for key, row in tables(raw, "years"):
        yield from _check_year(key, row)
        seen: set[object] = set()
        for item, day in (*items(row, "off"), *items(row, "make_up")):
            if not isinstance(day, date):
                continue
            if day.year != row.get("year"):
                advice = f"请移到 {day.year} 年那一段"
                yield Problem(file=CALENDAR, key=f"{key}.{item}", message=f"{day} 不是这一年的", suggestion=advice)
            if day in seen:
                advice = "放假和补班里每天只写一次"
                yield Problem(file=CALENDAR, key=f"{key}.{item}", message=f"{day} 写了两次", suggestion=advice)
            seen.add(day)


def _check_year(key: str, row: Raw) -> Iterator[Problem]:
    """A year is one that somebody may live in, its notice of its time, its fixed feasts are off, weekends made up."""
    year, issued = row.get("year"), row.get("issued")
    if not isinstance(year, int) or not 2000 <= year <= 2100:
        yield Problem(file=CALENDAR, key=f"{key}.year", message=f"{year} 不像年份", suggestion="请写 2027 这样的年份")
        return
    if isinstance(issued, date) and issued.year not in (year - 1, year):
        advice = "通知在上一年年底或当年发布，请核对"
        yield Problem(file=CALENDAR, key=f"{key}.issued", message=f"{issued} 不像通知的日期", suggestion=advice)
    off = [day for _, day in items(row, "off")]
    feasts = (date(year, month, day) for month, day in sorted(FIXED))
    if missing := [str(day) for day in feasts if day.weekday() < 5 and day not in off]:
        message = f"法定节日 {'、'.join(missing)} 没有写进放假的日子"
        yield Problem(file=CALENDAR, key=f"{key}.off", message=message, suggestion="请对照通知补上")
    for item, day in items(row, "make_up"):
        if isinstance(day, date) and day.weekday() < 5:
            message = f"{day} 不是周六、周日，本来就上班"
            yield Problem(file=CALENDAR, key=f"{key}.{item}", message=message, suggestion="请核对，或删去这一天")
