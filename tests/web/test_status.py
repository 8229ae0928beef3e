"""A citizen follows the own case: by QR code on the phone, by number and phone at the kiosk, and nobody else can."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kiosk.app import Running
from kiosk.domain.cases import Case, Form
from kiosk.domain.people import Actor, Role
from kiosk.operations import answering, casework, staff
from tests.conftest import PASSWORD, Clock

KIOSK = Actor(name="kiosk:kiosk")


@pytest.fixture
def office(running: Running) -> Actor:
    person = staff.add_staff(
        running.context, login="office", name="办公室", role=Role.OFFICE, password=PASSWORD, actor=Actor(name="cli")
    )
    return Actor(name="office:office", staff=person)


@pytest.fixture
def complaint(running: Running) -> Case:
    return casework.complain(
        running.context,
        about="等了很久没有人理",
        ground=3,
        form=Form.ORAL,
        name="张小明",
        phone="13800001234",
        actor=KIOSK,
    )


@pytest.fixture
def phone(running: Running) -> FlaskClient:
    return running.app.test_client()


def test_the_receipts_page_tells_stage_day_and_light_and_no_name(phone: FlaskClient, complaint: Case) -> None:
    page = phone.get(f"/c/{complaint.token}").text

    assert all(word in page for word in (complaint.number, "2026-11-30", "已登记", "按时"))
    assert "张小明" not in page
    assert "13800001234" not in page


def test_an_overdue_complaint_names_the_county_office(phone: FlaskClient, complaint: Case, clock: Clock) -> None:
    """Regulations 4.5."""
    clock.pass_(days=9)

    page = phone.get(f"/c/{complaint.token}").text

    assert "县行政效能建设办公室" in page
    assert "超期" in page


def test_the_citizen_judges_the_answer_once(
    running: Running, phone: FlaskClient, complaint: Case, office: Actor
) -> None:
    answering.answer(running.context, case=complaint.id, answer="已向您道歉", actor=office)
    page = phone.get(f"/c/{complaint.token}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1], "view": "satisfied"}

    first = phone.post(f"/c/{complaint.token}/view", data=form, follow_redirects=True)
    second = phone.post(f"/c/{complaint.token}/view", data=form)

    assert "已向您道歉" in page
    assert "我们已经记下" in first.text
    assert second.status_code == 409


def test_the_kiosk_finds_a_case_by_number_and_phone_and_by_nothing_less(phone: FlaskClient, complaint: Case) -> None:
    digits = complaint.number[2:].replace("-", "")

    found = phone.get(f"/case?number={digits}&phone=1234&done=1")
    wrong = phone.get(f"/case?number={digits}&phone=1235&done=1")
    none = phone.get(f"/case?number={digits}&done=1")

    assert complaint.number in found.text
    assert "张小明" not in found.text
    assert (wrong.status_code, none.status_code) == (404, 404)


def test_whoever_guesses_phones_waits_a_minute_after_five_wrong_ones(
    phone: FlaskClient, complaint: Case, clock: Clock
) -> None:
    digits = complaint.number[2:].replace("-", "")
    right = f"/case?number={digits}&phone=1234&done=1"

    wrong = [phone.get(f"/case?number={digits}&phone=000{last}&done=1").status_code for last in range(5)]
    clock.pass_(seconds=59)
    paused = phone.get(right)
    elsewhere = phone.get(right, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    english = phone.get(right + "&lang=en").text
    clock.pass_(seconds=1)
    found = phone.get(right)

    assert wrong == [404] * 5
    assert paused.status_code == 409
    assert "请过一分钟再试" in paused.text
    assert complaint.number not in paused.text
    assert "Please wait a minute" in english
    assert complaint.number in elsewhere.text
    assert complaint.number in found.text


def test_a_found_case_forgets_the_wrong_tries_before_it(phone: FlaskClient, complaint: Case) -> None:
    digits = complaint.number[2:].replace("-", "")
    tried = ["0001", "0002", "0003", "0004", "1234", "0005", "0006", "0007", "0008", "1234"]

    found = [phone.get(f"/case?number={digits}&phone={last4}&done=1").status_code for last4 in tried]

    assert found == [404] * 4 + [200] + [404] * 4 + [200]


def test_the_keypad_takes_the_number_first_and_then_the_phone(phone: FlaskClient) -> None:
    first = phone.get("/case?number=2026112300&key=1").text
    then = phone.get("/case?number=20261123001&phone=123&key=4").text
    back = phone.get("/case?number=20261123001&phone=&key=back").text

    assert "后四位" in first
    assert 'name="phone" value="1234"' in then
    assert 'name="number" value="2026112300"' in back


@pytest.mark.parametrize("token", ["x", "../../etc/passwd", "%00", "A" * 22])
def test_a_guessed_token_opens_nothing(phone: FlaskClient, complaint: Case, token: str) -> None:
    assert phone.get(f"/c/{token}").status_code == 404
