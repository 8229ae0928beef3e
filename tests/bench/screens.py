"""Two hundred screens and a real one: called, painted, at rest, with dead ones among them, and all back at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from tests.bench import hall as halls
from tests.bench.hall import Hall
from tests.bench.processes import cpu_seconds, sockets, until
from tests.bench.pushes import call, queue
from tests.bench.swarm import PATH, Swarm
from tests.bench.table import Line, Note, Row, below, percentile
from tests.bench.websocket import answered, knock, masked

SCREENS = 200
BAD = 5
REST = 10.0
"""Seconds over which the server's rest is measured: two beats of the sockets' pings."""

CALLS_HEARD = 3
HUSH = 1.0
"""Seconds of silence after a call's last reading, so that the next one finds the voice free."""

# the instant after the frame that holds a picture, and at which a reading begins, by their events
WATCH = """() => {
  window.painted = [];
  window.begun = [];
  window.ended = 0;
  document.addEventListener("announcer:state", ({ detail }) => {
    if (detail.speaking !== undefined) window.begun.push([detail.speaking, performance.timeOrigin + performance.now()]);
    if (detail.spoken !== undefined) window.ended += 1;
  });
  document.addEventListener("live:state", ({ detail }) => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => window.painted.push([detail.seq, performance.timeOrigin + performance.now()]);
    after.port2.postMessage(0);
  }));
}"""
BEGUN = "(seq) => (window.begun.find(([said]) => said === seq) ?? [])[1]"
PAINTED = "(seq) => (window.painted.find(([shown]) => shown >= seq) ?? [])[1]"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Milliseconds from sending each call to every screen's having it, and to the real one's having painted it."""

    received: tuple[float, ...]
    painted: tuple[float, ...]


@contextlib.contextmanager
def television(hall: Hall) -> Iterator[Page]:
    """The real browser on the hall's board."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as library:
        browser = library.chromium.launch(executable_path=path, args=["--no-sandbox", "--mute-audio"])
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"http://127.0.0.1:{hall.port}/display/hall")
        page.wait_for_selector("main[data-link=up]")
        page.evaluate(WATCH)
        yield page
        browser.close()


def called(hall: Hall, swarm: Swarm, page: Page, calls: int) -> Seen:
    """So many calls, one after the other, as all screens see them."""
    received, painted = [], []
    queue(hall, calls)
    with hall.client() as client:
        for _ in range(calls):
            wall = time.time() - time.perf_counter()
            event, began, _, times = call(client, swarm)
            at = page.wait_for_function(PAINTED, arg=event).json_value()
            received += [(one - began) * 1000 for one in times]
            painted.append(at - (wall + began) * 1000)
    return Seen(received=tuple(received), painted=tuple(painted))


def heard(hall: Hall, swarm: Swarm, page: Page) -> list[float]:
    """Milliseconds from sending each of some calls, in a silent hall, until the real screen begins to say it."""
    taken = []
    with hall.inside() as context:
        readings = int(context.phrases.say("voice.repeats"))
    queue(hall, CALLS_HEARD)
    with hall.client() as client:
        for turn in range(CALLS_HEARD):
            wall = time.time() - time.perf_counter()
            event, began, _, _ = call(client, swarm)
            taken.append(page.wait_for_function(BEGUN, arg=event).json_value() - (wall + began) * 1000)
            page.wait_for_function("(readings) => window.ended >= readings", arg=readings * (turn + 1))
            time.sleep(HUSH)
    return taken


def dead(port: int) -> list[socket.socket]:
    """Screens that have joined and then neither read nor answer, with room for little."""
    links = []
    for _ in range(BAD):
        link = knock(port, PATH)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        answered(link)
        link.sendall(masked(b'40/display,{"room":"hall"}'))
        links.append(link)
    return links


def at_rest(pid: int) -> float:
    """Hundredths of a core that the server uses while nothing happens."""
    before, began = cpu_seconds(pid), time.perf_counter()
    time.sleep(REST)
    return (cpu_seconds(pid) - before) / (time.perf_counter() - began) * 100


def with_bad_ones(hall: Hall, swarm: Swarm, page: Page, calls: int) -> tuple[Seen, float]:
    """What the others see of calls while some screens are dead, and seconds until the server holds none of those."""
    assert hall.process
    pid = hall.process.pid
    before = sockets(pid)
    with Swarm(hall.port, BAD) as stopped:
        links = dead(hall.port)
        stopped.stop()
        began = time.perf_counter()
        seen = called(hall, swarm, page, calls)
        until(lambda: sockets(pid) <= before, seconds=120, what="letting dead screens go", every=0.1)
        seconds = time.perf_counter() - began
        stopped.go_on()
    for link in links:
        link.close()
    return seen, seconds


def after_a_restart(hall: Hall, page: Page) -> tuple[float, float]:
    """Seconds from the first answer after a restart until all screens, at once, and the real one are back."""
    hall.stop()
    page.wait_for_selector("main[data-link=down]")
    hall.start()
    began = time.perf_counter()
    with Swarm(hall.port, SCREENS):
        back = time.perf_counter() - began
        page.wait_for_selector("main[data-link=up]")
        return back, time.perf_counter() - began


def measure(*, calls: int = 20) -> Iterator[Line]:
    """One hall with two hundred screens from morning to a power cut."""
    with halls.running() as hall:
        assert hall.process
        hall.morning()
        hall.dry()
        with television(hall) as page:
            with Swarm(hall.port, SCREENS) as swarm:
                time.sleep(REST)  # the last slip is out, and every screen has been asked whether it is there
                rest = at_rest(hall.process.pid)
                voice = heard(hall, swarm, page)
                well = called(hall, swarm, page, calls)
                ill, seconds = with_bad_ones(hall, swarm, page, calls)
            back, real = after_a_restart(hall, page)
    yield Note(text=f"{SCREENS} screens and one real Chromium; floor of the bad morning: the same calls without them")
    good = percentile(well.received, 0.99)
    yield below("call → received, p99", good, "ms", 30)
    yield below("call → painted in the real one, worst", max(well.painted), "ms", 300)
    yield below("call → the voice begins in the real one, worst", max(voice), "ms", 1000)
    yield below("the server at rest", rest, "% of a core", 2)
    name = f"call → received, {2 * BAD} screens stopped or half dead, p99"
    yield Row(measure=name, ours=percentile(ill.received, 0.99), unit="ms", floor=good)
    yield below("until the dead ones are let go", seconds, "s", 40)
    yield below(f"restart → {SCREENS} screens at once are back", back, "s", 5)
    yield below("restart → the real one is back", real, "s", 5)
