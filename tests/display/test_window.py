"""The screen above a window says whom it serves, what for and who sits there, in plain words (regulations 5.2, 5.3)."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from display.board import Panel, WindowState, default_words
from display.window import render_window
from tests.display.display_cast import Stage, desk


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", markup)).strip()


def test_a_window_shows_its_number_its_services_and_the_clerks_badge() -> None:
    text = plain(render_window(desk()))

    for part in ("3 号窗口", "社会保障", "养老保险", "值班人员", "社会保障岗", "工号 007"):
        assert part in text


@pytest.mark.parametrize("state", WindowState)
def test_a_window_says_in_plain_words_what_it_does(state: WindowState) -> None:
    text = plain(render_window(desk(state)))

    assert default_words()[f"window_{state}"] in text
    assert default_words()[f"window_greeting_{state}"] in text


def test_a_window_without_a_clerk_shows_no_empty_sign() -> None:
    assert "desk__clerk" not in render_window(desk(WindowState.CLOSED, clerk=None))


def test_whom_a_window_calls_appears_on_its_screen(stage: Stage, screen: Page) -> None:
    stage.show(desk())
    screen.goto(f"http://127.0.0.1:{stage.port}/display/window/3")
    screen.wait_for_selector("main[data-link=up]")

    stage.show(desk(WindowState.CALLED, "A012", seq=4))

    expect(screen.locator(".desk__ticket")).to_have_text("A012")


def test_a_visitor_who_is_done_is_wished_well(stage: Stage, screen: Page) -> None:
    stage.show(desk(WindowState.SERVING, "A012"))
    screen.goto(f"http://127.0.0.1:{stage.port}/display/window/3")
    screen.wait_for_selector("main[data-link=up]")
    farewell = screen.locator("[data-farewell]")
    expect(farewell).to_be_hidden()

    stage.show(desk(WindowState.IDLE, seq=4))

    expect(farewell).to_be_visible()


def test_a_window_the_hall_does_not_have_is_a_clear_no(stage: Stage, screen: Page) -> None:
    answer = screen.goto(f"http://127.0.0.1:{stage.port}/display/window/99")

    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize("theme", ["night", "light"])
@pytest.mark.parametrize("state", WindowState)
def test_the_window_screen_is_correct_for_a_reading_aid(
    stage: Stage, screen: Page, theme: str, state: WindowState
) -> None:
    stage.show(desk(state, panel=Panel(px_per_mm=2.71, distance_m=4.0, theme=theme, voice=False)))
    screen.goto(f"http://127.0.0.1:{stage.port}/display/window/3")

    results = Axe().run(screen)

    assert results.violations_count == 0, results.generate_report()
