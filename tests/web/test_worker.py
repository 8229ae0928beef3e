"""Browsers that vanish in the middle: nobody else waits for them, and none keeps a thread."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT, free_port, until

THREADS = 5
SERVER = f"""
import sys
from gunicorn.app.base import BaseApplication
import kiosk.worker

kiosk.worker.PATIENCE = 1

class Server(BaseApplication):
    def load_config(self):
        options = dict(bind=sys.argv[1], worker_class="kiosk.worker.Worker", threads={THREADS}, loglevel="warning",
                       control_socket_disable=True)
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self):
        def answer(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"x" * (20_000_000 if environ["PATH_INFO"] == "/long" else 2)]
        return answer

Server().run()
"""


@pytest.fixture
def port() -> Iterator[int]:
    """Where a server with five threads listens, which waits a second for a browser that says nothing."""
    port = free_port()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", SERVER, f"127.0.0.1:{port}"]
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: _listens(port))
        yield port
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20)
    assert told == ""


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), _browser(port):
        return True
    return False


def _browser(port: int, said: str = "") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    line.sendall(said.encode())
    return line


def _seconds_for_an_answer(port: int) -> float:
    began = time.monotonic()
    with _browser(port, "GET / HTTP/1.1\r\nHost: hall\r\n\r\n") as line:
        assert line.recv(100).startswith(b"HTTP/1.1 200")
    return time.monotonic() - began


def test_who_is_answered_and_never_hangs_up_keeps_nobody_outside(port: int) -> None:
    with contextlib.ExitStack() as open_lines:
        began = time.monotonic()
        for _ in range(THREADS):
            line = open_lines.enter_context(_browser(port, "GET / HTTP/1.1\r\nHost: hall\r\nConnection: close\r\n\r\n"))
            assert line.recv(100).startswith(b"HTTP/1.1 200")

        assert time.monotonic() - began < 2  # none waits for the farewell of those before


@pytest.mark.parametrize("said", ["", "GET / HTTP/1.1\r\nHost: ha", "GET /long HTTP/1.1\r\nHost: hall\r\n\r\n"])
def test_who_stops_in_the_middle_gives_the_thread_back(port: int, said: str) -> None:
    """A line that says nothing, half a request, and an answer that nobody reads."""
    with contextlib.ExitStack() as open_lines:
        for _ in range(THREADS * 2):
            open_lines.enter_context(_browser(port, said))

        assert _seconds_for_an_answer(port) < 18
