"""What somebody types wrongly at the `kiosk` command is answered in Chinese, with a status and without our insides."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.cli import main
from tests.conftest import CONFIG

WRONG = [
    (["call-nex", "1"], "没有“call-nex”这个命令。是不是想写 call-next？"),
    (["call-next", "two"], "WINDOW 写得不对。请写一个数"),
    (["call-next"], "缺少 WINDOW。"),
    (["call-next", "1", "2"], "或者多写了内容"),
    (["open", "--minute", "5"], "没有 --minute 这个选项。是不是想写 --minutes？"),
    (["open", "--minutes"], "--minutes 写得不对"),
    (["open", "--minutes", "0"], "--minutes 写得不对。请写 1 到 1440 之间的数"),
    (["notice", "开会", "--minutes", "99999999999"], "--minutes 写得不对"),
    (["notice", "开会", "--until", "25:00"], "--until 写得不对。请写成 17:00"),
    (["notice", "--end", "9" * 30], "--end 写得不对"),
    (["user", "add", "li", "--role", "king"], "--role 写得不对。可以写：clerk、guide、office"),
    (["restore", "/nowhere"], "写得不对。请写一个已有的、读得出来的文件"),
    (["backup", __file__], "写得不对。请写一个文件夹"),
]


FULL = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (33000, 33000))
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Runs a command that finds no room: no file of its own may grow beyond the little that opening the memory takes."""


def kiosk(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(CONFIG), "--data", str(data), *words])


def told(refused: Result, status: int) -> str:
    """What a refused command says, to people."""
    assert refused.exit_code == status, refused.output
    assert isinstance(refused.exception, SystemExit)
    assert not re.search(r"Usage|Error|Invalid|Traceback", refused.output)
    return refused.output


@pytest.mark.parametrize(("words", "answer"), WRONG, ids=[" ".join(words)[:30] for words, _ in WRONG])
def test_a_command_that_cannot_be_meant_is_told_in_chinese(tmp_path: Path, words: list[str], answer: str) -> None:
    said = told(kiosk(tmp_path, *words), 2)

    assert answer in said
    assert not list(tmp_path.iterdir())


def test_a_data_folder_that_is_a_file_is_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    said = told(kiosk(tmp_path / "file", "take", "advice"), 2)

    assert "--data 写得不对。请写一个文件夹" in said
    assert "用法：" in said


@pytest.mark.parametrize("words", [["take", "advice"], ["verify"], ["backup"], ["user", "list"], ["open"]])
def test_a_command_in_the_wrong_folder_makes_no_hall_there(tmp_path: Path, words: list[str]) -> None:
    said = told(kiosk(tmp_path / "var", *words), 1)

    assert "这里没有大厅的数据" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["serve", "--port", "1"], ["restore", __file__]])
def test_a_data_folder_that_cannot_be_made_is_told_in_chinese(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "file").write_text("no folder")

    said = told(kiosk(tmp_path / "file" / "var", *words), 1)

    assert "用不了" in said


@pytest.mark.parametrize("words", [["take", "advice"], ["verify"], ["user", "list"]])
def test_a_memory_that_is_not_the_halls_is_told_in_chinese(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "hall.sqlite").write_text("something else altogether, and long enough")

    said = told(kiosk(tmp_path, *words), 1)

    assert "里的数据打不开" in said
    assert "[storage_trouble]" in said
    assert "kiosk restore" in said


def test_a_disk_that_is_not_there_takes_no_backup_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "var").mkdir()

    for disk in ("file/usb", "nowhere/usb"):
        assert "没有备份成" in told(kiosk(tmp_path / "var", "backup", str(tmp_path / disk)), 1)
    assert not (tmp_path / "nowhere").exists()


def test_what_a_command_did_is_told_in_chinese(tmp_path: Path) -> None:
    kiosk(tmp_path, "open")
    number = kiosk(tmp_path, "take", "advice").output.split()[0]

    done = [kiosk(tmp_path, move, "1").output for move in ("call-next", "recall", "start", "complete")]

    assert all(line.startswith("1 号窗口：") and number in line for line in done)
    assert not any(re.search(r"called|serving|completed", line) for line in done)


def test_a_full_disk_is_told_in_chinese_and_nothing_is_lost(tmp_path: Path) -> None:
    kiosk(tmp_path, "open")
    command = [sys.executable, "-m", "kiosk", "--config", str(CONFIG), "--data", str(tmp_path), "take", "advice"]

    refused = subprocess.run([sys.executable, "-c", FULL, *command], capture_output=True, text=True, check=False)

    assert refused.returncode == 1
    assert "系统暂时记不下这次操作" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert kiosk(tmp_path, "take", "advice").output.startswith("Y001")
