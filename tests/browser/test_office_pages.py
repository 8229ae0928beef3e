"""The office's pages in real Chromium: on a screen magnified to 320 pixels, and for a reading aid."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect
from werkzeug.serving import make_server

from kiosk.app import Running
from kiosk.config import Settings
from kiosk.demo import office as demo
from kiosk.domain.people import Actor, Role
from kiosk.domain.ratings import Channel, Level
from kiosk.operations import answering, appointments, casework, evaluation, moving, notices, queueing, staff, watching
from tests.conftest import PASSWORD, Clock, running_hall

OFFICE_PC: ViewportSize = {"width": 1366, "height": 768}
MAGNIFIED: ViewportSize = {"width": 320, "height": 640}  # 1280 pixels at 400 % (WCAG 2.2, 1.4.10)
CLI = Actor(name="cli")
KIOSK = Actor(name="kiosk:kiosk")
LONG = "核对户口簿和村委会证明，往返三次才办好，请看https://example.org/very/long/address/without/any/gap"
PAGES = (
    *("", "/day", "/daily", "/devices", "/ratings", "/ratings/list", "/ratings/paper", "/ratings/praise"),
    *("/cases?list=all", *(f"/cases?list=all&kind={one}" for one in ("inquiry", "application", "complaint"))),
    *(f"/cases/{number}" for number in range(1, 9)),
    *(f"/cases/new/{kind}" for kind in ("inquiry", "application", "letter", "complaint")),
    *(f"/registers/{name}" for name in ("promises", "notices", "order", "breaches", "breaches/1")),
)


def _fill(running: Running, clock: Clock) -> None:
    """A hall whose every page has lines to show, some of them long."""
    here = running.context
    person = staff.add_staff(here, login="wang", name="王大明白", role=Role.CLERK, password=PASSWORD, actor=CLI)
    clerk = Actor(name="clerk:wang", staff=person)
    demo.open_cases(here, clerk, KIOSK)
    complaint = casework.open_letter(here, about=LONG, name="张三", days=9, actor=clerk)
    answering.extend(here, case=complaint.id, days=3, reason=LONG, actor=clerk)
    clock.pass_(days=14)
    watching.watch(here)
    staff.take_window(here, window=2, actor=clerk)
    for level in (5, 5, 4, 3, 2, 1):
        clock.pass_(minutes=2)
        visit = queueing.take_ticket(here, service="medical", actor=KIOSK)
        for move in (queueing.call_next, queueing.start, queueing.complete):
            move(here, window=2, actor=clerk)
        evaluation.rate(here, token=visit.token, level=Level(level), channel=Channel.PAD, actor=Actor(name="pad:2"))
    evaluation.explain(here, token=visit.token, reasons=[112, 113], text=LONG, actor=Actor(name="pad:2"))
    casework.praise(here, about=LONG, name="李四", phone="13800000000", target="王大明白", actor=KIOSK)
    waiting = [queueing.take_ticket(here, service="medical", actor=KIOSK) for _ in range(3)]
    moving.move_up(here, ticket=waiting[2].id, reason="要赶车", actor=clerk)
    moving.pick(here, window=2, ticket=waiting[1].id, reason="身体不适", actor=clerk)
    soon = clock() + timedelta(hours=1)
    appointments.book(here, service="medical", at=soon, name="欧阳某某某", phone="13800000000", actor=clerk)
    appointments.lock_service(here, service="family", notice="系统升级，下午三点恢复办理", actor=clerk)
    notices.post_notice(here, text="请带好身份证和户口簿原件，谢谢", until=soon, actor=clerk)


@pytest.fixture(scope="module")
def hall_url(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A hall in the middle of its work, behind a real port."""
    clock = Clock()
    with running_hall(settings, tmp_path_factory.mktemp("office"), clock) as running:
        staff.add_staff(running.context, login="office", name="办公室", role=Role.OFFICE, password=PASSWORD, actor=CLI)
        _fill(running, clock)
        server = make_server("127.0.0.1", 0, running.app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def visit(chromium: Browser, hall_url: str) -> Iterator[Callable[[str, ViewportSize], Page]]:
    """Opens a page of the office at a size, somebody of the office signed in."""
    context = chromium.new_context(viewport=OFFICE_PC)
    page = context.new_page()
    page.goto(f"{hall_url}/console?to=office")
    page.locator("#login").fill("office")
    page.locator("#password").fill(PASSWORD)
    page.locator("form button").click()
    expect(page.locator(".bar__person")).to_be_visible()

    def show(path: str, size: ViewportSize) -> Page:
        page.set_viewport_size(size)
        answer = page.goto(f"{hall_url}/office{path}")
        assert answer is not None
        assert answer.ok
        return page

    yield show
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_magnified_page_never_scrolls_sideways(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, MAGNIFIED)

    for deed in page.locator("details").all():
        deed.evaluate("deed => deed.open = true")

    assert page.evaluate("document.documentElement.scrollWidth") <= MAGNIFIED["width"]


@pytest.mark.parametrize("path", PAGES)
def test_a_reading_aid_finds_nothing_to_complain_of(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, OFFICE_PC)

    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})

    assert found.violations_count == 0, found.generate_report()
