"""The screens look as they were reviewed: each picture is compared with a reference somebody has looked at.

After a wanted change run this file with UPDATE_REFERENCES=1, look at every changed picture, and commit it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Browser, Page

from display.board import Notice, Panel, WindowState
from display.health import Sound
from display.web import View
from tests.display.display_cast import Stage, board, desk, resting, until

REFERENCES = Path(__file__).parent / "references"
LANDSCAPE, PORTRAIT = (1920, 1080), (1080, 1920)
MUTE = Panel(voice=False)
TALL = Panel(px_per_mm=2.02, distance_m=5.0, voice=False)
LIGHT = Panel(voice=False, theme="light")
AFAR = Panel(distance_m=10.0, voice=False)
SHARP = Panel(px_per_mm=3.154, voice=False)
PICTURES: dict[str, tuple[View, tuple[int, int]]] = {
    "board": (board(windows=5, calls=6, panel=MUTE), LANDSCAPE),
    "board-from-ten-metres": (board(windows=5, calls=3, panel=AFAR), LANDSCAPE),
    "board-4k": (board(windows=5, calls=6, panel=SHARP), (3840, 2160)),
    "board-two-windows": (board(windows=2, calls=2, panel=MUTE), LANDSCAPE),
    "board-eight-windows": (board(windows=8, calls=3, panel=MUTE), LANDSCAPE),
    "board-empty": (board(calls=0, missed=(), panel=MUTE), LANDSCAPE),
    "board-at-rest": (resting(panel=MUTE), LANDSCAPE),
    "board-notice": (board(notices=(Notice(text="今天下午三点起系统升级，请上午来办"),), panel=MUTE), LANDSCAPE),
    "board-light": (board(calls=3, panel=LIGHT), LANDSCAPE),
    "board-upright": (board(windows=5, calls=3, panel=TALL), PORTRAIT),
    "board-silent": (board(calls=1), LANDSCAPE),
    "window-called": (desk(WindowState.CALLED, "A012"), LANDSCAPE),
    "window-paused": (desk(WindowState.PAUSED), LANDSCAPE),
    "window-closed": (desk(WindowState.CLOSED, clerk=None), LANDSCAPE),
}


@pytest.fixture(scope="module")
def photograph(chromium: Browser) -> Iterator[object]:
    stage = Stage()
    page = chromium.new_page()

    def take(view: View, size: tuple[int, int]) -> Image.Image:
        stage.show(view)
        stage.reports.clear()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"http://127.0.0.1:{stage.port}/display/{view.screen}")
        if view.panel.voice:  # asked at the server: a script that the driver runs counts as a touch and lets sound out
            until(lambda: [report for report in stage.reports if report.sound is Sound.BLOCKED])
        settle(page)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        share = max(size) / 640
        return shot.resize((round(size[0] / share), round(size[1] / share)), Image.Resampling.LANCZOS)

    yield take
    page.close()
    stage.close()


def settle(page: Page) -> None:
    """Wait until every module has done its part."""
    page.wait_for_selector("main[data-link=up]")
    page.wait_for_function("document.querySelector('[data-day]').textContent !== ''")
    page.evaluate("document.fonts.ready")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The largest share of change in any part of the picture, 0 to 1, blind to how a machine smooths its letters."""
    blurred = [picture.filter(ImageFilter.GaussianBlur(2)) for picture in (one, other)]
    change = ImageChops.difference(*blurred).resize((32, 32), Image.Resampling.BOX)
    return max(loudest for _, loudest in ImageStat.Stat(change).extrema) / 255


@pytest.mark.parametrize("name", PICTURES)
def test_the_screen_looks_as_it_was_reviewed(photograph: object, name: str) -> None:
    assert callable(photograph)
    path = REFERENCES / f"{name}.png"

    picture = photograph(*PICTURES[name])

    if os.environ.get("UPDATE_REFERENCES"):
        picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    reference = Image.open(path).convert("RGB")
    assert picture.size == reference.size
    assert difference(picture, reference) < 0.05


def test_the_comparison_sees_a_changed_number(photograph: object) -> None:
    assert callable(photograph)

    one = photograph(board(seq=100, calls=1, panel=MUTE), LANDSCAPE)
    other = photograph(board(seq=101, calls=2, panel=MUTE), LANDSCAPE)

    assert difference(one, other) > 0.05


def test_every_reference_belongs_to_a_picture() -> None:
    assert {path.stem for path in REFERENCES.glob("*.png")} == set(PICTURES)
