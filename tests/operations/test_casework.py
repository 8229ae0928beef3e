"""Answers owed to somebody: five kinds of case, one machine, every limit with its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.breaches import Breach, Clause
from kiosk.domain.cases import Case, Form, Outcome, Rule, State
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.catalogue import Kind as MatterKind
from kiosk.domain.errors import HallError
from kiosk.domain.people import Actor, Role
from kiosk.operations import answering, case_limits, casework, staff, telling
from kiosk.operations.hall import Context
from kiosk.store import breaches, cases, records
from printer import spool
from tests.conftest import PASSWORD, Citizen, Clerk, Clock

KIOSK = Actor(name="kiosk:kiosk")


class _Refused:
    """A `with` that wants a refusal with this code."""

    def __init__(self, code: str) -> None:
        self._code = code

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: object, _trace: object) -> bool:
        assert isinstance(error, HallError), f"no refusal {self._code}"
        assert error.code == self._code
        return True


@pytest.fixture
def li(hall: Context) -> Actor:
    """A clerk."""
    person = staff.add_staff(hall, login="li", name="小李", role=Role.CLERK, password=PASSWORD, actor=Actor(name="cli"))
    return Actor(name="clerk:li", staff=person)


def now(hall: Context, case: Case) -> Case:
    with hall.database.read() as db:
        return cases.case_by_id(db, case.id)


def paper(hall: Context, case: Case) -> list[str]:
    """The slips of a case, oldest first."""
    with hall.database.read() as db:
        jobs = spool.jobs(db, limit=50)
    return [job.kind for job in reversed(jobs) if job.subject == case.subject]


def promised(hall: Context) -> str:
    """A matter with a promise."""
    return next(one.id for one in hall.catalogue.matters if one.promised_days)


def test_an_application_gets_its_receipt_with_promised_and_statutory_day(hall: Context, li: Actor) -> None:
    matter = replace(hall.catalogue.matter(promised(hall)), statutory_days=30)
    there = replace(hall, catalogue=Catalogue(matters=(matter,)))

    case = casework.accept(there, matter=matter.id, name="张三", phone="13800001234", actor=li, window=2)

    assert case.limit.rule is Rule.PROMISED
    assert case.due == hall.hall.workdays.add(date(2026, 11, 23), matter.promised_days or 0).day
    assert case.statutory_due == date(2027, 1, 5)
    assert paper(hall, case) == ["receipt"]
    assert case.person == "li"


def test_missing_papers_hold_the_clock_until_they_are_complete(hall: Context, li: Actor, clock: Clock) -> None:
    """Regulations 1.2.2, 3.4: told once what is missing; the time runs from the day it is complete."""
    case = casework.accept(hall, matter=promised(hall), name="张三", actor=li, missing=["户口簿"])
    clock.pass_(days=2)

    complete = answering.papers_complete(hall, case=case.id, actor=li)

    assert (case.state, case.due, case.papers) == (State.WAITING, None, ("户口簿",))
    assert (complete.state, complete.starts) == (State.IN_HAND, date(2026, 11, 25))
    assert complete.due == hall.hall.workdays.add(date(2026, 11, 25), complete.limit.days).day


def test_a_pause_adds_the_working_days_it_lasted(hall: Context, li: Actor, clock: Clock) -> None:
    case = casework.open_letter(hall, about="路灯不亮", actor=li)
    paused = answering.pause(hall, case=case.id, reason="等上级鉴定", actor=li)
    clock.pass_(days=4)  # Monday to Friday

    resumed = answering.resume(hall, case=case.id, actor=li)

    assert paused.state is State.PAUSED
    assert resumed.stopped_days == 4
    assert resumed.due == hall.hall.workdays.add(date(2026, 11, 23), 15 + 4).day


def test_a_letter_is_answered_in_fifteen_working_days_unless_it_sets_its_own_limit(hall: Context, li: Actor) -> None:
    """Regulations 3.5."""
    plain, own = (casework.open_letter(hall, about="来信", actor=li, days=days) for days in (None, 7))

    assert (plain.limit.rule, plain.due) == (Rule.LETTER, date(2026, 12, 14))
    assert (own.limit.rule, own.due) == (Rule.OWN_LIMIT, date(2026, 12, 2))


def test_a_complaint_is_numbered_answered_in_five_days_in_the_form_it_came(hall: Context, office: Actor) -> None:
    """Regulations 4.3–4.5."""
    case = casework.complain(hall, about="等了很久没有人理", ground=3, form=Form.WRITTEN, actor=KIOSK, phone="1234")
    answering.take(hall, case=case.id, actor=office)
    with _Refused("answer_in_writing"):
        answering.answer(hall, case=case.id, answer="已批评教育", form=Form.ORAL, actor=office)

    answered = answering.answer(hall, case=case.id, answer="已批评教育", actor=office)

    assert case.number == "投诉20261123-001"
    assert case.due == date(2026, 11, 30)
    assert answered.state is State.ANSWERED
    assert paper(hall, case) == ["complaint", "answer"]


def test_a_serious_ground_asks_for_writing(hall: Context) -> None:
    """Regulations 4.3."""
    with _Refused("write_it_down"):
        casework.complain(hall, about="乱收费", ground=4, form=Form.ORAL, actor=KIOSK)
    with _Refused("bad_ground"):
        casework.complain(hall, about="乱收费", ground=12, form=Form.WRITTEN, actor=KIOSK)


def test_the_first_asked_settles_it_or_names_the_right_office(hall: Context, li: Actor) -> None:
    """Regulations 2.1, 2.3: exactly four ways."""
    handled = casework.open_inquiry(hall, about="医保怎么缴", outcome=Outcome.HANDLED, actor=li)
    elsewhere = casework.open_inquiry(
        hall, about="办护照", outcome=Outcome.OTHER_OFFICE, office="县公安局出入境", actor=li
    )
    hard = casework.open_inquiry(hall, about="宅基地纠纷", outcome=Outcome.LEADER, actor=li)
    with _Refused("office_needed"):
        casework.open_inquiry(hall, about="办护照", outcome=Outcome.OTHER_OFFICE, actor=li)

    assert handled.state is elsewhere.state is State.CLOSED
    assert paper(hall, elsewhere) == ["referral"]
    assert (hard.state, hard.due) == (State.OPENED, date(2026, 12, 14))


def test_a_hand_over_keeps_both_names(hall: Context, li: Actor, office: Actor) -> None:
    """Regulations 2.4."""
    case = casework.open_letter(hall, about="来信", actor=li)

    handed = answering.hand_over(hall, case=case.id, to="office", reason="出差", actor=li)

    with hall.database.read() as db:
        last = records.events_of(db, case.subject)[-1]
    assert handed.person == "office"
    assert (last.data["from"], last.data["to"]) == ("li", "office")
    with _Refused("not_your_case"):
        answering.answer(hall, case=case.id, answer="好了", actor=li)


def test_an_explanation_extends_and_is_kept(hall: Context, office: Actor) -> None:
    """Regulations 4.5: not finished → explain and follow to the end."""
    case = casework.complain(hall, about="等了很久", ground=6, form=Form.ORAL, actor=KIOSK)

    later = answering.extend(hall, case=case.id, days=3, reason="涉及两个部门", actor=office)

    assert (later.due, later.extended_days, later.extension) == (date(2026, 12, 3), 3, "涉及两个部门")
    with _Refused("reason_needed"):
        answering.extend(hall, case=case.id, days=3, reason=" ", actor=office)


def test_why_a_limit_was_extended_outlives_a_pause(hall: Context, office: Actor) -> None:
    case = casework.complain(hall, about="等了很久", ground=6, form=Form.ORAL, actor=KIOSK)
    answering.extend(hall, case=case.id, days=3, reason="涉及两个部门", actor=office)

    paused = answering.pause(hall, case=case.id, reason="等上级鉴定", actor=office)
    answering.extend(hall, case=case.id, days=1, reason="鉴定推迟", actor=office)
    resumed = answering.resume(hall, case=case.id, actor=office)

    assert (paused.reason, paused.extension) == ("等上级鉴定", "涉及两个部门")
    assert (resumed.reason, resumed.extension) == ("", "涉及两个部门；鉴定推迟")


def test_days_asked_for_on_top_are_not_saved_and_never_make_late_into_on_time(
    hall: Context, office: Actor, clock: Clock
) -> None:
    """Regulations 1.4, 5.5.4: how a promise was kept is measured against the promise."""
    quick, late = (casework.complain(hall, about="等", ground=6, form=Form.ORAL, actor=KIOSK) for _ in range(2))
    answering.extend(hall, case=quick.id, days=30, reason="涉及两个部门", actor=office)
    answered = answering.answer(hall, case=quick.id, answer="好了", actor=office)
    clock.pass_(days=10)

    with _Refused("extended_too_late"):
        answering.extend(hall, case=late.id, days=30, reason="忙", actor=office)

    assert answered.saved == 5
    assert (answering.answer(hall, case=late.id, answer="好了", actor=office).saved or 0) < 0


def test_what_was_filed_can_still_be_collected_and_taken_up_again(hall: Context, li: Actor) -> None:
    matter = hall.catalogue.matters[0].id
    case = casework.accept(hall, matter=matter, name="张三", actor=li)
    answering.answer(hall, case=case.id, answer="已办好", actor=li)
    answering.close(hall, case=case.id, actor=li)

    collected = answering.collect(hall, case=case.id, actor=li)
    again = answering.reopen(hall, case=case.id, reason="证件有错字", actor=li)

    assert (collected.state, collected.collector) == (State.CLOSED, "张三")
    assert (again.state, again.closed_at) == (State.IN_HAND, None)


def test_a_due_day_in_an_unpublished_year_is_provisional_and_counted_again(
    hall: Context, li: Actor, clock: Clock
) -> None:
    clock.pass_(days=32)  # Christmas Day: fifteen working days reach into January
    case = casework.open_letter(hall, about="来信", actor=li)
    calendar = hall.hall.calendar
    known = replace(calendar, off=calendar.off | {date(2027, 1, 1), date(2027, 1, 4)}, years=calendar.years | {2027})
    later = replace(hall, hall=replace(hall.hall, calendar=known))

    changed = case_limits.count_again(later)

    assert case.provisional
    assert changed == 1
    assert not now(hall, case).provisional
    assert now(hall, case).due == date(2027, 1, 19)
    assert case_limits.count_again(later) == 0


def test_a_check_on_the_spot_in_an_unpublished_year_is_counted_again_too(
    hall: Context, li: Actor, clock: Clock
) -> None:
    """Regulations 3.4: ten working days, whatever the new year's notice makes of them."""
    clock.pass_(days=32)
    case = casework.accept(hall, matter="rs-sbk", name="张三", visit=True, actor=li)
    calendar = hall.hall.calendar
    known = replace(calendar, off=calendar.off | {date(2027, 1, 1), date(2027, 1, 4)}, years=calendar.years | {2027})
    later = replace(hall, hall=replace(hall.hall, calendar=known))

    changed = case_limits.count_again(later)

    assert (case.visit_due, now(hall, case).visit_due) == (date(2027, 1, 11), date(2027, 1, 12))
    assert changed == 1
    assert case_limits.count_again(later) == 0


@pytest.mark.parametrize(
    "number", ["53352119900101123", "533521199001011239", "533521199013011234", "110105209912310029", "<script>"]
)
def test_a_wrong_identity_number_is_refused_and_a_right_one_is_hidden(hall: Context, li: Actor, number: str) -> None:
    with _Refused("bad_identity"):
        casework.accept(hall, matter=promised(hall), name="张三", identity=number, actor=li)

    case = casework.accept(hall, matter=promised(hall), name="张三", identity="11010519491231002X", actor=li)

    assert case.identity == "110105********002X"


def test_moves_that_the_table_does_not_have_are_refused(hall: Context, li: Actor) -> None:
    case = casework.open_letter(hall, about="来信", actor=li)

    with _Refused("illegal_case_move"):
        answering.resume(hall, case=case.id, actor=li)
    with _Refused("illegal_case_move"):
        answering.close(hall, case=case.id, actor=li)
    with _Refused("unknown_case"):
        answering.close(hall, case=99, actor=li)


def test_the_citizen_says_once_what_the_answer_is_worth(hall: Context, li: Actor) -> None:
    case = casework.open_letter(hall, about="来信", actor=li)
    answering.take(hall, case=case.id, actor=li)
    answering.answer(hall, case=case.id, answer="已修好", actor=li)

    viewed = answering.view(hall, token=case.token, view="satisfied", actor=Actor(name="citizen"))

    assert viewed.view == "satisfied"
    with _Refused("already_rated"):
        answering.view(hall, token=case.token, view="dissatisfied", actor=Actor(name="citizen"))


def breaches_of(hall: Context) -> list[Breach]:
    with hall.database.read() as db:
        return breaches.search(db)


def test_a_second_notice_that_names_more_is_a_breach_and_one_that_repeats_is_none(hall: Context, li: Actor) -> None:
    """Regulations 3.4: the whole list at once."""
    case = casework.accept(hall, matter=promised(hall), name="张三", actor=li, missing=["户口簿"])
    answering.papers_complete(hall, case=case.id, actor=li)
    answering.ask_papers(hall, case=case.id, papers=["户口簿"], actor=li)
    none = breaches_of(hall)
    answering.papers_complete(hall, case=case.id, actor=li)

    answering.ask_papers(hall, case=case.id, papers=["户口簿", "结婚证"], actor=li)

    assert none == []
    (line,) = breaches_of(hall)
    assert (line.rule, line.facts["omitted"]) == (Clause.TOLD_ONCE, ["结婚证"])
    assert paper(hall, case) == ["receipt"] * 3


def test_what_the_window_told_counts_when_the_case_is_accepted(
    hall: Context, clerk: Callable[[int], Clerk], citizen: Callable[[], Citizen]
) -> None:
    at_window, visit = clerk(1), citizen()
    ticket = visit.take()
    at_window.call_next()
    at_window.start()
    matter = next(one for one in hall.catalogue.matters if len(one.materials) > 1)
    names = [material.name for material in matter.materials]
    telling.print_missing(hall, window=1, ticket=ticket.id, matter=matter.id, names=names[:1], actor=at_window.actor)

    casework.accept(hall, matter=matter.id, name="张三", ticket=ticket.id, missing=names[1:2], actor=at_window.actor)

    assert [line.facts["omitted"] for line in breaches_of(hall)] == [names[1:2]]


def test_an_agencys_stages_go_forward_to_the_collection_and_beyond(hall: Context, li: Actor) -> None:
    """Regulations 1.2.2: 委托→受理→办理→送达→归档→上报→回访."""
    agency = next(one.id for one in hall.catalogue.matters if one.kind is MatterKind.AGENCY)
    case = casework.accept(hall, matter=agency, name="张三", actor=li)
    answering.reach_stage(hall, case=case.id, stage="in_work", note="已报县局", actor=li)
    with _Refused("stage_passed"):
        answering.reach_stage(hall, case=case.id, stage="accepted", actor=li)
    answered = answering.answer(hall, case=case.id, answer="已办好", actor=li)

    collected = answering.collect(hall, case=case.id, collector="李四", actor=li)
    answering.close(hall, case=case.id, actor=li)
    last = answering.reach_stage(hall, case=case.id, stage="revisited", actor=li)

    assert answered.stage == "delivered"
    assert (collected.collector, collected.collected_at) == ("李四", hall.clock())
    assert (last.state, last.stage) == (State.CLOSED, "revisited")
    assert paper(hall, case) == ["receipt", "complete", "collect"]
    with _Refused("illegal_case_move"):
        answering.collect(hall, case=case.id, actor=li)


def test_an_answer_counts_the_working_days_saved(hall: Context, li: Actor, clock: Clock) -> None:
    """Regulations 5.5.4."""
    early, late = (casework.open_letter(hall, about="来信", actor=li) for _ in range(2))
    clock.pass_(days=2)
    saved = answering.answer(hall, case=early.id, answer="好了", actor=li).saved
    clock.pass_(days=21)

    lost = answering.answer(hall, case=late.id, answer="好了", actor=li).saved

    assert (saved, lost) == (13, -2)


def test_a_due_day_keeps_the_notice_it_was_counted_by(hall: Context, li: Actor) -> None:
    case = casework.open_letter(hall, about="来信", actor=li)

    assert case.calendar == hall.hall.calendar.notices[2026]


def test_reopening_counts_the_limit_anew(hall: Context, li: Actor, clock: Clock) -> None:
    case = casework.open_letter(hall, about="来信", actor=li)
    answering.answer(hall, case=case.id, answer="好了", actor=li)
    clock.pass_(days=7)

    again = answering.reopen(hall, case=case.id, reason="路灯又坏了", actor=li)

    assert (again.state, again.starts, again.due) == (State.IN_HAND, date(2026, 11, 30), date(2026, 12, 21))
    assert again.saved is None


def test_who_was_taken_to_another_window_gets_its_slip(hall: Context, li: Actor) -> None:
    """Regulations 2.1: taken there and helped."""
    case = casework.open_inquiry(hall, about="医保缴费", outcome=Outcome.OTHER_WINDOW, window=2, actor=li)

    assert paper(hall, case) == ["referral"]
    assert case.answer == "带到其他窗口办理"
    with _Refused("window_needed"):
        casework.open_inquiry(hall, about="医保缴费", outcome=Outcome.OTHER_WINDOW, actor=li)


def test_who_answers_what_nobody_had_taken_up_stands_for_it(hall: Context, office: Actor) -> None:
    case = casework.complain(hall, about="等了很久", ground=3, form=Form.ORAL, actor=KIOSK)

    answered = answering.answer(hall, case=case.id, answer="已向您道歉", actor=office)

    assert (case.person, answered.person) == ("", "office")
