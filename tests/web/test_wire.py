"""One frame to many screens: a slow screen gets every frame whole and in order, and nobody waits for it."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from engineio.packet import PING, Packet
from socketio import Server

import kiosk.wire as wire_module
from kiosk.wire import Pulse, Rooms, Wire, text_frame
from tests.bench.websocket import unframe


class Connection:
    """What Engine.IO keeps of a browser; it does nothing by itself."""

    wire: Wire

    def serve(self, _wire: Wire) -> list[bytes]:
        return []


@pytest.fixture
def line(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Wire, socket.socket]]:
    """A websocket over a real pair of sockets with small buffers, and the browser's end of it."""
    monkeypatch.setattr("kiosk.wire.STUCK", getattr(request, "param", wire_module.STUCK))
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    environ = {
        "werkzeug.socket": ours,
        "HTTP_HOST": "hall",
        "HTTP_UPGRADE": "websocket",
        "HTTP_CONNECTION": "Upgrade",
        "HTTP_SEC_WEBSOCKET_KEY": "x3JJHMbDL1EzLkh9GBhXDw==",
        "HTTP_SEC_WEBSOCKET_VERSION": "13",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
    }
    connection = Connection()
    with contextlib.suppress(ConnectionError):  # how the library tells a server that the request is over
        Wire(connection.serve, None)(environ, lambda *_: None)
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += theirs.recv(1)
    yield connection.wire, theirs
    theirs.close()
    ours.close()


def read_until(browser: socket.socket, last: str) -> list[str]:
    """The messages that a browser gets, up to a known one."""
    buffer, messages = bytearray(), list[str]()
    while not messages or messages[-1] != last:
        buffer += browser.recv(65536)
        while found := unframe(buffer):
            messages.append(found[1].decode())
    return messages


@pytest.mark.parametrize("length", [5, 300, 70_000])
def test_a_frame_of_any_length_is_read_as_it_was_meant(line: tuple[Wire, socket.socket], length: int) -> None:
    wire, browser = line
    text = "号" * length

    began = wire.offer(text_frame(text))
    sender = threading.Thread(target=wire.send, args=("end",))
    sender.start()

    assert began is not False
    assert read_until(browser, "end") == [text, "end"]
    sender.join(timeout=5)


def test_a_browser_that_takes_nothing_holds_nobody_up_and_misses_no_frame_that_began(
    line: tuple[Wire, socket.socket],
) -> None:
    wire, browser = line
    begun = []
    for number in range(1000):
        text = f"{number} " + "等候" * 400
        outcome = wire.offer(text_frame(text))
        if outcome is False:
            break
        begun.append(text)

    refused = wire.offer(text_frame("later"))
    sender = threading.Thread(target=wire.send, args=("end",))
    sender.start()

    assert refused is False
    assert 0 < len(begun) < 1000
    assert read_until(browser, "end") == [*begun, "end"]
    sender.join(timeout=5)


@pytest.mark.parametrize("line", [1], indirect=True)
def test_a_browser_that_stays_stuck_is_hung_up_on_and_its_thread_is_free(
    line: tuple[Wire, socket.socket],
) -> None:
    wire, _ = line
    while wire.offer(text_frame("等候" * 400)):
        pass

    with pytest.raises(OSError, match=r"."):
        wire.send("later")
    wire.close()

    assert wire.wait() is None


def test_a_browser_that_never_answers_a_farewell_keeps_no_thread(line: tuple[Wire, socket.socket]) -> None:
    wire, browser = line

    wire.close()

    assert wire.wait() is None
    assert browser.recv(1) == b""


def masked(text: str) -> bytes:
    """A short text frame as a browser sends it, with a mask of zeros."""
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text.encode()


def test_what_a_browser_says_is_read_in_its_order_however_the_bytes_come(line: tuple[Wire, socket.socket]) -> None:
    wire, browser = line
    said = b"".join(map(masked, ("one", "two", "three")))

    browser.sendall(said[:13])
    first = [wire.wait()]
    browser.sendall(said[13:])

    assert [*first, wire.wait(), wire.wait()] == ["one", "two", "three"]


def test_a_browser_that_speaks_no_websocket_is_gone(line: tuple[Wire, socket.socket]) -> None:
    wire, browser = line

    browser.sendall(b"\xff" * 64)

    assert wire.wait() is None


def test_a_browser_that_is_gone_is_left_to_its_queue(line: tuple[Wire, socket.socket]) -> None:
    wire, browser = line
    browser.close()

    assert wire.wait() is None
    assert wire.offer(text_frame("hello")) is False


class Asked:
    """A connection whose packets are counted, as the pulse sees it."""

    def __init__(self) -> None:
        self.last_ping: float | None = 1.0
        self.closed = self.closing = False
        self.sent: list[int] = []

    def send(self, packet: Packet) -> None:
        self.sent.append(packet.packet_type)


def test_a_browser_is_asked_once_for_each_answer_and_never_after_it_has_gone() -> None:
    pulse, here, gone = Pulse(interval=0), Asked(), Asked()
    for one in (here, here, gone):  # the second answer answers nothing
        pulse.answered(one)
    gone.closed = True

    pulse.beat()
    pulse.beat()

    assert (here.sent, gone.sent) == ([PING], [])
    assert here.last_ping


def test_browsers_that_came_together_are_asked_one_after_the_other_and_each_in_time() -> None:
    steps, now = 70, [0.0]
    pulse, screens = Pulse(interval=7, now=lambda: now[0]), [Asked() for _ in range(200)]
    for one in screens:
        pulse.welcome(one)
    together = []

    for _ in range(steps):
        now[0] += 0.1
        before = sum(len(one.sent) for one in screens)
        pulse.beat()
        together.append(sum(len(one.sent) for one in screens) - before)

    assert sum(together) == len(screens)
    assert max(together) <= 5


def test_screens_that_come_and_go_at_the_same_moment_all_stand_in_the_book() -> None:
    """As after a restart; the library's own book loses one now and then, or stumbles."""
    rooms, turns, screens = Server(async_mode="threading", client_manager=Rooms()).manager, 400, 6
    met = threading.Barrier(screens)
    seen: list[int] = []

    def screen(name: str) -> None:
        try:
            for _ in range(turns):
                met.wait(20)
                sid = rooms.pre_connect(name, "/display")
                rooms.connect(sid, "/display")
                rooms.enter_room(sid, "/display", "hall")
                met.wait(20)
                seen.append(len(list(rooms.get_participants("/display", "hall"))))
                met.wait(20)
                rooms.pre_disconnect(sid, "/display")
                rooms.disconnect(sid, "/display")
        except Exception:
            met.abort()
            raise

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    with ThreadPoolExecutor(screens) as pool:
        told = [pool.submit(screen, f"screen {number}") for number in range(screens)]
    sys.setswitchinterval(before)

    assert [one.exception() for one in told] == [None] * screens
    assert set(seen) == {screens}
