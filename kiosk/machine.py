"""What the server asks of the machine: one core, one heap for all threads, and short turns at the interpreter."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

TURN = 0.001
"""Seconds a thread may keep the interpreter while others want it. Python's own 5 ms would let the writer, who hands it
back at every statement, wait that long a dozen times for one number."""
FRUGAL = {-8: 1, -3: 64 * 1024, -1: 64 * 1024}
"""What glibc's `mallopt` is told: one heap for all threads, and large pieces go back to the system when freed."""
PROCESSOR = 36
"""Where `/proc/self/stat` tells the core, counted behind the name (proc(5), field 39)."""


def take_short_turns() -> None:
    """Let no thread keep the interpreter for long."""
    sys.setswitchinterval(TURN)


def stay_on_one_core() -> None:
    """Keep this process, and all threads it will start, on the core it runs on now; a no-op where that is unknown.

    The interpreter runs one thread at a time. With two cores, each of a request's handovers wakes the idle one, which
    knows nothing of the data yet: on one, a hall gives a third more numbers and shows its calls a sixth sooner.
    """
    with contextlib.suppress(AttributeError, OSError):
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        os.sched_setaffinity(0, {int(fields[PROCESSOR])})


def share_one_heap() -> None:
    """Keep two hundred threads from holding a heap each: what one has freed, another uses; a no-op without glibc."""
    with contextlib.suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in FRUGAL.items():
            mallopt(option, value)
