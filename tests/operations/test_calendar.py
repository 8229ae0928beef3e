"""The next year's holidays: taken from the published words, doubted where they do not add up, counted again at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.app import open_hall
from kiosk.cli import main
from kiosk.config import load
from kiosk.config_checks.notice import Notice, read_notice
from kiosk.domain.cases import Case
from kiosk.domain.people import Actor, Role
from kiosk.operations import casework, staff
from kiosk.store import cases
from tests.conftest import CONFIG, PASSWORD

Import = Callable[[str], Result]
OF_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
国务院办公厅
2025年11月4日
"""
OF_2027 = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（除夕、周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。鼓励安排职工在除夕前休息。
三、清明节：4月5日（周一）放假，与周末连休。
四、劳动节：5月1日至5日放假调休，共5天。5月8日（星期六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日至7日放假调休，共7天。9月26日（星期日）、10月9日（星期六）上班。
2026年11月26日
"""  # an invented year in the published manner


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A hall's folders: `config` and `data`."""
    shutil.copytree(CONFIG, tmp_path / "config")
    return tmp_path


@pytest.fixture
def import_notice(place: Path) -> Import:
    """`kiosk calendar import` on a file with this text."""

    def run(text: str) -> Result:
        (place / "notice.txt").write_text(text, "utf-8")
        words = ("--config", place / "config", "--data", place / "data", "calendar", "import", place / "notice.txt")
        return CliRunner().invoke(main, [str(word) for word in words])

    return run


def shipped(place: Path) -> str:
    return (place / "config" / "calendar.toml").read_text("utf-8")


def letter(place: Path, day: datetime) -> Case:
    """A letter that was registered on a day."""
    hall = open_hall(load(place / "config"), place / "data", clock=lambda: day)
    person = staff.add_staff(hall, login="li", name="小李", role=Role.CLERK, password=PASSWORD, actor=Actor(name="cli"))
    opened = casework.open_letter(hall, about="来信", actor=Actor(name="clerk:li", staff=person))
    hall.database.close()
    return opened


def test_the_words_of_a_published_notice_give_the_shipped_year() -> None:
    notice = read_notice(OF_2026, "2026.txt")
    hall = load(CONFIG).hall

    assert isinstance(notice, Notice)
    assert set(notice.off) == {day for day in hall.calendar.off if day.year == 2026}
    assert set(notice.make_up) == {day for day in hall.calendar.make_up if day.year == 2026}
    assert notice.title == "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）"
    assert notice.issued == date(2025, 11, 4)


def test_the_next_year_is_added_and_due_days_that_waited_for_it_are_counted_again(
    place: Path, import_notice: Import
) -> None:
    before = letter(place, datetime(2027, 1, 25, 1, 0, tzinfo=UTC))

    done = import_notice(OF_2027)

    hall = open_hall(load(place / "config"), place / "data")
    with hall.database.read() as db:
        after = cases.case_by_id(db, before.id)
    hall.database.close()
    assert done.exit_code == 0, done.output
    assert "重新计算了 1 件" in done.output
    assert (before.provisional, before.due) == (True, date(2027, 2, 15))
    assert (after.provisional, after.due) == (False, date(2027, 2, 19)), "five days off, a Sunday worked"


def test_an_amended_year_takes_the_place_of_the_old_one(place: Path, import_notice: Import) -> None:
    import_notice(OF_2027)

    done = import_notice(OF_2027.replace("5月1日至5日放假调休，共5天。5月8日（星期六）上班", "5月1日至4日放假，共4天"))

    hall = load(place / "config").hall
    assert "原来的 2027 年已换掉" in done.output
    assert shipped(place).count("year = 2027") == 1
    assert hall.workdays.is_working(date(2027, 5, 5))
    assert not hall.workdays.is_working(date(2027, 5, 8))
    assert hall.calendar.years == {2024, 2025, 2026, 2027}


def test_a_part_of_the_calendar_file_is_taken_as_well(place: Path, import_notice: Import) -> None:
    notice = read_notice(OF_2027, "2027.txt")
    assert isinstance(notice, Notice)

    done = import_notice(notice.block())

    assert done.exit_code == 0, done.output
    assert date(2027, 2, 5) in load(place / "config").hall.calendar.off


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("共7天。1月31日", "共8天。1月31日", "写明共 8 天，列出的是 7 天"),
        ("1月31日（周日）", "1月31日（周六）", "1月31日是周日"),
        ("2月20日（周六）上班", "2月30日（周六）上班", "没有 2月30日"),
        ("9月26日（星期日）", "9月27日", "2027-09-27 不是周六、周日"),
        ("10月1日至7日放假调休，共7天", "10月2日至8日放假", "法定节日 2027-10-01"),
        ("5月1日至5日放假调休，共5天", "5月5日至1日放假", "不像一个假期"),
        ("9月15日（周三）放假1天", "放假1天", "看不出放假的是哪几天"),
        ("关于2027年部分节假日安排", "关于年终总结", "看不出是哪一年"),
        ("2026年11月26日", "2026年13月26日", "不是一个日子"),
        ("2026年11月26日", "2024年11月26日", "不像通知的日期"),
        ("9月26日（星期日）", "5月1日（星期六）", "2027-05-01 写了两次"),
    ],
)
def test_a_notice_that_does_not_add_up_changes_nothing_and_says_why(
    place: Path, import_notice: Import, old: str, new: str, told: str
) -> None:
    before = shipped(place)
    assert old in OF_2027

    refused = import_notice(OF_2027.replace(old, new))

    assert refused.exit_code == 2
    assert told in refused.output
    assert "没有改动" in refused.output
    assert shipped(place) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[years]]",
        '[[years]]\nyear = 2027\nnotice = "x"\nissued = 2026-11-26\noff = ["一月一日"]',
        "[[years]]\n" * 2,
    ],
)
def test_a_file_that_is_no_notice_is_refused_in_words(place: Path, import_notice: Import, text: str) -> None:
    before = shipped(place)

    refused = import_notice(text)

    assert refused.exit_code == 2
    assert "请" in refused.output
    assert shipped(place) == before
