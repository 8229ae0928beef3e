"""A spool on a real database and a printer on a real port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from printer.devices import PrinterSettings
from printer.emulator import Emulator
from printer.spool import Spool
from tests.printer.printer_cast import Desk

settings.register_profile("paper", deadline=None)  # drawing shares two cores with everything else
settings.load_profile("paper")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "hall.db")
    yield desk
    desk.close()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    emulator = Emulator(port=0, mm_per_second=0)
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def open_spool(desk: Desk) -> Iterator[Callable[..., Spool]]:
    """Starts spools on the desk and stops them all in the end."""
    spools: list[Spool] = []

    def start(*printers: PrinterSettings, **options: float) -> Spool:
        spool = Spool(
            printers=printers, write=desk.write, connect_reader=desk.reader, clock=desk.clock,
            on_change=desk.on_change, **options,
        )  # fmt: skip
        spool.start()
        spools.append(spool)
        return spool

    yield start
    for spool in spools:
        spool.stop(0.1)


@pytest.fixture
def spool(emulator: Emulator, open_spool: Callable[..., Spool]) -> Spool:
    return open_spool(PrinterSettings(id="hall", name="大厅", address=emulator.address, profile="emulator-80"))
