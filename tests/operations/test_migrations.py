"""The schema only grows: a hall of the first release comes along with every visit, rating and line of its diary."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from sqlite_utils import Database as Schema

from kiosk.domain.events import Name, instant
from kiosk.domain.tickets import State
from kiosk.store import ratings, records
from kiosk.store.database import Database, sqlite3
from kiosk.store.migrations import MIGRATIONS
from printer import spool

FIRST = "first"
AT = "2026-01-05T01:00:00.000Z"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of a hall as the first release left it in the evening, with one rated visit and its diary."""
    file = tmp_path / "hall.sqlite"
    second = next(one.name for one in MIGRATIONS.pending(Schema(memory=True)) if one.name != FIRST)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as db:
        MIGRATIONS.apply(Schema(db), stop_before=second)
        db.execute("INSERT INTO numbers VALUES ('2026-01-05', 'A', 1)")
        db.execute(
            "INSERT INTO tickets (id, day, prefix, number, service, language, state, issued_at, window, clerk, calls,"
            " called_at, started_at, ended_at, token, request_key) VALUES (1, '2026-01-05', 'A', 1, 'advice', 'zh',"
            " 'completed', ?, 2, 'clerk:zhang', 1, ?, ?, ?, 'secret', 'key')",
            (AT, AT, AT, AT),
        )
        db.execute("INSERT INTO ratings VALUES (1, 2, 'pad', ?)", (AT,))
        db.execute("INSERT INTO staff (login, name, role, password) VALUES ('zhang', '张', 'clerk', 'x')")
        for name in ("ticket.taken", "ticket.called", "ticket.started", "ticket.completed", "rating.given"):
            records.append_event(
                db, hall="old", at=instant(AT), actor="kiosk:kiosk", name=Name(name), subject="ticket:1", data={}
            )
    return file


def test_a_hall_of_the_first_release_loses_nothing(old: Path) -> None:
    with contextlib.closing(Database(old, [MIGRATIONS, spool.MIGRATIONS])) as grown, grown.read() as db:
        ticket, given = records.ticket_by_token(db, "secret"), ratings.rating(db, 1)
        broken, last = records.broken_link(db), records.last_seq(db)
        damage = db.execute("PRAGMA foreign_key_check").fetchall()

    assert (ticket.code, ticket.state, ticket.turn_at) == ("A001", State.COMPLETED, ticket.issued_at)
    assert given is not None
    assert (given.level, given.round, given.channel) == (2, 1, "pad")
    assert (broken, last, damage) == (None, 5, [])


@pytest.mark.parametrize(("reason", "left"), [("领导外出", ""), ("等群众补材料", "等群众补材料")])
def test_why_a_limit_was_extended_comes_out_of_the_diary(old: Path, reason: str, left: str) -> None:
    """One field held both reasons before; what was told before a case was taken up again is over."""
    diary = [("case.extended", "系统故障"), ("case.reopened", "有新材料")]
    diary += [("case.extended", "要现场核实"), ("case.extended", "领导外出"), ("case.paused", reason)]
    with contextlib.closing(sqlite3.connect(old, isolation_level=None)) as db:
        MIGRATIONS.apply(Schema(db), stop_before="extensions")
        for number, days in ((7, 6), (8, 0)):
            db.execute(
                "INSERT INTO cases (id, number, kind, state, opened_at, day, about, person, days, unit, rule, form,"
                " token, extended_days, reason) VALUES (?, ?, 'letter', 'in_hand', ?, '2026-01-05', '问路', 'zhang', 5,"
                " 'working', 'letter', 'written', ?, ?, ?)",
                (number, f"X-{number}", AT, f"secret {number}", days, reason),
            )
        for name, why in diary:
            records.append_event(
                db, hall="old", at=instant(AT), actor="x", name=Name(name), subject="case:7", data={"reason": why}
            )

    with contextlib.closing(Database(old, [MIGRATIONS, spool.MIGRATIONS])) as grown, grown.read() as db:
        kept = db.execute("SELECT extension, reason FROM cases ORDER BY id").fetchall()

    assert [tuple(row) for row in kept] == [("要现场核实；领导外出", left), ("", reason)]


def test_the_diary_of_a_hall_that_grew_cannot_be_changed(old: Path) -> None:
    with contextlib.closing(Database(old, [MIGRATIONS, spool.MIGRATIONS])) as grown, pytest.raises(sqlite3.Error):
        grown.write(lambda db: db.execute("UPDATE events SET actor = 'x'"))
