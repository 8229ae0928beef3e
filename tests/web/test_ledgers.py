"""Promises, notices, breaches and the head's list: read, searched, exported; and cases opened for the visit served."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient

from kiosk.app import Running
from kiosk.domain.cases import Case, Form
from kiosk.domain.people import Actor, Role, Staff
from kiosk.operations import answering, casework, moving, queueing, staff, watching
from kiosk.store import access, cases
from kiosk.store.cases import Filter
from tests.conftest import Clock
from tests.web.test_registers import KIOSK, come, token_of

CITIZEN = Actor(name="kiosk:kiosk")


@pytest.fixture
def office(running: Running) -> FlaskClient:
    return come(running, "office", Role.OFFICE)


@pytest.fixture
def li(running: Running) -> Actor:
    come(running, "li", Role.CLERK)
    return Actor(name="clerk:li", staff=person(running, "li"))


def person(running: Running, login: str) -> Staff:
    with running.context.database.read() as db:
        return next(one for one in access.all_staff(db) if one.login == login)


def accepted(running: Running, actor: Actor, *missing: str) -> Case:
    matter = next(one for one in running.context.catalogue.matters if one.promised_days and len(one.materials) > 1)
    return casework.accept(running.context, matter=matter.id, name="张三", actor=actor, missing=missing)


def test_the_promise_register_tells_of_each_person_how_promises_were_kept(
    running: Running, office: FlaskClient, li: Actor
) -> None:
    """Regulations 1.3, 1.4."""
    done, _open = accepted(running, li), accepted(running, li)
    answering.answer(running.context, case=done.id, answer="办好了", actor=li)

    page = office.get("/office/registers/promises").text
    data = office.get("/office/registers/promises/export.xlsx").data

    sheet = openpyxl.load_workbook(BytesIO(data)).active
    assert sheet is not None
    row = {str(head.value): cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert "li同志" in page
    assert (row["受理"], row["办结"], row["按期办结"], row["按期率"]) == (2, 1, 1, "100.0%")


def test_the_notice_register_tells_what_was_asked_of_whom(running: Running, office: FlaskClient, li: Actor) -> None:
    """Regulations 3.4, 5.5.1."""
    case = accepted(running, li, "户口簿")

    page = office.get("/office/registers/notices").text

    assert all(word in page for word in (case.number, "户口簿", "张*"))
    assert "张三" not in page


def test_the_order_register_tells_who_left_the_order_for_whom_and_why(
    running: Running, office: FlaskClient, li: Actor
) -> None:
    """Regulations 1.1."""
    here = running.context
    first, second, third = (queueing.take_ticket(here, service="medical", actor=CITIZEN) for _ in range(3))
    staff.take_window(here, window=2, actor=li)
    moving.move_up(here, ticket=third.id, reason="要赶车", actor=li)
    moving.judge_priority(here, ticket=third.id, priority="elderly", actor=li)
    moving.pick(here, window=2, ticket=second.id, reason="身体不适", actor=li)
    moving.put_back(here, window=2, actor=li)
    queueing.call_next(here, window=2, actor=li)

    page = office.get("/office/registers/order").text
    found = office.get(f"/office/registers/order?q={second.code}").text
    later = office.get("/office/registers/order?from=2026-11-24").text
    sheet = openpyxl.load_workbook(BytesIO(office.get("/office/registers/order/export.xlsx").data)).active

    assert sheet is not None
    assert [tuple(cell.value for cell in row[1:]) for row in sheet.iter_rows(min_row=2)] == [
        (second.code, "医疗保险", 2, "li同志", "指定叫号", "身体不适"),
        (third.code, "医疗保险", "", "li同志", "认定优先", "老年人"),
        (third.code, "医疗保险", "", "li同志", "提前一位", "要赶车"),
    ]
    assert first.code not in page
    assert (second.code in found, third.code in found) == (True, False)
    assert second.code not in later


def test_a_breach_has_a_page_with_its_facts_and_the_history_of_its_case(
    running: Running, office: FlaskClient, clock: Clock
) -> None:
    """Regulations 1.7, 3.7."""
    case = casework.complain(running.context, about="等了很久", ground=3, form=Form.ORAL, actor=KIOSK)
    clock.pass_(days=8)
    watching.watch(running.context)
    office = come(running, "head", Role.OFFICE)

    register = office.get("/office/registers/breaches?rule=4.5").text
    record = office.get("/office/registers/breaches/1").text
    other = office.get("/office/registers/breaches?rule=3.3").text

    assert case.number in register
    assert all(word in record for word in (case.number, "2026-11-30", "由中心负责人核实"))
    assert case.number not in other


def test_the_heads_list_names_what_is_late_and_the_county_office(running: Running, clock: Clock) -> None:
    """Regulations 1.5, 4.5."""
    late = casework.complain(running.context, about="等了很久", ground=3, form=Form.ORAL, actor=KIOSK)
    clock.pass_(days=8)
    office = come(running, "office", Role.OFFICE)

    page = office.get("/office/daily").text
    hall = office.get("/office").text

    assert all(word in page for word in (late.number, "还没有人承办", "县行政效能建设办公室"))
    assert "1 件投诉超期没有答复" in hall


@pytest.mark.parametrize("path", ["/office/registers/breaches", "/office/registers/order", "/office/daily"])
def test_only_the_office_supervises(running: Running, path: str) -> None:
    stranger, clerk = running.app.test_client(), come(running, "li", Role.CLERK)

    assert stranger.get(path).status_code == 303
    assert clerk.get(path).status_code == 403


def test_days_in_the_wrong_order_are_refused_with_a_word(office: FlaskClient) -> None:
    answer = office.get("/office/cases?from=2026-12-01&to=2026-11-01")

    assert answer.status_code == 400
    assert "结束日期比开始日期早" in answer.text


def test_the_office_finds_cases_by_their_due_day_the_nearest_first(
    running: Running, office: FlaskClient, li: Actor
) -> None:
    for days in (20, 3, 9):
        casework.open_letter(running.context, about=f"{days}天的信", days=days, actor=li)

    page = office.get("/office/cases?due_to=2026-12-10").text

    assert page.index("3天的信") < page.index("9天的信")
    assert "20天的信" not in page


def test_lists_mask_names_and_the_record_shows_them(running: Running, office: FlaskClient, li: Actor) -> None:
    case = accepted(running, li)

    assert "张三" not in office.get("/office/cases").text
    assert "张三" in office.get(f"/office/cases/{case.id}").text


def test_a_clerk_accepts_a_case_for_the_visit_being_served(running: Running) -> None:
    li = come(running, "li", Role.CLERK)
    actor, here = Actor(name="clerk:li", staff=person(running, "li")), running.context
    staff.take_window(here, window=1, actor=actor)
    ticket = queueing.take_ticket(here, service=here.hall.window(1).services[0], actor=CITIZEN)
    queueing.call_next(here, window=1, actor=actor)
    queueing.start(here, window=1, actor=actor)
    form = li.get("/office/cases/new/inquiry?visit=1").text

    typed = {"about": "医保怎么缴", "outcome": "handled", "ticket": str(ticket.id), "csrf_token": token_of(form)}
    answer = li.post("/office/cases/new/inquiry", data=typed)

    with here.database.read() as db:
        (case,) = cases.search(db, Filter(ticket=ticket.id))
    assert ticket.code in form
    assert answer.headers["Location"].endswith("/console")
    assert (case.first, case.about) == ("li", "医保怎么缴")


def test_missing_papers_are_ticked_from_the_matters_own_list(running: Running, office: FlaskClient) -> None:
    matter = next(one for one in running.context.catalogue.matters if len(one.materials) > 1)
    name = matter.materials[1].name
    token = token_of(office.get("/office/cases/new/application").text)
    typed = {"matter": matter.id, "name": "张三", f"missing-{matter.id}": name, "papers": "村委会证明"}

    office.post("/office/cases/new/application", data={**typed, "csrf_token": token})

    with running.context.database.read() as db:
        (case,) = cases.search(db, Filter())
    assert case.papers == (name, "村委会证明")
