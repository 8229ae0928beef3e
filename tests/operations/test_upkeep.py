"""The hall's memory keeps what is needed, and no longer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from kiosk.app import FILE
from kiosk.domain.catalogue import Kind as MatterKind
from kiosk.domain.errors import BadInput
from kiosk.domain.people import Actor, Role
from kiosk.operations import answering, appointments, casework, staff, upkeep
from kiosk.operations.hall import Context
from kiosk.store import backups, cases, records
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


def test_people_are_forgotten_when_what_they_came_for_is_over(hall: Context, clock: Clock, tmp_path: Path) -> None:
    """Requirement S11: no row, log or copy holds a name, phone, home or number that nothing asks for any more."""
    office = staff.add_staff(
        hall, login="zhu", name="主任", role=Role.OFFICE, password=PASSWORD, actor=Actor(name="cli")
    )
    actor = Actor(name="office:zhu", staff=office)
    agency = next(one.id for one in hall.catalogue.matters if one.kind is MatterKind.AGENCY)
    name, phone = "欧阳测试甲", "13800001111"
    done = casework.accept(
        hall,
        matter=agency,
        name=name,
        phone=phone,
        home="测试村一组九号",
        identity="11010519491231002X",
        actor=actor,
    )
    answering.answer(hall, case=done.id, answer="已办好", actor=actor)
    answering.collect(hall, case=done.id, collector="上官测试乙", actor=actor)
    answering.close(hall, case=done.id, actor=actor)
    owed = casework.accept(hall, matter=agency, name="还在办的人", phone="13900002222", actor=actor)
    casework.praise(hall, about="态度好", name=name, phone=phone, actor=Actor(name="kiosk"))
    tomorrow = clock() + timedelta(days=1)
    appointments.book(hall, service=hall.hall.services[0].id, at=tomorrow, name=name, phone=phone, actor=actor)
    for job in hall.database.write(spool.jobs):
        hall.database.write(partial(spool.cancel, job_id=job.id, at=clock()))
    file = tmp_path / "data" / FILE
    secrets = [word.encode() for word in ("测试甲", "13800001111", "测试村", "19491231", "测试乙")]
    assert not [word for word in secrets[:2] if word not in file.read_bytes() + _log_of(file)]  # they are really there

    clock.pass_(days=33)
    forgotten = upkeep.tidy(hall)
    copy = upkeep.back_up(hall)

    assert forgotten.people == 3
    assert upkeep.tidy(hall).people == 0
    for place in (file.read_bytes(), _log_of(file), copy.read_bytes()):
        assert [word.decode() for word in secrets if word in place] == []
    with hall.database.read() as db:
        assert [cases.case_by_id(db, one.id).name for one in (done, owed)] == ["欧**", "还在办的人"]
        assert cases.case_by_id(db, owed.id).phone == "13900002222"
        assert records.broken_link(db) is None


def _log_of(file: Path) -> bytes:
    log = file.with_name(f"{file.name}-wal")
    return log.read_bytes() if log.exists() else b""


def test_what_is_new_stays(hall: Context, citizen: Callable[[], Citizen]) -> None:
    ticket = citizen().take()

    forgotten = upkeep.tidy(hall)

    assert (forgotten.jobs, forgotten.sign_ins) == (0, 0)
    with hall.database.read() as db:
        assert spool.latest(db, ticket.subject) is not None


def test_another_halls_memory_is_not_taken_for_ours(
    hall: Context, citizen: Callable[[], Citizen], tmp_path: Path
) -> None:
    citizen().take()
    copy = upkeep.back_up(hall, tmp_path / "usb")

    with pytest.raises(BadInput) as refusal:
        backups.restore(copy, tmp_path / "elsewhere.sqlite", hall="other-hall")

    assert refusal.value.code == "other_hall"
    assert not (tmp_path / "elsewhere.sqlite").exists()


def test_a_copy_made_while_people_take_numbers_brings_the_hall_back(
    hall: Context, citizen: Callable[[], Citizen], tmp_path: Path
) -> None:
    ticket = citizen().take()
    copy = upkeep.back_up(hall, tmp_path / "usb")
    citizen().take()
    hall.database.close()
    file = tmp_path / "data" / FILE

    aside = backups.restore(copy, file, hall=hall.hall.code)

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
        backups.restore(copy, hall.database.path, hall=hall.hall.code)

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
