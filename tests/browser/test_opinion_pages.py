"""Complaints and praise by touch: what people want to say can be typed, and who walks away leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from kiosk.web.phrasebook import common_characters
from kiosk.web.pinyin import spelt
from tests.conftest import Server

SAID = (Path(__file__).parent / "said.txt").read_text("utf-8").splitlines()
TYPIST = """async sentences => {
  const {candidates, parse, PAGE} = await import('/touch/static/spell.js');
  const table = parse(await (await fetch('/touch/static/words.txt')).text());
  // somebody types the pinyin of a word and takes the longest piece of it that is offered, leafing on for a character
  const taps = ([word, syllables]) => {
    let letters = syllables.join(''), rest = word, left = syllables, count = letters.length;
    while (rest) {
      let best = null;
      candidates(table, letters).forEach((one, place) => {
        const fits = rest.startsWith(one.word) && one.used === left.slice(0, one.word.length).join('').length;
        if (fits && (!best || place < PAGE && one.word.length > best.word.length)) best = {...one, place};
      });
      if (!best) return {word, count: 0};
      count += 1 + Math.floor(best.place / PAGE);
      letters = letters.slice(best.used);
      left = left.slice(best.word.length);
      rest = rest.slice(best.word.length);
    }
    return {word, count};
  };
  return sentences.map(sentence => sentence.map(taps));
}"""


def _board(chromium: Browser, server: Server) -> Page:
    page = chromium.new_context(viewport={"width": 1080, "height": 1920}).new_page()
    page.goto(server.url + "/opinion/complaint?ground=3&window=2")
    expect(page.locator("html")).to_have_attribute("data-alive", "")
    return page


def test_what_people_say_can_be_typed_in_pinyin_without_many_taps(chromium: Browser, server: Server) -> None:
    """U14: thirty sentences of complaint and praise (the regulations' eleven grounds among them), and any character."""
    page = _board(chromium, server)
    sentences = [line.split() for line in SAID]
    common = common_characters()
    spelling = spelt(tuple(dict.fromkeys([*common, *(word for line in sentences for word in line)])))

    typed = page.evaluate(TYPIST, [[(word, spelling[word]) for word in line] for line in [*sentences, common]])

    words = [one for line in typed[:-1] for one in line]
    page.context.close()
    assert [one["word"] for line in typed for one in line if not one["count"]] == []
    assert sum(one["count"] for one in words) / sum(len(one["word"]) for one in words) < 4


def test_whoever_walks_away_in_the_middle_leaves_nothing_behind(chromium: Browser, server: Server) -> None:
    """Issue 7, bad input: nothing stays in the browser's memory, and nothing that "back" would show."""
    page = _board(chromium, server)
    page.clock.install()
    for digit in "13887512345":
        page.clock.run_for(400)
        page.locator(f"button[name=key][value='{digit}']").click()
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("input[name=phone]")).to_have_value("13887512345")
    expect(page.locator("html")).to_have_attribute("data-alive", "")
    for letter in "taidu":
        page.clock.run_for(400)
        page.locator(f"[data-key={letter}]").click()
    page.locator(".word", has_text="态度").first.click()
    expect(page.locator("[name=about]")).to_have_value("态度")

    page.clock.run_for(31_000)
    expect(page.locator("dialog")).to_be_visible()
    page.clock.run_for(21_000)
    expect(page.get_by_text("您好，请问您要办什么？")).to_be_visible()

    left = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
    )
    jar = {one["name"] for one in page.context.cookies()}
    page.go_back()
    behind = page.content() + page.url
    page.context.close()
    assert left == [0, 0, 0]
    assert jar <= {"session"}
    assert "13887512345" not in behind
    assert "态度" not in behind
