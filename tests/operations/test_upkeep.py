"""The hall's memory keeps what is needed, and no longer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.app import FILE
from kiosk.domain.errors import BadInput
from kiosk.domain.people import Actor, Role
from kiosk.operations import staff, upkeep
from kiosk.operations.hall import Context
from kiosk.store import backups, records
from kiosk.store.database import Database, StorageTrouble, sqlite3
from kiosk.store.migrations import MIGRATIONS
from printer import spool
from printer.jobs import JobState
from tests.conftest import PASSWORD, Citizen, Clock


def test_old_paper_and_old_sign_ins_are_forgotten_and_the_diary_is_not(
    hall: Context, citizen: Callable[[], Citizen], clock: Clock
) -> None:
    staff.add_staff(hall, login="li", name="小李", role=Role.CLERK, password=PASSWORD, actor=Actor(name="cli"))
    staff.sign_in(hall, login="li", password=PASSWORD, address="192.168.1.20")
    ticket = citizen().take()
    with hall.database.read() as db:
        job = spool.latest(db, ticket.subject)
        before = records.last_seq(db)
    assert job is not None
    hall.database.write(lambda db: spool.cancel(db, job_id=job.id, at=clock(), detail="test"))
    clock.pass_(days=31)
    waiting = citizen().take()

    forgotten = upkeep.tidy(hall)

    assert (forgotten.jobs, forgotten.sign_ins) == (1, 1)
    with hall.database.read() as db:
        assert spool.latest(db, ticket.subject) is None
        kept = spool.latest(db, waiting.subject)
        assert records.events_of(db, ticket.subject)
        assert records.broken_link(db) is None
        assert records.last_seq(db) == before + 1
    assert kept is not None
    assert kept.state is JobState.QUEUED


def test_what_is_new_stays(hall: Context, citizen: Callable[[], Citizen]) -> None:
    ticket = citizen().take()

    forgotten = upkeep.tidy(hall)

    assert (forgotten.jobs, forgotten.sign_ins) == (0, 0)
    with hall.database.read() as db:
        assert spool.latest(db, ticket.subject) is not None


def test_a_copy_made_while_people_take_numbers_brings_the_hall_back(
    hall: Context, citizen: Callable[[], Citizen], tmp_path: Path
) -> None:
    ticket = citizen().take()
    copy = upkeep.back_up(hall, tmp_path / "usb")
    citizen().take()
    hall.database.close()
    file = tmp_path / "data" / FILE

    aside = backups.restore(copy, file)

    assert aside is not None
    with contextlib.closing(Database(file, [MIGRATIONS, spool.MIGRATIONS])) as after, after.read() as db:
        assert records.ticket_by_id(db, ticket.id) == ticket
        assert records.waiting(db, ticket.day, (ticket.service,)) == [ticket]
        assert records.broken_link(db) is None
    assert aside.exists()
    assert copy.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("harm", [b"no database at all", None], ids=["rubbish", "an altered diary"])
def test_a_damaged_copy_is_refused_and_nothing_is_touched(
    hall: Context, citizen: Callable[[], Citizen], tmp_path: Path, harm: bytes | None
) -> None:
    citizen().take()
    copy = upkeep.back_up(hall, tmp_path / "usb")
    if harm is None:
        with contextlib.closing(sqlite3.connect(copy)) as db, db:
            db.execute("DROP TRIGGER events_are_never_changed")
            db.execute("UPDATE events SET actor = 'somebody else' WHERE seq = 1")
    else:
        copy.write_bytes(harm)
    before = hall.database.path.read_bytes()

    with pytest.raises(BadInput, match=r"altered|not a database") as refused:
        backups.restore(copy, hall.database.path)

    assert refused.value.code == "bad_backup"
    assert hall.database.path.read_bytes() == before


def test_copies_of_the_last_days_are_kept_and_older_ones_go(hall: Context, clock: Clock) -> None:
    for _ in range(hall.hall.limits.backup_days + 3):
        newest = upkeep.back_up(hall)
        clock.pass_(days=1)

    kept = backups.copies(newest.parent)

    assert len(kept) == hall.hall.limits.backup_days
    assert kept[0] == newest


def test_a_full_disk_leaves_the_last_good_copy(hall: Context, citizen: Callable[[], Citizen], tmp_path: Path) -> None:
    copy = upkeep.back_up(hall, tmp_path / "usb")
    good = copy.read_bytes()
    citizen().take()
    copy.with_suffix(".new").mkdir()  # where the fresh copy would be written, nothing can be

    with pytest.raises(StorageTrouble):
        upkeep.back_up(hall, tmp_path / "usb")

    assert copy.read_bytes() == good
