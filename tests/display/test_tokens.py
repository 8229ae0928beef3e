"""The colours keep the contrast the hall was promised (requirements D2, U3), computed from their one file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import display

STATIC = Path(display.__file__).parent / "static"
CSS = (STATIC / "tokens.css").read_text(encoding="utf-8")


def declared(selector: str) -> dict[str, str]:
    block = re.search(re.escape(selector) + r"\s*\{(.*?)\}", CSS, re.DOTALL)
    assert block, selector
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block[1]))


def colour(theme: str, token: str) -> tuple[float, float, float]:
    names = declared(":root") | (declared('[data-theme="night"]') if theme == "night" else {})
    value = names[token]
    while found := re.fullmatch(r"var\(--([\w-]+)\)", value):
        value = names[found[1]]
    assert re.fullmatch(r"#[0-9a-f]{6}", value), (token, value)
    return int(value[1:3], 16) / 255, int(value[3:5], 16) / 255, int(value[5:7], 16) / 255


def luminance(rgb: tuple[float, float, float]) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(theme: str, one: str, other: str) -> float:
    darker, lighter = sorted((luminance(colour(theme, one)), luminance(colour(theme, other))))
    return (lighter + 0.05) / (darker + 0.05)


DISPLAY_TEXTS = ("text", "muted", "call", "paused", "serving", "primary")


@pytest.mark.parametrize("theme", ["night", "light"])
@pytest.mark.parametrize("ground", ["ground", "card"])
@pytest.mark.parametrize("text", DISPLAY_TEXTS)
def test_every_text_of_a_hall_screen_stands_out_seven_to_one(theme: str, ground: str, text: str) -> None:
    assert contrast(theme, text, ground) >= 7.0


@pytest.mark.parametrize("theme", ["night", "light"])
@pytest.mark.parametrize(
    ("text", "ground"), [("call", "call-ground"), ("notice", "notice-ground"), ("text", "call-ground")]
)
def test_calls_and_notices_stand_out_on_their_own_ground(theme: str, text: str, ground: str) -> None:
    assert contrast(theme, text, ground) >= 7.0


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("on-primary", "primary"),
        ("on-primary", "primary-pressed"),
        ("text", "primary-tint"),
        ("stop", "ground"),
        ("stop", "card"),
        ("stop", "stop-tint"),
        ("done", "ground"),
        ("done", "done-tint"),
    ],
)
@pytest.mark.parametrize("theme", ["night", "light"])
def test_every_other_text_stands_out_well_enough_to_read(theme: str, text: str, ground: str) -> None:
    assert contrast(theme, text, ground) >= 4.5


@pytest.mark.parametrize("theme", ["night", "light"])
def test_the_borders_of_controls_can_be_seen(theme: str) -> None:
    assert contrast(theme, "edge", "ground") >= 3.0


def test_only_the_tokens_know_a_colour() -> None:
    for path in STATIC.glob("*.css"):
        if path.name != "tokens.css":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", path.read_text(encoding="utf-8")), path


def test_nothing_on_a_screen_blinks_faster_than_once_a_second() -> None:
    for path in STATIC.glob("*.css"):
        for seconds in re.findall(r"animation:\s*[\w-]+\s+([\d.]+)s", path.read_text(encoding="utf-8")):
            assert float(seconds) >= 1.0
