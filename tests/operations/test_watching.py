"""The hall watches itself: what was not kept stands in the breach register, once, with its facts (1.7, 3.7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.breaches import Breach, Clause
from kiosk.domain.cases import Form
from kiosk.domain.people import Actor, Role
from kiosk.operations import answering, casework, staff, watching
from kiosk.operations.hall import Context
from kiosk.store import breaches
from tests.conftest import PASSWORD, Citizen, Clerk, Clock

KIOSK = Actor(name="kiosk:kiosk")


@pytest.fixture
def li(hall: Context) -> Actor:
    person = staff.add_staff(hall, login="li", name="小李", role=Role.CLERK, password=PASSWORD, actor=Actor(name="cli"))
    return Actor(name="clerk:li", staff=person)


def register(hall: Context) -> list[Breach]:
    with hall.database.read() as db:
        return breaches.search(db)


def test_an_overdue_case_is_recorded_once_however_often_one_looks(hall: Context, li: Actor, clock: Clock) -> None:
    case = casework.open_letter(hall, about="来信", actor=li)
    clock.pass_(days=21)

    on_the_day = watching.watch(hall)
    clock.pass_(days=1)
    after = [watching.watch(hall) for _ in range(3)]

    assert (on_the_day, after) == (0, [1, 0, 0])
    (line,) = register(hall)
    assert (line.rule, line.subject) == (Clause.LETTER, case.subject)
    assert (line.facts["number"], line.facts["person"], line.facts["due"]) == (case.number, "li", "2026-12-14")


def test_an_explanation_moves_the_day_and_the_next_missed_day_counts_again(
    hall: Context, office: Actor, clock: Clock
) -> None:
    """Regulations 4.5: no answer and no explanation."""
    case = casework.complain(hall, about="等了很久", ground=3, form=Form.ORAL, actor=KIOSK)
    answering.extend(hall, case=case.id, days=2, reason="涉及两个部门", actor=office)

    clock.pass_(days=8)
    explained = watching.watch(hall)
    clock.pass_(days=2)
    missed = watching.watch(hall)

    assert (explained, missed) == (0, 1)
    assert [line.rule for line in register(hall)] == [Clause.UNANSWERED]


def test_what_stands_still_or_is_answered_is_never_late(hall: Context, li: Actor, clock: Clock) -> None:
    paused, answered = (casework.open_letter(hall, about="来信", actor=li) for _ in range(2))
    answering.pause(hall, case=paused.id, reason="等鉴定", actor=li)
    answering.answer(hall, case=answered.id, answer="好了", actor=li)
    clock.pass_(days=60)

    assert watching.watch(hall) == 0


def test_a_visit_not_made_in_ten_working_days_is_recorded(hall: Context, li: Actor, clock: Clock) -> None:
    """Regulations 3.4."""
    matter = next(one.id for one in hall.catalogue.matters if (one.promised_days or 0) >= 15)
    case = casework.accept(hall, matter=matter, name="张三", actor=li)
    answering.need_visit(hall, case=case.id, actor=li)
    clock.pass_(days=15)

    found = watching.watch(hall)

    assert found == 1
    assert [(line.rule, line.facts["visit_due"]) for line in register(hall)] == [(Clause.VISIT, "2026-12-07")]


def test_a_window_idle_while_people_wait_is_recorded_once_for_each_absence(
    hall: Context, clerk: Callable[[int], Clerk], citizen: Callable[[], Citizen], clock: Clock
) -> None:
    """Regulations 5.6."""
    clerk(1)
    citizen().take()
    clock.pass_(minutes=hall.hall.alerts.idle_minutes)

    first, later = watching.watch(hall), watching.watch(hall)

    assert (first, later) == (1, 0)
    (line,) = register(hall)
    assert (line.rule, line.subject, line.facts["count"]) == (Clause.AWAY, "window:1", 1)
