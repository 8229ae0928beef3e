"""A hall full of screens in one process: raw websockets on an epoll loop, too cheap to be the measure itself."""

from __future__ import annotations

import json
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from tests.bench.processes import end, run_module
from tests.bench.websocket import answered, knock, masked, seq_of, unframe

PATH = "/socket.io/?EIO=4&transport=websocket"
PATIENCE = 10.0
"""Seconds after which a frame that has not come is given up."""


@dataclass
class Screen:
    """One connection with the states it got and has not been asked for: event number, instant, message."""

    link: socket.socket
    buffer: bytearray
    states: list[tuple[int, float, bytes]] = field(default_factory=list)

    def read(self) -> bool:
        """Take in what has come; False when the server has hung up."""
        try:
            data = self.link.recv(262144)
        except BlockingIOError:
            return True
        except OSError:
            return False
        at = time.perf_counter()
        self.buffer += data
        self.unpack(at)
        return bool(data)

    def unpack(self, at: float) -> None:
        """Take whole messages out of what has come."""
        while (got := unframe(self.buffer)) is not None:
            self._take(*got, at)

    def _take(self, opcode: int, payload: bytes, at: float) -> None:
        if opcode == 1 and payload == b"2":
            self.link.sendall(masked(b"3"))  # Engine.IO asks whether we are there
        elif opcode == 1 and (seq := seq_of(payload)) is not None:
            self.states.append((seq, at, payload))

    def first(self, seq: int) -> tuple[int, float, bytes] | None:
        """The first state that includes an event."""
        return next((state for state in self.states if state[0] >= seq), None)


class Hall:
    """All screens of the process and the loop that listens to them and to the orders on standard input."""

    def __init__(self, port: int, count: int, namespace: str, room: str) -> None:
        self.poll = select.epoll()
        self.screens: dict[int, Screen] = {}
        links = [knock(port, PATH) for _ in range(count)]  # all at once, as after a power cut
        for link in links:
            buffer = answered(link)
            link.sendall(masked(f'40{namespace},{{"room":"{room}"}}'.encode()))
            link.setblocking(False)
            screen = self.screens[link.fileno()] = Screen(link, buffer)
            screen.unpack(time.perf_counter())
            self.poll.register(link.fileno(), select.EPOLLIN)

    def listen(self, seconds: float) -> set[int]:
        """Wait for something to come and take it in; the handles of the screens that were shown something."""
        touched = set()
        for handle, _ in self.poll.poll(seconds):
            screen = self.screens.get(handle)
            if screen is None:
                continue  # an order: it is read where orders are read
            touched.add(handle)
            if not screen.read():
                self.poll.unregister(handle)
                self.screens.pop(handle).link.close()
        return touched

    def wait(self, seq: int, needle: str) -> dict[str, Any]:
        """When each screen got the first state with event `seq` in it, and whether all of them hold `needle`."""
        until = time.perf_counter() + PATIENCE
        pending = {handle for handle, screen in self.screens.items() if not screen.first(seq)}
        while pending and (left := until - time.perf_counter()) > 0:
            touched = self.listen(left)
            pending = {one for one in pending if one in self.screens and not (one in touched and self._has(one, seq))}
        found = [state for screen in self.screens.values() if (state := screen.first(seq))]
        for screen in self.screens.values():
            screen.states = [state for state in screen.states if state[0] > seq]
        return {
            "times": [at for _, at, _ in found],
            "screens": len(self.screens),
            "held": all(needle.encode() in message for _, _, message in found),
            "bytes": max((len(message) for _, _, message in found), default=0),
        }

    def _has(self, handle: int, seq: int) -> bool:
        return self.screens[handle].first(seq) is not None


def main() -> None:
    """`swarm.py PORT COUNT NAMESPACE ROOM`: connect, then answer each line of orders with a line of JSON."""
    port, count, namespace, room = sys.argv[1:5]
    hall = Hall(int(port), int(count), namespace, room)
    print(json.dumps(hall.wait(0, "")), flush=True)
    orders = select.poll()
    orders.register(sys.stdin.fileno(), select.POLLIN | select.POLLHUP)
    hall.poll.register(sys.stdin.fileno(), select.EPOLLIN)
    while True:
        hall.listen(PATIENCE)
        if orders.poll(0):
            line = sys.stdin.readline()
            if not line:
                return
            seq, _, needle = line.strip().partition(" ")
            print(json.dumps(hall.wait(int(seq), needle)), flush=True)


class Swarm:
    """The process, seen from a measure."""

    def __init__(self, port: int, count: int, *, namespace: str = "/display", room: str = "hall") -> None:
        self.count = count
        self._process: subprocess.Popen[str] = run_module("swarm", str(port), str(count), namespace, room)

    def __enter__(self) -> Swarm:
        self.bytes = int(self._answer()["bytes"])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        end(self._process)

    def stop(self) -> None:
        """Let the process stand still: its connections live on, and nothing is read from them."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        self._process.send_signal(signal.SIGCONT)

    def wait(self, seq: int, needle: str = "") -> list[float]:
        """The instant (`perf_counter`) at which each screen got event `seq`; raises RuntimeError if one did not."""
        assert self._process.stdin
        self._process.stdin.write(f"{seq} {needle}\n")
        self._process.stdin.flush()
        answer = self._answer()
        if not answer["held"]:
            raise RuntimeError(f"a screen was shown event {seq} without {needle!r}")
        return list(answer["times"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the screens' process has ended")
        answer: dict[str, Any] = json.loads(line)
        if len(answer["times"]) != self.count:
            raise RuntimeError(f"{len(answer['times'])} of {self.count} screens were shown the hall")
        return answer


if __name__ == "__main__":
    main()
