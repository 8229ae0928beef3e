"""What a long day costs: the pages and moves of the queue read those who wait, not everybody who has been."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kiosk.domain.tickets import State
from kiosk.operations.hall import Context
from kiosk.store import history, queries, records, screens
from kiosk.store.database import Connection

READS: dict[str, Callable[[Context, Connection, str], object]] = {
    "the places before a window": lambda hall, db, day: records.places(db, day, hall.hall.window(2)),
    "who is called soon": lambda hall, db, _: screens.soon(db, hall.hall, hall.hall.windows, hall.clock()),
    "the line of a window": lambda hall, db, day: records.waiting(db, day, ("medical", "social"), window=2),
    "the line of the hall": lambda _, db, day: history.waiting(db, day),
    "who is at a window": lambda _, db, __: records.ticket_at_window(db, 2),
    "who was served last": lambda _, db, day: records.last_served(db, day, 2),
    "who is held": lambda _, db, day: records.set_aside(db, day, State.HELD),
    "a console": lambda hall, db, _: queries.console_view(db, hall.hall, 2, hall.clock()),
    "the board": lambda hall, db, _: queries.hall_view(db, hall.hall, hall.clock()),
}
WHOLE_DAY = re.compile(r"SCAN tickets(?! USING INDEX one_ticket_at_a_window)|INDEX sqlite_autoindex\w+ \(day=\?\)")
"""How a plan says that it reads every ticket, or every ticket of the day."""


@pytest.mark.parametrize("read", READS)
def test_the_queue_is_read_without_those_who_have_left(hall: Context, read: str) -> None:
    asked: list[str] = []
    reader = hall.database.connect_reader()
    reader.set_trace_callback(asked.append)

    READS[read](hall, reader, hall.hall.day(hall.clock()))
    reader.set_trace_callback(None)
    plans = {sql: [row[3] for row in reader.execute(f"EXPLAIN QUERY PLAN {sql}")] for sql in asked if "tickets" in sql}
    reader.close()

    assert plans
    assert {sql: plan for sql, plan in plans.items() if any(map(WHOLE_DAY.search, plan))} == {}
