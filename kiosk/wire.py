"""One ready frame to many screens: a push to two hundred must not wake two hundred threads, one after the other.

Flask-SocketIO gives each browser a queue and a thread that writes from it. Where nothing is queued and the browser
takes the bytes without waiting, the frame is written at once instead; a slow browser gets it through its queue as
ever, and delays nobody. One that takes nothing any more is hung up on, so that its thread serves somebody else.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any

from engineio.async_drivers.threading import SimpleWebSocketWSGI
from engineio.exceptions import SocketIsClosedError
from engineio.packet import MESSAGE, NOOP, PING, Packet
from socketio import Manager, Server
from socketio.packet import EVENT
from wsproto.utilities import ProtocolError

STUCK = 8
"""Seconds after which a browser that takes not a byte is given up; Engine.IO itself misses a ping after fifteen."""
UNPLUGGED = 20
"""Seconds after which bytes that no machine has acknowledged end the connection."""
GOLDEN = 0.618
"""Its multiples, less their whole part, lie evenly between 0 and 1 however many there are."""


class Pulse:
    """Asks every browser by turns whether it is there; Engine.IO would start a thread for each question."""

    def __init__(self, interval: float, now: Callable[[], float] = time.monotonic) -> None:
        """`interval` is the seconds between an answer and the next question, `now` a steady clock in seconds."""
        self._interval, self._now = interval, now
        self._due: list[tuple[float, int, Any]] = []
        self._turns = count()

    def welcome(self, connection: Any) -> None:
        """A browser has come. Those that came together, as all do after a restart, are asked one after the other:
        two hundred answers at once would hold up a call for 50 ms."""
        self._ask(connection, after=self._interval * (next(self._turns) * GOLDEN % 1))

    def answered(self, connection: Any) -> None:
        """A browser has answered; an answer to nothing is not counted."""
        if connection.last_ping:
            self._ask(connection, after=self._interval)

    def _ask(self, connection: Any, *, after: float) -> None:
        connection.last_ping = None
        heappush(self._due, (self._now() + after, next(self._turns), connection))

    def beat(self) -> None:
        """Ask everybody whose turn has come."""
        while self._due and self._due[0][0] <= self._now():
            connection = heappop(self._due)[-1]
            if not (connection.closed or connection.closing):
                connection.last_ping = time.time()
                with contextlib.suppress(SocketIsClosedError):
                    connection.send(Packet(PING))  # by its queue: its thread ends where nothing comes for long


class Guests:
    """Lets connections in: each under the one pulse, and none of an address that has its share, so that one machine
    cannot take every thread (S17)."""

    def __init__(self, engine: Any, pulse: Pulse, most: int) -> None:
        """`most` is how many connections one address may have at once, 0 for any number."""
        self._engine, self._pulse, self._most = engine, pulse, most
        self._enter = engine.handlers["connect"]
        self._lock = threading.Lock()
        self._from: dict[str, str] = {}
        engine.on("connect", self.enter)

    def enter(self, sid: str, environ: dict[str, Any]) -> Any:
        """Let a connection in, or return why it is refused before it costs anything."""
        address = environ.get("REMOTE_ADDR", "")
        with self._lock:
            sockets = self._engine.sockets
            self._from = {one: where for one, where in self._from.items() if one in sockets and not sockets[one].closed}
            if 0 < self._most <= list(self._from.values()).count(address):
                return "too many connections"
            self._from[sid] = address
        connection = self._engine.sockets[sid]
        connection.schedule_ping = partial(self._pulse.answered, connection)
        self._pulse.welcome(connection)
        return self._enter(sid, environ)


class Rooms(Manager):  # type: ignore[misc]
    """Which browser is in which room, written by one thread at a time.

    When two come or go at the same moment, as all screens do after a restart, the library's own book may lose one:
    that screen would be connected and never shown anything.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pen = threading.RLock()

    def pre_connect(self, *words: Any, **options: Any) -> Any:
        """As the library's own; so are the others."""
        with self._pen:
            return super().pre_connect(*words, **options)

    def connect(self, *words: Any, **options: Any) -> Any:
        with self._pen:
            return super().connect(*words, **options)

    def pre_disconnect(self, *words: Any, **options: Any) -> Any:
        with self._pen:
            return super().pre_disconnect(*words, **options)

    def basic_disconnect(self, *words: Any, **options: Any) -> Any:
        with self._pen:
            return super().basic_disconnect(*words, **options)

    def basic_enter_room(self, *words: Any, **options: Any) -> Any:
        with self._pen:
            return super().basic_enter_room(*words, **options)

    def basic_leave_room(self, *words: Any, **options: Any) -> Any:
        with self._pen:
            return super().basic_leave_room(*words, **options)

    def get_participants(self, *words: Any, **options: Any) -> Any:
        with self._pen:
            return list(super().get_participants(*words, **options))


class _Unborn(threading.Thread):
    """The thread that simple-websocket would read with: never started."""

    def start(self) -> None:
        """Do nothing."""


class Wire(SimpleWebSocketWSGI):  # type: ignore[misc]
    """A browser's websocket; its queue's thread and whoever broadcasts write whole frames, one after the other."""

    def __init__(self, handler: Any, server: Any, **options: Any) -> None:
        super().__init__(handler, server, thread_class=_Unborn, **options)
        self._writing = threading.Lock()
        self._rest = b""  # of a frame that went out in part
        handler.__self__.wire = self  # Engine.IO hands us a method of the connection that we belong to

    def __call__(self, environ: Any, start_response: Any) -> Any:
        line = environ.get("gunicorn.socket") or environ["werkzeug.socket"]
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", STUCK, 0))
        if line.family in {socket.AF_INET, socket.AF_INET6}:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNPLUGGED * 1000)
        return super().__call__(environ, start_response)

    def send(self, message: Any) -> None:
        """Write a message after what is left of the frame before; raises OSError if the browser takes nothing."""
        with self._writing:
            if not self.ws.connected:
                raise ConnectionError("the browser has gone")
            rest, self._rest = self._rest, b""
            self.ws.sock.sendall(rest + text_frame(str(message)))

    def wait(self) -> Any:
        """The next message, None when the browser has gone; read here, so that a browser needs no thread to read."""
        line = self.ws
        while line.connected and not line.input_buffer:
            try:
                heard = line.sock.recv(line.receive_bytes)
                line.ws.receive_data(heard or None)
                line.connected = bool(heard) and line._handle_events()
            except (OSError, ProtocolError):
                line.connected = False
        return line.input_buffer.pop(0) if line.input_buffer else None

    def close(self) -> None:
        """Hang up without waiting for an answer, which a browser that is stuck would never give."""
        with contextlib.suppress(OSError):
            self.ws.sock.shutdown(socket.SHUT_RDWR)

    def offer(self, frame: bytes) -> bool | None:
        """Write a frame without waiting: True when it is out, None when a part is, False when it could not begin."""
        if not self._writing.acquire(blocking=False):
            return False
        try:
            if self._rest or not self.ws.connected:
                return False
            sent = self.ws.sock.send(frame, socket.MSG_DONTWAIT)
            self._rest = frame[sent:]
        except OSError:  # it takes nothing now, or is gone: the queue's thread waits or notices
            return False
        finally:
            self._writing.release()
        return None if self._rest else True


def install(server: Server, *, most: int = 0) -> Pulse:
    """Let every websocket of a server be one that frames can be written to; the pulse that somebody must beat.

    `most` bounds the connections of one address, 0 for any number.
    """
    engine = server.eio
    pulse = Pulse(engine.ping_interval)
    engine._async = {**engine._async, "websocket": Wire}
    Guests(engine, pulse, most)
    return pulse


def broadcast(server: Server, event: str, data: object, *, namespace: str, room: str | None = None) -> None:
    """Send an event to everybody in a room, or in a whole namespace, as its `emit` would, but at once."""
    packet = Packet(MESSAGE, server.packet_class(EVENT, namespace=namespace, data=[event, data]).encode())
    frame = text_frame(packet.encode())
    for _, connection in server.manager.get_participants(namespace, room):
        engine_socket = server.eio.sockets.get(connection)
        wire = getattr(engine_socket, "wire", None)
        written = wire.offer(frame) if wire and engine_socket.queue.empty() else False
        if written is False:
            server._send_eio_packet(connection, packet)
        elif written is None:
            server._send_eio_packet(connection, Packet(NOOP))  # its thread writes the rest first


def text_frame(text: str) -> bytes:
    """A whole, unmasked websocket text frame, as a server sends it (RFC 6455 5.2)."""
    body = text.encode()
    if len(body) < 126:
        head = bytes([0x81, len(body)])
    elif len(body) < 1 << 16:
        head = b"\x81\x7e" + len(body).to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + len(body).to_bytes(8, "big")
    return head + body
