"""The relay: follows the diary and the print jobs, and shows every screen the whole new state of what it shows.

Sockets carry state downward only. A namespace is an audience, a room is a device; a state is drawn by the partial that
drew the first paint and carries the number of the last event it includes, so a screen can drop what is older.
Announcements are sent once, when they happen, and never again. A screen that fails delays no other.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from flask import Flask, request
from flask_socketio import Namespace, SocketIO, disconnect, emit, join_room
from socketio.exceptions import ConnectionRefusedError as Refused

from kiosk.domain.events import ANNOUNCED, Event, Name
from kiosk.operations.hall import Context
from kiosk.store import records
from kiosk.wire import broadcast, install

POLL = 0.1
"""Seconds after which a call made by another process is noticed at the latest."""
CALM = 0.05
"""Seconds between two pictures while nothing is being called: a rush of tickets becomes one picture."""
GLANCE = 0.005
"""Seconds of that after which somebody's call is noticed at the latest: it is shown at once."""
REDRAW = 15.0
"""Seconds after which every picture is drawn anew without an event: opening and closing come by time alone."""
PULSE = 2.0
"""Seconds after which an alert that time alone brings is noticed at the latest."""
VOICE = "/display"
"""The namespace that speaks."""
ENDINGS = frozenset(
    {Name.SIGNED_OUT, Name.WINDOW_LEFT, Name.WINDOW_HANDED_OVER, Name.PASSWORD_CHANGED, Name.STAFF_CLOSED}
)
"""After these a console must ask the server anew what it may show."""
HEARD = ANNOUNCED | ENDINGS
"""Of everything else that happens it is enough to know that something has."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class State:
    """One whole picture: the last event in it, and its HTML."""

    seq: int
    html: str


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who listens in a namespace: `admits` judges a room's name, `draw` gives its picture (None: the room is gone)."""

    namespace: str
    admits: Callable[[str], bool]
    draw: Callable[[str], State | None]
    plain: bool = False  # drawn without a request around it: the hall's screens need no page's language or address
    staff: bool = False  # for signed-in people only, who are judged anew when anybody signs out or leaves a window


@dataclass
class _Members:
    """Which connections are in which room, so that nothing is drawn for nobody."""

    rooms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    shown: dict[str, str] = field(default_factory=dict)  # the picture pushed last, so that the same is not sent again
    lock: threading.Lock = field(default_factory=threading.Lock)

    def join(self, room: str, sid: str) -> None:
        with self.lock:
            self.rooms[room].add(sid)
            self.shown.pop(room, None)  # the newcomer gets a picture of its own moment

    def leave(self, sid: str) -> None:
        with self.lock:
            for room in [room for room, sids in self.rooms.items() if sid in sids]:
                self.rooms[room].discard(sid)
                if not self.rooms[room]:
                    del self.rooms[room]
                    self.shown.pop(room, None)

    def listening(self) -> list[str]:
        with self.lock:
            return list(self.rooms)

    def sids(self) -> list[str]:
        with self.lock:
            return [sid for sids in self.rooms.values() for sid in sids]

    def is_new(self, room: str, html: str) -> bool:
        """Whether a picture differs from the one pushed last; it is remembered."""
        with self.lock:
            if room not in self.rooms or self.shown.get(room) == html:
                return False
            self.shown[room] = html
            return True


class _Door(Namespace):
    """Lets a device into its room and shows it the whole state at once; what a client sends is not listened to."""

    def __init__(self, audience: Audience, knows_host: Callable[[str], bool]) -> None:
        super().__init__(audience.namespace)
        self.audience = audience
        self.members = _Members()
        self._knows_host = knows_host

    def on_connect(self, auth: object = None) -> None:
        room = auth.get("room") if isinstance(auth, Mapping) else None
        if not self._knows_host(request.host) or not isinstance(room, str) or len(room) > 80:
            raise Refused("refused")
        if not self.audience.admits(room):
            raise Refused("unknown")
        join_room(room)
        self.members.join(room, _sid())
        state = self.audience.draw(room)
        if state is not None:
            emit("state", {"seq": state.seq, "html": state.html})

    def on_disconnect(self, reason: object = None) -> None:
        self.members.leave(_sid())


class Relay:
    """The follower of the diary; `announce` turns one event into what each screen's voice gets."""

    def __init__(
        self,
        app: Flask,
        socketio: SocketIO,
        context: Context,
        *,
        announce: Callable[[Event], Mapping[str, object] | None],
        knows_host: Callable[[str], bool],
        pulse: Callable[[], object],
    ) -> None:
        """`pulse` tells what time alone changes, such as alerts: when its answer differs, pages are drawn anew.

        `looped` is the monotonic second at which the relay last came round.
        """
        self._app, self._socketio, self._context = app, socketio, context
        self._server = socketio.server  # type: ignore[attr-defined]  # set by its `init_app`
        self._heart = install(self._server, most=context.hall.limits.sockets_per_address)
        self._announce = announce
        self._knows_host = knows_host
        self._pulse, self._felt, self._pulse_at, self._drawn = pulse, pulse(), 0.0, 0.0
        self.looped = time.monotonic()
        self._doors: list[_Door] = []
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._stop = threading.Event()
        self._paper = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        with context.database.read() as db:
            self._heard = self._seen = records.last_seq(db)

    def open_doors(self, audiences: Iterable[Audience]) -> None:
        """Let audiences listen; they are served in this order."""
        for audience in audiences:
            door = _Door(audience, self._knows_host)
            self._socketio.on_namespace(door)
            self._doors.append(door)

    def start(self) -> None:
        """Begin to follow; what happened before is not announced."""
        self._context.database.on_commit(self._rouse)
        self._thread.start()

    def stop(self) -> None:
        """Stop following."""
        self._stop.set()
        self._rouse()
        self._thread.join(timeout=2)

    def paper_moved(self) -> None:
        """A printer or a job changed: pages that tell of paper are drawn anew."""
        self._paper.set()
        self._rouse()

    def _rouse(self) -> None:
        self._wake.put(None)

    def _rest(self) -> None:
        """Wait until something is said to have happened, or until another process may have done something."""
        with contextlib.suppress(Empty):
            self._wake.get(timeout=POLL)
            while True:
                self._wake.get_nowait()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._rest()
            self.looped = time.monotonic()
            try:
                self._follow()
            except Exception:
                log.exception("the relay stumbled and goes on")
            self._heart.beat()  # after a picture, which is not to wait for those who are asked

    def _follow(self) -> None:
        """Show and say what has happened since the last picture, if anything has."""
        moved = self._has_moved()
        quiet = not moved and not self._paper.is_set() and time.monotonic() < self._drawn + REDRAW
        if quiet and not self._feels_anew():
            return
        events, calm = [], self._drawn + CALM
        if time.monotonic() < calm:
            events = self._calm(calm)
            self._has_moved()
        self._paper.clear()
        self._show()
        events += self._news()
        self._speak(events)
        if any(event.name in ENDINGS for event in events):
            self._judge_anew()
        self._drawn = time.monotonic()

    def _calm(self, until: float) -> list[Event]:
        """Let a rush become one picture, unless somebody is called; return what was heard meanwhile."""
        events = self._news()
        while not _calls(events) and time.monotonic() < until and not self._stop.wait(GLANCE):
            events += self._news()
        return events

    def _feels_anew(self) -> bool:
        """Whether time alone has changed something that pages show, looked at every other second."""
        if time.monotonic() < self._pulse_at + PULSE:
            return False
        self._pulse_at = time.monotonic()
        before, self._felt = self._felt, self._pulse()
        return before != self._felt

    def _has_moved(self) -> bool:
        """Whether anything has happened since the last picture began; the one to be drawn now will include it."""
        with self._context.database.glance() as db:
            before, self._seen = self._seen, records.last_seq(db)
        return before != self._seen

    def _news(self) -> list[Event]:
        """What is spoken or judged of all that has happened since this was asked last."""
        with self._context.database.glance() as db:
            events = records.events_after(db, self._heard, names=HEARD)
        self._heard = max([self._seen, *(event.seq for event in events)])
        return events

    def _speak(self, events: list[Event]) -> None:
        for event in _calls(events):
            try:
                announcement = self._announce(event)
                if announcement is not None:
                    broadcast(self._server, "announce", announcement, namespace=VOICE)
            except Exception:
                log.exception("event %s could not be announced", event.seq)

    def _show(self) -> None:
        for door in self._doors:
            if door.audience.plain:
                self._show_door(door)
        pages = [door for door in self._doors if not door.audience.plain and door.members.listening()]
        if not pages:
            return
        with self._app.test_request_context("/"):
            for door in pages:
                self._show_door(door)

    def _judge_anew(self) -> None:
        """Cut the sockets of staff pages: who may still look comes back at once, and the others do not."""
        with self._app.test_request_context("/"):
            for door in self._doors:
                if door.audience.staff:
                    self._socketio.emit("reload", namespace=door.audience.namespace)
                    for sid in door.members.sids():
                        disconnect(sid, namespace=door.audience.namespace)

    def _show_door(self, door: _Door) -> None:
        for room in door.members.listening():
            self._show_room(door, room)

    def _show_room(self, door: _Door, room: str) -> None:
        try:
            state = door.audience.draw(room)
        except Exception:
            log.exception("room %s of %s could not be drawn", room, door.audience.namespace)
            return
        if state is not None and door.members.is_new(room, state.html):
            payload = {"seq": state.seq, "html": state.html}
            broadcast(self._server, "state", payload, namespace=door.audience.namespace, room=room)


def _calls(events: list[Event]) -> list[Event]:
    return [event for event in events if event.name in ANNOUNCED]


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO adds it to the request
