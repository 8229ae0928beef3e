"""A visit seen through real Chromium: kiosk, paper, console, board, pad — each page as people use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PASSWORD, Server

Open = Callable[[str, int, int], Page]


@pytest.fixture
def troubles() -> list[str]:
    """What browsers complain of: errors, refused policies, requests that leave the hall."""
    return []


@pytest.fixture
def look(chromium: Browser, server: Server, troubles: list[str]) -> Iterator[Open]:
    contexts: list[Any] = []

    def visit(path: str, width: int, height: int) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"{path}: {error}"))
        page.on("console", lambda line: troubles.append(f"{path}: {line.text}") if line.type == "error" else None)
        page.on(
            "request", lambda request: request.url.startswith((server.url, "data:")) or troubles.append(request.url)
        )
        page.goto(server.url + path)
        return page

    yield visit
    for context in contexts:
        context.close()


def test_a_visit_from_the_kiosk_to_the_rating(server: Server, look: Open, troubles: list[str]) -> None:
    server.kiosk("user", "add", "li", "--name", "小李", "--password", PASSWORD)
    board = look("/display/hall", 1920, 1080)
    pad = look("/pad/2", 1280, 800)
    console = look("/console", 1366, 768)
    console.get_by_label("登录名").fill("li")
    console.get_by_label("密码").fill(PASSWORD)
    console.keyboard.press("Enter")
    console.locator("button[name=window][value='2']").click()

    # the citizen: two touches to a number, which stands on the glass and on paper
    kiosk = look("/", 1080, 1920)
    kiosk.get_by_text("取号办事").click()
    kiosk.locator("button[value=medical]").click()
    expect(kiosk.get_by_text("A001").first).to_be_visible()
    slip = server.paper.wait_for_slips(1)[0]
    assert slip.image.height > 400
    expect(kiosk.get_by_text("请从下面取走号票")).to_be_visible(timeout=10_000)

    # the clerk calls by one key; board and pad follow by themselves
    expect(console.get_by_text("A001").first).to_be_visible()
    console.keyboard.press("n")
    expect(board.locator(".call__ticket, .calls").get_by_text("A001").first).to_be_visible(timeout=5_000)
    expect(pad.get_by_text("A001").first).to_be_visible()
    expect(console.locator("#move-start")).to_be_enabled()
    console.keyboard.press("s")
    expect(console.locator("#move-complete")).to_be_enabled()
    console.keyboard.press("e")

    expect(console.locator("#move-complete")).to_be_disabled()

    # the citizen rates on the pad, once
    pad.get_by_text("非常满意", exact=True).click()
    expect(pad.get_by_text("谢谢您的评价")).to_be_visible()

    assert "完整无改动" in server.kiosk("verify")
    assert troubles == []


def test_whoever_calls_for_help_at_the_kiosk_is_seen_at_the_desk_and_in_the_office(server: Server, look: Open) -> None:
    """Requirements 3.3: from a touch on the glass to the eyes of a clerk and of the guide, by itself."""
    server.kiosk("user", "add", "li", "--name", "小李", "--password", PASSWORD)
    server.kiosk("user", "add", "dao", "--name", "导办", "--role", "guide", "--password", PASSWORD)
    desks = [look(path, 1366, 768) for path in ("/console", "/office")]
    for desk, login in zip(desks, ("li", "dao"), strict=True):
        desk.get_by_label("登录名").fill(login)
        desk.get_by_label("密码").fill(PASSWORD)
        desk.keyboard.press("Enter")
    desks[0].locator("button[name=window][value='2']").click()
    kiosk = look("/matters?type=large", 1080, 1920)

    kiosk.get_by_role("button", name="叫人帮忙").click()

    for desk in desks:
        expect(desk.get_by_text("取号机 有群众请工作人员过去")).to_be_visible()
    expect(kiosk.get_by_text("已经告诉工作人员")).to_be_visible()


def test_ten_quick_taps_give_one_ticket(server: Server, look: Open) -> None:
    kiosk = look("/services", 1080, 1920)
    button = kiosk.locator("button[value=medical]")

    button.evaluate("button => { for (let tap = 0; tap < 10; tap++) button.click() }")

    expect(kiosk.get_by_text("A001").first).to_be_visible()
    assert '"waiting":1' in kiosk.request.get(server.url + "/api/hall").text()


def test_a_call_made_by_another_process_reaches_the_board(server: Server, look: Open) -> None:
    board = look("/display/hall", 1920, 1080)
    server.kiosk("take", "advice")

    server.kiosk("call-next", "1")

    expect(board.get_by_text("Y001").first).to_be_visible(timeout=5_000)


def test_the_board_comes_back_by_itself_after_a_restart(server: Server, look: Open) -> None:
    board = look("/display/hall", 1920, 1080)
    server.kiosk("take", "advice")
    server.kiosk("call-next", "1")
    expect(board.get_by_text("Y001").first).to_be_visible()

    server.stop(kill=True)
    expect(board.locator("#stale")).to_be_visible(timeout=20_000)
    expect(board.get_by_text("Y001").first).to_be_visible()  # never blank
    server.start()

    expect(board.locator("#stale")).to_be_hidden(timeout=10_000)
