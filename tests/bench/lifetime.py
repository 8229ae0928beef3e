"""From the command to the first answer, and from the signal to the end with screens that do not let go."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from tests.bench import bare
from tests.bench import hall as halls
from tests.bench.hall import Hall
from tests.bench.processes import beside, end, free_port, listens, run_module, until
from tests.bench.swarm import Swarm
from tests.bench.table import Line, Note, below

SCREENS = 20


def floor(settings: str) -> tuple[float, float]:
    """Seconds to start and to stop the same gunicorn with nothing in it."""
    port = free_port()
    began = time.perf_counter()
    process = run_module("bare", str(port), settings)
    until(lambda: listens(port), seconds=20, what="the bare server", every=0.002)
    started = time.perf_counter() - began
    return started, end(process)


def once() -> tuple[float, float, float]:
    """Seconds until a new hall answers, until a known one does, and until it has stopped under twenty screens."""
    port = free_port()
    with beside("paper", port), halls.folder(port) as place:
        hall = Hall(place, free_port())
        try:
            new = hall.start()
            hall.stop()
            known = hall.start()
            with Swarm(hall.port, SCREENS):
                return new, known, hall.stop()
        finally:
            hall.stop()


def measure(*, rounds: int = 3) -> Iterator[Line]:
    """Medians over the rounds; floor: gunicorn around an application that only says `ok`."""
    floors, ours = [], []
    for _ in range(rounds):
        floors.append(floor(bare.words()))
        ours.append(once())
    start, stop = (statistics.median(one[place] for one in floors) for place in range(2))
    new, known, stopped = (statistics.median(one[place] for one in ours) for place in range(3))
    yield Note(text="start and stop; floor: the same gunicorn with an application that says `ok`, no screens")
    yield below("start of a new hall → first answer", new, "s", 1.5, start)
    yield below("start of a known hall → first answer", known, "s", 1.5, start)
    yield below(f"stop with {SCREENS} screens connected", stopped, "s", 3.0, stop)
