"""What a phone is told to open is where the hall's server listens, whichever process prints it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.address import HallAddress, alone, leave
from kiosk.cli import main


def address(data: Path) -> str:
    """What a command of a hall tells that is configured for every network of the machine and port 8080."""
    return HallAddress(data, host="0.0.0.0", port=8080)()


def test_the_configured_port_counts_until_a_server_has_told_another(tmp_path: Path) -> None:
    before = address(tmp_path)
    with alone(tmp_path):
        silent = address(tmp_path)
        leave(tmp_path, host="0.0.0.0", port=8081)
        told = address(tmp_path)

    assert before == silent
    assert before.endswith(":8080")
    assert told == before.replace(":8080", ":8081")


def test_a_server_that_listens_on_one_address_is_reached_there(tmp_path: Path) -> None:
    with alone(tmp_path):
        leave(tmp_path, host="192.168.1.10", port=8080)

    assert address(tmp_path) == "http://192.168.1.10:8080"


def test_a_second_server_changes_nothing_of_what_the_first_has_told(tmp_path: Path) -> None:
    with alone(tmp_path):
        leave(tmp_path, host="192.168.1.10", port=8081)
        with pytest.raises(BlockingIOError), alone(tmp_path):
            pass

    assert address(tmp_path) == "http://192.168.1.10:8081"


def test_a_demonstration_without_a_running_hall_says_what_to_start_first(tmp_path: Path) -> None:
    refused = CliRunner().invoke(main, ["--data", str(tmp_path / "var"), "demo", "--minutes", "0.1"])

    assert refused.exit_code == 1
    assert "请先在另一个终端里" in refused.output
    assert not (tmp_path / "var").exists()
