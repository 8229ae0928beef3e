"""A hall screen is big enough, clear enough and in order on every panel it may hang on (requirements D1, D2, U4)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from display.board import Board, Panel, WindowState
from tests.display.display_cast import Stage, board, desk, resting

FIGURE, HANZI = 0.733, 0.92
"""How much of its type size a figure and a character of Noto Sans CJK fill (cap height and ideographic face)."""
PANELS = {
    "32 inches": ((1920, 1080), 32.0, 3.5),
    "43 inches upright": ((1080, 1920), 43.0, 5.0),
    "55 inches": ((1920, 1080), 55.0, 6.0),
    "55 inches from afar": ((1920, 1080), 55.0, 8.0),
    "55 inches from ten metres": ((1920, 1080), 55.0, 10.0),
    "55 inches, 4K": ((3840, 2160), 55.0, 6.0),
}
HANGINGS = [(name, windows) for name in PANELS for windows in (2, 5, 8)]

SIZES = """(selector) => [...document.querySelectorAll(selector)]
  .filter((element) => element.offsetParent)
  .map((element) => parseFloat(getComputedStyle(element).fontSize))"""

# text that leaves the glass, or lies over another text
DISORDER = """() => {
  const boxes = [...document.querySelectorAll("body *")]
    .filter((element) => element.offsetParent && !element.closest("svg"))
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.trim()))
    .map((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const box = range.getBoundingClientRect();
      // a line box is taller than its characters
      const air = Math.min(box.height, parseFloat(getComputedStyle(element).fontSize) * 1.5) * 0.24;
      const { left, right, top, bottom } = box;
      return { text: element.textContent, element, left, right, top: top + air, bottom: bottom - air };
    });
  const found = [];
  for (const box of boxes) {
    const inside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
    if (!inside) found.push(`outside: ${box.text}`);
  }
  for (const [place, one] of boxes.entries()) for (const other of boxes.slice(place + 1)) {
    if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if (across > 2 && down > 2) found.push(`${one.text} over ${other.text}`);
  }
  return found;
}"""


def panel(name: str) -> tuple[tuple[int, int], Panel]:
    (width, height), inches, distance = PANELS[name]
    return (width, height), Panel(px_per_mm=math.hypot(width, height) / (inches * 25.4), distance_m=distance)


CALLED = ".call__ticket, .recent__ticket"


@pytest.fixture(scope="module")
def hang(chromium: Browser) -> Iterator[Any]:
    """Hangs a board on a panel and gives back the page that shows it."""
    stage = Stage()
    page = chromium.new_page()

    def show(shown: Board, size: tuple[int, int] = (1920, 1080), address: str = "hall") -> Page:
        stage.boards["hall"] = shown
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"http://127.0.0.1:{stage.port}/display/{address}", wait_until="load")
        page.wait_for_selector("main[data-link=up]")
        page.evaluate("document.fonts.ready")
        return page

    show.stage = stage  # type: ignore[attr-defined]
    yield show
    page.close()
    stage.close()


@pytest.mark.parametrize(("name", "windows"), HANGINGS)
def test_the_call_stands_a_82nd_and_every_row_a_200th_of_the_distance(hang: Any, name: str, windows: int) -> None:
    size, glass = panel(name)
    page = hang(board(windows=windows, calls=3, panel=glass), size)

    def millimetres(selector: str, share: float) -> float:
        return float(min(page.evaluate(SIZES, selector)) / glass.px_per_mm * share)

    assert millimetres(".call__ticket, .call__figure", FIGURE) >= glass.distance_mm / 82 - 0.5
    assert millimetres(".recent__ticket, .window__number, .window__ticket", FIGURE) >= glass.distance_mm / 200 - 0.5
    assert millimetres(".window__name, .recent__window", HANZI) >= glass.distance_mm / 200 - 0.5


@pytest.mark.parametrize(("name", "windows"), HANGINGS)
@pytest.mark.parametrize("calls", [0, 3, 6])
def test_nothing_leaves_the_glass_and_nothing_lies_over_another(hang: Any, name: str, windows: int, calls: int) -> None:
    size, glass = panel(name)

    page = hang(board(windows=windows, calls=calls, panel=glass), size)

    assert page.evaluate(DISORDER) == []


@pytest.mark.parametrize("name", PANELS)
def test_a_hall_at_rest_is_in_order_too(hang: Any, name: str) -> None:
    size, glass = panel(name)

    page = hang(resting(panel=glass), size)

    assert page.evaluate(DISORDER) == []


@pytest.mark.parametrize("size", [(1024, 600), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("state", [WindowState.IDLE, WindowState.SERVING])
def test_above_a_window_the_services_stand_clear_of_the_clerk(
    hang: Any, size: tuple[int, int], state: WindowState
) -> None:
    ticket = "A012" if state is WindowState.SERVING else None
    shown = desk(state, ticket, services=("咨询和其他", "营业执照和法律援助"))
    hang.stage.show(replace(shown, name="建设农林和户籍窗口"))

    page = hang(board(), size, address="window/3")

    assert page.evaluate(DISORDER) == []
    assert page.evaluate(
        """() => {
          const edge = (selector, side) => document.querySelector(selector).getBoundingClientRect()[side];
          return edge('.desk__services', 'bottom') <= edge('.desk__clerk', 'top')
            && edge('.screen__clock', 'top') < edge('.screen__hall', 'bottom');
        }"""
    )


def test_three_calls_at_once_are_seen_together(hang: Any) -> None:
    page = hang(board(calls=3))

    seen = page.locator(".call__ticket:visible, .recent__ticket:visible").all_inner_texts()
    assert seen == ["A100", "B099", "C098"]


@pytest.mark.parametrize(("name", "large"), [(name, 2 if "ten" in name else 3) for name in PANELS])
def test_calls_that_come_at_once_are_each_as_large_as_one_alone(hang: Any, name: str, large: int) -> None:
    size, glass = panel(name)
    page = hang(board(calls=0, seq=1, panel=glass), size)

    hang.stage.show(board(calls=5, panel=glass))
    page.wait_for_selector(".recent .is-new")

    heights = [height / glass.px_per_mm * FIGURE for height in page.evaluate(SIZES, CALLED)]
    assert sum(height >= glass.distance_mm / 82 - 0.5 for height in heights) == large
    assert len(heights) >= 3
    assert page.evaluate(DISORDER) == []


@pytest.mark.parametrize("name", ["43 inches upright", "55 inches"])
def test_the_age_of_the_picture_hides_none_of_it(hang: Any, name: str) -> None:
    size, glass = panel(name)
    page = hang(board(calls=3, panel=glass), size)

    page.evaluate("document.querySelector('#stale').hidden = false")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    assert page.evaluate(DISORDER) == []


@pytest.mark.parametrize("theme", ["night", "light"])
@pytest.mark.parametrize("shown", [board(windows=8), resting()], ids=["morning", "evening"])
def test_the_screen_is_correct_for_a_reading_aid(hang: Any, theme: str, shown: Board) -> None:
    page = hang(Board(**{**shown.__dict__, "panel": Panel(theme=theme)}))

    results = Axe().run(page)

    assert results.violations_count == 0, results.generate_report()
