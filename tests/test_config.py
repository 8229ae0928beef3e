"""The shipped configuration loads, and whatever a hall writes wrongly is named with file, key and remedy."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli.voice import unspoken
from kiosk.config import ConfigError, Problem, load
from kiosk.config_checks import CALENDAR, HALL, LIMITS, ORDER, RATINGS, SERVICES, check
from kiosk.config_checks.matters import check_matters
from kiosk.config_devices import check_devices
from kiosk.domain import errors
from kiosk.domain.rules import Limits, Queue

SHIPPED = Path(__file__).parent.parent / "config"
Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped configuration that a test may spoil."""
    return shutil.copytree(SHIPPED, tmp_path / "config")


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace the first `old` of a file by `new`, as somebody of the hall would."""

    def change(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")

    return change


def mistakes(folder: Path) -> tuple[Problem, ...]:
    """What the loader finds wrong in a folder."""
    with pytest.raises(ConfigError) as refused:
        load(folder)
    return refused.value.problems


def test_the_shipped_hall_loads_with_its_windows_matters_and_devices() -> None:
    settings = load(SHIPPED)

    assert settings.hall.name == "姚关镇为民服务中心"
    assert len(settings.hall.windows) == 5
    assert len(settings.catalogue.matters) == 25
    assert sum(len(matter.materials) for matter in settings.catalogue.matters) == 111
    assert all(matter.sources and matter.demonstration for matter in settings.catalogue.matters)
    assert [screen.id for screen in settings.hall.screens] == ["hall", "door"]
    assert settings.printers[0].id == settings.hall.kiosks[0].printer


def test_every_service_has_a_window_and_one_is_for_whoever_is_unsure() -> None:
    hall = load(SHIPPED).hall

    assert all(hall.windows_for(service.id) for service in hall.services)
    assert sum(service.unsure for service in hall.services) == 1


@pytest.mark.parametrize(("year", "working"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_calendar_gives_each_year_its_published_working_days(year: int, working: int) -> None:
    hall = load(SHIPPED).hall
    days = (date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()))

    assert sum(bool(hall.periods(day)) for day in days) == working


def test_every_refusal_has_its_words_in_chinese_and_english() -> None:
    texts = load(SHIPPED).phrases.texts
    lines = (errors.__doc__ or "").splitlines()
    codes = re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", "\n".join(line for line in lines if line.startswith(("├", "│", "└"))))

    assert len(codes) > 20
    assert not [code for code in codes if any(f"error.{code}" not in texts[language] for language in ("zh", "en"))]


def test_no_phrase_uses_words_that_the_regulations_forbid() -> None:
    forbidden = ("我不管", "去问别人", "我要下班", "快点讲", "不知道", "不归我管")

    spoken = load(SHIPPED).phrases.texts["zh"].values()

    assert not [text for text in spoken if any(word in text for word in forbidden)]


PROFILE = 'profile = "emulator-80"\n'
SECOND_PRINTER = (
    PROFILE,
    PROFILE + '[[printers]]\nid = "spare"\nname = "备用"\naddress = "tcp://127.0.0.1"\nprofile = "xprinter-80"\n',
)


def option(line: str) -> tuple[str, str]:
    """The edit that changes one field of the printer's profile."""
    return PROFILE, f"{PROFILE}options = {{ {line} }}\n"


PLANTED = [
    (
        "hall.toml",
        'services = ["advice", "affairs"]',
        'services = ["advise", "affairs"]',
        "windows[0].services[0]",
        "advice",
    ),
    ("hall.toml", 'direction = "进门右手边第一个"', 'direktion = "x"', "windows[0].direktion", "direction"),
    ("hall.toml", "number = 2", "number = 1", "windows[1].number", "没有用过"),
    ("hall.toml", "number = 2", 'number = "2"', "windows[1].number", "不带引号"),
    ("hall.toml", 'english = "Advice"\n', "", "windows[0].english", "请补上"),
    ("hall.toml", '"Asia/Shanghai"', '"Asia/Beijing"', "zone", "Asia/Shanghai"),
    ("hall.toml", 'closes = "12:00"', 'closes = "07:00"', "hours[0].closes", "08:30"),
    ("hall.toml", 'opens = "14:00"', 'opens = "11:00"', "hours[1]", "改时间"),
    ("hall.toml", 'last_ticket = "11:45"', 'last_ticket = "12:45"', "hours[0].last_ticket", "12:00"),
    ("hall.toml", 'opens = "08:30"', 'opens = "8点半"', "hours[0].opens", "08:30"),
    ("hall.toml", '"mon", "tue"', '"mon", "tues"', "hours[0].days[1]", "tue"),
    ("hall.toml", "distance_m = 6.0", "distance_m = 8.0\nwindows = [9]", "screens[0].windows[0]", "1、2"),
    ("hall.toml", 'printer = "main"', 'printer = "mian"', "kiosks[0].printer", "main"),
    ("hall.toml", 'profile = "emulator-80"', 'profile = "emulator-8"', "printers[0].profile", "emulator-80"),
    ("hall.toml", '"emulator://127.0.0.1:9100"', '"127.0.0.1"', "printers[0].address", "tcp://"),
    ("hall.toml", 'id = "door"', 'id = "hall"', "screens[1].id", "没有用过"),
    ("hall.toml", "recalls = 3", "recalls = 0", "limits.recalls", "1 到 10"),
    ("hall.toml", "recalls = 3", "recals = 3", "limits.recals", "recalls"),
    ("hall.toml", "port = 8080", "port = 80800", "server.port", "65535"),
    ("hall.toml", "late_notice_minutes = 30", "late_notice_minutes = 999", "limits.late_notice_minutes", "0 到 240"),
    ("hall.toml", 'host = "0.0.0.0"', 'host = "0.0.0.256"', "server.host", "127.0.0.1"),
    ("hall.toml", 'host = "0.0.0.0"', 'host = "http://hall"', "server.host", "0.0.0.0"),
    ("hall.toml", 'host = "0.0.0.0"', 'host = "::"', "server.host", "[::]"),
    ("hall.toml", 'services = ["civil", "care"]', "services = []", "windows[3].services", "civil"),
    ("hall.toml", 'days = ["mon", "tue", "wed", "thu", "fri"]', "days = []", "hours[0].days", "mon"),
    ("hall.toml", 'name = "医保窗口"', 'name = " "', "windows[1].name", "请写上"),
    ("hall.toml", 'name = "姚关镇为民服务中心"', 'name = ""', "name", "请写上"),
    ("hall.toml", *SECOND_PRINTER, "printers[1].address", "每台打印机"),
    ("hall.toml", *option("width = 576"), "printers[0].options.width", "width_dots"),
    ("hall.toml", *option("width_dots = 5760"), "printers[0].options.width_dots", "1024"),
    ("hall.toml", *option("width_dots = 577"), "printers[0].options.width_dots", "576"),
    ("hall.toml", *option('native_qr = "yes"'), "printers[0].options.native_qr", "true"),
    ("hall.toml", *option('cutter = "ful"'), "printers[0].options.cutter", "full"),
    ("hall.toml", *option("cutter = [1]"), "printers[0].options.cutter", "full"),
    ("hall.toml", *option('charset = "utf-8"'), "printers[0].options.charset", "gb18030"),
    ("services.toml", 'icon = "help-circle"', 'icon = "help-circel"', "services[7].icon", "help-circle"),
    ("services.toml", 'prefix = "A"', 'prefix = "I"', "services[0].prefix", "大写字母"),
    ("services.toml", 'prefix = "B"', 'prefix = "A"', "services[1].prefix", "没有用过"),
    ("services.toml", 'id = "yl-canbao"', 'id = "yb-canbao"', "matters[1].id", "没有用过"),
    ("services.toml", 'service = "medical"', 'service = "medicin"', "matters[0].service", "medical"),
    ("services.toml", 'kind = "即办"', 'kind = "急办"', "matters[0].kind", "即办"),
    ("services.toml", 'form = "原件"', 'from = "原件"', "matters[1].materials[0].from", "form"),
    ("services.toml", "promised_days = 3", "promised_days = 3000", "matters[1].promised_days", "366"),
    ("services.toml", 'promised_unit = "工作日"\n', "", "matters[1].promised_days", "promised_unit"),
    ("services.toml", 'statutory_unit = "工作日"', 'statutory_unit = "天"', "matters[7].statutory_unit", "工作日"),
    ("services.toml", "accepts = { first = 1", "accepts = { first = 0", "matters[1].accepts.first", "1 到 31"),
    ("services.toml", "last = 20 }\n#", "last = 0 }\n#", "matters[1].accepts.last", "更晚"),
    ("services.toml", 'id = "identity"', 'id = "who"', "matters[2].materials[0].situations[0]", "contact"),
    ("services.toml", '电话", nothing = true', '电话"', "matters[2].situations[1].id", "nothing = true"),
    ("services.toml", '"有，符合" }', '"有，符合", nothing = true }', "matters[4].situations[0].nothing", "nothing"),
    ("services.toml", '改哪一项？", name = "性', '改哪项？", name = "性', "matters[2].situations[1].question", "回答"),
    ("services.toml", "weituoshu.txt", "../hall.toml", "papers[0].blank", "文件名"),
    ("services.toml", 'blank = "tousu.txt"', 'blank = "tosu.txt"', "papers[1].blank", "tousu.txt"),
    (
        "services.toml",
        "statutory_days = 20",
        'statutory_days = 20\npromised_days = 31\npromised_unit = "工作日"',
        "matters[22].promised_days",
        "法定时限",
    ),
    ("services.toml", 'fee = "不收费"', 'fee = "10 元"', "matters[0].fee", "fee_basis"),
    (
        "services.toml",
        'authority = "乡镇权限"\nkind = "即办"\npromised_days = 0',
        'authority = "乡镇权限"\nkind = "即办"\npromised_days = 5',
        "matters[17].promised_days",
        "删去",
    ),
    (
        "services.toml",
        '村〔社区〕可办）"\nkind = "即办"',
        '村〔社区〕可办）"\nkind = "承诺"',
        "matters[6].promised_days",
        "即办",
    ),
    (
        "services.toml",
        'form = "复印件", copies = 1 }',
        'form = "复印件", originals = 1 }',
        "matters[3].materials[0].originals",
        "copies",
    ),
    ("services.toml", "calendar_days = 7 }", "calendar_days = 7, working_days = 5 }", "matters[13].stages[0]", "一个"),
    ("services.toml", '县级以上"\nauthority = "村居', '乡镇"\nauthority = "村居', "matters[3].level", "改 kind"),
    ("services.toml", 'level = "乡镇"', 'level = "镇"', "matters[0].level", "乡镇"),
    ("services.toml", 'date = "2024-12-24"', 'date = "2024-13-24"', "matters[1].sources[0].date", "2024-03"),
    ("services.toml", '"户口簿（首页和本人页）"', '"有效身份证件"', "matters[1].materials[1].name", "合成一份"),
    ("services.toml", '"没有，或者不清楚"', '"有，符合"', "matters[4].situations[1].name", "合成一份"),
    (
        "services.toml",
        'fee = "不收费"\nconditions',
        'fee = "不收费"\neffective = "明年"\nconditions',
        "matters[1].effective",
        "2026-01-01",
    ),
    ("hall.toml", 'id = "door"', 'id = "clips"', "screens[1].id", "换一个名字"),
    ("hall.toml", 'id = "door"', 'id = "window-1"', "screens[1].id", "换一个名字"),
    ("hall.toml", 'opens = "08:30"', "opens = “08:30”", "", "中文标点"),
    ("hall.toml", "bottom_mm = 700.0", "bottom_mm = nan", "kiosks[0].bottom_mm", "0 到 3000"),
    ("services.toml", 'id = "birth"', 'id = "Birth"', "events[0].id", "小写英文字母"),
    ("services.toml", 'icon = "baby-carriage"', 'icon = "baby-carrige"', "events[0].icon", "baby-carriage"),
    ("hall.toml", 'file = "zhidu-2016.txt"', 'file = "zhidu.txt"', "regulations[0].file", "zhidu-2016.txt"),
    ("calendar.toml", "2024-06-10", "2025-06-10", "years[0].off[17]", "2025"),
    ("calendar.toml", "2024-06-10", "2024-05-05", "years[0].off[17]", "只写一次"),
    ("calendar.toml", "make_up = [2024-02-04", "make_up = [2024-02-05", "years[0].make_up[0]", "删去这一天"),
    ("calendar.toml", "2025-01-01, # 元旦", "# 元旦", "years[1].off", "补上"),
    ("calendar.toml", "issued = 2024-11-12", "issued = 2020-11-12", "years[1].issued", "上一年年底"),
    ("calendar.toml", "year = 2026", "year = 226", "years[2].year", "2027"),
    ("phrases.toml", 'waiting = "{count} waiting"', 'waiting = "{number} waiting"', "en.touch.waiting", "{count}"),
    ("phrases.toml", "{count} 人在等", "{count 人在等", "zh.touch.waiting", "成对"),
    ("phrases.toml", 'unsure = "I am not sure"\n', "", "en.touch.unsure", "zh.touch.unsure"),
    ("phrases.toml", '5 = "非常满意"\n', "", "zh.rating.5", "补上"),
    ("phrases.toml", 'repeats = "2"', 'repeats = "两遍"', "zh.voice.repeats", "1 到 5"),
    ("phrases.toml", 'repeats = "2"', 'repeats = "9"', "zh.voice.repeats", "1 到 5"),
    ("phrases.toml", 'taken_by = "{name} 在岗"', 'taken_by = "{who} 在岗"', "zh.console.taken_by", "{name}"),
    ("phrases.toml", 'calls = "正在叫号"', 'calls = "正在叫 {ticket}"', "zh.display.calls", "没有填空"),
    ("phrases.toml", 'sign_out = "', 'sing_out = "', "zh.console.sign_out", "sing_out"),
]


@pytest.mark.parametrize(("file", "old", "new", "key", "advice"), PLANTED, ids=[f"{p[3]}-{p[4]}" for p in PLANTED])
def test_a_mistake_is_named_with_file_key_and_remedy(
    folder: Path, edit: Edit, file: str, old: str, new: str, key: str, advice: str
) -> None:
    edit(file, old, new)

    found = [problem for problem in mistakes(folder) if (problem.file, problem.key) == (file, key)]

    assert found
    assert any(advice in problem.suggestion for problem in found)


def test_no_mistake_hides_another(folder: Path) -> None:
    planted: dict[str, set[str]] = {}
    for file, old, new, key, _ in PLANTED:
        path = folder / file
        text = path.read_text("utf-8")
        if old in text:  # some mistakes are planted in the same place; the first one takes it
            path.write_text(text.replace(old, new, 1), "utf-8")
            planted.setdefault(file, set()).add(key)

    named = {(problem.file, problem.key) for problem in mistakes(folder)}

    gone = {
        ("hall.toml", "hours[0].closes"),  # the opening of this period cannot be read any more,
        ("hall.toml", "hours[0].last_ticket"),  # so nothing can be said about its end
        ("hall.toml", "hours[1]"),  # or about what overlaps it
        ("hall.toml", "hours[0].days"),  # this mistake has landed in the next period, as the first one is spoilt
        ("services.toml", "services[1].prefix"),  # the other A has become an I
    }
    assert {(file, key) for file, keys in planted.items() for key in keys} - gone <= named


WRONG_SHAPES: tuple[object, ...] = ([], {}, [[]])


def _leaves(table: object) -> set[str]:
    """The names under which values stand, at any depth."""
    if isinstance(table, list):
        return set().union(*map(_leaves, table))
    if not isinstance(table, dict):
        return set()
    return set(table).union(*map(_leaves, table.values()))


def _with(table: object, name: str, value: object) -> object:
    """The same tables with another value under one name, wherever it stands."""
    if isinstance(table, list):
        return [_with(row, name, value) for row in table]
    if not isinstance(table, dict):
        return table
    return {key: value if key == name else _with(row, name, value) for key, row in table.items()}


@pytest.mark.parametrize("file", [HALL, SERVICES, CALENDAR, RATINGS])
def test_a_list_or_a_table_where_a_word_belongs_stops_no_check(file: str) -> None:
    files: dict[str, Any] = {
        name: tomllib.loads((SHIPPED / name).read_text("utf-8")) for name in (HALL, SERVICES, CALENDAR, RATINGS)
    }
    for name in _leaves(files[file]):
        for value in WRONG_SHAPES:
            wrong = files | {file: _with(files[file], name, value)}

            found = [*check(wrong), *check_devices(wrong[HALL]), *check_matters(wrong[SERVICES], SHIPPED)]

            assert all(isinstance(one, Problem) for one in found)


def test_every_limit_has_a_sensible_range() -> None:
    assert LIMITS.keys() == {limit.name for limit in fields(Limits)}
    assert ORDER.keys() == {rule.name for rule in fields(Queue)} - {"missed"}


def test_a_printer_takes_the_options_that_its_probe_printed(folder: Path, edit: Edit) -> None:
    edit("hall.toml", *option('ack = "status", width_dots = 512, native_qr = false, slice_pause = 0.1'))

    kind = load(folder).printers[0].kind

    assert (kind.ack, kind.width_dots, kind.native_qr, kind.slice_pause) == ("status", 512, False, 0.1)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::]", "localhost", "hall.local"])
def test_a_server_may_listen_on_any_address_or_name(folder: Path, edit: Edit, host: str) -> None:
    edit("hall.toml", 'host = "0.0.0.0"', f'host = "{host}"')

    assert load(folder).server.host == host


def test_a_phrase_that_is_missing_in_every_language_is_a_mistake(folder: Path) -> None:
    path = folder / "phrases.toml"
    path.write_text(re.sub(r"(?m)^give_back = .*\n", "", path.read_text("utf-8")), "utf-8")

    assert {problem.key for problem in mistakes(folder)} == {"zh.touch.give_back", "en.touch.give_back"}


def test_a_further_language_needs_a_name_for_the_clerks(folder: Path) -> None:
    path = folder / "phrases.toml"
    text = path.read_text("utf-8")
    path.write_text(text + "".join(re.findall(r"(?ms)^\[en\..*?(?=^\[zh|^#)", text)).replace("[en.", "[ja."), "utf-8")

    assert [problem.key for problem in mistakes(folder)] == ["zh.console.language_ja"]


def test_a_service_that_no_window_serves_is_a_mistake(folder: Path, edit: Edit) -> None:
    edit("hall.toml", '"land", "family"', '"land"')

    (problem,) = mistakes(folder)

    assert (problem.file, problem.key) == ("services.toml", "services[4].id")
    assert "family" in problem.suggestion


def test_a_torn_file_names_its_line_and_the_other_files_are_still_checked(folder: Path, edit: Edit) -> None:
    edit("services.toml", 'prefix = "A"', 'prefix = "A')
    edit("hall.toml", "recalls = 3", "recalls = 99")

    hall, services = mistakes(folder)

    assert hall.key == "limits.recalls"
    assert re.search(r"第 \d+ 行", services.message)


def test_a_missing_file_is_named_beside_the_mistakes_of_the_others(folder: Path, edit: Edit) -> None:
    (folder / "calendar.toml").unlink()
    edit("hall.toml", "port = 8080", "port = 0")

    assert {(problem.file, problem.key) for problem in mistakes(folder)} == {
        ("calendar.toml", ""),
        ("hall.toml", "server.port"),
    }


def test_a_file_saved_by_an_old_editor_is_told_to_be_utf_8(folder: Path) -> None:
    (folder / "hall.toml").write_bytes((folder / "hall.toml").read_text("utf-8").encode("gb18030"))

    (problem,) = mistakes(folder)

    assert "UTF-8" in problem.suggestion


def test_a_problem_reads_as_one_chinese_line(folder: Path, edit: Edit) -> None:
    edit("hall.toml", 'printer = "main"', 'printer = "mian"')

    (problem,) = mistakes(folder)

    assert str(problem) == "hall.toml：kiosks[0].printer：没有“mian”这台打印机。是不是想写 main？"


SAID = [
    ("hall.toml", "number = 5", "number = 35", "缺语音 window-35“到三十五号窗口办理业务”"),
    ("hall.toml", 'english = "asked"', 'english = "always"', ""),
    ("services.toml", 'id = "medical"', 'id = "health"', "缺语音 service-health“医疗保险”"),
    ("services.toml", 'name = "医疗保险"', 'name = "医保"', "语音 service-medical 念的还是“医疗保险”，不是“医保”"),
    ("phrases.toml", 'call = "请 {ticket} 号', 'call = "请 {ticket} 号顾客', "缺语音 顾客“顾客”"),
    ("hall.toml", 'direction = "进门正前方"', 'direction = "进门往里走"', "缺语音 read-"),
    ("phrases.toml", 'next = "下一位就是您。"', 'next = "马上到您。"', "语音 say-next 念的还是“下一位就是您。”"),
    ("phrases.toml", "please go to window", "please come to window", "缺语音 en-please-come-to-window"),
]


@pytest.mark.parametrize(("file", "old", "new", "named"), SAID, ids=[row[2] for row in SAID])
def test_the_check_names_each_clip_that_a_call_or_a_page_would_miss(
    folder: Path, edit: Edit, file: str, old: str, new: str, named: str
) -> None:
    edit(file, old, new)
    for other in ("hall.toml", "services.toml", "phrases.toml"):  # a renamed service keeps its windows and matters
        text = (folder / other).read_text("utf-8")
        if 'id = "health"' in new:
            (folder / other).write_text(text.replace('"medical"', '"health"'), "utf-8")

    lacking = list(unspoken(load(folder)))

    assert (not lacking) if not named else any(line.startswith(named) for line in lacking)


def test_a_recording_of_the_halls_own_needs_no_other(folder: Path, edit: Edit) -> None:
    edit("phrases.toml", 'call = "请 {ticket} 号', 'call = "请 {ticket} 号顾客')
    (folder / "voice").mkdir()
    (folder / "voice" / "顾客.mp3").write_bytes(b"a recording")

    assert list(unspoken(load(folder))) == []


@pytest.mark.parametrize(
    ("key", "wrong", "right"),
    [("area_code", "53052", "530521102000"), ("department_code", "abc", "1" * 18), ("data_source", "53", "153")],
)
def test_a_code_for_the_platform_has_its_length_or_is_left_empty(
    folder: Path, edit: Edit, key: str, wrong: str, right: str
) -> None:
    edit("ratings.toml", f'{key} = ""', f'{key} = "{wrong}"')
    found = mistakes(folder)
    edit("ratings.toml", f'{key} = "{wrong}"', f'{key} = "{right}"')

    settings = load(folder)

    assert [(one.file, one.key) for one in found] == [("ratings.toml", f"report.{key}")]
    assert getattr(settings.hall.report, key) == right
