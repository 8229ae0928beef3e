"""Thirty-two writers on a disk whose every flush takes 5 ms longer: a queue keeps the slowest in sight of the rest."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import hall as halls
from tests.bench.processes import run_module
from tests.bench.table import Line, Note, Row, below

WRITERS = 32
DELAY = 0.005
SOURCE = Path(__file__).with_name("slowsync.c")
Told = dict[str, dict[str, float]]


def build(folder: Path) -> Path:
    """Compile the slow disk; raises CalledProcessError when gcc refuses."""
    library = folder / "slowsync.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl"], check=True, timeout=60)
    return library


def once(library: Path, seconds: float) -> Told:
    """One round in a fresh hall; raises RuntimeError when the disk was not slow."""
    environment = os.environ | {"LD_PRELOAD": str(library), "SLOWSYNC_US": str(round(DELAY * 1e6))}
    with halls.folder(9) as place:
        words = (str(place / "config"), str(place / "data"), str(WRITERS), str(seconds))
        process = run_module("writing", *words, env=environment)
        answer, _ = process.communicate(timeout=seconds * 10 + 60)
    if process.returncode:
        raise RuntimeError(f"the writers ended with status {process.returncode}")
    told: Told = json.loads(answer.strip().splitlines()[-1])
    if told["floor"]["p50"] < DELAY * 1000:
        raise RuntimeError("the slow disk was not used")
    return told


def measure(*, rounds: int = 3, seconds: float = 2.0) -> Iterator[Line]:
    """Commit latencies of 32 writers, medians over fresh halls; floor: one writer alone on the same slow disk."""
    if shutil.which("gcc") is None:
        yield Note(text="slow disk: skipped, no gcc to build it with (apt-get install gcc)")
        return
    with tempfile.TemporaryDirectory() as name:
        library = build(Path(name))
        told = [once(library, seconds) for _ in range(rounds)]

    def figure(kind: str, what: str) -> float:
        return statistics.median(one[kind][what] for one in told)

    yield Note(
        text=f"{WRITERS} writers, each fsync {DELAY * 1000:g} ms slower; floor: one row per commit, one writer alone"
    )
    yield below("a number, committed, p99", figure("numbers", "p99"), "ms", 40, figure("floor", "p99"))
    yield Row(measure="  numbers", ours=figure("numbers", "rate"), unit="/s", floor=figure("floor", "rate"))
    yield below("a whole ticket, committed, p99", figure("tickets", "p99"), "ms", 40, figure("floor", "p99"))
    yield Row(measure="  tickets", ours=figure("tickets", "rate"), unit="/s", floor=figure("floor", "rate"))
