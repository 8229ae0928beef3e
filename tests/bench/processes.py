"""Starts what a measure needs beside it, knows what it weighs, and ends exactly what it started."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    """A port nobody uses, below the range that clients draw theirs from."""
    for port in random.sample(range(20000, 32000), 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise RuntimeError("no free port")


def until(condition: Callable[[], bool], *, seconds: float, what: str, every: float = 0.005) -> float:
    """Wait for a condition and return how many seconds that took; raises RuntimeError when it does not come true."""
    began = time.perf_counter()
    while not condition():
        if time.perf_counter() - began > seconds:
            raise RuntimeError(f"{what}: not within {seconds} s")
        time.sleep(every)
    return time.perf_counter() - began


def listens(port: int) -> bool:
    """Whether somebody accepts connections on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run_module(name: str, *words: str, **options: object) -> subprocess.Popen[str]:
    """Start a module of this folder as a process of its own, its standard streams as text pipes."""
    command = [sys.executable, "-m", f"tests.bench.{name}", *words]
    return subprocess.Popen(  # type: ignore[no-any-return]
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    )


def end(process: subprocess.Popen[str], *, patience: float = 10.0) -> float:
    """Ask a process to end, make it after `patience` seconds; returns how many seconds it took."""
    began = time.perf_counter()
    process.terminate()
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            with contextlib.suppress(OSError):
                stream.close()
    return time.perf_counter() - began


@contextlib.contextmanager
def beside(name: str, port: int, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A module of this folder that listens on `port` for as long as the block lasts."""
    process = run_module(name, str(port), *words)
    try:
        until(lambda: listens(port), seconds=20, what=name)
        yield process
    finally:
        end(process)


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError):  # the thread has ended meanwhile
            for child in task.read_text().split():
                found += family(int(child))
    return found


def pss_mib(pid: int) -> float:
    """What a process and its children hold in memory, shared pages by share, in MiB."""
    kib = 0
    for member in family(pid):
        for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kib += int(line.split()[1])
    return kib / 1024


def threads(pid: int) -> int:
    """How many threads a process and its children have."""
    return sum(len(list(Path(f"/proc/{member}/task").iterdir())) for member in family(pid))


def cpu_seconds(pid: int) -> float:
    """The processor time that a process and its children have used so far."""
    spent = 0.0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def sockets(pid: int) -> int:
    """How many sockets a process and its children hold open."""
    held = 0
    for member in family(pid):
        for handle in Path(f"/proc/{member}/fd").iterdir():
            with contextlib.suppress(OSError):
                held += handle.readlink().name.startswith("socket:")
    return held
