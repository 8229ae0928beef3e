"""A line on the screens stands until its time is over or the office takes it down, and is kept in the diary."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk.domain.errors import HallError
from kiosk.domain.events import Name
from kiosk.domain.people import Actor
from kiosk.operations import notices
from kiosk.operations.hall import Context
from kiosk.store import records, screens
from tests.conftest import Clock


def shown(hall: Context) -> list[str]:
    with hall.database.read() as db:
        return [notice.text for notice in screens.notices(db, hall.clock())]


def test_a_notice_stands_until_its_time_is_over(hall: Context, clock: Clock, office: Actor) -> None:
    notices.post_notice(hall, text="请带好身份证", until=clock() + timedelta(hours=2), actor=office)
    notices.post_notice(hall, text="  今天下午\n系统升级 ", until=clock() + timedelta(minutes=5), actor=office)

    assert shown(hall) == ["今天下午 系统升级", "请带好身份证"]

    clock.pass_(minutes=5)
    assert shown(hall) == ["请带好身份证"]


def test_a_notice_taken_down_is_gone_and_stays_in_the_diary(hall: Context, clock: Clock, office: Actor) -> None:
    one = notices.post_notice(hall, text="系统升级", until=clock() + timedelta(hours=2), actor=office)

    notices.end_notice(hall, notice=one, actor=office)

    assert shown(hall) == []
    with hall.database.read() as db:
        events = [event for event in records.events_after(db, 0, limit=50) if event.subject == f"notice:{one}"]
    assert [event.name for event in events] == [Name.NOTICE_POSTED, Name.NOTICE_ENDED]
    assert events[0].data["text"] == "系统升级"
    with pytest.raises(HallError) as refusal:
        notices.end_notice(hall, notice=one, actor=office)
    assert refusal.value.code == "unknown_notice"


@pytest.mark.parametrize(
    ("text", "hours", "code"),
    [
        ("", 1, "bad_notice"),
        ("通" * 61, 1, "bad_notice"),
        ("系统升级", 0, "bad_time"),
        ("系统升级", 24 * 40, "bad_time"),
    ],
)
def test_a_notice_nobody_could_read_or_that_never_goes_is_refused(
    hall: Context, clock: Clock, office: Actor, text: str, hours: int, code: str
) -> None:
    with pytest.raises(HallError) as refusal:
        notices.post_notice(hall, text=text, until=clock() + timedelta(hours=hours), actor=office)

    assert refusal.value.code == code
    assert shown(hall) == []
