"""Told once, and all of it: the notice at the window, and what is recorded when something was left out (3.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kiosk.domain.breaches import Breach, Clause
from kiosk.domain.errors import HallError
from kiosk.domain.events import Name
from kiosk.domain.tickets import Ticket
from kiosk.operations import paper, staff, telling
from kiosk.operations.hall import Context
from kiosk.operations.telling import Notice
from kiosk.store import breaches, records
from printer import spool
from tests.conftest import Citizen, Clerk, Clock

MATTER = "wj-shengyu"
MARRIAGE, CARDS, FORM, DIVORCE = (
    "结婚证",
    "夫妻双方身份证、户口簿",
    "生育登记表",
    "离婚证及离婚协议书或离婚判决书、调解书",
)

Come = Callable[[int], Clerk]


def _visit(hall: Context, clerk: Clerk) -> Ticket:
    """Somebody is at the clerk's window."""
    Citizen(hall).take("family")
    return clerk.call_next()


def _tell(clerk: Clerk, visit: Ticket, *names: str, **words: str) -> Notice:
    return telling.print_missing(
        clerk.hall,
        window=clerk.window,
        ticket=visit.id,
        matter=words.pop("matter", MATTER),
        names=names,
        actor=clerk.actor,
        **words,
    )


def _register(hall: Context) -> list[Breach]:
    with hall.database.read() as db:
        return breaches.search(db)


def _facts(breach: Breach) -> dict[str, Any]:
    return dict(breach.facts)


def _text(hall: Context, notice: Notice) -> str:
    with hall.database.read() as db:
        job = spool.job(db, notice.job)
    assert job is not None
    return job.document.to_json().encode().decode("unicode_escape")


def test_the_notice_lists_all_that_is_missing_with_rule_place_phone_date_clerk_and_window(
    hall: Context, clerk: Come
) -> None:
    east = clerk(5)
    visit = _visit(hall, east)

    notice = _tell(east, visit, FORM, MARRIAGE, other="两人的合影")

    text = _text(hall, notice)
    assert text.index(MARRIAGE) < text.index(FORM) < text.index("两人的合影")
    assert CARDS not in text
    assert "一次性告知需补办的全部材料" in text
    assert notice.number == f"20261123-{visit.code}"
    for fact in (notice.number, "5 号窗口", "5号", "2026-11-23 09:00", hall.hall.phone, hall.hall.complaint_phone):
        assert fact in text


def test_each_notice_is_logged_with_ticket_matter_and_materials(hall: Context, clerk: Come) -> None:
    east = clerk(5)
    visit = _visit(hall, east)

    notice = _tell(east, visit, MARRIAGE)
    paper.print_checklist(hall, matter=MATTER, situations=["remarried"], ticket=visit.id, actor=east.actor)

    with hall.database.read() as db:
        told = records.events_of(db, visit.subject)[-1]
        listed = records.events_of(db, f"matter:{MATTER}")[-1]
    assert told.name is Name.CHECKLIST_MISSING_PRINTED
    assert told.data["matter"] == MATTER
    assert told.data["materials"] == [MARRIAGE]
    assert told.data["number"] == notice.number
    assert listed.data["ticket"] == visit.id
    assert DIVORCE in str(listed.data["materials"])


def test_a_copy_of_the_slip_is_still_the_ticket_after_a_notice(hall: Context, clerk: Come) -> None:
    east = clerk(5)
    visit = _visit(hall, east)
    _tell(east, visit, MARRIAGE)

    paper.reprint_at_window(hall, window=5, ticket=visit.id, actor=east.actor)

    with hall.database.read() as db:
        assert [job.kind for job in spool.jobs(db) if job.subject == visit.subject] == ["ticket", "ticket"]


def test_a_second_notice_that_names_something_the_first_left_out_is_a_breach_with_both_lists(
    hall: Context, clerk: Come, clock: Clock
) -> None:
    east = clerk(5)
    visit = _visit(hall, east)
    first = _tell(east, visit, MARRIAGE)
    clock.pass_(minutes=5)

    second = _tell(east, visit, MARRIAGE, CARDS)

    [breach] = _register(hall)
    assert (first.breach, second.breach) == (None, breach.id)
    assert (breach.rule, breach.subject) == (Clause.TOLD_ONCE, visit.subject)
    assert second.number == f"{first.number}-2"
    assert breach.facts["omitted"] == [CARDS]
    assert [one["materials"] for one in _facts(breach)["first"]] == [[MARRIAGE]]
    assert _facts(breach)["second"]["materials"] == [MARRIAGE, CARDS]
    assert _facts(breach)["second"]["by"] == east.actor.name
    assert not {"guilty", "fault", "verdict"} & breach.facts.keys()
    with hall.database.read() as db:
        event = records.events_of(db, f"breach:{breach.id}")[-1]
    assert event.name is Name.BREACH_RECORDED


def test_fewer_papers_the_second_time_or_another_matter_is_no_breach(hall: Context, clerk: Come) -> None:
    east = clerk(5)
    visit = _visit(hall, east)
    _tell(east, visit, MARRIAGE, CARDS)

    _tell(east, visit, CARDS)
    _tell(east, visit, "《出生医学证明》", matter="ga-chusheng")

    assert _register(hall) == []


def test_what_any_earlier_notice_named_was_told(hall: Context, clerk: Come) -> None:
    east = clerk(5)
    visit = _visit(hall, east)
    _tell(east, visit, MARRIAGE)
    _tell(east, visit, CARDS)

    _tell(east, visit, MARRIAGE, CARDS)

    assert len(_register(hall)) == 1


@pytest.mark.parametrize("again", ["{number}", "{number}-2", " {lower} ", "{dashed}"])
def test_the_notice_that_a_citizen_brings_days_later_counts(
    hall: Context, clerk: Come, clock: Clock, again: str
) -> None:
    east, west = clerk(5), clerk(1)
    visit = _visit(hall, east)
    first = _tell(east, visit, MARRIAGE)
    east.miss()
    clock.now += timedelta(days=1)
    Citizen(hall).take("advice")
    staff.take_window(hall, window=west.window, actor=west.actor)
    later = west.call_next()
    day, code = first.number.split("-")
    previous = again.format(
        number=first.number, lower=first.number.lower(), dashed=f"{day[:4]}-{day[4:6]}-{day[6:]}-{code}"
    )

    notice = _tell(west, later, CARDS, previous=previous)

    [breach] = _register(hall)
    assert notice.breach == breach.id
    assert _facts(breach)["first"][0]["ticket"] == str(visit.id)


@pytest.mark.parametrize(
    ("words", "names", "code"),
    [
        ({}, (), "nothing_ticked"),
        ({"other": "   "}, (), "nothing_ticked"),
        ({}, ("别的事项的材料",), "bad_input"),
        ({"other": "长" * 121}, (), "bad_input"),
        ({"other": "户口\u202e簿"}, (), "bad_input"),
        ({"matter": "nothing"}, (MARRIAGE,), "unknown_matter"),
        ({"previous": "20261123-Q099"}, (MARRIAGE,), "unknown_ticket"),
        ({"previous": "'; drop table"}, (MARRIAGE,), "unknown_ticket"),
        ({"previous": "20269999-A001"}, (MARRIAGE,), "unknown_ticket"),
    ],
)
def test_a_notice_that_cannot_be_meant_is_refused_and_nothing_is_printed(
    hall: Context, clerk: Come, words: dict[str, str], names: tuple[str, ...], code: str
) -> None:
    east = clerk(5)
    visit = _visit(hall, east)

    with pytest.raises(HallError) as refused:
        _tell(east, visit, *names, **words)

    assert refused.value.code == code
    with hall.database.read() as db:
        assert [job.kind for job in spool.jobs(db)] == ["ticket"]


def test_only_whoever_serves_the_ticket_tells(hall: Context, clerk: Come) -> None:
    east, west = clerk(5), clerk(1)
    visit = _visit(hall, east)

    with pytest.raises(HallError, match="no such ticket"):
        _tell(west, visit, MARRIAGE)


def test_the_register_is_read_by_rule_day_and_words_and_takes_a_fact_once(
    hall: Context, clerk: Come, clock: Clock
) -> None:
    east = clerk(5)
    visit = _visit(hall, east)
    _tell(east, visit, MARRIAGE)
    _tell(east, visit, CARDS)

    def overdue() -> int | None:
        return hall.database.write(
            lambda db: telling.record_breach(
                hall, db, rule=Clause.OVERDUE, subject="case:1", facts={"due": "2026-11-20"}, actor=east.actor,
                at=clock(), once="case:1 overdue",
            )
        )  # fmt: skip

    first, again = overdue(), overdue()

    with hall.database.read() as db:
        assert again is None
        assert first is not None
        assert breaches.count(db) == 2
        assert breaches.count(db, rule=Clause.TOLD_ONCE) == 1
        assert breaches.count(db, since="2026-11-24") == breaches.count(db, until="2026-11-22") == 0
        assert [one.subject for one in breaches.search(db, text="2026-11-20")] == ["case:1"]
        assert [one.id for one in breaches.search(db, limit=1)] == [first]
        assert breaches.breach_by_id(db, first).rule is Clause.OVERDUE
