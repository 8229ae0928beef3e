"""One of several processes that issue and call numbers in one hall at once; prints what it got as JSON."""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from kiosk.app import open_hall
from kiosk.config import load
from kiosk.domain.errors import Conflict
from kiosk.domain.people import Actor
from kiosk.operations import queueing

CLI = Actor(name="cli")


def main(config: str, data: str, threads: int, rounds: int) -> None:
    """Let every thread take numbers and serve visitors, at whichever window is free."""
    settings = load(Path(config))
    hall = open_hall(settings, Path(data), clock=lambda: datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    services = [service.id for service in settings.hall.services]
    taken: list[str] = []
    called: list[tuple[int, int]] = []

    def work(me: int) -> None:
        for turn in range(rounds):
            ticket = queueing.take_ticket(hall, service=services[(me + turn) % len(services)], actor=CLI)
            taken.append(ticket.code)
            window = (me + turn) % 5 + 1
            try:
                got = queueing.call_next(hall, window=window, actor=CLI)
                called.append((window, got.id))
                queueing.start(hall, window=window, actor=CLI, ticket=got.id)
                queueing.complete(hall, window=window, actor=CLI, ticket=got.id)
            except Conflict:
                continue

    workers = [threading.Thread(target=work, args=(index,)) for index in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    hall.database.close()
    print(json.dumps({"taken": taken, "called": called}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
