"""The diary: folding it gives the rows, and nobody changes it unseen."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kiosk.app import open_hall
from kiosk.config import Settings
from kiosk.domain.errors import Conflict
from kiosk.domain.people import Actor
from kiosk.domain.tickets import Ticket, evolve
from kiosk.operations import queueing
from kiosk.operations.hall import Context
from kiosk.store import records
from kiosk.store.database import StorageTrouble, sqlite3
from tests.conftest import Citizen, Clerk, Clock

CLI = Actor(name="cli")
MOVES = ("take", "call_next", "recall", "start", "complete", "miss", "cancel", "minute")


def folded(hall: Context) -> dict[int, Ticket]:
    """Every ticket as its events alone tell it."""
    tickets: dict[int, Ticket] = {}
    with hall.database.read() as db:
        events = records.events_after(db, 0, limit=10_000)
    for subject in dict.fromkeys(event.subject for event in events if event.subject.startswith("ticket:")):
        own = [event for event in events if event.subject == subject and event.name.startswith("ticket.")]
        ticket = reduce(evolve, own, None)
        assert ticket is not None
        tickets[ticket.id] = ticket
    return tickets


def stored(hall: Context) -> dict[int, Ticket]:
    """Every ticket as its row tells it."""
    with hall.database.read() as db:
        ids = [row[0] for row in db.execute("SELECT id FROM tickets")]
        return {ticket_id: records.ticket_by_id(db, ticket_id) for ticket_id in ids}


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(1, 5)), max_size=40))
def test_folding_the_events_gives_the_rows(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, moves: list[tuple[str, int]]
) -> None:
    clock = Clock()
    hall = open_hall(settings, tmp_path_factory.mktemp("fold"), clock=clock)
    services = [service.id for service in settings.hall.services]
    taken: list[Ticket] = []

    for move, number in moves:
        try:
            if move == "take":
                taken.append(queueing.take_ticket(hall, service=services[number % len(services)], actor=CLI))
            elif move == "minute":
                clock.pass_(minutes=number)
            elif move == "cancel" and taken:
                queueing.cancel(hall, token=taken[number % len(taken)].token, actor=CLI)
            elif move != "cancel":
                getattr(queueing, move)(hall, window=number, actor=CLI)
        except Conflict:
            continue

    assert folded(hall) == stored(hall)
    with hall.database.read() as db:
        assert records.broken_link(db) is None
    hall.database.close()


def test_the_chain_names_the_first_row_that_was_tampered_with(
    hall: Context, citizen: Callable[[], Citizen], tmp_path: Path
) -> None:
    for _ in range(5):
        citizen().take("medical")
    hall.database.close()
    raw = sqlite3.connect(hall.database.path, isolation_level=None)
    raw.execute("DROP TRIGGER events_are_never_changed")
    raw.execute("UPDATE events SET data = replace(data, '3', '4') WHERE seq = 3")

    broken = records.broken_link(raw)

    raw.close()
    assert broken == 3


@pytest.mark.parametrize("statement", ["UPDATE events SET actor = 'x'", "DELETE FROM events"])
def test_the_diary_cannot_be_changed_by_the_program_itself(
    hall: Context, citizen: Callable[[], Citizen], statement: str
) -> None:
    citizen().take("medical")

    with pytest.raises((sqlite3.IntegrityError, StorageTrouble)):
        hall.database.write(lambda db: db.execute(statement))


def test_every_event_carries_the_hall_and_counts_without_gaps(
    hall: Context, citizen: Callable[[], Citizen], clerk: Callable[[int], Clerk]
) -> None:
    citizen().take("medical")
    clerk(2).serve()

    with hall.database.read() as db:
        events = records.events_after(db, 0)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert {event.hall for event in events} == {hall.hall.code}


def test_durations_are_read_from_the_diary_and_stored_nowhere(
    hall: Context, citizen: Callable[[], Citizen], clerk: Callable[[int], Clerk], clock: Clock
) -> None:
    ticket = citizen().take("medical")
    at_window = clerk(2)
    clock.pass_(seconds=300)
    at_window.call_next()
    clock.pass_(seconds=10)
    at_window.start()
    clock.pass_(seconds=480)
    at_window.complete()

    with hall.database.read() as db:
        waited, served = db.execute("SELECT waited, served FROM visits WHERE subject = ?", (ticket.subject,)).fetchone()

    assert (waited, served) == (300, 480)
