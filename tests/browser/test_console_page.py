"""The clerk's desk in real Chromium: by keyboard, by mouse, under a nervous finger, for a reading aid, zoomed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from kiosk.app import Running
from kiosk.domain.people import Actor, Role
from kiosk.domain.tickets import Hold, State
from kiosk.operations import moving, queueing, staff
from kiosk.store import records
from tests.conftest import PASSWORD, Clock

OFFICE_PC = {"width": 1366, "height": 768}
ZOOMED = {"width": 341, "height": 192}  # the same screen at 400 %
WINDOW = 3
DELIBERATE = 500  # milliseconds a button is held, so that a second press is no double tap
CLI = Actor(name="cli")

OpenDesk = Callable[..., Page]
Take = Callable[..., list[str]]


@pytest.fixture
def url(running: Running) -> Iterator[str]:
    """The hall behind a real port, in this process."""
    server = make_server("127.0.0.1", 0, running.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    staff.add_staff(running.context, login="east", name="东窗", role=Role.CLERK, password=PASSWORD, actor=CLI)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def take(running: Running, clock: Clock) -> Take:
    """Citizens who take numbers for window 3; their numbers come back."""

    def numbers(count: int = 1) -> list[str]:
        codes = []
        for _ in range(count):
            clock.pass_(seconds=1)
            ticket = queueing.take_ticket(running.context, service="social", actor=Actor(name="kiosk:kiosk"))
            codes.append(ticket.code)
        return codes

    return numbers


@pytest.fixture
def browse(chromium: Browser, url: str) -> Iterator[OpenDesk]:
    """Opens the console; a script that fails or breaks the policy fails the test."""
    contexts: list[Any] = []
    faults: list[str] = []

    def open_page(**settings: Any) -> Page:
        context = chromium.new_context(**{"viewport": OFFICE_PC, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: "Content Security Policy" in line.text and faults.append(line.text))
        page.goto(f"{url}/console")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def sit_down(browse: OpenDesk) -> OpenDesk:
    """A clerk at the desk of window 3, its keys ready."""

    def sit(**settings: Any) -> Page:
        page = browse(**settings)
        page.locator("#login").fill("east")
        page.locator("#password").fill(PASSWORD)
        page.locator("form button").click()
        page.locator(f'button[value="{WINDOW}"]').click()
        expect(page.locator(".desk")).to_be_visible()
        if settings.get("java_script_enabled", True):
            expect(page.locator("[data-keys]")).to_be_visible()
        return page

    return sit


def heading(page: Page) -> Any:
    return page.locator("#own-ticket")


def test_a_clerk_serves_by_keyboard_alone(browse: OpenDesk, take: Take) -> None:
    [number] = take()
    page = browse()
    keys = page.keyboard

    expect(page.locator("#login")).to_be_focused()  # the cursor stands in the first field
    keys.type("east")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.locator(f'button[value="{WINDOW}"]').focus()
    keys.press("Enter")
    expect(page.locator("[data-keys]")).to_be_visible()
    keys.press("n")
    expect(heading(page)).to_contain_text(number)
    keys.press("r")
    expect(page.locator(".ticket__facts")).to_contain_text("2")
    keys.press("s")
    expect(page.locator("#move-complete")).to_be_enabled()
    keys.press("e")

    expect(page.locator(".today__done strong")).to_have_text("1")
    expect(page.locator("[data-message]")).to_contain_text(number)


def test_the_focus_goes_to_the_ticket_when_its_button_comes_to_rest(sit_down: OpenDesk, take: Take) -> None:
    take()
    page = sit_down()
    page.locator("#move-call_next").focus()

    page.keyboard.press("Enter")

    expect(page.locator("#move-start")).to_be_enabled()
    expect(heading(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#move-recall")).to_be_focused()


def test_a_clerk_serves_by_mouse_and_says_twice_that_nobody_came(sit_down: OpenDesk, take: Take) -> None:
    first, second = take(2)
    page = sit_down()

    page.locator("#move-call_next").click()
    expect(heading(page)).to_contain_text(first)
    page.locator("#move-miss").click()
    expect(page.locator(".note--ask")).to_contain_text(first)
    expect(heading(page)).to_contain_text(first)
    page.locator("#move-recall").click()
    expect(page.locator(".note--done")).to_contain_text(first)
    page.locator("#move-miss").click()
    page.locator("#move-miss").click(delay=DELIBERATE)
    page.locator("#move-call_next").click()

    expect(heading(page)).to_contain_text(second)
    expect(page.locator(".aside")).to_contain_text(first)


def test_every_other_move_is_two_keys_away(sit_down: OpenDesk, take: Take, running: Running) -> None:
    first, second, third = take(3)
    page = sit_down()
    keys, told = page.keyboard, page.locator("[data-message]")

    def do(*strokes: str) -> None:
        for stroke in strokes:
            if stroke == "n":
                expect(page.locator("#move-call_next")).to_be_enabled()  # the desk shows what the last move has done
            keys.press(stroke)

    do("n")
    expect(page.locator("#move-start")).to_be_enabled()
    do("s")
    expect(page.locator("#move-complete")).to_be_enabled()
    do("h", "2")  # hold, papers kept
    expect(page.locator(".aside")).to_contain_text(first)
    do("n")
    expect(heading(page)).to_contain_text(second)
    do("t", "1")  # transfer to window 1
    expect(told).to_contain_text("次序不变")
    do("n")
    expect(heading(page)).to_contain_text(third)
    do("z")  # undo
    expect(page.locator(".line__number")).to_have_text([third])
    do("p", "1")  # pause
    expect(page.locator("#move-call_next")).to_be_disabled()
    do("p")
    expect(page.locator("#move-call_next")).to_be_enabled()
    do("n")
    expect(page.locator("#move-start")).to_be_enabled()
    do("s")
    expect(page.locator("#move-complete")).to_be_enabled()
    do("o", "4")  # told everything once
    expect(page.locator(".today__done strong")).to_have_text("1")
    do("i", "2")  # a number for somebody who cannot
    expect(told).to_contain_text("已代取")
    page.get_by_role("button", name="继续办").click()
    expect(heading(page)).to_contain_text(first)


def test_what_is_missing_is_ticked_by_its_digits_and_told_at_once(
    sit_down: OpenDesk, running: Running, clock: Clock
) -> None:
    clock.pass_(seconds=1)
    queueing.take_ticket(running.context, matter="yl-zhuxiao", actor=Actor(name="kiosk:kiosk"))
    page = sit_down()
    keys, boxes = page.keyboard, page.locator("#panel-tell fieldset:visible input[type=checkbox]")
    keys.press("n")
    expect(page.locator("#move-start")).to_be_enabled()

    keys.press("l")
    expect(boxes).to_have_count(7)
    keys.press("2")
    keys.press("4")
    keys.press("4")  # a second thought
    keys.press("6")
    ticked = boxes.evaluate_all("all => all.filter((one) => one.checked).map((one) => one.value)")
    keys.press("p")

    expect(page.locator("[data-message]")).to_contain_text("告知单 20261123-B001 正在打印")
    assert ticked == ["死亡人员身份证或户口簿", "《丧葬补助费申请表》"]
    with running.context.database.read() as db:
        told = records.events_of(db, "ticket:1")[-1]
    assert told.data["materials"] == ticked
    keys.press("l")
    expect(boxes.first).to_be_visible()
    expect(page.locator("#panel-tell input:checked")).to_have_count(0)


def test_a_refused_notice_opens_again_as_it_was_left(sit_down: OpenDesk, running: Running, clock: Clock) -> None:
    clock.pass_(seconds=1)
    queueing.take_ticket(running.context, matter="yl-zhuxiao", actor=Actor(name="kiosk:kiosk"))
    page = sit_down()
    panel, previous = page.locator("#panel-tell"), page.locator("#panel-tell [name=previous]")
    page.keyboard.press("n")
    expect(page.locator("#move-start")).to_be_enabled()
    page.keyboard.press("l")
    page.keyboard.press("2")
    panel.locator("fieldset:visible input[type=text], fieldset:visible .field .input").fill("村委会证明")
    previous.fill("20261101-A001")

    panel.locator("button:visible", has_text="打印").first.click()

    expect(panel.locator(".note--refused")).to_be_visible()
    expect(panel.locator("fieldset:visible .field .input")).to_have_value("村委会证明")
    assert panel.locator("fieldset:visible :checked").evaluate_all("all => all.map((one) => one.value)") == [
        "死亡人员身份证或户口簿"
    ]
    previous.fill("")
    panel.locator("button:visible", has_text="打印").first.click(delay=DELIBERATE)
    expect(page.locator("[data-message]")).to_contain_text("告知单 20261123-B001 正在打印")
    expect(panel).to_be_hidden()


def test_leaving_the_order_takes_two_clicks_and_a_reason(sit_down: OpenDesk, take: Take) -> None:
    first, second, third = take(3)
    page = sit_down()

    page.get_by_role("button", name=f"{third} 号").click()
    page.locator("#panel-order").get_by_role("button", name="要赶车").last.click()
    expect(page.locator(".line__number")).to_have_text([first, third, second])
    page.get_by_role("button", name=f"{second} 号").click()
    page.locator("#panel-order").get_by_role("button", name="身体不适").first.click()

    expect(heading(page)).to_contain_text(second)


def test_what_was_typed_into_a_panel_and_left_is_no_part_of_another_move(sit_down: OpenDesk, take: Take) -> None:
    """Enter is no move either: the first button of the desk calls the next number."""
    first, second = take(2)
    page = sit_down()
    page.get_by_role("button", name=f"{second} 号").click()
    page.locator("#panel-order [name=own_reason]").fill("带着病人")
    page.locator("#panel-order [name=own_reason]").press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    page.locator("[name=issue_quantity]").fill("25")
    page.locator("#panel-issue .panel__choice").first.click()
    expect(page.locator("[data-message]")).to_contain_text("需要修改")
    expect(page.locator(".line__number")).to_have_text([first, second])

    page.keyboard.press("i")
    page.locator("[name=issue_quantity]").fill("25")
    page.keyboard.press("Escape")
    page.keyboard.press("n")

    expect(heading(page)).to_contain_text(first)
    expect(page.locator(".line__number")).to_have_text([second])


def test_a_panel_opened_for_one_ticket_ends_no_other(sit_down: OpenDesk, take: Take, running: Running) -> None:
    _first, second = take(2)
    page = sit_down()
    page.keyboard.press("n")
    expect(page.locator("#move-start")).to_be_enabled()
    page.keyboard.press("s")
    expect(page.locator("#move-complete")).to_be_enabled()
    page.keyboard.press("o")
    expect(page.locator("#panel-finish")).to_be_visible()

    for move in (queueing.complete, queueing.call_next, queueing.start):  # in another tab
        move(running.context, window=WINDOW, actor=CLI)
    expect(heading(page)).to_contain_text(second)
    page.locator("#panel-finish .panel__choice").first.click()

    expect(page.locator("[data-message]")).to_contain_text("没有叫到")
    expect(page.locator("#move-complete")).to_be_enabled()
    with running.context.database.read() as db:
        there = records.ticket_at_window(db, WINDOW)
    assert there is not None
    assert (there.code, there.state) == (second, State.SERVING)


def test_a_nervous_finger_calls_one_person_and_starts_nothing(sit_down: OpenDesk, take: Take) -> None:
    first, second = take(2)
    page = sit_down()

    page.locator("#move-call_next").evaluate("button => { for (let tap = 0; tap < 10; tap++) button.click() }")

    expect(heading(page)).to_contain_text(first)
    expect(page.locator("#move-start")).to_be_enabled()
    expect(page.locator(".line__number")).to_have_text([second])


def test_letters_typed_into_a_field_or_with_control_move_nothing(sit_down: OpenDesk, take: Take) -> None:
    take()
    page = sit_down()
    asked: list[str] = []
    page.on("request", lambda request: request.method == "POST" and asked.append(request.url))

    page.keyboard.press("Control+Shift+n")
    page.evaluate("document.querySelector('.bar').append(document.createElement('input'))")
    page.locator(".bar > input").press_sequentially("nnn")

    expect(page.locator(".bar > input")).to_have_value("nnn")
    assert asked == []


def test_the_keys_can_be_switched_off_and_stay_off(sit_down: OpenDesk, take: Take) -> None:
    take()
    page = sit_down()
    asked: list[str] = []
    page.on("request", lambda request: request.method == "POST" and asked.append(request.url))

    page.locator("[data-keys]").click()
    page.reload()
    expect(page.locator("[data-keys]")).to_be_visible()
    page.keyboard.press("n")

    expect(page.locator(".move__key").first).to_be_hidden()
    assert asked == []


def test_the_desk_is_live(sit_down: OpenDesk, take: Take, running: Running) -> None:
    page = sit_down()
    expect(page.locator(".line")).to_have_count(0)

    take(3)
    expect(page.locator(".line")).to_have_count(3)
    queueing.call_next(running.context, window=WINDOW, actor=CLI)

    expect(page.locator(".line")).to_have_count(2)
    expect(page.locator("#move-start")).to_be_enabled()
    expect(page).to_have_title("(2) 3 号窗口 · 姚关镇为民服务中心")
    first = page.locator(".ticket__time").inner_text()
    expect(page.locator(".ticket__time")).not_to_have_text(first)  # the clock runs without a push


def test_a_move_without_a_server_is_told_and_can_be_repeated(sit_down: OpenDesk, take: Take) -> None:
    [number] = take()
    page = sit_down()
    page.route("**/console/call-next", lambda route: route.abort())

    page.locator("#move-call_next").click()
    expect(page.locator(".note--refused")).to_be_visible()
    page.unroute("**/console/call-next")
    page.locator("#move-call_next").click(delay=DELIBERATE)

    expect(heading(page)).to_contain_text(number)


def test_without_the_socket_the_desk_still_follows_its_own_moves(sit_down: OpenDesk, take: Take) -> None:
    [number] = take()
    page = sit_down()
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.reload()
    expect(page.locator("[data-keys]")).to_be_visible()

    page.keyboard.press("n")

    expect(heading(page)).to_contain_text(number)


def test_a_desk_that_was_signed_out_elsewhere_asks_to_sign_in(sit_down: OpenDesk, take: Take) -> None:
    take()
    page = sit_down()
    page.context.clear_cookies(name="hall_sign_in")

    page.locator("#move-call_next").click()

    expect(page.locator("#password")).to_be_visible()


def test_leaving_in_one_tab_leads_the_other_tab_away_too(sit_down: OpenDesk, url: str) -> None:
    page = sit_down()
    other = page.context.new_page()
    other.goto(f"{url}/console")

    other.locator('button[formaction="/console/leave"]').click()

    expect(other.locator(".choice")).to_be_visible()
    expect(page.locator(".choice")).to_be_visible()


def test_whoever_hands_a_window_over_chooses_twice_and_sees_that_it_is_gone(
    sit_down: OpenDesk, take: Take, running: Running
) -> None:
    """Regulations 2.4."""
    [number] = take()
    staff.add_staff(running.context, login="west", name="西窗", role=Role.CLERK, password=PASSWORD, actor=CLI)
    page = sit_down()
    page.keyboard.press("n")
    expect(page.locator("#move-start")).to_be_enabled()

    page.keyboard.press("w")
    page.keyboard.press("5")  # nobody is chosen yet
    expect(page.locator("[data-message]")).to_contain_text("没有找到这位工作人员")
    page.keyboard.press("w")
    page.locator("#panel-window select").select_option("west")
    page.locator("#panel-window button", has_text="交给这位同事").click(delay=DELIBERATE)

    expect(page.locator(".choice .note--done")).to_have_text("3 号窗口已交给西窗，窗口上的号由西窗接着办。")
    expect(page.locator(".choice__window--taken")).to_contain_text("西窗")
    with running.context.database.read() as db:
        there = records.ticket_at_window(db, WINDOW)
    assert there is not None
    assert there.code == number


def test_a_visit_works_with_scripts_switched_off(sit_down: OpenDesk, take: Take) -> None:
    [number] = take()
    page = sit_down(java_script_enabled=False)

    page.locator("#move-call_next").click()
    page.locator("#move-start").click()
    page.locator("#move-complete").click()

    expect(page.locator(".note--done")).to_contain_text(number)
    expect(page.locator(".today__done strong")).to_have_text("1")


@pytest.mark.parametrize("waiting", [8, 40])
def test_the_moves_are_in_sight_however_many_wait(sit_down: OpenDesk, take: Take, waiting: int) -> None:
    take(waiting)
    page = sit_down()
    expect(page.locator(".line")).to_have_count(waiting)

    for move in ("call_next", "recall", "start", "complete", "miss"):
        expect(page.locator(f"#move-{move}")).to_be_in_viewport(ratio=1)
    expect(page.locator(".line").nth(7)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.fixture
def lively(running: Running, take: Take) -> list[str]:
    """Two held, two missed, one sent here from another window, one with a right to go first; all their numbers."""
    here, at = running.context, Actor(name="kiosk:kiosk")
    numbers = take(4)
    for kind in (Hold.PAPERS_KEPT, Hold.OUTSIDE_STEP):
        queueing.call_next(here, window=WINDOW, actor=CLI)
        queueing.start(here, window=WINDOW, actor=CLI)
        moving.hold(here, window=WINDOW, kind=kind, actor=CLI)
    for _ in range(2):
        queueing.call_next(here, window=WINDOW, actor=CLI)
        queueing.miss(here, window=WINDOW, actor=CLI)
    numbers.append(queueing.take_ticket(here, service="advice", actor=at).code)
    queueing.call_next(here, window=1, actor=CLI)
    moving.transfer(here, window=1, target=WINDOW, actor=CLI)
    numbers.append(queueing.take_ticket(here, service="social", priority="elderly", actor=at).code)
    return numbers


def test_held_missed_and_transferred_are_in_sight_with_all_that_can_be_done(
    sit_down: OpenDesk, lively: list[str]
) -> None:
    page = sit_down()

    buttons = page.locator(".aside button, .line__more button, .more button, .moves button")
    expect(buttons).to_have_count(2 * 2 + 2 + 2 + 10 + 5)
    for button in buttons.all():
        expect(button).to_be_in_viewport(ratio=1)
    for number in lively:
        expect(page.locator(".aside__code, .line__number").get_by_text(number, exact=True)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.locator("#panel-order").evaluate("panel => panel.showPopover()")
    expect(page.locator("#panel-order button").last).to_be_in_viewport(ratio=1)


def test_at_four_hundred_percent_everything_can_be_read_and_done(sit_down: OpenDesk, lively: list[str]) -> None:
    *_, sent, elderly = lively
    page = sit_down(viewport=ZOOMED)

    page.locator("#move-call_next").click()
    expect(heading(page)).to_contain_text(elderly)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="回到队里").first.click()
    expect(page.locator(".line__number")).to_have_count(2)
    page.get_by_role("button", name=f"{sent} 号").click()
    page.locator("#panel-order button", has_text="老年人").click()
    expect(page.locator(".line", has_text=sent)).to_contain_text("老年人")
    page.locator("#move-start").click(delay=DELIBERATE)
    page.locator("[popovertarget=panel-transfer]").click()
    page.locator("#panel-transfer button", has_text="医保窗口").click()

    expect(page.locator("[data-message]")).to_contain_text("次序不变")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("viewport", [OFFICE_PC, ZOOMED], ids=["office", "zoomed"])
def test_a_reading_aid_finds_nothing_to_complain_of(browse: OpenDesk, take: Take, viewport: dict[str, int]) -> None:
    page = browse(viewport=viewport)
    seen: dict[str, int] = {}

    def listen(state: str) -> None:
        results = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        seen[state] = results.violations_count
        assert results.violations_count == 0, f"{state}: {results.generate_report()}"

    listen("sign-in")
    page.locator("#login").fill("east")
    page.locator("#password").fill("not-the-password")
    page.locator("form button").click()
    expect(page.locator("#refusal")).to_be_visible()
    listen("refused")
    page.locator("#password").fill(PASSWORD)
    page.locator("form button").click()
    expect(page.locator(".choice")).to_be_visible()
    listen("windows")
    page.locator(f'button[value="{WINDOW}"]').click()
    expect(page.locator("[data-keys]")).to_be_visible()
    listen("nobody")
    take(30)
    expect(page.locator(".line")).to_have_count(30)
    listen("waiting")
    page.locator("#move-call_next").click()
    expect(page.locator("#move-miss")).to_be_enabled()
    page.locator("#move-miss").click()
    expect(page.locator(".note--ask")).to_be_visible()
    listen("called")
    page.locator("#move-start").click()
    expect(page.locator("#move-complete")).to_be_enabled()
    listen("serving")

    assert len(seen) == 7
