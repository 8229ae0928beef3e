"""A stage with real sockets, and the hall's real browser in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.display.display_cast import Stage, Wire

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="module")
def bench(chromium: Browser) -> Iterator[Page]:
    """A blank page of the stage that can load the screens' modules."""
    stage = Stage()
    page = chromium.new_page()
    page.goto(f"http://127.0.0.1:{stage.port}/blank")
    yield page
    page.close()
    stage.close()


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def wire(stage: Stage) -> Iterator[Wire]:
    wire = Wire(stage.port)
    yield wire
    wire.cut()


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Page]:
    """A TV of 1920 × 1080 points; a script that fails or breaks the policy fails the test."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: "Content Security Policy" in line.text and faults.append(line.text))
    yield page
    context.close()
    assert faults == []
