"""Whether the catalogue makes sense: no entry contradicts itself, no situation is empty, every paper is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from kiosk.config_checks import HALL, SERVICES, Problem, Raw, items, nearest, tables
from kiosk.domain.catalogue import FREE, DayUnit, Form, Kind, Level

FORMS, REGULATIONS = "forms", "regulations"
"""The folders of papers beside the configuration files, and which kinds of files each may hold."""
SUFFIXES = {FORMS: (".txt", ".png", ".jpg", ".pdf"), REGULATIONS: (".txt", ".md")}
FILE = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_.-]*")
UNITS = "、".join(DayUnit)


def check_matters(services: Raw | None, folder: Path) -> Iterator[Problem]:
    """Every mistake of the catalogue; none where the file could not be read."""
    known = [row["id"] for _, row in tables(services, "services") if isinstance(row.get("id"), str)]
    for key, matter in tables(services, "matters"):
        name = matter.get("service")
        if isinstance(name, str) and name not in known:
            yield _problem(f"{key}.service", f"没有“{name}”这项业务", nearest(name, known))
        yield from _check_numbers(key, matter)
        yield from _check_limits(key, matter)
        yield from _check_level(key, matter)
        yield from _check_stages(key, matter)
        yield from _check_sources(key, matter)
        yield from _check_accepts(key, matter)
        yield from _check_situations(key, matter)
        yield from _check_twice(key, matter)
        for at, material in tables(matter, "materials"):
            yield from _check_material(f"{key}.{at}", material, matter)
            yield from _check_files(f"{key}.{at}", material, folder)
    entries = [row["id"] for _, row in tables(services, "matters") if isinstance(row.get("id"), str)]
    for key, event in tables(services, "events"):
        for at, named in items(event, "matters"):
            if isinstance(named, str) and named not in entries:
                yield _problem(f"{key}.{at}", f"没有“{named}”这个事项", nearest(named, entries))
    for key, paper in tables(services, "papers"):
        yield from _check_files(key, paper, folder)


def _problem(key: str, message: str, suggestion: str) -> Problem:
    return Problem(file=SERVICES, key=key, message=message, suggestion=suggestion)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _check_numbers(key: str, matter: Raw) -> Iterator[Problem]:
    """Days and copies are numbers that can be meant."""
    numbers = [(f"{key}.{name}", matter.get(name)) for name in ("statutory_days", "promised_days")]
    for at, row in tables(matter, "materials"):
        numbers += [(f"{key}.{at}.{name}", row.get(name)) for name in ("originals", "copies")]
    for at, row in tables(matter, "stages"):
        numbers += [(f"{key}.{at}.{name}", row.get(name)) for name in ("working_days", "calendar_days")]
    for here, value in numbers:
        number = _whole(value)
        if number is not None and not 0 <= number <= 366:
            yield _problem(here, f"{number} 超出范围", "请写 0 到 366 之间的整数")


def _check_limits(key: str, matter: Raw) -> Iterator[Problem]:
    """Limits have a unit, keep within the law, and suit the kind; a fee has its basis (regulations 1.2.3)."""
    law, promise, kind = (
        _whole(matter.get("statutory_days")),
        _whole(matter.get("promised_days")),
        str(matter.get("kind")),
    )
    for name, days in (("statutory", law), ("promised", promise)):
        unit = matter.get(f"{name}_unit")
        if days and unit is None:
            yield _problem(f"{key}.{name}_days", "没有写单位", f'请加一行 {name}_unit = "工作日"（可以写：{UNITS}）')
        if not days and unit is not None:
            yield _problem(f"{key}.{name}_unit", "有单位，没有天数", f"请写上 {name}_days，或删去这一行")
    same = matter.get("statutory_unit") == matter.get("promised_unit")
    if law and promise and same and promise > law:
        yield _problem(f"{key}.promised_days", f"承诺 {promise} 天比法定 {law} 天还长", "承诺时限不能超过法定时限")
    if kind == Kind.AT_ONCE and (law or promise):
        named = "promised_days" if promise else "statutory_days"
        yield _problem(f"{key}.{named}", "即办事项不能又有时限", "请删去时限，或把 kind 改成“承诺”或“代办”")
    if kind in {Kind.PROMISED, Kind.AGENCY} and promise == 0:
        yield _problem(f"{key}.promised_days", f"“{kind}”事项不能写 0 天", "当场办结的请把 kind 改成“即办”")
    fee, basis = matter.get("fee", FREE), matter.get("fee_basis")
    if isinstance(fee, str) and fee.strip() != FREE and not basis:
        yield _problem(f"{key}.fee", f"收费“{fee}”没有依据", f'请在 fee_basis 写明文件名称和文号；不收费就写 "{FREE}"')


def _check_level(key: str, matter: Raw) -> Iterator[Problem]:
    """The hall does at once what is the township's, and forwards what is not (regulations 1.2.1, 1.2.2)."""
    wrong: dict[tuple[str, str], str] = {
        (Kind.AT_ONCE, Level.COUNTY): "即办事项在乡镇办结",
        (Kind.AGENCY, Level.TOWNSHIP): "代办事项属县级以上",
    }
    if told := wrong.get((str(matter.get("kind")), str(matter.get("level")))):
        yield _problem(f"{key}.level", f"{told}，这里写的是“{matter['level']}”", "请改 level，或改 kind")


def _check_sources(key: str, matter: Raw) -> Iterator[Problem]:
    """A source has the date that its page shows: a year, a month of it or a day, and one that there is."""
    for at, source in tables(matter, "sources"):
        told = source.get("date")
        if isinstance(told, str) and told and not _is_date(told):
            advice = "请写成 2024、2024-03 或 2024-03-26；出处没有日期就不写"
            yield _problem(f"{key}.{at}.date", f"“{told}”不是日期", advice)


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _check_twice(key: str, matter: Raw) -> Iterator[Problem]:
    """Two papers of one name could not be told apart on a notice, nor two answers to a question on the glass."""
    seen = set[tuple[str, str]]()
    rows = [(f"{at}.name", row.get("question"), row.get("name")) for at, row in tables(matter, "materials")]
    rows += [(f"{at}.name", row.get("question"), row.get("name")) for at, row in tables(matter, "situations")]
    for at, question, name in rows:
        if isinstance(name, str) and (str(question), name) in seen:
            yield _problem(f"{key}.{at}", f"“{name}”写了两次", "请合成一份，或写明有什么不同")
        seen.add((str(question), str(name)))


def _check_stages(key: str, matter: Raw) -> Iterator[Problem]:
    for at, stage in tables(matter, "stages"):
        if stage.get("working_days") is not None and stage.get("calendar_days") is not None:
            advice = "working_days（工作日）和 calendar_days（自然日）请只留一个"
            yield _problem(f"{key}.{at}", "同一段写了两种天数", advice)


def _check_accepts(key: str, matter: Raw) -> Iterator[Problem]:
    accepts = matter.get("accepts")
    if not isinstance(accepts, dict):
        return
    first, last = _whole(accepts.get("first")), _whole(accepts.get("last"))
    for name, day in (("first", first), ("last", last)):
        if day is not None and not 1 <= day <= 31:
            yield _problem(f"{key}.accepts.{name}", f"没有每月 {day} 日", "请写 1 到 31 之间的整数")
    if first is not None and last is not None and last < first:
        yield _problem(f"{key}.accepts.last", "受理结束的日子早于开始的日子", f"请写 {first} 或更晚的日子")


def _check_situations(key: str, matter: Raw) -> Iterator[Problem]:
    """Each question has two answers at least, each answer leads to papers or says that it leads to none."""
    wanted = {str(name) for _, row in tables(matter, "materials") for _, name in items(row, "situations")}
    rows, seen = tables(matter, "situations"), set[str]()
    questions = [row.get("question") for _, row in rows]
    for at, row in rows:
        here, name = f"{key}.{at}", str(row.get("id"))
        if isinstance(row.get("id"), str) and not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            yield _problem(f"{here}.id", f"“{name}”不能作名字", "请用小写英文字母、数字和短横，以字母开头")
        if name in seen:
            yield _problem(f"{here}.id", f"“{name}”写了两次", "同一事项的情形，名字不能重复")
        seen.add(name)
        if row.get("nothing") is True and name in wanted:
            yield _problem(
                f"{here}.nothing", "写了不要材料，下面又有材料属于它", "请删去 nothing，或改材料的 situations"
            )
        elif row.get("nothing") is not True and name not in wanted:
            advice = "请在材料里写 situations，或写 nothing = true 表示这种情形不要材料"
            yield _problem(f"{here}.id", f"情形“{name}”一份材料也没有列出", advice)
        if questions.count(row.get("question")) == 1:
            yield _problem(f"{here}.question", "这一问只有一个回答", "请再写一个回答，例如“不是”，加 nothing = true")


def _check_material(key: str, material: Raw, matter: Raw) -> Iterator[Problem]:
    known = [row["id"] for _, row in tables(matter, "situations") if isinstance(row.get("id"), str)]
    for at, name in items(material, "situations"):
        if isinstance(name, str) and name not in known:
            advice = nearest(name, known) or "这个事项没有写情形（situations）"
            yield _problem(f"{key}.{at}", f"这个事项没有“{name}”这种情形", advice)
    for name, form, other in (("originals", Form.COPY, "copies"), ("copies", Form.ORIGINAL, "originals")):
        if material.get("form") == form and material.get(name) is not None:
            yield _problem(f"{key}.{name}", f"材料形式是“{form}”", f"请改写成 {other}，或把 form 改成“{Form.BOTH}”")


def _check_files(key: str, row: Raw, folder: Path) -> Iterator[Problem]:
    for name in ("blank", "sample"):
        yield from _check_file(SERVICES, f"{key}.{name}", row.get(name), folder / FORMS)


def check_library(hall: Raw | None, folder: Path) -> Iterator[Problem]:
    """Every mistake in what the kiosk's library has to read."""
    for key, row in tables(hall, "regulations"):
        yield from _check_file(HALL, f"{key}.file", row.get("file"), folder / REGULATIONS)


def _check_file(config: str, key: str, file: object, folder: Path) -> Iterator[Problem]:
    """A paper is a plain file in its own folder: nothing else of the machine can be named."""
    if not isinstance(file, str) or not file:
        return
    kinds = SUFFIXES[folder.name]
    if not FILE.fullmatch(file) or Path(file).suffix not in kinds:
        advice = f"请只写文件名，结尾可以是 {'、'.join(kinds)}"
        yield Problem(file=config, key=key, message=f"“{file}”不能作文件名", suggestion=advice)
    elif not (folder / file).is_file():
        there = sorted(path.name for path in folder.glob("*"))
        advice = nearest(file, there) or "请放进去"
        yield Problem(file=config, key=key, message=f"config/{folder.name}/ 里没有“{file}”", suggestion=advice)
    elif folder.name == REGULATIONS or file.endswith(".txt"):
        try:
            (folder / file).read_text("utf-8")
        except UnicodeDecodeError:
            yield Problem(file=config, key=key, message=f"“{file}”的文字编码不对", suggestion="请用 UTF-8 编码保存")
