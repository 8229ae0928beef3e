"""The other ways to a printer: serial, file, queue, memory, and a status port beside the paper."""

from __future__ import annotations

import os
import select
import socket
import threading
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import usb.core

from printer.addresses import parse_address
from printer.devices import LinkLostError, LinkRefusedError, MemoryLink, PrinterSettings, open_link
from printer.emulator import Emulator, Fault, FaultKind
from printer.jobs import JobState
from printer.profiles import PROFILES
from printer.render import render
from printer.spool import Spool
from printer.status import Condition
from tests.printer.printer_cast import Desk, ticket


@dataclass
class Cable:
    """A serial cable between a port of this machine and the software printer."""

    path: str


@pytest.fixture
def cable(emulator: Emulator) -> Iterator[Cable]:
    far, near = os.openpty()
    tty.setraw(near)
    wire = socket.create_connection((emulator.host, emulator.port))
    closing, stop = os.pipe()
    ends: list[Any] = [far, wire, closing]

    def carry() -> None:
        while True:
            ready, _, _ = select.select(ends, [], [])
            if closing in ready:
                return
            if far in ready:
                wire.sendall(os.read(far, 4096))
            if wire in ready:
                os.write(far, wire.recv(4096))

    thread = threading.Thread(target=carry)
    thread.start()
    yield Cable(path=os.ttyname(near))
    os.write(stop, b"x")
    thread.join()
    wire.close()
    for end in (far, near, closing, stop):
        os.close(end)


def test_a_slip_goes_over_a_serial_cable_and_is_confirmed(
    desk: Desk, emulator: Emulator, cable: Cable, open_spool: Callable[..., Spool]
) -> None:
    open_spool(PrinterSettings(id="hall", name="大厅", address=f"serial:{cable.path}?baud=115200", profile="native-80"))

    number = desk.print(ticket())

    assert desk.wait(number, JobState.CONFIRMED).ack == "barrier"
    assert "A023" in emulator.slips()[0].text


def test_a_printers_node_is_written_and_read_like_a_wire(
    desk: Desk, emulator: Emulator, cable: Cable, open_spool: Callable[..., Spool]
) -> None:
    open_spool(PrinterSettings(id="hall", name="大厅", address=f"usb:{cable.path}", profile="emulator-80"))

    number = desk.print(ticket())

    assert desk.wait(number, JobState.CONFIRMED).ack == "process_id"


def test_a_file_collects_the_bytes_and_the_job_is_called_unconfirmed(
    desk: Desk, tmp_path: Path, open_spool: Callable[..., Spool]
) -> None:
    open_spool(
        PrinterSettings(id="hall", name="大厅", address=f"file:{tmp_path / 'paper.bin'}", profile="bluetooth-58")
    )

    number = desk.print(ticket())

    desk.wait(number, JobState.UNCONFIRMED)
    assert (tmp_path / "paper.bin").read_bytes() == render(ticket(), PROFILES["bluetooth-58"])


def test_memory_keeps_the_bytes(desk: Desk, open_spool: Callable[..., Spool]) -> None:
    open_spool(PrinterSettings(id="hall", name="大厅", address="memory:drawer", profile="bluetooth-58"))

    desk.wait(desk.print(ticket()), JobState.UNCONFIRMED)

    assert MemoryLink.taken("drawer") == render(ticket(), PROFILES["bluetooth-58"])


def system_queue(folder: Path, lp: str) -> None:
    for name, script in (("lpstat", '[ "$2" = slips ]'), ("lp", lp)):
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)


def test_a_queue_of_the_system_is_believed_only_to_have_taken_the_slip(
    desk: Desk, tmp_path: Path, open_spool: Callable[..., Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    system_queue(tmp_path, f"cat > {tmp_path}/queued")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    open_spool(PrinterSettings(id="hall", name="大厅", address="cups:slips", profile="cups-80"))

    row = desk.wait(desk.print(ticket()), JobState.UNCONFIRMED)

    assert row.ack == "none"
    assert (tmp_path / "queued").read_bytes() == render(ticket(), PROFILES["cups-80"])


def test_a_queue_that_does_not_exist_is_a_printer_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system_queue(tmp_path, "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    with pytest.raises(LinkRefusedError):
        open_link("cups:other")


def test_a_printer_that_tells_its_state_on_another_port_waits_for_paper(
    desk: Desk, open_spool: Callable[..., Spool]
) -> None:
    printer = Emulator(port=0, mm_per_second=0, status_port=0, process_ids=False)
    printer.start()
    printer.inject(Fault(kind=FaultKind.PAPER_OUT))
    address = f"tcp://{printer.host}:{printer.port}?status={printer.status_port}"
    spool = open_spool(PrinterSettings(id="hall", name="大厅", address=address, profile="network-4000"))
    number = desk.print(ticket())
    desk.wait(number, JobState.WAITING_PAPER)
    assert spool.states()[0].condition is Condition.WAITING_PAPER

    printer.load_paper()

    assert desk.wait(number, JobState.UNCONFIRMED).ack == "status"
    assert len(printer.slips()) == 1
    printer.stop()


@pytest.mark.parametrize(
    "address", ["", "tcp:", "tcp://host:9100?speed=9", "usb:lp0", "serial:/dev/x?flow=slow", "cups:", "ftp://x"]
)
def test_an_address_that_cannot_be_is_refused_with_its_name(address: str) -> None:
    with pytest.raises(ValueError, match="printer address"):
        parse_address(address)


@pytest.mark.parametrize("address", ["usb:dead:beef", "serial:/dev/none", "file:/dev/none/x", "usb:/dev/usb/none"])
def test_a_printer_that_is_not_there_is_refused_and_does_not_hang(address: str) -> None:
    with pytest.raises(LinkRefusedError):
        open_link(address)


def test_settings_name_their_mistakes() -> None:
    for wrong in ({"profile": "laser"}, {"options": {"colour": "red"}}, {"options": {"width_dots": "wide"}}):
        with pytest.raises(ValueError, match="printer p"):
            PrinterSettings(id="p", name="p", address="memory:p", **wrong)


class UsbPrinter:
    """What pyusb gives for a printer on the bus, wired to the software printer: endpoints that time out."""

    def __init__(self, emulator: Emulator) -> None:
        self._wire = socket.create_connection((emulator.host, emulator.port))
        self.backend = self._ctx = self
        self.gone = False

    def set_configuration(self) -> None: ...

    def reset(self) -> None: ...

    def write(self, endpoint: int, data: bytes, timeout: int) -> int:
        assert endpoint == 0x01
        if self.gone:
            raise usb.core.USBError("No such device")
        self._wire.settimeout(timeout / 1000)
        try:
            return self._wire.send(data)
        except TimeoutError:
            raise usb.core.USBTimeoutError("Operation timed out") from None

    def read(self, endpoint: int, size: int, timeout: int) -> bytes:
        assert endpoint == 0x82
        self._wire.settimeout(timeout / 1000)
        try:
            return self._wire.recv(size)
        except TimeoutError:
            raise usb.core.USBTimeoutError("Operation timed out") from None

    def dispose(self, device: UsbPrinter) -> None:
        device._wire.close()


def test_a_usb_printer_without_a_driver_of_the_system_prints_and_confirms(
    desk: Desk, emulator: Emulator, open_spool: Callable[..., Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[UsbPrinter] = []

    def find(**wanted: int) -> UsbPrinter:
        assert wanted == {"idVendor": 0x04B8, "idProduct": 0x0E15}
        found.append(UsbPrinter(emulator))
        return found[-1]

    monkeypatch.setattr(usb.core, "find", find)
    open_spool(PrinterSettings(id="hall", name="大厅", address="usb:04b8:0e15", profile="epson-tm-80"))

    assert desk.wait(desk.print(ticket()), JobState.CONFIRMED).ack == "process_id"


def test_a_usb_printer_that_is_pulled_out_is_a_lost_wire(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    printer = UsbPrinter(emulator)
    monkeypatch.setattr(usb.core, "find", lambda **_: printer)
    link = open_link("usb:04b8:0e15")
    assert link.exchange(b"\n", 0.1)[0] == 1

    printer.gone = True

    with pytest.raises(LinkLostError):
        link.exchange(b"\n", 0.1)
    link.close()
