"""The glass of the hall is locked: no hand and no keyboard leads off its pages (requirements S1, 5.2)."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.conftest import ROOT, Server, until

TV = ROOT / "display" / "tv"

KIOSK, PAD, PHONE = "/", "/pad/2", "/write"
WORDS = "/opinion/complaint?ground=3&window=2&asked=1"
BROWSERS_KEYS = (
    *("Control+n", "Control+t", "Control+w", "Control+p", "Control+o", "Control+u", "Control+a", "Control+-"),
    *("Alt+ArrowLeft", "Alt+F4", "Meta+d", "F1", "F5", "F11", "F12", "ContextMenu"),
)
HANDS = ("contextmenu", "auxclick", "selectstart", "dragstart", "dragover", "drop", "zoom")
PHONES = ("contextmenu", "selectstart", "F1", "Control+a")
HEARD = """() => {
  globalThis.heard = {};
  for (const kind of ["contextmenu", "auxclick", "selectstart", "dragstart", "dragover", "drop", "wheel", "keydown"])
    window.addEventListener(kind, event => {
      const held = ["Control", "Alt", "Meta"].filter(key => event.getModifierState?.(key) && event.key !== key);
      const name = {wheel: event.ctrlKey ? "zoom" : "wheel", keydown: [...held, event.key].join("+")}[kind] ?? kind;
      heard[name] = event.defaultPrevented;
    });
}"""
LINK = """() => {
  const sheet = document.createElement("div");
  sheet.style = "position: fixed; inset: 0; user-select: text"; // the hall's style sheet forbids selecting as well
  sheet.innerHTML = '<a id="link" href="/" draggable="true">another page</a><p>words</p>';
  document.body.append(sheet);
}"""
CARRIED = {"items": [{"mimeType": "text/uri-list", "data": "http://127.0.0.1:9/"}], "dragOperationsMask": 1}

Look = Callable[[str], Page]


@pytest.fixture
def look(chromium: Browser, server: Server) -> Iterator[Look]:
    """Open a page of the hall on a glass that feels fingers, and listen to what becomes of each event."""
    contexts: list[Any] = []

    def visit(path: str) -> Page:
        contexts.append(chromium.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True))
        page: Page = contexts[-1].new_page()
        page.goto(server.url + path)
        expect(page.locator("html")).to_have_attribute("data-alive", "")
        page.evaluate(HEARD)
        return page

    yield visit
    for context in contexts:
        context.close()


def _middle(page: Page, what: str) -> dict[str, float]:
    box = page.locator(what).bounding_box()
    assert box
    return {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}


def _handle(page: Page, what: str) -> None:
    """Do to a link what a mouse can do, and drop another address beside it."""
    x, y = _middle(page, what).values()
    page.mouse.click(x, y, button="right")
    page.mouse.click(x, y, button="middle")
    page.mouse.dblclick(x, y + 20)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 80, steps=4)
    page.mouse.up()
    page.keyboard.down("Control")
    page.mouse.wheel(0, 120)
    page.keyboard.up("Control")
    hand = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        hand.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y + 300, "data": CARRIED})
    until(lambda: page.evaluate("'zoom' in heard"))


@pytest.mark.parametrize("path", [KIOSK, PAD])
def test_no_hand_and_no_key_leads_off_the_glass(look: Look, path: str) -> None:
    page = look(path)
    address = page.url
    page.evaluate(LINK)

    for key in BROWSERS_KEYS:
        page.keyboard.press(key)
    _handle(page, "#link")

    kinds = (*BROWSERS_KEYS, *HANDS)
    assert page.evaluate("kinds => kinds.filter(kind => !heard[kind])", kinds) == []
    assert page.url == address
    assert len(page.context.pages) == 1


@pytest.mark.parametrize(("path", "zoomed"), [(KIOSK, False), (PAD, False), (PHONE, True)])
def test_two_fingers_enlarge_a_phone_and_never_the_glass(look: Look, path: str, zoomed: bool) -> None:
    page = look(path)
    touch = page.context.new_cdp_session(page)

    for kind, apart in (("touchStart", 20), *(("touchMove", far) for far in range(40, 220, 20))):
        points = [{"x": 500 + side * apart, "y": 400, "id": number} for number, side in enumerate((-1, 1))]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(30)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)
    assert (page.evaluate("visualViewport.scale") > 1) is zoomed


def test_a_long_press_opens_no_menu_and_selects_nothing(look: Look) -> None:
    page = look(KIOSK)
    finger = page.context.new_cdp_session(page)

    for what in ("h1", "a.choice--first"):
        press = {**_middle(page, what), "duration": 1_500, "gestureSourceType": "touch"}
        finger.send("Input.synthesizeTapGesture", press)

    assert page.evaluate("heard.contextmenu") is not False
    assert page.evaluate("getSelection().toString()") == ""


def test_what_is_written_on_the_glass_can_be_typed_and_selected(look: Look) -> None:
    page = look(WORDS)
    text = page.locator("textarea[name=about]")

    text.click()
    page.keyboard.type("Lamp 7")
    page.keyboard.insert_text("坏了")
    page.keyboard.press("Backspace")
    text.dblclick(position={"x": 30, "y": 30})

    expect(text).to_have_value("Lamp 7坏")
    assert text.evaluate("text => text.selectionEnd - text.selectionStart") > 0
    assert page.evaluate("Object.values(heard).includes(true)") is False


def test_a_visitors_own_phone_is_not_locked(look: Look) -> None:
    page = look(PHONE)

    page.locator("h1").click(button="right")
    page.locator("h1").dblclick()
    page.keyboard.press("F1")
    page.keyboard.press("Control+a")

    assert page.evaluate("heard") == {**page.evaluate("heard"), **dict.fromkeys(PHONES, False)}


@pytest.fixture
def locked(chromium: Browser, server: Server, tmp_path: Path) -> Iterator[BrowserContext]:
    """The browser under the policy that a kiosk of this hall gets, without laying it down for the whole machine."""
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root may lay a policy down for one browser")
    policy = tmp_path / "etc" / "policies" / "managed" / "hall-screen.json"
    environment = {**os.environ, "HALL_URL": server.url + "/?kiosk=kiosk", "HALL_POLICY": str(policy)}
    subprocess.run([TV / "hall-policy"], env=environment, check=True)
    rules = json.loads(policy.read_text())
    del rules["DeveloperToolsAvailability"]  # a test drives the browser with them
    policy.write_text(json.dumps(rules))
    start = tmp_path / "chromium"
    binds = f'mount --bind "{tmp_path}/etc" /etc/chromium && exec chromium "$@"'
    start.write_text(f"#!/bin/sh\nexec unshare --mount sh -c '{binds}' sh \"$@\"\n")
    start.chmod(0o755)
    browser = chromium.browser_type.launch_persistent_context(
        tmp_path / "profile", executable_path=start, args=["--no-sandbox"]
    )
    yield browser
    browser.close()


def test_the_browser_of_a_kiosk_opens_the_hall_and_nothing_else(locked: BrowserContext, server: Server) -> None:
    """Requirements S1: ten addresses are refused."""
    port = int(server.url.rsplit(":", 1)[1])
    refused = [
        *(f"http://127.0.0.1:{port + 1}/", f"http://localhost:{port}/", "https://example.com/", "ftp://127.0.0.1/"),
        *("file:///", "file:///etc/passwd", (TV / "policy.json").as_uri(), "data:text/html,another"),
        *(f"view-source:{server.url}/", "chrome://settings/", "chrome://downloads/", "chrome://policy/"),
    ]

    for address in refused:
        page = locked.new_page()
        with suppress(Error):
            page.goto(address)
        expect(page.locator("body"), address).to_contain_text("This page is blocked")

    for address in (server.url + "/services", (TV / "wait.html").as_uri()):
        page.goto(address)
