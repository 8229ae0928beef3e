"""The JSON door: the same operations for programs, stable codes, nothing lost to bad input."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.app import Running
from kiosk.domain.people import Actor, Role
from kiosk.operations import staff
from tests.conftest import PASSWORD

HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE tickets; --",
    "\x1b@\x1dV0",
    "\u202eevil",
    "９" * 500,
    "\x00",
    "../../etc/passwd",
]


@pytest.fixture
def client(running: Running) -> FlaskClient:
    return running.app.test_client()


@pytest.fixture
def secret(running: Running, client: FlaskClient) -> dict[str, str]:
    """What the office's program sends with each request."""
    staff.add_staff(
        running.context, login="office", name="办公室", role=Role.OFFICE, password=PASSWORD, actor=Actor(name="cli")
    )
    answer = client.post("/api/sign-in", json={"login": "office", "password": PASSWORD}).get_json()
    return {"Authorization": f"Bearer {answer['token']}"}


def refused(answer: TestResponse) -> tuple[int, str]:
    body: dict[str, Any] = answer.get_json()
    assert body["ok"] is False
    assert body["error"], "a refusal speaks"
    assert any("\u4e00" <= sign <= "\u9fff" for sign in body["error"]), "in Chinese"
    return answer.status_code, body["code"]


def test_a_program_takes_calls_and_completes(client: FlaskClient, secret: dict[str, str]) -> None:
    taken = client.post("/api/tickets", json={"service": "medical"}, headers=secret)
    called = client.post("/api/windows/2/call-next", headers=secret)
    ticket = called.get_json()["ticket"]
    started = client.post("/api/windows/2/start", json={"ticket": ticket["id"]}, headers=secret)
    completed = client.post("/api/windows/2/complete", json={"ticket": ticket["id"]}, headers=secret)

    assert taken.status_code == 201
    assert ticket["number"] == taken.get_json()["ticket"]["number"]
    assert [answer.get_json()["ticket"]["state"] for answer in (called, started, completed)] == [
        "called",
        "serving",
        "completed",
    ]


def test_a_clerks_program_takes_a_number_without_its_secret(running: Running, client: FlaskClient) -> None:
    """E8: the secret opens the rating of the visit, which is for the citizen alone."""
    cli = Actor(name="cli")
    staff.add_staff(running.context, login="li", name="李", role=Role.CLERK, password=PASSWORD, actor=cli)
    signed = client.post("/api/sign-in", json={"login": "li", "password": PASSWORD}).get_json()
    secret = {"Authorization": f"Bearer {signed['token']}"}

    taken = client.post("/api/tickets", json={"service": "medical"}, headers=secret).get_json()

    assert taken["ticket"]["number"] == "A001"
    assert "token" not in taken["ticket"]


def test_the_hall_can_be_read_by_everybody_and_names_nobody(client: FlaskClient, secret: dict[str, str]) -> None:
    client.post("/api/windows/2/take", headers=secret)
    token = client.post("/api/tickets", json={"service": "medical"}, headers=secret).get_json()["ticket"]["token"]

    answer = client.get("/api/hall")

    assert answer.get_json()["windows"][1]["on_duty"] is True
    assert "办公室" not in answer.text
    assert token not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/tickets",
        "/windows/1/call-next",
        "/windows/1/recall",
        "/windows/1/take",
        "/tickets/x/rating",
        "/matters/x/checklist",
    ],
)
def test_whoever_changes_the_hall_must_be_somebody(client: FlaskClient, path: str) -> None:
    answers = [
        client.post("/api" + path, json={"service": "medical"}),
        client.post("/api" + path, headers={"Authorization": "Bearer guessed"}),
        client.post("/api" + path, headers={"Authorization": "Basic YTpi"}),
    ]

    assert {refused(answer) for answer in answers} == {(401, "sign_in_needed")}


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/tickets", {"service": "nothing"}, (404, "unknown_service")),
        ("/tickets", {}, (404, "unknown_service")),
        ("/tickets", {"matter": "nothing"}, (404, "unknown_matter")),
        ("/tickets", {"service": 7}, (400, "bad_input")),
        ("/tickets", {"service": "medical", "key": "short"}, (400, "bad_input")),
        ("/windows/9/call-next", {}, (404, "unknown_window")),
        ("/windows/1/call-next", {}, (409, "nobody_waiting")),
        ("/windows/1/complete", {}, (409, "no_ticket_at_window")),
        ("/windows/1/complete", {"ticket": "1"}, (400, "bad_input")),
        ("/windows/1/complete", {"ticket": True}, (400, "bad_input")),
        ("/windows/1/resume", {"ticket": 2**63}, (400, "bad_input")),
        ("/windows/1/pick", {"ticket": -(2**64), "reason": "要赶车"}, (400, "bad_input")),
        (f"/windows/{10**30}/call-next", {}, (404, "unknown_page")),
        ("/windows/1/fly", {}, (404, "unknown_page")),
        ("/tickets/guessed/rating", {"level": 5}, (404, "unknown_ticket")),
        ("/tickets/guessed/rating", {"level": 6}, (400, "bad_level")),
        ("/tickets/guessed/cancel", {}, (404, "unknown_ticket")),
        ("/matters/nothing/checklist", {}, (404, "unknown_matter")),
    ],
)
def test_a_wish_that_cannot_be_granted_gets_words_and_a_code(
    client: FlaskClient, secret: dict[str, str], path: str, body: dict[str, object], expected: tuple[int, str]
) -> None:
    answer = client.post("/api" + path, json=body, headers=secret)

    assert refused(answer) == expected


@pytest.mark.parametrize("path", ["tickets", "windows/1/call-next", "tickets/x/cancel", "matters/yb-canbao/checklist"])
@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff\xfe", b"null", b"[" * 30_000])
def test_what_is_no_json_object_is_refused(client: FlaskClient, secret: dict[str, str], body: bytes, path: str) -> None:
    answer = client.post(f"/api/{path}", data=body, content_type="application/json", headers=secret)

    assert refused(answer) == (400, "bad_request")


def test_a_command_that_came_in_part_is_not_carried_out(client: FlaskClient, secret: dict[str, str]) -> None:
    client.post("/api/tickets", json={"service": "medical"}, headers=secret)
    half = {"input_stream": BytesIO(b'{"a"'), "content_length": 500, "content_type": "application/json"}

    answer = client.post("/api/windows/2/call-next", headers=secret, **half)

    assert refused(answer) == (400, "bad_request")
    assert client.get("/api/hall").get_json()["windows"][1]["ticket"] is None


def test_a_program_that_forgets_half_the_address_gets_json_all_the_same(client: FlaskClient) -> None:
    assert refused(client.get("/api")) == (404, "unknown_page")


def test_an_oversized_body_is_refused(client: FlaskClient, secret: dict[str, str]) -> None:
    answer = client.post("/api/tickets", json={"service": "x" * 70_000}, headers=secret)

    assert refused(answer) == (413, "bad_request")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["service", "matter", "key", "language"])
def test_hostile_text_in_any_field_harms_nothing(
    running: Running, client: FlaskClient, secret: dict[str, str], field: str, text: str
) -> None:
    answer = client.post("/api/tickets", json={"service": "medical", field: text}, headers=secret)

    assert answer.status_code in {201, 400, 404}
    with running.context.database.read() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_cookie_counts_for_nothing_here(running: Running, client: FlaskClient, secret: dict[str, str]) -> None:
    token = secret["Authorization"].removeprefix("Bearer ")
    client.set_cookie("hall_sign_in", token)

    answer = client.post("/api/tickets", json={"service": "medical"})

    assert refused(answer) == (401, "sign_in_needed")


def test_our_own_fault_says_nothing_about_our_insides(
    running: Running, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.store.queries.hall_view", lambda *_: 1 / 0)

    answer = client.get("/api/hall")

    assert refused(answer) == (500, "unexpected")
    assert "ZeroDivision" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("field", ["login", "password"])
def test_half_a_character_signs_nobody_in(client: FlaskClient, field: str) -> None:
    answer = client.post("/api/sign-in", data='{"' + field + '": "\\ud800"}', content_type="application/json")

    assert refused(answer) == (400, "bad_input")


def test_programs_hold_resume_transfer_and_put_back(client: FlaskClient, secret: dict[str, str]) -> None:
    """The same operations as the console's, with the same refusals."""
    for _ in range(2):
        client.post("/api/tickets", json={"service": "medical"}, headers=secret)
    first = client.post("/api/windows/2/call-next", headers=secret).get_json()["ticket"]["id"]
    client.post("/api/windows/2/start", headers=secret)

    held = client.post("/api/windows/2/hold", json={"kind": "papers_kept"}, headers=secret).get_json()
    wrong = client.post("/api/windows/2/hold", json={"kind": "lunch"}, headers=secret).get_json()
    back = client.post("/api/windows/2/resume", json={"ticket": first}, headers=secret).get_json()
    sent = client.post("/api/windows/2/transfer", json={"window": 3}, headers=secret).get_json()
    client.post("/api/windows/3/call-next", headers=secret)
    undone = client.post("/api/windows/3/put_back", headers=secret).get_json()

    assert held["ticket"]["state"] == "held"
    assert wrong["code"] == "bad_input"
    assert back["ticket"]["state"] == "serving"
    assert sent["ticket"]["state"] == undone["ticket"]["state"] == "waiting"
