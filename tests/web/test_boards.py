"""What the hall's own screens are given: next numbers, notices, signs, loudness; and never a citizen's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import cast

import pytest

from display.web import render
from display.window import Clerk as Sitting
from kiosk.app import Running
from kiosk.domain.people import Actor
from kiosk.domain.screens import English, Panel, Sign, Softer, Theme, Voice, WindowScreens
from kiosk.faces import Boards, announcer, clip_finder, photo_finder
from kiosk.operations import appointments, duty, notices, queueing
from kiosk.operations.hall import Context
from kiosk.store import records
from tests.conftest import Citizen, Clerk, Clock

Cast = Callable[[], Citizen]
Clerks = Callable[[int], Clerk]


def test_the_board_names_whom_each_window_would_call_next_and_nobody_twice(
    hall: Context, citizen: Cast, clerk: Clerks
) -> None:
    for service in ("advice", "medical", "social", "civil"):
        citizen().take(service)
    priority = citizen().take("medical", priority="elderly")
    for window in (1, 2, 3):
        clerk(window)
    resting = clerk(4)
    duty.pause(hall, window=4, reason=hall.hall.pauses[0], actor=resting.actor)

    board = Boards(hall).board("hall")

    assert board
    assert set(board.soon) == {"Y001", priority.code, "A001"}  # window 4 pauses; 2 and 3 share their services
    assert len(board.soon) == 3


def test_a_number_that_did_not_come_stands_among_the_calls_no_more(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    served, missed = citizen().take("medical"), citizen().take("medical")
    second = clerk(2)
    second.serve()
    second.call_next()

    before = Boards(hall).board("hall")
    second.miss()
    after = Boards(hall).board("hall")

    assert before
    assert after
    assert [call.ticket for call in before.calls] == [missed.code, served.code]
    assert [call.ticket for call in after.calls] == [served.code]
    assert after.missed == (missed.code,)


def test_a_notice_of_the_office_is_on_every_board_until_its_time(hall: Context, clock: Clock, office: Actor) -> None:
    until = clock() + timedelta(minutes=30)
    notices.post_notice(hall, text="今天下午三点起系统升级", until=until, actor=office)

    board = Boards(hall).board("door")

    assert board
    assert [(notice.text, notice.until) for notice in board.notices] == [("今天下午三点起系统升级", until)]
    assert "今天下午三点起系统升级" in render(board)
    clock.pass_(minutes=30)
    later = Boards(hall).board("door")
    assert later
    assert later.notices == ()


def test_a_window_screen_shows_the_post_badge_and_photo_of_whoever_sits_there(
    hall: Context, clerk: Clerks, tmp_path: Path
) -> None:
    """Regulations 5.3: staff wear their badges."""
    clerk(2)
    clerk(3)
    (tmp_path / "007.jpg").write_bytes(b"a photo")
    signs = (
        Sign(login="clerk2", post="医保岗", badge="007", photo="007.jpg"),
        Sign(login="clerk3", badge="008", photo="lost.jpg"),
    )
    place = replace(hall, hall=replace(hall.hall, signs=signs))
    boards = Boards(place, photo_finder(place.hall, tmp_path))

    shown = [board.clerk for number in (1, 2, 3) if (board := boards.window(number))]

    assert shown == [
        None,
        Sitting(name="2号", post="医保岗", badge="007", photo="/display/photos/007.jpg"),
        Sitting(name="3号", badge="008"),
    ]


def test_each_screen_has_the_theme_and_size_of_its_glass(hall: Context) -> None:
    screens = tuple(replace(screen, theme=Theme.LIGHT) for screen in hall.hall.screens)
    small = WindowScreens(panel=Panel(width_px=1280, height_px=800, diagonal_inch=10.1), distance_m=2.0)
    boards = Boards(replace(hall, hall=replace(hall.hall, screens=screens, window_screens=small)))

    board, window = boards.board("hall"), boards.window(1)

    assert board
    assert window
    assert (board.panel.theme, window.panel.theme) == ("light", "night")
    assert (window.panel.distance_m, round(window.panel.px_per_mm, 2)) == (2.0, 5.88)


def called(hall: Context, citizen: Cast, clerk: Clerks, voice: Voice, **wishes: str) -> Mapping[str, object] | None:
    """What the screens are told to say of the first call at window 2."""
    citizen().take("medical", **wishes)
    clerk(2).call_next()
    with hall.database.read() as db:
        event = records.events_after(db, records.last_seq(db) - 1, limit=1)[0]
    return announcer(replace(hall, hall=replace(hall.hall, voice=voice)), clip_finder(Path("none")))(event)


@pytest.mark.parametrize(("percent", "volume"), [(60, 0.6), (100, 1.0)])
def test_the_voice_is_as_loud_as_the_hour_allows(
    hall: Context, citizen: Cast, clerk: Clerks, percent: int, volume: float
) -> None:
    soft = Voice(percent=80, softer=(Softer(starts=time(8), ends=time(9, 30), percent=percent),))

    said = called(hall, citizen, clerk, soft)

    assert said
    assert said["volume"] == volume
    assert soft.loudness(time(9, 30)) == 0.8


def test_in_the_silent_hour_a_call_is_only_shown(hall: Context, citizen: Cast, clerk: Clerks) -> None:
    silent = Voice(softer=(Softer(starts=time(8), ends=time(10), percent=0),))

    assert called(hall, citizen, clerk, silent) is None


@pytest.mark.parametrize(
    ("english", "language", "heard"),
    [
        (English.ASKED, "zh", False),
        (English.ASKED, "en", True),
        (English.ALWAYS, "zh", True),
        (English.NEVER, "en", False),
    ],
)
def test_a_number_taken_in_english_is_called_in_english_too(
    hall: Context, citizen: Cast, clerk: Clerks, english: English, language: str, heard: bool
) -> None:
    said = called(hall, citizen, clerk, Voice(english=english), language=language)

    assert said
    clips = cast("tuple[str, ...]", said["clips"])
    spoken = ("en-number", "en-A", "en-0", "en-0", "en-1", "en-window-2")
    assert (clips[-6:] == spoken) is heard
    assert clips[:3] == ("chime", "qing", "A")


def test_no_public_screen_ever_shows_a_citizens_name_or_phone(running: Running, clock: Clock) -> None:
    """Requirements D9: whatever the hall knows of somebody, the screens show numbers."""
    hall = running.context
    desk = Actor(name="cli")
    agreed = appointments.book(
        hall, service="medical", at=clock() + timedelta(minutes=10), name="郑某某", phone="13812345678", actor=desk
    )
    appointments.check_in(hall, code=agreed.code, actor=Actor(name="kiosk:kiosk"))
    Citizen(hall).take("medical")
    browser = running.app.test_client()
    queueing.call_next(hall, window=2, actor=desk)

    rooms = [*(screen.id for screen in hall.hall.screens), *(f"window-{one.number}" for one in hall.hall.windows)]
    pages = [browser.get(f"/display/{room}{part}").text for room in rooms for part in ("", "/state")]

    assert "A00" in pages[0]
    for page in pages:
        assert not re.search(r"郑某某|郑|13812345678|1381|5678", page)
