"""The cast of the display tests: boards of a morning, a stage that serves them, and a wire that can be cut."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_socketio import SocketIO, emit, join_room
from werkzeug.serving import make_server

from display import web
from display.announcements import Announcement
from display.board import Board, CallLine, Panel, WaitLine, WindowLine, WindowState
from display.health import Report
from display.window import Clerk, WindowBoard

HALL_ZONE = timezone(timedelta(hours=8))
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=HALL_ZONE)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; media-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
WINDOWS = (
    ("综合服务", "进门右手边第一个", WindowState.CALLED, "A012"),
    ("社会保障", "进门右手边第二个", WindowState.SERVING, "B007"),
    ("医疗保障", "ahead", WindowState.IDLE, None),
    ("民政残联", "left", WindowState.PAUSED, None),
    ("农业林业", "left", WindowState.SERVING, "D004"),
    ("退役军人服务", "right", WindowState.CLOSED, None),
    ("市场监管与个体工商户登记", "upstairs", WindowState.CALLED, "F103"),
    ("户籍与出入境（老年人优先）", "二楼东侧", WindowState.SERVING, "B008"),
)
QUEUES = ("综合服务", "社会保障", "医疗保障", "民政救助", "林业农业", "退役军人", "市场监管与个体工商户登记")


def board(
    *, seq: int = 100, screen: str = "hall", windows: int = 5, calls: int = 3, panel: Panel | None = None, **more: Any
) -> Board:
    """A board of the morning: so many windows, so many calls at once."""
    lines = tuple(
        WindowLine(number=number, name=name, direction=way, state=state, ticket=ticket)
        for number, (name, way, state, ticket) in enumerate(WINDOWS[:windows], start=1)
    )
    called = tuple(
        CallLine(
            seq=seq - age,
            ticket=f"{'ABCDEF'[age]}{(seq - age) % 1000:03}",
            window=age + 1,
            window_name="",
            direction=WINDOWS[age][1],
            at=NINE,
        )
        for age in range(calls)
    )
    waits = tuple(
        WaitLine(
            service=name,
            prefix="ABCDEFG"[place],
            waiting=12 - 2 * place if place < 6 else 0,
            minutes=(5 * (6 - place), 5 * (9 - place)) if place < 6 else None,
        )
        for place, name in enumerate(QUEUES[: max(4, windows - 1)])
    )
    values: dict[str, Any] = {
        "soon": ("A013", "B009", "C004", "D005", "A014")[: max(2, windows)],
        "missed": ("A007", "A009", "B003"),
        "hours": "08:30–11:30　14:00–17:30",
        "phone": "0875-0000000",
    }
    return Board(
        seq=seq,
        hall="姚关镇为民服务中心",
        screen=screen,
        at=NINE,
        windows=lines,
        calls=called,
        waits=waits,
        panel=panel or Panel(),
        **values | more,
    )


def resting(**more: Any) -> Board:
    """A board of the evening: nobody called, every window shut."""
    shut = board(calls=0, missed=(), open=False, **more)
    return replace(shut, windows=tuple(replace(line, state=WindowState.CLOSED, ticket=None) for line in shut.windows))


def desk(state: WindowState = WindowState.IDLE, ticket: str | None = None, **more: Any) -> WindowBoard:
    """The screen above window 3."""
    values: dict[str, Any] = {"seq": 3, "services": ("养老保险", "医疗保险", "社保卡")}
    values["clerk"] = Clerk(name="值班人员", post="社会保障岗", badge="007")
    return WindowBoard(
        hall="姚关镇为民服务中心", number=3, name="社会保障", state=state, ticket=ticket, at=NINE, **values | more
    )


def until(condition: Callable[[], Any], seconds: float = 15.0) -> Any:
    """Wait for a condition and return what made it true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


class Stage:
    """A real server for the screens, without the rest of the hall; what it shows is put into `boards`."""

    def __init__(self, clips: Callable[[str], Path | None] = web.shipped_clip) -> None:
        self.boards: dict[str, Board] = {}
        self.windows: dict[int, WindowBoard] = {}
        self.reports: list[Report] = []
        self.version = "1"
        app = Flask("stage")
        app.register_blueprint(
            web.create_blueprint(
                boards=self.boards.get,
                windows=self.windows.get,
                clips=clips,
                on_report=self.reports.append,
                token=lambda: "token",
                version=self.version,
            )
        )
        app.after_request(_guard)
        app.add_url_rule("/blank", view_func=lambda: "<!doctype html><title>blank</title><main></main>")
        # the wire gives the page another port than the server has, so every origin is let in
        self.socketio = SocketIO(app, async_mode="threading", ping_interval=1, ping_timeout=5, cors_allowed_origins="*")
        self.socketio.on_event("connect", self._connect, namespace="/display")
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port = self._server.server_port

    def _connect(self, auth: Any = None) -> bool:
        shown = self._views().get((auth or {}).get("room", ""))
        if shown is None:
            return False
        join_room(shown.screen)
        emit("state", web.state_of(shown))
        return True

    def _views(self) -> dict[str, web.View]:
        return {**self.boards, **{shown.screen: shown for shown in self.windows.values()}}

    def show(self, shown: web.View) -> None:
        """Let the state stand, and push it to whoever looks."""
        if isinstance(shown, WindowBoard):
            self.windows[shown.number] = shown
        else:
            self.boards[shown.screen] = shown
        self.socketio.emit("state", web.state_of(shown), namespace="/display", to=shown.screen)

    def say(self, announcement: Announcement) -> None:
        """Let the screens speak."""
        self.socketio.emit("announce", asdict(announcement), namespace="/display")

    def close(self) -> None:
        """Stop listening; open sockets end with the browser."""
        self._server.shutdown()
        self._server.server_close()


def _guard(response: Response) -> Response:
    if request.path != "/blank":
        response.headers["Content-Security-Policy"] = POLICY
    return response


class Wire:
    """A cable between a screen and the server that can be cut, left dead, and mended."""

    def __init__(self, port: int) -> None:
        self._far = port
        self._dead = threading.Event()
        self._pairs: list[socket.socket] = []
        self._door: socket.socket | None = None
        self.port = 0
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """Carry again."""
        self._dead.clear()
        if self._door is None:
            self._door = socket.create_server(("127.0.0.1", self.port))
            self.port = self._door.getsockname()[1]
            threading.Thread(target=self._accept, args=(self._door,), daemon=True).start()

    def cut(self) -> None:
        """The server is gone: connections break, new ones are refused."""
        door, self._door = self._door, None
        if door:
            with contextlib.suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
            door.close()
        self._hang_up()

    def deaden(self) -> None:
        """The cable is out of the wall: nothing breaks, nothing arrives."""
        self._dead.set()

    def _hang_up(self) -> None:
        while self._pairs:
            end = self._pairs.pop()
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self, door: socket.socket) -> None:
        for near in _calls(door):
            try:
                far = socket.create_connection(("127.0.0.1", self._far))
            except OSError:
                near.close()
                continue
            self._pairs += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self._dead.is_set():
                    sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


def _calls(door: socket.socket) -> Iterator[socket.socket]:
    while True:
        try:
            yield door.accept()[0]
        except OSError:
            return
