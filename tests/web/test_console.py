"""The clerk's console without any script: signing in, taking a window, a whole visit by plain forms, every refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import url_for
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.app import Running
from kiosk.domain.people import Actor, Role
from kiosk.domain.tickets import State, Ticket
from kiosk.operations import queueing, staff
from kiosk.operations.hall import Context
from kiosk.store import records
from kiosk.web.access import COOKIE
from kiosk.web.console import clock_since, minutes_since
from tests.conftest import PASSWORD, Clock

JSON = {"Accept": "application/json"}


@dataclass
class Desk:
    """A clerk's browser with scripts switched off: it knows forms, buttons and nothing else."""

    client: FlaskClient
    hall: Context

    def page(self) -> str:
        return self.client.get("/console").text

    def token(self) -> str:
        return str(re.findall(r'name="csrf_token" value="([^"]+)"', self.page())[0])

    def send(self, path: str, *, headers: dict[str, str] | None = None, **fields: object) -> TestResponse:
        """Post a form with its hidden token and follow where it leads."""
        fields = {"csrf_token": self.token(), **fields}
        return self.client.post(f"/console/{path}", data=fields, headers=headers, follow_redirects=True)

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        return self.send("sign-in", login=login, password=password)

    def press(self, move: str) -> str:
        """Press a button as a browser would, with its own name, value and address, and return the page that follows."""
        page = self.page()
        button = re.search(rf'<button[^>]*id="move-{move}"[^>]*>', page)
        assert button is not None
        assert "disabled" not in button[0], f"{move} is at rest"
        path = re.search(r'formaction="/console/([^"]+)"', button[0])
        value = re.search(r'name="ticket" value="(\d+)"', button[0])
        window = re.search(r'name="window" value="(\d+)"', page)
        assert path is not None
        assert window is not None
        named = {"ticket": value[1]} if value else {}
        return self.send(path[1], headers=None, window=window[1], **named).text

    def ready(self) -> set[str]:
        """The moves that the page offers now."""
        return {
            name
            for button, name in re.findall(r'(<button[^>]*id="move-(\w+)"[^>]*>)', self.page())
            if "disabled" not in button
        }


@pytest.fixture
def context(running: Running) -> Context:
    return running.context


@pytest.fixture
def desk(running: Running) -> Callable[[], Desk]:
    """Another browser in the hall."""
    return lambda: Desk(running.app.test_client(), running.context)


@pytest.fixture
def clerks(context: Context) -> None:
    """Two clerks who have an account."""
    for login, name in (("east", "东窗"), ("west", "西窗")):
        staff.add_staff(context, login=login, name=name, role=Role.CLERK, password=PASSWORD, actor=Actor(name="cli"))


@pytest.fixture
def east(desk: Callable[[], Desk], clerks: None) -> Desk:
    """A clerk on duty at window 3."""
    place = desk()
    place.sign_in("east")
    place.send("window", window=3)
    return place


def take(context: Context, service: str = "social", **wishes: Any) -> Ticket:
    return queueing.take_ticket(context, service=service, actor=Actor(name="kiosk:kiosk"), **wishes)


def state(context: Context, ticket: Ticket) -> State:
    with context.database.read() as db:
        return records.ticket_by_id(db, ticket.id).state


def says(context: Context, answer: TestResponse | str, key: str, **values: object) -> bool:
    text = answer if isinstance(answer, str) else answer.text
    return context.phrases.say(key, **values) in unescape(text)


def test_a_stranger_sees_nothing_but_the_sign_in_form(desk: Callable[[], Desk], context: Context) -> None:
    ticket = take(context)

    page = desk().page()

    assert 'name="password"' in page
    assert ticket.code not in page


def test_a_wrong_password_is_told_politely_and_keeps_the_login(desk: Callable[[], Desk], clerks: None) -> None:
    browser = desk()

    answer = browser.sign_in("east", "not-the-password")

    assert answer.status_code == 403
    assert says(browser.hall, answer, "error.sign_in_refused")
    assert 'value="east"' in answer.text
    assert COOKIE not in str(answer.headers.getlist("Set-Cookie"))


def test_an_unknown_login_is_told_the_same_words(desk: Callable[[], Desk], clerks: None) -> None:
    browser = desk()

    answer = browser.sign_in('nobody"><script>alert(1)</script>')

    assert says(browser.hall, answer, "error.sign_in_refused")
    assert "<script>alert" not in answer.text


def test_five_wrong_passwords_lock_the_door_for_a_while(desk: Callable[[], Desk], clerks: None, clock: Clock) -> None:
    browser = desk()
    for _ in range(5):
        browser.sign_in("east", "not-the-password")

    clock.pass_(seconds=30)
    locked = browser.sign_in("east")
    clock.pass_(minutes=16)
    later = browser.sign_in("east")

    assert locked.status_code == 403
    assert says(browser.hall, locked, "error.locked_out", minutes=15)
    assert "choice" in later.text


def test_each_sign_in_has_a_secret_of_its_own_that_dies_with_it(
    desk: Callable[[], Desk], clerks: None, running: Running
) -> None:
    browser, thief = desk(), desk()
    browser.sign_in("east")
    first = browser.client.get_cookie(COOKIE)
    browser.send("sign-out")
    browser.sign_in("east")
    second = browser.client.get_cookie(COOKIE)
    assert first is not None
    assert second is not None

    thief.client.set_cookie(COOKIE, first.value)

    assert first.value != second.value
    assert 'name="password"' in thief.page()


def test_the_choice_of_a_window_shows_who_is_where(desk: Callable[[], Desk], east: Desk) -> None:
    west = desk()

    page = west.sign_in("west").text

    assert says(east.hall, page, "console.taken_by", name="东窗")
    assert all(window.name in page for window in east.hall.hall.windows)


def test_a_window_with_a_colleague_is_refused_politely(desk: Callable[[], Desk], east: Desk) -> None:
    west = desk()
    west.sign_in("west")

    answer = west.send("window", window=3)

    assert answer.status_code == 200
    assert says(east.hall, answer, "error.window_taken", name="东窗", window=3)
    assert "choice" in answer.text, "the choice is still there"


@pytest.mark.parametrize(
    ("verb", "fields", "code"),
    [
        ("nothing", {}, "unknown_page"),
        ("hold", {"kind": "x"}, "bad_input"),
        ("finish", {"outcome": ""}, "bad_input"),
        ("hold", {"kind": "papers_kept", "ticket": "1"}, "no_ticket_at_window"),
        ("transfer", {"ticket": "1"}, "bad_input"),
        ("transfer", {"ticket": "1", "target": "3"}, "same_window"),
        ("transfer", {"ticket": "1", "target": "99"}, "unknown_window"),
        ("resume", {"chosen": "99"}, "unknown_ticket"),
        ("pick", {"chosen": "1", "reason": "", "own_reason": " "}, "reason_needed"),
        ("move_up", {"chosen": "99", "reason": "急"}, "unknown_ticket"),
        ("judge", {"chosen": "1", "priority": "king"}, "unknown_priority"),
        ("readmit", {"chosen": "x"}, "bad_input"),
        ("issue", {"service": "nothing"}, "unknown_service"),
        ("issue", {"service": "social", "issue_quantity": "99"}, "bad_input"),
        ("pause", {"reason": "想走"}, "bad_input"),
        ("hand_over", {"to": "nobody"}, "unknown_staff"),
        ("tell", {"ticket": "1", "told": "nothing"}, "unknown_matter"),
        ("tell", {"ticket": "1", "told": "jy-shiye"}, "nothing_ticked"),
        ("tell", {"ticket": "1", "told": "jy-shiye", "missing-jy-shiye": "<b>"}, "bad_input"),
        ("tell_all", {"ticket": "99", "told": "jy-shiye"}, "unknown_ticket"),
        ("hold", {"kind": "papers_kept", "ticket": "1", "window": "2"}, "not_your_window"),
    ],
)
def test_a_move_that_cannot_be_is_refused_by_its_code(east: Desk, verb: str, fields: dict[str, str], code: str) -> None:
    answer = east.send(f"move/{verb}", headers=JSON, **{"window": "3", **fields})

    assert answer.json is not None
    assert answer.json["code"] == code
    assert answer.json["error"]


def test_a_whole_visit_needs_no_script(east: Desk, context: Context, clock: Clock) -> None:
    ticket = take(context)

    called = east.press("call_next")
    clock.pass_(seconds=20)
    again = east.press("recall")
    serving = east.press("start")
    done = east.press("complete")

    assert says(context, called, "console.state_called")
    assert says(context, again, "console.done_recall", number=ticket.code, calls=2)
    assert says(context, serving, "console.state_serving")
    assert says(context, done, "console.nobody")
    assert state(context, ticket) is State.COMPLETED


def test_what_is_missing_is_told_without_a_script_and_a_second_list_that_says_more_is_told_to_the_clerk(
    east: Desk, context: Context
) -> None:
    ticket = queueing.take_ticket(context, service="social", actor=Actor(name="kiosk:kiosk"))
    east.press("call_next")
    page = unescape(east.page())
    names = re.findall(r'name="missing-jy-shiye" value="([^"]+)"', page)

    first = east.send("move/tell", window=3, ticket=ticket.id, told="jy-shiye", **{"missing-jy-shiye": names[0]})
    second = east.send("move/tell", window=3, ticket=ticket.id, told="jy-shiye", **{"missing-jy-shiye": names[1]})
    whole = east.send("move/tell_all", window=3, ticket=ticket.id, told="jy-shiye")

    assert len(names) == 2
    assert f"告知单 20261123-{ticket.code} 正在打印" in first.text
    assert "上次没有告知的材料" in second.text
    assert "材料清单正在打印" in whole.text


def test_only_the_moves_that_are_possible_are_offered(east: Desk, context: Context) -> None:
    take(context)

    at_rest = east.ready()
    east.press("call_next")
    called = east.ready()
    east.press("start")
    serving = east.ready()

    assert at_rest == {"call_next"}
    assert called == {"recall", "start", "miss"}
    assert serving == {"complete"}


def test_somebody_who_did_not_come_is_listed_as_missed(east: Desk, context: Context) -> None:
    ticket = take(context)
    east.press("call_next")

    page = east.press("miss")

    assert state(context, ticket) is State.MISSED
    assert says(context, page, "console.missed", count=1)
    assert ticket.code in page


def test_a_missed_mark_after_too_few_calls_asks_once_more(east: Desk, context: Context, clock: Clock) -> None:
    ticket = take(context)
    east.press("call_next")

    early = east.page()
    for _ in range(context.hall.limits.recalls - 1):
        clock.pass_(seconds=20)
        east.press("recall")

    assert says(context, early, "console.miss_early", number=ticket.code, calls=1)
    assert "data-confirm" not in east.page()


def test_the_desk_shows_the_matter_the_wait_and_the_language(east: Desk, context: Context, clock: Clock) -> None:
    matter = next(one for one in context.catalogue.matters if one.service == "social")
    take(context, matter=matter.id, language="en")
    clock.pass_(minutes=12)

    page = east.page()

    assert matter.name in page
    assert ">12</span>" in page
    assert says(context, page, "console.language_en")


def test_the_list_stands_in_the_order_of_the_calls_with_the_reason_where_somebody_goes_first(
    east: Desk, context: Context, clock: Clock
) -> None:
    """Requirements Q2: what the rule will choose, and why, before it is chosen."""
    codes = []
    for priority in (None, None, None, None, "elderly", "elderly", "elderly", "elderly"):
        clock.pass_(seconds=30)
        codes.append(take(context, priority=priority).code)
    page = unescape(east.page())
    shown = re.findall(r'<th class="line__number number" scope="row">(\w+)</th>', page)

    served = []
    for _ in codes:
        east.press("call_next")
        called = re.search(r'class="ticket__number">(\w+)<', east.page())
        assert called is not None
        served.append(called[1])
        east.press("start")
        east.press("complete")

    assert shown == served
    assert shown[:4] == [*codes[4:7], codes[0]]  # after three were let past it is the first one's turn
    assert says(context, page, "dispatch.priority", name="老年人", passed=4)


def test_calling_with_nobody_waiting_is_told_politely(east: Desk, context: Context) -> None:
    page = east.press("call_next")

    assert says(context, page, "error.nobody_waiting", window=3)


def test_a_second_call_while_somebody_stands_there_calls_nobody(east: Desk, context: Context) -> None:
    first, second = take(context), take(context)
    east.press("call_next")

    answer = east.send("call-next", window=3)

    assert says(context, answer, "error.window_busy", number=first.code)
    assert state(context, second) is State.WAITING


def test_an_old_page_cannot_move_the_next_person(east: Desk, context: Context) -> None:
    first, second = take(context), take(context)
    east.press("call_next")
    east.press("start")
    east.press("complete")
    east.press("call_next")

    answer = east.send("miss", window=3, ticket=first.id)

    assert says(context, answer, "error.no_ticket_at_window", window=3)
    assert state(context, second) is State.CALLED


def test_a_clerk_cannot_act_at_a_colleagues_window(desk: Callable[[], Desk], east: Desk, context: Context) -> None:
    ticket, waiting = take(context), take(context, "medical")
    east.press("call_next")
    west = desk()
    west.sign_in("west")
    west.send("window", window=2)

    answers = [
        west.send(move, window=3, ticket=ticket.id, headers=JSON)
        for move in ("call-next", "recall", "start", "miss", "complete")
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert {answer.get_json()["code"] for answer in answers} == {"not_your_window"}
    assert (state(context, ticket), state(context, waiting)) == (State.CALLED, State.WAITING)


def test_without_a_window_nothing_can_be_called(desk: Callable[[], Desk], clerks: None, context: Context) -> None:
    ticket = take(context)
    browser = desk()
    browser.sign_in("east")

    answer = browser.send("call-next", window=3)

    assert says(context, answer, "error.not_your_window", window=3)
    assert state(context, ticket) is State.WAITING


def test_a_signed_out_page_leads_back_to_the_form(east: Desk, context: Context) -> None:
    ticket, token = take(context), east.token()
    east.client.delete_cookie(COOKIE)

    page = east.client.post("/console/call-next", data={"csrf_token": token, "window": 3}, follow_redirects=True)
    script = east.client.post("/console/call-next", data={"csrf_token": token, "window": 3}, headers=JSON)

    assert 'name="password"' in page.text
    assert says(context, page, "error.sign_in_needed")
    assert (script.status_code, script.get_json()["code"]) == (401, "sign_in_needed")
    assert state(context, ticket) is State.WAITING


def test_a_number_that_is_none_is_told_politely(east: Desk, context: Context) -> None:
    ticket = take(context)
    east.press("call_next")

    for bad in ("", "x", "-1", "1e3", "９", "1" * 40, "1; DROP TABLE tickets"):
        answers = [east.send("start", window=3, ticket=bad), east.send("start", window=bad, ticket=ticket.id)]

        assert all(says(context, answer, "error.bad_input") for answer in answers)
    assert state(context, ticket) is State.CALLED


def test_every_unsafe_route_needs_the_forms_token(east: Desk, running: Running, context: Context) -> None:
    ticket = take(context)
    east.press("call_next")
    rules = [rule for rule in running.app.url_map.iter_rules() if rule.endpoint.startswith("console.")]
    unsafe = [rule for rule in rules if "POST" in (rule.methods or ())]
    with running.app.test_request_context():
        moves = ("recall", "start", "complete", "miss")
        addresses = {url_for(rule.endpoint, move=move).partition("?")[0] for rule in unsafe for move in moves}

    answers = [
        east.client.post(address, data={"window": 3, "ticket": ticket.id}, headers=headers)
        for address in addresses
        for headers in ({}, JSON)
    ]

    assert len(addresses) == 10
    assert {answer.status_code for answer in answers} == {400}
    assert state(context, ticket) is State.CALLED


def test_no_move_is_made_by_a_link(east: Desk) -> None:
    moves = ("call-next", "recall", "start", "complete", "miss", "window", "leave", "sign-in", "sign-out")

    assert {east.client.get(f"/console/{move}").status_code for move in moves} == {405}


def test_leaving_with_a_ticket_at_the_window_is_refused_politely(east: Desk, context: Context) -> None:
    ticket = take(context)
    east.press("call_next")

    leaving, signing_out = east.send("leave"), east.send("sign-out")

    for answer in (leaving, signing_out):
        assert says(context, answer, "error.window_busy", number=ticket.code)
        assert 'id="move-start"' in answer.text, "still at the desk"


def test_leaving_an_empty_window_offers_the_choice_again(east: Desk) -> None:
    answer = east.send("leave")

    assert "choice" in answer.text


def test_a_script_gets_the_new_state_for_its_own_window_only(east: Desk, context: Context) -> None:
    ticket = take(context)

    told = east.send("call-next", window=3, headers=JSON).get_json()
    own = east.client.get("/console/state?window=3", headers=JSON).get_json()
    other = east.client.get("/console/state?window=2", headers=JSON)

    assert told["message"] == context.phrases.say("console.done_call_next", number=ticket.code)
    assert own["seq"] == told["seq"]
    assert ticket.code in own["html"]
    assert "csrf" not in own["html"], "the region that is pushed carries no secret"
    assert other.status_code == 403


def test_a_window_that_the_hall_no_longer_has_counts_as_none(east: Desk, context: Context) -> None:
    context.database.write(lambda db: db.execute("UPDATE duty SET window = 99"))

    assert "choice" in east.page()


@pytest.mark.parametrize(
    ("seconds", "clock_face", "minutes"), [(-5, "0:00", 0), (7, "0:07", 0), (307, "5:07", 5), (3907, "1:05:07", 65)]
)
def test_a_clock_reads_as_people_read_it(seconds: int, clock_face: str, minutes: int) -> None:
    at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    since = at - timedelta(seconds=seconds)

    assert clock_since(since, at) == clock_face
    assert minutes_since(since, at) == minutes
