"""`kiosk doctor` names what is wrong with the machine, in Chinese and with a status, and changes nothing."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.app import FILE, open_hall
from kiosk.cli import main
from kiosk.config import Settings
from kiosk.domain.people import CLI
from kiosk.operations import hall as opening
from kiosk.operations import upkeep
from kiosk.store import backups
from kiosk.store.database import sqlite3
from printer.emulator import Emulator
from tests.conftest import CONFIG, Clock, Server, free_port


class Machine:
    """A hall's folders and its printer, with whatever fault is planted in them."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.config, self.data, self.settings = folder / "config", folder / "data", settings
        shutil.copytree(CONFIG, self.config)
        self.paper = Emulator("127.0.0.1", free_port())
        self.paper.start()
        text = (self.config / "hall.toml").read_text()
        text = text.replace("emulator://127.0.0.1:9100", f"tcp://127.0.0.1:{self.paper.port}")
        (self.config / "hall.toml").write_text(text)

    def lives(self, *, days_ago: float, copied: bool = True) -> None:
        """Something happened in the hall, and was copied that day."""
        clock = Clock(datetime.now(UTC) - timedelta(days=days_ago))
        context = open_hall(self.settings, self.data, clock=clock)
        opening.open_hall(context, minutes=5, actor=CLI)
        if copied:
            upkeep.back_up(context)
        context.database.close()

    def doctor(self) -> tuple[int, list[str]]:
        """The status and the lines that name a fault."""
        done = CliRunner().invoke(main, ["--config", str(self.config), "--data", str(self.data), "doctor"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, [line for line in done.output.splitlines() if line.startswith("✗")]


@pytest.fixture
def machine(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    roomy = shutil.disk_usage(tmp_path)._replace(total=10**11, free=5 * 10**10)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: roomy)
    own = Machine(tmp_path, settings)
    yield own
    own.paper.stop()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_hall_in_order_has_no_fault_and_is_left_as_it_is(machine: Machine) -> None:
    machine.lives(days_ago=5)
    machine.lives(days_ago=1)
    before = contents(machine.data)

    assert machine.doctor() == (0, [])
    after = contents(machine.data)
    assert {name: after[name] for name in before} == before


def old_backup(machine: Machine) -> None:
    for copy in backups.copies(machine.data / backups.FOLDER)[:1]:
        copy.unlink()


def printer_off(machine: Machine) -> None:
    machine.paper.stop()


def database_broken(machine: Machine) -> None:
    file = machine.data / FILE
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\x55" * 8192 + whole[16384:])


def no_log(machine: Machine) -> None:
    with contextlib.closing(sqlite3.connect(machine.data / FILE)) as db:
        db.execute("PRAGMA journal_mode=DELETE").fetchall()


def clock_behind(machine: Machine) -> None:
    machine.lives(days_ago=-1, copied=False)


def wrong_setting(machine: Machine) -> None:
    file = machine.config / "hall.toml"
    file.write_text(file.read_text().replace("Asia/Shanghai", "Asia/Nowhere"))


def no_folder(machine: Machine) -> None:
    shutil.rmtree(machine.data)


FAULTS = [
    (old_backup, "✗ 备份：最新一份是 hall-"),
    (printer_off, "连不上"),
    (database_broken, "✗ 数据库：坏了或打不开"),
    (no_log, "✗ 数据库：WAL 模式。没有打开"),
    (clock_behind, "✗ 时钟：最后一条记录在将来"),
    (wrong_setting, "✗ 配置：hall.toml：zone"),
    (no_folder, "✗ 数据：没有文件夹"),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_a_fault_is_named_alone(machine: Machine, fault: Callable[[Machine], None], words: str) -> None:
    machine.lives(days_ago=5)
    machine.lives(days_ago=1)
    fault(machine)

    status, lines = machine.doctor()

    assert status == 1
    assert len(lines) == 1
    assert words in lines[0]


def test_a_disk_nearly_full_and_type_that_is_missing_are_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.lives(days_ago=1)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: shutil._ntuple_diskusage(10**12, 0, 4 * 10**10))
    monkeypatch.setattr("printer.render.has_font", lambda: False)

    status, lines = machine.doctor()

    assert status == 1
    assert [line[:4] for line in lines] == ["✗ 磁盘", "✗ 字体"]


def test_a_running_hall_answers(server: Server) -> None:
    assert f"✓ 服务：{server.url.rsplit(':', 1)[1]} 端口有回答" in server.kiosk("doctor")
