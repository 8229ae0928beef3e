"""The hall under measure: `kiosk serve` on the shipped configuration, with people in it, its printer beside it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.app import open_hall
from kiosk.config import load
from kiosk.domain.people import Actor, Role
from kiosk.operations import queueing, staff
from kiosk.operations.hall import Context
from tests.bench.http import Client
from tests.bench.processes import ROOT, beside, end, free_port, listens, until

CLI = Actor(name="cli")
PASSWORD = "wooden-bridge-7"
MOST_WAITING = 999
"""The most a hall may let wait per service: the load generator is many times a township's busiest morning."""


@dataclass
class Hall:
    """A hall's folders and its running server."""

    folder: Path
    port: int
    process: subprocess.Popen[str] | None = None
    token: str = ""

    def command(self, *words: str) -> list[str]:
        """A `kiosk` command on this hall's folders."""
        data = self.folder / "data"
        return [sys.executable, "-m", "kiosk", "--config", str(self.folder / "config"), "--data", str(data), *words]

    def kiosk(self, *words: str) -> None:
        """Run a `kiosk` command beside the server; raises CalledProcessError when it fails."""
        subprocess.run(self.command(*words), cwd=ROOT, stdout=subprocess.DEVNULL, timeout=60, check=True)

    def start(self) -> float:
        """Start the server; how many seconds passed until it answered."""
        command = self.command("serve", "--host", "127.0.0.1", "--port", str(self.port))
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, text=True)
        return until(self._answers, seconds=30, what="the hall's start", every=0.002)

    def _answers(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise RuntimeError("the hall has ended instead of starting")
        if not listens(self.port):
            return False
        with contextlib.suppress(OSError), self.client() as client:
            return client.send("GET", "/api/health")[0] == 200
        return False

    def stop(self) -> float:
        """Stop the server; how many seconds that took."""
        if self.process is None:
            return 0.0
        seconds, self.process = end(self.process), None
        return seconds

    def client(self) -> Client:
        """A connection to the server, signed in once `people` have come."""
        return Client(self.port, self.token)

    def people(self) -> None:
        """Open the hall for ten hours, add a user as an administrator would, and sign in."""
        self.kiosk("open", "--minutes", "600")
        self.kiosk("user", "add", "bench", "--role", Role.OFFICE, "--password", PASSWORD)
        with self.client() as client:
            answer = client.json("POST", "/api/sign-in", {"login": "bench", "password": PASSWORD})
        self.token = str(answer["token"])

    @contextlib.contextmanager
    def inside(self) -> Iterator[Context]:
        """The hall as another process beside the server has it."""
        context = open_hall(load(self.folder / "config"), self.folder / "data")
        try:
            yield context
        finally:
            context.database.close()

    def morning(self) -> None:
        """Fill the hall as on a lively morning: clerks at all windows, people called, served, missed and waiting."""
        with self.inside() as context:
            services = [service.id for service in context.hall.services]
            for turn in range(40):
                queueing.take_ticket(context, service=services[turn % len(services)], actor=CLI)
            for window in context.hall.windows:
                _serve(context, window.number)

    def dry(self) -> None:
        """Throw the queued slips away, so that the printer soon rests."""
        with self.inside() as context:
            context.database.write(
                lambda db: db.execute("UPDATE print_jobs SET state = 'cancelled' WHERE state = 'queued'")
            )

    def clear(self) -> None:
        """Send everybody waiting home and throw the queued slips away, at once, so that each leg begins alike."""
        with self.inside() as context:
            context.database.write(
                lambda db: (
                    db.execute("UPDATE tickets SET state = 'cancelled', ended_at = issued_at WHERE state = 'waiting'"),
                    db.execute("UPDATE print_jobs SET state = 'cancelled' WHERE state = 'queued'"),
                )
            )


def _serve(context: Context, window: int) -> None:
    person = staff.add_staff(
        context, login=f"clerk{window}", name=f"{window}号", role=Role.CLERK, password=secrets.token_hex(8), actor=CLI
    )
    actor = Actor(name=f"clerk:{person.login}", staff=person)
    staff.take_window(context, window=window, actor=actor)
    queueing.call_next(context, window=window, actor=actor)
    queueing.miss(context, window=window, actor=actor)
    if window == 1:
        return  # the window that the measures call to
    queueing.call_next(context, window=window, actor=actor)
    queueing.start(context, window=window, actor=actor)


@contextlib.contextmanager
def folder(printer: int) -> Iterator[Path]:
    """A hall's folder with a copy of the shipped configuration, whose printer listens on a port."""
    with tempfile.TemporaryDirectory(prefix="hall-bench-", dir=os.environ.get("BENCH_FOLDER")) as name:
        place = Path(name)
        shutil.copytree(ROOT / "config", place / "config")
        settings = place / "config" / "hall.toml"
        text = settings.read_text().replace("emulator://127.0.0.1:9100", f"tcp://127.0.0.1:{printer}")
        text = text.replace(
            "sockets_per_address = 60", "sockets_per_address = 0"
        )  # two hundred screens on this machine
        settings.write_text(text.replace("waiting_per_service = 200", f"waiting_per_service = {MOST_WAITING}"))
        yield place


@contextlib.contextmanager
def running(*, printer: str = "", people: bool = True) -> Iterator[Hall]:
    """A hall with its printer (`blocked`: one that only accepts), running for as long as the block lasts."""
    port = free_port()
    with beside("paper", port, *([printer] if printer else [])), folder(port) as place:
        hall = Hall(place, free_port())
        try:
            hall.start()
            if people:
                hall.people()
            yield hall
        finally:
            hall.stop()
