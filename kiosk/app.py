"""The composition root: puts configuration, memory, pages, relay and spool together, and decides nothing."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask_socketio import SocketIO
from flask_wtf.csrf import generate_csrf

from display import web as screens
from kiosk import faces
from kiosk.address import HallAddress
from kiosk.clock import SteadyClock
from kiosk.config import Settings
from kiosk.operations import staff, upkeep, watching
from kiosk.operations.hall import Context
from kiosk.operations.waits import Forecaster
from kiosk.push import Relay
from kiosk.store import queries, records
from kiosk.store.database import Database, sqlite_is_safe
from kiosk.store.migrations import MIGRATIONS
from kiosk.web import (
    access,
    api,
    casebook,
    console,
    daily,
    day,
    devices,
    entry,
    figures,
    ledgers,
    moves,
    office,
    registers,
    reviews,
    touch,
)
from kiosk.wire import Rooms
from printer import emulator, spool
from printer.addresses import PrinterSettings
from printer.emulator import Emulator

log = logging.getLogger(__name__)
FILE = "hall.sqlite"
TIDY_AFTER = 60.0
"""Seconds from the start until the memory is tidied first: the morning's first citizens come before it."""
TIDY_EVERY = 86400.0
WATCH_EVERY = 60.0
"""Seconds between two looks at what was not kept."""


def utc_now() -> datetime:
    """The server's clock, the only time authority of the hall."""
    return datetime.now(UTC)


def open_hall(settings: Settings, data: Path, *, clock: Callable[[], datetime] = utc_now) -> Context:
    """Open the hall's memory and return what operations need; raises `StorageTrouble` if the file refuses."""
    database = Database(data / FILE, [MIGRATIONS, spool.MIGRATIONS])
    with database.read() as db:
        written = records.events_after(db, records.last_seq(db) - 1, limit=1)
    return Context(
        hall=settings.hall,
        catalogue=settings.catalogue,
        phrases=settings.phrases,
        database=database,
        clock=SteadyClock(clock, floor=written[-1].at if written else None),
        address=HallAddress(data, host=settings.server.host, port=settings.server.port),
        printer=settings.printers[0].id,
    )


def _secret_key(data: Path) -> str:
    """The key that signs browsers' form tokens, made at first start and readable by this user alone."""
    path = data / "secret.key"
    if not path.exists() or not path.read_text().strip():
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())  # a power cut at the first start must not leave an empty key
        fresh.replace(path)
    return path.read_text().strip()


def _version() -> str:
    """What the pages are made of, in short: screens that show another version load themselves anew."""
    digest = hashlib.sha256()
    for package in (Path(__file__).parent / "web", Path(screens.__file__).parent):
        for path in sorted(package.rglob("*")):
            if path.suffix in {".html", ".css", ".js", ".svg"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class Upkeep:
    """Watches what is not kept each minute; tidies and copies the memory soon after the start, then once a day."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin to watch; nothing is tidied in the first minute."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after what is being done now, two seconds at most."""
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        tidy_at = time.monotonic() + TIDY_AFTER
        while not self._stop.wait(min(WATCH_EVERY, TIDY_AFTER)):
            self._do(watching.watch, "what was not kept could not be looked at; next minute again")
            if time.monotonic() >= tidy_at:
                tidy_at += TIDY_EVERY
                self._do(upkeep.tidy, "the memory could not be tidied; tomorrow again")
                self._do(upkeep.back_up, "the memory could not be copied; tomorrow again")

    def _do(self, task: Callable[[Context], object], trouble: str) -> None:
        try:
            task(self._context)
        except Exception:
            log.exception("%s", trouble)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A hall that can be started and stopped, in this process."""

    app: Flask
    socketio: SocketIO
    context: Context
    relay: Relay
    spool: spool.Spool
    upkeep: Upkeep
    forecaster: Forecaster
    emulators: tuple[Emulator, ...]

    def start(self) -> None:
        """Start the followers: emulated printers first, then paper, then screens."""
        if not sqlite_is_safe():
            log.warning("this SQLite release can damage a database under two connections; install pysqlite3")
        for machine in self.emulators:
            try:
                machine.start()
            except OSError:
                log.exception("the emulated printer cannot listen; slips will wait")
        self.context.database.on_commit(self.spool.wake)
        self.spool.start()
        self.relay.start()
        self.upkeep.start()
        self.forecaster.start()

    def first_account(self) -> tuple[str, str] | None:
        """Login and password of the first account, in a hall that has none yet."""
        return staff.first_account(self.context)

    def stop(self) -> None:
        """Stop the followers and close the memory; what was promised is on disk."""
        self.forecaster.stop()
        self.upkeep.stop()
        self.relay.stop()
        self.spool.stop(2.0)
        for machine in self.emulators:
            machine.stop()
        self.context.database.close()


def create(settings: Settings, data: Path, *, clock: Callable[[], datetime] = utc_now) -> Running:
    """Put a hall together; nothing runs until `start`."""
    context = open_hall(settings, data, clock=clock)
    clock = context.clock
    forecaster = Forecaster(settings.hall, context.database, clock)
    context = replace(context, waits=forecaster)
    app = Flask("kiosk")
    app.secret_key = _secret_key(data)
    app.extensions["settings"] = settings
    socketio = SocketIO(
        app,
        client_manager=Rooms(),
        async_mode="threading",  # named: it would pick gevent where that happens to be installed
        transports=["websocket"],  # type: ignore[call-arg]  # handed on to Engine.IO
        ping_interval=7,  # screens call a picture old that has not been confirmed for ten seconds
        ping_timeout=10,
        max_http_buffer_size=64 * 1024,
    )
    access.init_access(app, context, names=settings.server.names)
    pages_of_all = (
        touch,
        console,
        moves,
        office,
        day,
        daily,
        devices,
        registers,
        entry,
        casebook,
        ledgers,
        figures,
        reviews,
        api,
    )
    for pages in pages_of_all:
        app.register_blueprint(pages.blueprint)
    emulators = tuple(_emulator(printer) for printer in settings.printers if printer.address.startswith("emulator:"))
    for place, machine in enumerate(emulators):
        name = f"paper{place or ''}"
        app.register_blueprint(emulator.blueprint(machine, name=name), url_prefix=f"/{name}")
    reports = office.Reports(clock)
    clips, photos = (
        faces.clip_finder(settings.folder / "voice"),
        faces.photo_finder(settings.hall, settings.folder / "photos"),
    )
    app.extensions["clips"] = clips
    boards = faces.Boards(context, photos)
    app.register_blueprint(
        screens.create_blueprint(
            boards=boards.board,
            windows=boards.window,
            clips=clips,
            photos=photos,
            on_report=reports.take,
            token=generate_csrf,
            version=_version(),
        )
    )
    relay = Relay(
        app,
        socketio,
        context,
        announce=faces.announcer(context, clips),
        knows_host=access.host_is_ours,
        pulse=lambda: _alert_keys(context, reports),
    )
    paper = spool.Spool(
        printers=settings.printers,
        write=context.database.write,
        connect_reader=context.database.connect_reader,
        clock=clock,
        on_change=relay.paper_moved,
    )
    watched = office.Devices(printers=paper.states, reports=reports)
    app.extensions["devices"] = watched
    app.jinja_env.globals["printers"] = paper.states
    relay.open_doors(faces.audiences(context, boards, watched))
    return Running(
        app=app,
        socketio=socketio,
        context=context,
        relay=relay,
        spool=paper,
        upkeep=Upkeep(context),
        forecaster=forecaster,
        emulators=emulators,
    )


def _alert_keys(context: Context, reports: office.Reports) -> tuple[str, ...]:
    """What the office should look at now, people and screens, by name."""
    with context.database.read() as db:
        keys = [alert.key for alert in queries.alerts_now(db, context.hall, context.clock())]
    keys += ["clock"] if context.clock.machine else []
    return (*keys, *(line.screen.id for line in office.screen_lines(context, reports) if line.failing))


def _emulator(printer: PrinterSettings) -> Emulator:
    parts, profile = urlsplit(printer.address), printer.kind
    return Emulator(
        parts.hostname or "127.0.0.1", parts.port or 9100, width_dots=profile.width_dots, charset=profile.charset
    )
