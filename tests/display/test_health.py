"""A screen tells how it is, looks after its glass, and takes down what is out of date (requirements 4, D7, D8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from display.board import Notice, Panel, default_words
from display.health import Report, Sound, parse_report
from tests.display.display_cast import NINE, Stage, board, resting, until

GOOD: Mapping[str, Any] = {
    "version": "1",
    "seq": 7,
    "announced": 6,
    "sound": "on",
    "clock_offset_ms": -1200,
    "missing": ["window-9"],
}


def test_a_report_says_version_picture_last_call_sound_and_clock() -> None:
    assert parse_report("hall", GOOD) == Report(
        screen="hall",
        version="1",
        seq=7,
        announced=6,
        sound=Sound.ON,
        clock_offset_ms=-1200,
        missing=("window-9",),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"sound": "loud"},
        {"seq": "7"},
        {"seq": True},
        {"version": "x" * 100},
        {"missing": "A"},
        {"clock_offset_ms": 1e9},
    ],
)
def test_a_report_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_report("hall", {**GOOD, **wrong})


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(GOOD)) | st.text(), inner),
)


@given(data=json)
def test_whatever_is_sent_is_a_report_or_a_refusal(data: object) -> None:
    try:
        report = parse_report("hall", data)
    except ValueError:
        return
    assert isinstance(report, Report)


def test_a_screen_not_configured_yet_says_so_and_tries_again_by_itself(stage: Stage, screen: Page) -> None:
    answer = screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")
    assert answer
    assert answer.status == 404
    expect(screen.locator("h1")).to_have_text(default_words()["unknown_screen"])

    stage.boards["hall"] = board(seq=5)

    expect(screen.locator(".call__ticket")).to_have_text("A005", timeout=40_000)


def test_a_screen_reports_what_it_shows(stage: Stage, screen: Page) -> None:
    stage.show(board(seq=5))
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")

    report = until(lambda: next((report for report in stage.reports if report.seq == 5), None))

    assert (report.screen, report.version) == ("hall", "1")


def test_a_screen_that_may_not_speak_reports_that_it_is_blocked(stage: Stage, screen: Page) -> None:
    stage.show(board(seq=5))

    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")

    assert until(lambda: [report for report in stage.reports if report.sound is Sound.BLOCKED])


def test_a_screen_that_has_no_voice_is_not_reported_as_broken(stage: Stage, screen: Page) -> None:
    stage.show(board(seq=5, panel=Panel(voice=False)))

    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")

    assert until(lambda: stage.reports)[0].sound is Sound.OFF


def test_every_point_of_the_picture_moves_within_five_minutes(stage: Stage, screen: Page) -> None:
    stage.show(board())
    screen.clock.install()
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")
    screen.wait_for_selector("main[data-link=up]")
    headline = screen.locator(".screen__hall")
    before = headline.bounding_box()

    screen.clock.run_for(121_000)

    after = headline.bounding_box()
    assert before
    assert after
    assert abs(after["x"] - before["x"]) + abs(after["y"] - before["y"]) >= 4


def test_a_hall_long_at_rest_is_dim_and_wakes_at_once(stage: Stage, screen: Page) -> None:
    stage.show(resting(seq=1))
    screen.clock.install()
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")
    screen.wait_for_selector("main[data-link=up]")
    screen.clock.run_for(31 * 60_000)
    expect(screen.locator("body")).to_have_attribute("data-dim", "")
    screen.clock.resume()

    # a screen half an hour further on has long lost this server's heartbeat; it comes back by itself
    stage.show(board(seq=2))

    expect(screen.locator("body[data-dim]")).to_have_count(0)


def test_a_notice_goes_when_its_time_is_over(stage: Stage, screen: Page) -> None:
    soon = Notice(text="今天下午系统升级", until=NINE + timedelta(minutes=5))
    stage.show(board(notices=(soon, Notice(text="请带好身份证"))))
    screen.clock.install()
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")
    expect(screen.locator(".notices")).to_contain_text("系统升级")
    screen.wait_for_selector("main[data-link=up]")
    # from here on the server is silent, so that its own time does not count
    screen.route("**/report", lambda route: route.abort())

    screen.clock.run_for(5 * 60_000 + 2_000)

    expect(screen.locator(".notices")).not_to_contain_text("系统升级")
    expect(screen.locator(".notices")).to_contain_text("身份证")


def test_the_clock_is_the_halls_whatever_the_screens_own_clock_says(stage: Stage, screen: Page) -> None:
    stage.show(board())
    screen.clock.install(time=NINE + timedelta(days=400, hours=3))

    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")

    expect(screen.locator(".screen__time")).to_have_text("09:00")
    expect(screen.locator(".screen__day")).to_have_text("11月23日星期一")
