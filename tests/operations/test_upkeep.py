"""The hall's memory keeps what is needed, and no longer."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.people import Actor, Role
from kiosk.operations import staff, upkeep
from kiosk.operations.hall import Context
from kiosk.store import records
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
