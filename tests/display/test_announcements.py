"""A call becomes one sentence of clips: a chime, the number figure by figure, the window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.announcements import Announcement, Call, Wording, announcement

WORDING = Wording(text="请{ticket}号到{window}号窗口办理业务", repeats=2)


def single(name: str) -> bool:
    """A bank of clips without numbers recorded in one breath."""
    return not name.startswith("n-")


def test_a_number_is_spoken_figure_by_figure_and_the_window_as_one_phrase() -> None:
    spoken = announcement(Call(seq=7, ticket="A012", window=3), WORDING, single)

    assert spoken == Announcement(
        seq=7,
        text="请A012号到3号窗口办理业务",
        clips=("chime", "qing", "A", "0", "1", "2", "hao", "window-3"),
        repeats=2,
    )


def test_figures_recorded_in_one_breath_are_spoken_in_one_breath() -> None:
    spoken = announcement(Call(seq=7, ticket="A012", window=3), WORDING)

    assert spoken.clips == ("chime", "qing", "A", "n-012", "window-3")


def test_a_window_without_a_phrase_is_joined_from_single_clips() -> None:
    spoken = announcement(Call(seq=7, ticket="B1", window=21), WORDING, has_clip=lambda name: name != "window-21")

    assert spoken.clips[-5:] == ("dao", "2", "1", "hao_chuangkou", "banli_yewu")


@pytest.mark.parametrize(
    ("phrase", "spoken"),
    [
        ("请再次注意，请 {ticket} 号 到 {window} 号窗口 办理业务", ("recall", "qing", "A", "n-012", "window-3")),
        ("请 {ticket} 到 {window} 号窗口", ("qing", "A", "n-012", "dao", "3", "hao_chuangkou")),
        ("请{ticket}号顾客到{window}号窗口办理业务。谢谢！", ("qing", "A", "n-012", "顾客", "window-3", "谢谢")),
    ],
)
def test_the_voice_says_what_the_hall_has_written(phrase: str, spoken: tuple[str, ...]) -> None:
    assert announcement(Call(seq=7, ticket="A012", window=3), Wording(text=phrase)).clips == ("chime", *spoken)


@pytest.mark.parametrize(
    ("phrase", "spoken"),
    [
        ("Number {ticket}, please go to window {window}", ("en-number", "en-A", "en-1", "en-window-3")),
        ("{ticket}: counter {window}", ("en-A", "en-1", "en-counter", "en-3")),
    ],
)
def test_english_follows_the_wording_too(phrase: str, spoken: tuple[str, ...]) -> None:
    said = announcement(Call(seq=7, ticket="A1", window=3), Wording(text="请{ticket}{window}", english=phrase))

    assert said.clips[-len(spoken) :] == spoken


def test_a_call_is_spoken_once_at_least_and_never_louder_than_the_clips() -> None:
    spoken = announcement(Call(seq=1, ticket="A1", window=1), Wording(text="{ticket}", repeats=0, volume=3))

    assert (spoken.repeats, spoken.volume) == (1, 1.0)


@given(ticket=st.from_regex(r"[A-Z]{1,2}-?[0-9]{1,4}", fullmatch=True), window=st.integers(1, 99))
def test_every_letter_and_figure_of_a_number_is_spoken_in_order(ticket: str, window: int) -> None:
    spoken = announcement(Call(seq=1, ticket=ticket, window=window), WORDING, single)

    figures = spoken.clips[2 : spoken.clips.index("hao")]
    assert "".join(figures) == ticket.replace("-", "")
