"""The cast of the tests: a hall with its clock, citizens, clerks, the office, and a server with real paper."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect, sync_playwright
from werkzeug.test import TestResponse

from kiosk.app import Running, create, open_hall
from kiosk.config import Settings, load
from kiosk.domain.people import Actor, Role
from kiosk.domain.ratings import Channel, Level
from kiosk.domain.tickets import Ticket
from kiosk.operations import evaluation, queueing, staff
from kiosk.operations import hall as opening
from kiosk.operations.hall import Context
from kiosk.store import records
from printer.emulator import Emulator

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "config"
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, nine o'clock in the hall
PASSWORD = "wooden-bridge-7"
expect.set_options(timeout=20_000)  # a busy machine is no fault of the page


class Reader(FlaskClient):
    """Reads pages as people do, who do not see where a line may end."""

    def open(self, *words: Any, **wishes: Any) -> TestResponse:
        """As Flask's own."""
        answer = super().open(*words, **wishes)
        if answer.mimetype == "text/html":
            answer.set_data(answer.get_data().replace(b"<wbr>", b""))
        return answer


Flask.test_client_class = Reader
_ports = count(10000 + os.getpid() * 37 % 2000 * 10)  # several runs at once start far apart


def free_port() -> int:
    """A port below the range that clients draw from, which nobody uses now."""
    for port in _ports:
        with socket.socket() as probe:
            if port < 32000 and probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no free port")


def until(condition: Callable[[], Any], timeout: float = 10.0) -> Any:
    """Wait for a condition and return what made it true."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, as it runs on the hall's panels; one for every test of a worker, since its loop is one."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "tests/run installs chromium"
    with sync_playwright() as library:
        browser = library.chromium.launch(executable_path=path, args=["--no-sandbox", "--mute-audio"])
        yield browser
        browser.close()


class Clock:
    """The hall's clock; tests set it, it never runs by itself."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **parts: float) -> None:
        """Let time pass: `pass_(minutes=5)`."""
        self.now += timedelta(**parts)


@dataclass
class Citizen:
    """Somebody who comes to the hall."""

    hall: Context
    ticket: Ticket | None = None

    def take(self, service: str = "advice", **wishes: Any) -> Ticket:
        """Take a number at the kiosk."""
        self.ticket = queueing.take_ticket(self.hall, service=service, actor=Actor(name="kiosk:kiosk"), **wishes)
        return self.ticket

    def rate(self, level: int) -> Ticket:
        """Rate the visit on the own-ticket page."""
        assert self.ticket is not None
        return evaluation.rate(
            self.hall,
            token=self.ticket.token,
            level=Level(level),
            channel=Channel.OWN_TICKET,
            actor=Actor(name="citizen"),
        )

    @property
    def now(self) -> Ticket:
        """The ticket as it stands now."""
        assert self.ticket is not None
        with self.hall.database.read() as db:
            return records.ticket_by_id(db, self.ticket.id)


@dataclass
class Clerk:
    """Somebody who serves at a window."""

    hall: Context
    window: int
    actor: Actor = field(default_factory=lambda: Actor(name="nobody"))

    def call_next(self) -> Ticket:
        return queueing.call_next(self.hall, window=self.window, actor=self.actor)

    def recall(self) -> Ticket:
        return queueing.recall(self.hall, window=self.window, actor=self.actor)

    def start(self) -> Ticket:
        return queueing.start(self.hall, window=self.window, actor=self.actor)

    def complete(self) -> Ticket:
        return queueing.complete(self.hall, window=self.window, actor=self.actor)

    def miss(self) -> Ticket:
        return queueing.miss(self.hall, window=self.window, actor=self.actor)

    def serve(self) -> Ticket:
        """Call the next number and see the visit through to its end."""
        self.call_next()
        self.start()
        return self.complete()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The shipped configuration."""
    return load(CONFIG)


def unhurried(settings: Settings) -> Settings:
    """The same hall, whose kiosk gives many numbers in the one moment at which a test's clock stands."""
    return replace(settings, hall=replace(settings.hall, limits=replace(settings.hall.limits, numbers_per_minute=0)))


@pytest.fixture
def hall(settings: Settings, tmp_path: Path, clock: Clock) -> Iterator[Context]:
    """An open hall on a Monday morning, over a real file, with nothing following it."""
    context = open_hall(settings, tmp_path / "data", clock=clock)
    yield context
    context.database.close()


@pytest.fixture
def citizen(hall: Context) -> Callable[[], Citizen]:
    return lambda: Citizen(hall)


@pytest.fixture
def clerk(hall: Context) -> Callable[[int], Clerk]:
    """A clerk on duty at a window."""

    def come(window: int) -> Clerk:
        person = staff.add_staff(
            hall,
            login=f"clerk{window}",
            name=f"{window}号",
            role=Role.CLERK,
            password=PASSWORD,
            actor=Actor(name="cli"),
        )
        actor = Actor(name=f"clerk:{person.login}", staff=person)
        staff.take_window(hall, window=window, actor=actor)
        return Clerk(hall, window, actor)

    return come


@pytest.fixture
def office(hall: Context) -> Actor:
    """The center office."""
    person = staff.add_staff(
        hall, login="office", name="办公室", role=Role.OFFICE, password=PASSWORD, actor=Actor(name="cli")
    )
    return Actor(name="office:office", staff=person)


@pytest.fixture
def running(settings: Settings, tmp_path: Path, clock: Clock) -> Iterator[Running]:
    """The whole application in this process, its clock in our hands, its printer a real TCP emulator."""
    with running_hall(settings, tmp_path / "data", clock) as application:
        yield application


@contextlib.contextmanager
def running_hall(settings: Settings, data: Path, clock: Clock) -> Iterator[Running]:
    """What `running` gives, for a fixture that lives longer than a test."""
    port = free_port()
    printers = tuple(replace(one, address=f"emulator://127.0.0.1:{port}") for one in settings.printers)
    place = unhurried(settings).hall
    place = replace(place, queue=replace(place.queue, recall_seconds=0))  # the clock stands
    application = create(replace(settings, hall=place, printers=printers), data, clock=clock)
    application.start()
    yield application
    application.stop()


@dataclass
class Server:
    """`kiosk serve` as a process of its own, with the paper it prints on."""

    url: str
    config: Path
    data: Path
    paper: Emulator
    process: subprocess.Popen[str] | None = None

    def command(self, *words: str) -> list[str]:
        """A `kiosk` command on this hall's folders."""
        return [sys.executable, "-m", "kiosk", "--config", str(self.config), "--data", str(self.data), *words]

    def kiosk(self, *words: str) -> str:
        """Run a `kiosk` command beside the server and return what it prints."""
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=30, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start the server and wait until it answers."""
        port = self.url.rsplit(":", 1)[1]
        self.process = subprocess.Popen(
            self.command("serve", "--host", "127.0.0.1", "--port", port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )
        until(self._answers, timeout=20)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.process.stdout and self.process.stdout.read()
        try:
            return requests.get(self.url + "/api/health", timeout=1).ok
        except requests.RequestException:
            return False

    def stop(self, *, kill: bool = False) -> None:
        """Stop the server, as a power cut would if `kill`."""
        if self.process is None:
            return
        if kill:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # all of it at once, as when the power fails
        else:
            self.process.terminate()
        self.process.wait(timeout=15)
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A hall that runs as in real life, its printer a real TCP printer beside it; opened whatever the day."""
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    paper = Emulator("127.0.0.1", free_port(), mm_per_second=2000)
    paper.start()
    text = (config / "hall.toml").read_text()
    text = text.replace("emulator://127.0.0.1:9100", f"tcp://127.0.0.1:{paper.port}")
    text = text.replace("recall_seconds = 3", "recall_seconds = 0")  # tests are quick
    (config / "hall.toml").write_text(text.replace("numbers_per_minute = 20", "numbers_per_minute = 0"))
    place = Server(f"http://127.0.0.1:{free_port()}", config, tmp_path / "data", paper)
    try:
        hall = open_hall(load(config), place.data)
        opening.open_hall(hall, minutes=600, actor=Actor(name="cli"))
        hall.database.close()
        place.start()
        yield place
    finally:
        place.stop(kill=True)
        paper.stop()
