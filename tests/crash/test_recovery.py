"""The machine or its disk breaks: a copy brings the hall back, and nothing is said to work that does not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import requests

from tests.conftest import Server


def test_a_copy_brings_back_a_hall_whose_memory_cannot_be_read(server: Server, tmp_path: Path) -> None:
    server.kiosk("take", "advice")
    server.kiosk("backup", str(tmp_path / "usb"))
    (copy,) = (tmp_path / "usb").glob("*.sqlite")
    while_it_runs = _run(server, "restore", str(copy))
    told = server.kiosk("take", "advice")
    server.stop()
    (server.data / "hall.sqlite").write_bytes(b"what a dying disk leaves behind" * 100)

    refused = _run(server, "serve", "--port", "0")
    restored = _run(server, "restore", str(copy))
    server.start()

    assert "大厅正在运行" in while_it_runs.stderr
    assert server.url in told
    assert refused.returncode != 0
    assert "kiosk restore" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert restored.returncode == 0, restored.stderr
    services = requests.get(f"{server.url}/api/hall", timeout=10).json()["services"]
    assert sum(service["waiting"] for service in services) == 1
    assert server.kiosk("take", "advice").startswith("Y002")
    assert "完整无改动" in server.kiosk("verify")


def _run(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(server.command(*words), capture_output=True, text=True, timeout=60, check=False)
