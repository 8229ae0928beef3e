"""What the hall's own screens are given: next numbers, notices, signs, loudness; and never a citizen's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from display.web import render
from kiosk.domain.people import Actor
from kiosk.faces import Boards
from kiosk.operations import duty, notices
from kiosk.operations.hall import Context
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
