"""The board is markup drawn from values: small, quick, truthful, and safe whatever a name contains."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import display
from display.board import ARROWS, Board, CallLine, Notice, WindowState, default_words, render_board
from display.web import render_screen, shipped_clip, state_of
from tests.display.display_cast import board, resting

PACKAGE = Path(display.__file__).parent
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.html"))
SCRIPTS = [path for path in sorted((PACKAGE / "static").rglob("*.js")) if "vendor" not in path.parts]


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", markup)).strip()


def test_the_newest_call_stands_first_with_its_window_and_the_way_there() -> None:
    morning = board(calls=0)
    call = CallLine(seq=9, ticket="A012", window=3, window_name="医疗保障", direction="left", at=morning.at)

    text = plain(render_board(Board(seq=9, hall=morning.hall, screen="hall", at=morning.at, calls=(call,))))

    assert text.startswith("A012 3 号窗口 左侧")


def test_three_calls_at_once_are_all_on_the_board() -> None:
    text = plain(render_board(board(calls=3)))

    assert [text.count(f"{ticket} ") for ticket in ("A100", "B099", "C098")] == [1, 1, 1]


def test_every_window_says_in_words_what_it_does() -> None:
    text = plain(render_board(board(windows=8)))

    for state in WindowState:
        assert default_words()[f"state_{state}"] in text


def test_a_hall_at_rest_says_so_and_when_it_opens() -> None:
    text = plain(render_board(resting()))

    assert default_words()["hall_resting"] in text
    assert "08:30–11:30" in text


def test_a_window_that_still_serves_after_closing_time_keeps_the_board_alight() -> None:
    late = board(open=False)

    text = plain(render_board(late))

    assert "A012" in text


def test_whoever_still_waits_after_closing_time_for_a_window_at_work_sees_the_board() -> None:
    late = resting()
    late = replace(late, windows=(replace(late.windows[0], state=WindowState.IDLE), *late.windows[1:]))
    gone = replace(late, waits=tuple(replace(line, waiting=0) for line in late.waits))

    assert default_words()["hall_resting"] not in plain(render_board(late))
    assert default_words()["hall_resting"] in plain(render_board(gone))


def test_an_empty_hall_greets_its_visitors() -> None:
    text = plain(render_board(board(calls=0, missed=())))

    assert default_words()["welcome"] in text
    assert default_words()["missed"] not in text


def test_the_hall_may_use_words_of_its_own() -> None:
    text = plain(render_board(board(calls=0, words={"welcome": "乡亲们好"})))

    assert "乡亲们好" in text


@pytest.mark.parametrize("windows", [2, 5, 8])
def test_a_whole_picture_is_a_small_message(windows: int) -> None:
    message = state_of(board(windows=windows, calls=6))

    assert len(message["html"].encode()) < 8_192
    assert message["seq"] == 100


@given(st.text())
def test_no_name_however_wicked_becomes_markup(name: str) -> None:
    wicked = f"<script>{name}</script>'\"><img src=x onerror=1>"

    markup = render_screen(replace(board(phone=wicked, notices=(Notice(text=wicked),)), hall=wicked))

    assert "<script>" not in markup
    assert "<img" not in markup


def test_templates_use_the_words_there_are_and_no_other() -> None:
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES]
    used = {key for text in texts for key in re.findall(r"""w\[["'](\w+)["']\]""", text)}
    built = {f"{kind}_{state}" for kind in ("state", "sign") for state in WindowState}
    built |= {f"direction_{way}" for way in ARROWS}
    built |= {f"{kind}_{state}" for kind in ("window", "window_greeting") for state in WindowState}

    assert used | built == set(default_words())


def test_no_template_carries_script_or_style_of_its_own() -> None:
    for path in TEMPLATES:
        markup = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", markup), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", markup), path


def test_nothing_is_fetched_from_outside_the_hall() -> None:
    for path in [*TEMPLATES, *SCRIPTS, *sorted((PACKAGE / "static").glob("*.css"))]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|[\"'(]//", text), path


def test_no_script_needs_a_secure_context() -> None:
    absent = r"randomUUID|crypto\.subtle|serviceWorker|wakeLock|caches\.|navigator\.locks|speechSynthesis|\beval\("

    for path in SCRIPTS:
        assert not re.search(absent, path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("name", ["../board", "/etc/passwd", "manifest", "", "x" * 300])
def test_a_clip_is_asked_for_by_name_and_never_by_path(name: str) -> None:
    assert shipped_clip(name) is None
