"""Working days: the published calendar, its limits, and honesty about a year that is not published yet."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.config import Settings
from kiosk.domain.catalogue import Stage, wait_points
from kiosk.domain.workdays import Workdays

KNOWN = st.dates(date(2024, 1, 1), date(2026, 10, 31))


@pytest.fixture(scope="module")
def workdays(settings: Settings) -> Workdays:
    return settings.hall.workdays


def test_every_day_of_the_published_years_is_as_two_libraries_know_it(workdays: Workdays) -> None:
    """Domain 5: 2024–2026 with the official make-up days, checked against a second and a third source."""
    off = holidays.country_holidays("CN", years=(2024, 2025, 2026))
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2024, 1, 1)).days)]

    assert [day for day in days if workdays.is_working(day) != chinese_calendar.is_workday(day)] == []
    assert [day for day in days if workdays.is_working(day) != off.is_working_day(day)] == []


@pytest.mark.parametrize(
    ("first", "count", "last"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),  # a Monday: the day itself does not count
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the National Day week
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a make-up Sunday works
        (date(2026, 11, 21), 0, date(2026, 11, 23)),  # a Saturday: at once is Monday
    ],
)
def test_limits_are_counted_as_an_office_counts_them(workdays: Workdays, first: date, count: int, last: date) -> None:
    assert workdays.add(first, count).day == last
    assert not workdays.add(first, count).provisional


def test_a_day_in_a_year_without_a_notice_is_counted_and_says_so(workdays: Workdays) -> None:
    due = workdays.add(date(2026, 12, 25), 10)

    assert due.provisional
    assert due.day == date(2027, 1, 11), "New Year's Day is off in every year"


def test_calendar_days_end_on_a_working_day(workdays: Workdays) -> None:
    """民法典 203: a limit that ends on a day off ends on the next working day."""
    assert workdays.add_calendar(date(2026, 9, 28), 7).day == date(2026, 10, 8)


@given(first=KNOWN, count=st.integers(0, 60))
def test_counting_there_and_back_gives_the_same(settings: Settings, first: date, count: int) -> None:
    workdays = settings.hall.workdays

    due = workdays.add(first, count).day

    assert workdays.is_working(due)
    assert workdays.between(first, due) == (count or int(due != first))
    assert workdays.between(due, first) == -workdays.between(first, due)


def test_stages_follow_one_another_in_working_and_in_calendar_days(workdays: Workdays) -> None:
    """Domain 4: ten working days in the village, seven calendar days on the wall, five working days in the county."""
    stages = (
        Stage(name="村核实", working_days=10),
        Stage(name="填表"),
        Stage(name="公示", calendar_days=7),
        Stage(name="县审批", working_days=5),
    )

    points = wait_points(stages, date(2026, 12, 7), workdays)

    assert [(point.stage.name, point.due.day.isoformat()) for point in points] == [
        ("村核实", "2026-12-21"),
        ("公示", "2026-12-28"),
        ("县审批", "2027-01-05"),
    ]
    assert [point.due.provisional for point in points] == [False, False, True]
