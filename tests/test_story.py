"""One morning in the hall, end to end: the server as a process, real sockets, real SQLite, paper over real TCP."""

from __future__ import annotations

import contextlib
import queue
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio
from PIL import Image, ImageChops

from kiosk.store.database import sqlite3
from printer import spool
from printer.documents import Document
from printer.render import preview
from tests.conftest import PASSWORD, Server, until


class Screen:
    """A browser's ears and eyes: what one room of an audience receives."""

    def __init__(self, url: str, namespace: str, room: str) -> None:
        self.received: dict[str, queue.Queue[Any]] = {"state": queue.Queue(), "announce": queue.Queue()}
        self.client = socketio.Client(reconnection=False)
        for event, received in self.received.items():
            self.client.on(event, received.put, namespace=namespace)
        self.client.connect(url, namespaces=[namespace], auth={"room": room}, transports=["websocket"])

    def wait(self, kind: str, holds: Callable[[Any], bool] = lambda _: True) -> Any:
        """The next message of a kind for which something holds."""
        while True:
            data = self.received[kind].get(timeout=10)
            if holds(data):
                return data

    def shows(self, text: str) -> Any:
        """Wait until the picture shows a text."""
        return self.wait("state", lambda data: text in data["html"])


@pytest.fixture
def screen(server: Server) -> Iterator[Callable[[str, str], Screen]]:
    opened: list[Screen] = []

    def look(namespace: str, room: str) -> Screen:
        opened.append(Screen(server.url, namespace, room))
        return opened[-1]

    yield look
    for one in opened:
        one.client.disconnect()


class Program:
    """Somebody's program at the JSON door."""

    def __init__(self, server: Server, login: str) -> None:
        self.url = server.url + "/api"
        answer = self.post("/sign-in", login=login, password=PASSWORD)
        self.headers = {"Authorization": f"Bearer {answer['token']}"}

    headers: dict[str, str] | None = None

    def post(self, path: str, **body: object) -> dict[str, Any]:
        answer: dict[str, Any] = requests.post(self.url + path, json=body, headers=self.headers, timeout=10).json()
        return answer

    def get(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = requests.get(self.url + path, timeout=10).json()
        return answer


def on_paper(server: Server, subject: str) -> Document:
    """The document that was queued for a subject."""
    with contextlib.closing(sqlite3.connect(server.data / "hall.sqlite")) as db:
        job = spool.latest(db, subject)
    assert job is not None
    return job.document


def assert_shows(paper: Image.Image, document: Document) -> None:
    """The ink on the paper is exactly the document's picture."""
    drawn = preview(document, paper.width)
    assert ImageChops.invert(paper.convert("L")).getbbox() == ImageChops.invert(drawn.convert("L")).getbbox()
    assert not ImageChops.difference(paper.convert("L").crop((0, 0, *drawn.size)), drawn.convert("L")).getbbox()


def test_one_morning_in_the_hall(server: Server, screen: Callable[[str, str], Screen]) -> None:
    server.kiosk("user", "add", "li", "--name", "小李", "--password", PASSWORD)
    server.kiosk("user", "add", "pad", "--name", "评价器", "--role", "guide", "--password", PASSWORD)
    clerk, pad = Program(server, "li"), Program(server, "pad")
    board = screen("/display", "hall")
    first_picture = board.wait("state")

    # a citizen takes a number: it is in the diary, on paper and on the board
    ticket = pad.post("/tickets", service="medical", key="the-first-flow")["ticket"]
    again = pad.post("/tickets", service="medical", key="the-first-flow")["ticket"]
    slip = server.paper.wait_for_slips(1)[0]
    assert ticket["number"] == again["number"] == "A001"
    assert_shows(slip.image, on_paper(server, f"ticket:{ticket['id']}"))

    # the clerk goes to window 2 and calls: the board shows it, the hall hears it
    clerk.post("/windows/2/take")
    called = clerk.post("/windows/2/call-next")
    spoken = board.wait("announce")
    shown = board.wait("state", lambda data: "A001" in data["html"] and data["seq"] >= spoken["seq"])
    assert called["ticket"]["state"] == "called"
    assert spoken["text"] == "请 A001 号 到 2 号窗口 办理业务"
    assert spoken["clips"] == ["chime", "qing", "A", "n-001", "window-2"]
    assert spoken["seq"] > first_picture["seq"]

    # a recall is never silent
    clerk.post("/windows/2/recall")
    assert board.wait("announce")["seq"] > spoken["seq"]

    # the visit is served, ended and rated, once
    clerk.post("/windows/2/start")
    clerk.post("/windows/2/complete")
    assert "评价" in requests.get(f"{server.url}/t/{ticket['token']}", timeout=10).text
    meddled = clerk.post(f"/tickets/{ticket['token']}/rating", level=5)
    rated = pad.post(f"/tickets/{ticket['token']}/rating", level=5)
    replayed = pad.post(f"/tickets/{ticket['token']}/rating", level=5)
    assert meddled["code"] == "not_allowed"
    assert rated["level"] == 5
    assert (replayed["ok"], replayed["code"]) == (False, "already_rated")

    # another process calls: the same board shows and speaks it
    clerk.post("/tickets", service="advice")
    assert "Y001" in server.kiosk("call-next", "1")
    assert board.wait("announce")["text"] == "请 Y001 号 到 1 号窗口 办理业务"
    board.shows("Y001")

    # the power fails; everything that was confirmed is there again, and nothing is announced twice
    server.stop(kill=True)
    server.start()
    after = Program(server, "li").get("/hall")
    new_board = screen("/display", "hall")
    assert after["seq"] >= shown["seq"]
    assert "Y001" in new_board.wait("state")["html"]
    assert new_board.received["announce"].empty()
    assert "完整无改动" in server.kiosk("verify")


def test_a_broken_printer_never_costs_a_citizen_the_number(server: Server) -> None:
    server.paper.stop()

    taken = server.kiosk("take", "advice")

    assert taken.startswith("Y001")


def test_the_own_ticket_page_is_reached_by_the_code_on_the_paper(server: Server) -> None:
    """Printed by another process than the server, which listens elsewhere than the configuration says."""
    printed = server.kiosk("take", "advice").split()[-1]
    slip = server.paper.wait_for_slips(1)[0]

    read = subprocess.run(["zbarimg", "-q", "--raw", "png:-"], input=slip.png, capture_output=True, check=True)

    page = requests.get(printed, timeout=10)
    assert page.ok
    assert "Y001" in page.text
    assert read.stdout.decode().strip() == printed


def test_the_voice_of_a_call_can_be_fetched_clip_by_clip(server: Server, screen: Callable[[str, str], Screen]) -> None:
    board = screen("/display", "hall")
    server.kiosk("take", "advice")

    server.kiosk("call-next", "1")

    clips = board.wait("announce")["clips"]
    answers = {name: requests.get(f"{server.url}/display/clips/{name}", timeout=10) for name in clips}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(clips, 200)


def test_a_stranger_is_shown_nothing(server: Server) -> None:
    places = [("/display", "nowhere"), ("/console", "1"), ("/taken", "guessed"), ("/pad", "99"), ("/pad", "x' OR 1=1")]

    for namespace, room in [*places, ("/x", "1")]:
        with pytest.raises(socketio.exceptions.ConnectionError):
            Screen(server.url, namespace, room)


def test_a_foreign_page_cannot_open_a_socket(server: Server) -> None:
    client = socketio.Client(reconnection=False)

    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(
            server.url,
            namespaces=["/display"],
            auth={"room": "hall"},
            transports=["websocket"],
            headers={"Origin": "http://evil.example"},
        )


def test_nothing_a_client_says_on_a_socket_changes_the_hall(
    server: Server, screen: Callable[[str, str], Screen]
) -> None:
    board = screen("/display", "hall")
    server.kiosk("take", "advice")
    before = until(lambda: requests.get(f"{server.url}/api/hall", timeout=5).json())["seq"]

    for event in ("call_next", "call-next", "state", "announce", "recall", "complete"):
        board.client.emit(event, {"window": 1, "seq": 999, "html": "<h1>x</h1>"}, namespace="/display")
    server.kiosk("take", "advice")

    board.wait("state", lambda data: data["seq"] > before)
    assert requests.get(f"{server.url}/api/hall", timeout=5).json()["seq"] == before + 1


def test_a_hall_replaces_a_clip_by_putting_a_file_in_its_folder(server: Server) -> None:
    own = b"OggS our own recording"
    (server.config / "voice").mkdir()
    (server.config / "voice" / "qing.ogg").write_bytes(own)
    server.stop()

    server.start()

    assert requests.get(f"{server.url}/display/clips/qing", timeout=10).content == own
    assert requests.get(f"{server.url}/display/clips/hao", timeout=10).content != own


def test_nobody_says_by_a_header_what_the_path_is(server: Server) -> None:
    answer = requests.get(server.url + "/api/health", headers={"SCRIPT_NAME": "/elsewhere"}, timeout=10)

    assert answer.status_code == 200


def test_what_is_no_request_is_refused_in_the_halls_words(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    wrong = {
        f"GET /{'x' * 9000} HTTP/1.1\r\nHost: {host}\r\n\r\n": "414",
        f"GET / HTTP/1.1\r\nHost: {host}\r\nX: {'x' * 9000}\r\n\r\n": "431",
        f"POST /api/tickets HTTP/1.1\r\nHost: {host}\r\nContent-Length: many\r\n\r\n": "400",
    }

    for said, status in wrong.items():
        with socket.create_connection((host, int(port)), timeout=10) as wire:
            wire.sendall(said.encode())
            answer = wire.makefile("rb").read().decode()
        assert answer.startswith(f"HTTP/1.1 {status} ")
        assert "没有任何改动" in answer
        assert "bad_request" in answer


def test_a_browser_that_vanishes_in_the_middle_of_a_request_loses_nothing(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    for length in (0, 10, 60, 200):
        request = (
            b"POST /api/tickets HTTP/1.1\r\nHost: " + host.encode() + b"\r\nContent-Length: 5000\r\n\r\n" + b"x" * 400
        )
        with socket.create_connection((host, int(port))) as wire:
            wire.sendall(request[: len(request) - 400 + length])

    assert server.kiosk("take", "advice").startswith("Y001")
    assert requests.get(f"{server.url}/api/health", timeout=10).json()["ok"]


def welcome(server: Server) -> str:
    """What the terminal says of a server that has just started."""
    assert server.process
    assert server.process.stdout
    lines = []
    for line in server.process.stdout:
        lines.append(line.strip())
        if "Ctrl+C" in line:
            break
    return "\n".join(lines)


def test_the_first_start_tells_every_face_and_once_the_password(server: Server) -> None:
    first = welcome(server)
    server.stop()
    server.start()
    again = welcome(server)

    told = {address for line in first.splitlines() for address in re.findall(rf"{server.url}(\S+)", line)}
    assert told == {"/", "/console", "/display/hall", "/display/door", "/display/window/1", "/pad/1", "/office"}
    (account,) = re.findall(r"登录账号 (\S+)，密码 (\S+)（", first)
    signed_in = requests.post(
        f"{server.url}/api/sign-in", json=dict(zip(("login", "password"), account, strict=True)), timeout=10
    )
    assert signed_in.json()["role"] == "office"
    assert "密码" not in again


def test_a_wrong_configuration_stops_the_start_and_names_every_mistake(server: Server) -> None:
    server.stop()
    path = server.config / "hall.toml"
    path.write_text(path.read_text().replace('"medical"', '"medicla"').replace('printer = "main"', 'printer = "mian"'))

    refused = subprocess.run(server.command("serve"), capture_output=True, text=True, timeout=30, check=False)

    assert refused.returncode == 2
    assert "medical" in refused.stderr
    assert "main" in refused.stderr
    path.write_text(path.read_text().replace("medicla", "medical").replace("mian", "main"))


def test_a_second_server_on_the_same_hall_or_port_is_refused_in_words(server: Server, tmp_path: Path) -> None:
    port = server.url.rsplit(":", 1)[1]
    same_hall = server.command("serve", "--port", "0")
    same_port = [*server.command("serve", "--host", "127.0.0.1", "--port", port)]
    same_port[same_port.index(str(server.data))] = str(tmp_path / "other")

    answers = [
        subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        for command in (same_hall, same_port)
    ]

    assert [answer.returncode for answer in answers] == [1, 1]
    assert "已经有一个大厅在运行" in answers[0].stderr
    assert "请用 --port 换一个端口" in answers[1].stderr
    assert "Traceback" not in answers[0].stderr + answers[1].stderr
    assert server.url in server.kiosk("take", "advice")
