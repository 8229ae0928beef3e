"""Copies of the hall's file: made while people take numbers, proven before they count, and put back by one command."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from kiosk.domain.errors import BadInput
from kiosk.store import records
from kiosk.store.database import Connection, StorageTrouble, sqlite3

FOLDER = "backups"


def save(source: Connection, folder: Path, day: date) -> Path:
    """Copy the whole hall as it is at this moment into `hall-DAY.sqlite` of a folder and return the copy's path.

    It replaces an earlier copy of the day only when it is sound. Raises `StorageTrouble`.
    """
    target = folder / f"hall-{day}.sqlite"
    fresh = target.with_suffix(".new")
    try:
        folder.mkdir(exist_ok=True)  # a disk that is not there is never made up on our own
        fresh.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(fresh)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, wherever it is carried
        if fault := damage_of(fresh):
            raise StorageTrouble(RuntimeError(fault))
        _settle(fresh)
        fresh.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise StorageTrouble(error) from error
    return target


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """A file of the hall or a copy, only to be read; raises sqlite's errors."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        yield db


def keeps_log(db: Connection) -> bool:
    """Whether a file is written by way of a log (WAL), so that readers never wait."""
    return bool(db.execute("PRAGMA journal_mode").fetchone()[0] == "wal")


def damage_of(path: Path, *, diary: bool = False) -> str:
    """What is wrong with a copy: unreadable, damaged or, if asked for, its diary altered; empty when it is sound."""
    try:
        with opened(path) as db:
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
            broken = records.broken_link(db) if diary and found == "ok" else None
    except sqlite3.Error as error:
        return str(error)
    if broken is not None:
        return f"event {broken} was altered"
    return "" if found == "ok" else found


def copies(folder: Path) -> list[Path]:
    """The copies in a folder, newest day first."""
    return sorted(folder.glob("hall-????-??-??.sqlite"), reverse=True)


def day_of(copy: Path) -> date:
    """The hall's day of a copy, which its name tells."""
    return date.fromisoformat(copy.stem.removeprefix("hall-"))


def prune(folder: Path, keep: int) -> int:
    """Remove all but the newest `keep` copies; how many went."""
    old = copies(folder)[keep:]
    for path in old:
        path.unlink()
    return len(old)


def restore(copy: Path, file: Path, *, hall: str) -> Path | None:
    """Put a copy in the place of the hall's file; what stood there is kept beside it, and its path is returned.

    Nobody may have the file open. Raises `bad_backup` for a copy that is not sound, `other_hall` for one of a hall with
    another code, `StorageTrouble` for one that does not fit beside the file, before anything is touched.
    """
    if fault := damage_of(copy, diary=True):
        raise BadInput("bad_backup", f"{copy.name}: {fault}", name=copy.name)
    with opened(copy) as db:
        known = db.execute("SELECT hall FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    if known and known[0] != hall:
        raise BadInput("other_hall", f"{copy.name} is of {known[0]}", name=copy.name, theirs=known[0], ours=hall)
    fresh = file.with_suffix(".restored")
    try:
        fresh.write_bytes(copy.read_bytes())
        _settle(fresh)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageTrouble(error) from error
    aside = _free_name(file)
    for ending in ("", "-wal", "-shm"):  # a log of the old file must never be played into the new one
        part = Path(f"{file}{ending}")
        if part.exists():
            part.replace(f"{aside}{ending}")
    fresh.replace(file)
    return aside if aside.exists() else None


def _free_name(file: Path) -> Path:
    names = (file.with_name(f"{file.name}.replaced-{turn}") for turn in range(1, 1000))
    return next(name for name in names if not name.exists())


def _settle(path: Path) -> None:
    """Let nobody else read a file, and see that it is on the disk."""
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())
