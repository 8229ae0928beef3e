"""The voice says one call at a time, each once before any is repeated, and drops no first reading (requirements D4)."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from display.announcements import Announcement
from tests.display.display_cast import Stage, board

# A rush of calls while the voice is busy: what is said, in order, by the real queue.
RUSH = """async ([arrivals, most]) => {
  const { Readings } = await import("/display/static/announcer.js");
  const readings = new Readings(most);
  const said = [];
  for (const burst of arrivals) {
    for (const [seq, repeats] of burst) readings.add({ seq, repeats });
    const reading = readings.next();
    if (reading) said.push(reading.seq);
  }
  for (let reading = readings.next(); reading; reading = readings.next()) said.push(reading.seq);
  return said;
}"""

# The real announcer with a speaker that only takes notes: two sounds at once would be seen in them.
OVERLAP = """async (count) => {
  const { Announcer } = await import("/display/static/announcer.js");
  const notes = [];
  let playing = 0;
  const speaker = {
    audible: true,
    unlock: async () => true,
    say: async (clips) => {
      playing += 1;
      notes.push([clips[0], playing]);
      await new Promise((done) => setTimeout(done, 5));
      playing -= 1;
    },
  };
  const announcer = new Announcer(speaker);
  let work;
  for (let seq = 0; seq < count; seq += 1) work = announcer.announce({ seq, clips: [String(seq)], repeats: 1 }) ?? work;
  while (announcer.speaking) await new Promise((done) => setTimeout(done, 20));
  return notes;
}"""


calls = st.lists(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 3)), max_size=4), max_size=12)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals=calls, most=st.integers(1, 8))
def test_every_call_is_said_once_before_any_is_repeated_and_none_is_lost(
    bench: Page, arrivals: list[list[tuple[int, int]]], most: int
) -> None:
    said = bench.evaluate(RUSH, [arrivals, most])

    order = list(dict.fromkeys(seq for burst in arrivals for seq, _ in burst))
    assert list(dict.fromkeys(said)) == order
    for seq in order:
        assert said.count(seq) <= 3


def test_a_call_is_said_as_often_as_the_hall_wishes(bench: Page) -> None:
    assert bench.evaluate(RUSH, [[[[7, 2]]], 8]) == [7, 7]


def test_a_doubled_message_is_said_once_and_a_recall_again(bench: Page) -> None:
    assert bench.evaluate(RUSH, [[[[7, 1], [7, 1], [9, 1]]], 8]) == [7, 9]


def test_five_windows_calling_at_once_never_speak_over_each_other(bench: Page) -> None:
    notes = bench.evaluate(OVERLAP, 5)

    assert [seq for seq, _ in notes] == ["0", "1", "2", "3", "4"]
    assert {playing for _, playing in notes} == {1}


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Half a second, so that it is heard on a busy machine, too."""
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(b"\x00\x20\x00\xe0" * 6_000)
    return path


def test_a_call_is_played_and_a_missing_clip_does_not_silence_the_rest(
    chromium: Browser, screen: Page, tone: Path
) -> None:
    stage = Stage(clips=lambda name: None if name == "lost" else tone)
    stage.show(board(seq=1))
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")
    screen.mouse.click(5, 5)  # as somebody does who wants to hear
    expect(screen.locator("[data-module=announcer]")).to_have_attribute("data-sound", "on")

    screen.wait_for_selector("main[data-link=up]")
    stage.say(Announcement(seq=8, text="", clips=("chime", "lost", "A"), repeats=1))

    expect(screen.locator("[data-module=announcer]")).to_have_attribute("data-spoken", "8")
    stage.close()


def test_a_silent_screen_says_so_until_a_touch_finds_it_heard(screen: Page, tone: Path) -> None:
    """A browser under test never refuses sound (test_tv.py has one that does), so this screen has nothing to play."""
    recorded: list[Path] = []
    stage = Stage(clips=lambda _: recorded[0] if recorded else None)
    stage.show(board(seq=1))
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")
    badge = screen.locator("[data-module=announcer]")
    expect(badge).to_be_visible()

    recorded.append(tone)
    badge.click()

    expect(badge).to_be_hidden()
    stage.close()
