"""What comes from others is unchanged, licensed, and only what is used."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

import display
from display.vendor import ICONS, PACKAGES

ROOT = Path(display.__file__).parent.parent
STATIC = ROOT / "display" / "static"
LOCK: list[dict[str, Any]] = json.loads((STATIC / "vendor" / "vendor.lock").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", LOCK, ids=lambda entry: entry["name"])
def test_a_vendored_file_is_the_one_that_was_reviewed(entry: dict[str, Any]) -> None:
    for path, expected in entry["files"].items():
        assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest() == expected, path


def test_every_vendored_file_is_in_the_lock_with_its_licence() -> None:
    locked = {path for entry in LOCK for path in entry["files"]}
    present = {
        path.relative_to(STATIC).as_posix()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path.name not in {"vendor.lock", "icons.txt"}
    }

    assert present <= locked
    assert all(f"{package.folder}/LICENSE" in locked for package in PACKAGES)


def test_the_lock_speaks_of_the_versions_the_script_fetches() -> None:
    assert [(entry["name"], entry["version"], entry["integrity"]) for entry in LOCK] == [
        (package.name, package.version, package.integrity) for package in PACKAGES
    ]


def test_the_sprite_holds_every_listed_icon() -> None:
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")

    assert re.findall(r'<symbol id="([\w-]+)"', sprite) == sorted(ICONS.read_text(encoding="utf-8").split())
