"""What somebody should look at comes onto the staff's pages by itself, and goes again (regulations 5.6)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.app import open_hall
from kiosk.config import load
from kiosk.domain.people import Actor
from kiosk.operations import queueing
from printer.faults import Fault, FaultKind
from tests.conftest import PASSWORD, Server

CLERK = Actor(name="cli")


@pytest.fixture
def pages(chromium: Browser, server: Server) -> Iterator[list[Page]]:
    """The desk of window 5 and the office, each open before anything is wrong."""
    server.kiosk("user", "add", "chief", "--name", "主任", "--role", "office", "--password", PASSWORD)
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    desk = context.new_page()
    desk.goto(server.url + "/console")
    desk.locator("#login").fill("chief")
    desk.locator("#password").fill(PASSWORD)
    desk.locator("form button").click()
    desk.locator('button[value="5"]').click()
    expect(desk.locator(".desk")).to_be_visible()
    office = context.new_page()
    office.goto(server.url + "/office")
    for page in (desk, office):
        expect(page.locator("html")).to_have_attribute("data-alive", "")
    yield [desk, office]
    context.close()


def test_what_is_wrong_is_told_until_it_is_right_again(server: Server, pages: list[Page]) -> None:
    long, printer = "户口和生育：排了 25 个人", pages[1].locator(".device", has_text="打印机").first
    hall = open_hall(load(server.config), server.data)
    expect(printer).to_contain_text("正常")

    taken = [queueing.take_ticket(hall, service="family", actor=CLERK) for _ in range(25)]
    for page in pages:
        expect(page.get_by_text(long)).to_be_visible()
    queueing.cancel(hall, token=taken[-1].token, actor=CLERK)
    for page in pages:
        expect(page.get_by_text(long)).to_have_count(0)
    hall.database.close()

    server.paper.wait_for_slips(24, timeout=60)
    expect(printer).not_to_contain_text("没有打印")
    server.paper.inject(Fault(kind=FaultKind.PAPER_OUT))
    expect(printer).to_contain_text("缺纸")
    for page in pages:
        expect(page.get_by_role("alert").filter(has_text="缺纸")).to_be_visible()
    server.paper.load_paper()
    expect(printer).not_to_contain_text("缺纸")
    for page in pages:
        expect(page.get_by_role("alert").filter(has_text="缺纸")).to_have_count(0)
