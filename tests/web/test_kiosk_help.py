"""What a kiosk does besides numbers and lists: help, appointments, rights, complaints and praise, by touch alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.app import Running
from kiosk.domain.cases import Kind
from kiosk.domain.people import Actor, Role
from kiosk.operations import appointments, staff
from kiosk.store import cases, duty, records
from tests.conftest import PASSWORD, Clock

CLI = Actor(name="cli")


@pytest.fixture
def kiosk(running: Running) -> FlaskClient:
    return running.app.test_client()


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def post(client: FlaskClient, path: str, **form: str) -> TestResponse:
    form["csrf_token"] = token_of(client.get("/services").text)
    return client.post(path, data=form, follow_redirects=True)


def test_help_is_called_once_however_often_somebody_presses(running: Running, kiosk: FlaskClient) -> None:
    answers = [post(kiosk, "/call-staff") for _ in range(3)]

    with running.context.database.read() as db:
        calls = duty.open_calls(db)
    assert all("已经告诉工作人员" in answer.text for answer in answers)
    assert [call.place for call in calls] == [running.context.hall.kiosks[0].name]


def test_an_appointment_gets_its_number_at_the_kiosk_and_the_same_again(
    running: Running, kiosk: FlaskClient, clock: Clock
) -> None:
    """Regulations 3.6: appointments taken by staff, checked in at the kiosk."""
    person = staff.add_staff(
        running.context, login="office", name="办公室", role=Role.OFFICE, password=PASSWORD, actor=CLI
    )
    office = Actor(name="office:office", staff=person)
    at = clock() + timedelta(minutes=20)
    agreed = appointments.book(running.context, service="medical", at=at, name="张", phone="1", actor=office)

    pages = [post(kiosk, "/check-in", code=agreed.code).text for _ in range(2)]
    wrong = post(kiosk, "/check-in", code="000000" if agreed.code != "000000" else "000001")

    assert all("A001" in page for page in pages)
    assert wrong.status_code == 404


def test_the_keypad_of_the_code_takes_six_digits(kiosk: FlaskClient) -> None:
    page = kiosk.get("/check-in?code=123456&key=7").text
    back = kiosk.get("/check-in?code=123456&key=back").text

    assert 'name="code" value="123456"' in page
    assert 'name="code" value="12345"' in back


def test_a_declared_right_goes_with_the_number_and_waits_for_staff(running: Running, kiosk: FlaskClient) -> None:
    shown = kiosk.get("/services?right=elderly").text

    taken = post(kiosk, "/tickets", service="medical", key="k" * 24, right="elderly")

    with running.context.database.read() as db:
        ticket = records.ticket_by_id(db, 1)
    assert "优先：老年人" in shown
    assert taken.status_code == 200
    assert (ticket.priority, ticket.confirmed) == ("elderly", False)
    assert kiosk.get("/services?right=nobody").status_code == 404


def test_a_complaint_needs_four_taps_and_no_typing(running: Running, kiosk: FlaskClient) -> None:
    """Regulations 4.2–4.4: a ground, where, a phone if wished; number and day on screen and paper."""
    grounds = kiosk.get("/opinion/complaint").text
    where = kiosk.get("/opinion/complaint?ground=3").text
    phone = kiosk.get("/opinion/complaint?ground=3&window=2&phone=1380000123&key=4").text

    done = post(kiosk, "/opinion/complaint", ground="3", window="2", phone="13800001234").text

    with running.context.database.read() as db:
        case = cases.search(db, cases.Filter(kind=Kind.COMPLAINT))[0]
    assert grounds.count('class="ground"') == 11
    assert "医保窗口" in where
    assert 'value="13800001234"' in phone
    assert case.number in done
    assert "2026-11-30" in done
    assert (case.ground, case.window, case.phone, case.name) == (3, 2, "13800001234", "")


def test_a_serious_ground_leads_to_writing(kiosk: FlaskClient) -> None:
    """Regulations 4.3."""
    page = kiosk.get("/opinion/complaint?ground=4").text

    sneaked = post(kiosk, "/opinion/complaint", ground="4", window="2")

    assert "书面" in page
    assert "/write/qr.svg" in page
    assert sneaked.status_code == 400


def test_a_written_complaint_from_the_phone_has_its_own_page(running: Running, kiosk: FlaskClient) -> None:
    token = token_of(kiosk.get("/write").text)
    form = {"csrf_token": token, "ground": "4", "about": "<b>乱收费</b>", "name": "", "phone": ""}

    page = kiosk.post("/write", data=form, follow_redirects=True).text

    assert "投诉20261123-001" in page
    assert "<b>" not in page


def test_praise_is_kept(running: Running, kiosk: FlaskClient) -> None:
    answer = post(kiosk, "/opinion/praise", window="2")

    with running.context.database.read() as db:
        kept = db.execute('SELECT about, "window" FROM praises').fetchall()
    assert answer.status_code == 200
    assert kept == [("服务很好", 2)]


@pytest.mark.parametrize("path", ["/opinion/complaint?ground=12", "/opinion/complaint?ground=x", "/opinion/insult"])
def test_questions_that_do_not_exist_are_refused(kiosk: FlaskClient, path: str) -> None:
    assert kiosk.get(path).status_code in {400, 404}
