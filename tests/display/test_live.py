"""A screen tells the truth: messages lost, doubled, reordered; a server away, a cable out of the wall (D5, D6, D10)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from display.board import render_board
from tests.display.display_cast import Stage, Wire, board

SEQS = range(1, 9)
# pagers lay out by room; here the picture itself is compared
PICTURES = {
    seq: render_board(board(seq=seq, calls=seq % 4, windows=2 + seq % 7)).replace("data-module", "data-m")
    for seq in SEQS
}

REPLAY = """async ([messages, snapshot, newest]) => {
  const { Picture } = await import("/display/static/live.js");
  const root = document.createElement("main");
  const picture = new Picture(root);
  for (const message of messages) picture.show(message);
  if (snapshot) { picture.reconnected(); picture.show(snapshot); }
  const wanted = document.createElement("main");
  wanted.innerHTML = newest;
  return root.innerHTML === wanted.innerHTML;
}"""


def message(seq: int) -> dict[str, object]:
    return {"seq": seq, "html": PICTURES[seq]}


calm = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@calm
@given(order=st.lists(st.sampled_from(SEQS), max_size=30), place=st.integers(0, 30))
def test_messages_doubled_and_reordered_end_in_the_newest_picture(bench: Page, order: list[int], place: int) -> None:
    newest = max(SEQS)
    order.insert(min(place, len(order)), newest)

    same = bench.evaluate(REPLAY, [[message(seq) for seq in order], None, PICTURES[newest]])

    assert same


@calm
@given(order=st.lists(st.sampled_from(SEQS), max_size=30), now=st.sampled_from(SEQS))
def test_whatever_was_lost_a_reconnect_brings_the_picture_of_now(bench: Page, order: list[int], now: int) -> None:
    same = bench.evaluate(REPLAY, [[message(seq) for seq in order], message(now), PICTURES[now]])

    assert same


def test_a_call_appears_on_the_screen_without_a_reload(stage: Stage, screen: Page) -> None:
    stage.show(board(seq=1, calls=0))
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")
    screen.wait_for_function("document.querySelector('main').dataset.seq === '1'")

    stage.show(board(seq=2, calls=1))

    expect(screen.locator(".call__ticket")).to_have_text("A002")
    expect(screen.locator(".call")).to_have_class("call is-new")


def test_a_screen_cut_off_keeps_its_picture_and_says_how_old_it_is(stage: Stage, wire: Wire, screen: Page) -> None:
    stage.show(board(seq=5))
    screen.clock.install()
    screen.goto(f"{wire.url}/display/hall")
    screen.wait_for_selector("main[data-link=up]")
    expect(screen.locator("#stale")).to_be_hidden()

    wire.cut()
    screen.clock.run_for(11_000)

    expect(screen.locator("#stale")).to_be_visible()
    expect(screen.locator("#stale [data-time]")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    expect(screen.locator(".call__ticket")).to_have_text("A005")


def test_a_cable_out_of_the_wall_is_noticed_though_nothing_breaks(stage: Stage, wire: Wire, screen: Page) -> None:
    stage.show(board(seq=5))
    screen.clock.install()
    screen.goto(f"{wire.url}/display/hall")
    screen.wait_for_selector("main[data-link=up]")

    wire.deaden()
    screen.clock.run_for(11_000)

    expect(screen.locator("#stale")).to_be_visible()


def test_after_the_server_is_back_the_screen_has_the_picture_of_now(stage: Stage, wire: Wire, screen: Page) -> None:
    stage.show(board(seq=5))
    screen.goto(f"{wire.url}/display/hall")
    screen.wait_for_selector("main[data-link=up]")
    wire.cut()
    stage.show(board(seq=6))

    wire.mend()

    expect(screen.locator(".call__ticket")).to_have_text("A006")


def test_a_server_restored_from_a_backup_is_believed(stage: Stage, wire: Wire, screen: Page) -> None:
    stage.show(board(seq=500))
    screen.goto(f"{wire.url}/display/hall")
    screen.wait_for_selector("main[data-link=up]")
    wire.cut()
    stage.show(board(seq=40))

    wire.mend()

    expect(screen.locator(".call__ticket")).to_have_text("A040")


def test_a_screen_whose_websocket_is_blocked_asks_for_its_picture(stage: Stage, screen: Page) -> None:
    stage.show(board(seq=5))
    screen.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")
    expect(screen.locator(".call__ticket")).to_have_text("A005")

    stage.boards["hall"] = board(seq=6)

    expect(screen.locator(".call__ticket")).to_have_text("A006")


@pytest.mark.parametrize("lost", [("live.js", "emphasis.js"), ("morph.js", "halltime.js"), ("socket.io.esm.min.js",)])
def test_a_page_that_loaded_while_the_server_went_away_comes_alive_later(
    stage: Stage, screen: Page, lost: tuple[str, ...]
) -> None:
    stage.show(board(seq=5))
    for module in lost:
        screen.route(f"**/{module}", lambda route: route.abort(), times=1)
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")

    stage.boards["hall"] = board(seq=6)

    expect(screen.locator(".call__ticket")).to_have_text("A006")
    expect(screen.locator("main")).to_have_attribute("data-link", "up")


def test_a_module_that_breaks_stops_no_other(stage: Stage, screen: Page) -> None:
    stage.show(board(seq=5, calls=0))
    screen.route(
        "**/static/clock.js",
        lambda route: route.fulfill(body="throw new Error('broken')", content_type="text/javascript"),
    )
    screen.goto(f"http://127.0.0.1:{stage.port}/display/hall")
    screen.wait_for_function("document.querySelector('main').dataset.seq === '5'")

    stage.show(replace(board(seq=6), screen="hall"))

    expect(screen.locator(".call__ticket")).to_have_text("A006")


def test_an_unknown_screen_is_a_clear_no(stage: Stage, screen: Page) -> None:
    answer = screen.goto(f"http://127.0.0.1:{stage.port}/display/nowhere")

    assert answer is not None
    assert answer.status == 404
