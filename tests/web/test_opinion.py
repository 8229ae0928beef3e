"""Complaints, praise and reasons as citizens send them: nothing lost, nothing leaked, hostile text is text."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from kiosk.app import Running
from kiosk.domain.cases import Case, Kind
from kiosk.domain.people import Actor, Role
from kiosk.domain.ratings import Channel, Level, Rating
from kiosk.operations import evaluation, queueing
from kiosk.store import cases, ratings
from printer import spool
from printer.render import preview
from tests.conftest import Clock
from tests.web.test_figure_pages import CLI, served
from tests.web.test_registers import come, token_of

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def phone(running: Running) -> FlaskClient:
    return running.app.test_client()


def post(client: FlaskClient, page: str, path: str, **form: object) -> str:
    """Send a form of a page and follow where it leads."""
    data = {"csrf_token": token_of(client.get(page).text), **form}
    return client.post(path, data=data, follow_redirects=True).text


def complaints(running: Running) -> list[Case]:
    with running.context.database.read() as db:
        return cases.search(db, cases.Filter(kind=Kind.COMPLAINT))


def said(running: Running, ticket: int) -> Rating | None:
    with running.context.database.read() as db:
        return ratings.rating(db, ticket)


def test_the_own_page_leads_to_a_complaint_about_this_visit(running: Running, phone: FlaskClient) -> None:
    """Issue 7.9: from the own-ticket page; the visit and its window are known without asking."""
    ticket = served(running)
    own = phone.get(f"/t/{ticket.token}").text
    address = re.search(r'href="(/write\?visit=[^"]+)"', own)
    assert address

    page = post(phone, address[1], "/write", visit=ticket.token, ground="3", about="不理人", name=HOSTILE)

    assert "投诉20261123-001" in page
    case = complaints(running)[0]
    assert (case.ticket, case.window, case.form, case.name) == (ticket.id, 2, "written", HOSTILE)


def test_praise_is_written_on_a_phone(running: Running, phone: FlaskClient) -> None:
    ticket = served(running)

    page = post(phone, "/write", "/write", kind="praise", about="很耐心", visit=ticket.token)

    with running.context.database.read() as db:
        found = ratings.praises(db, "2026-11-23", "2026-11-23")
    assert "谢谢您的表扬" in page
    assert f'href="/t/{ticket.token}"' in page
    assert [one.about for one in found] == ["很耐心"]


def test_a_refused_form_keeps_every_word(phone: FlaskClient) -> None:
    form = {"ground": "99", "about": HOSTILE, "target": "二号", "name": "张三", "phone": "138"}

    page = post(phone, "/write", "/write", **form)

    assert 'role="alert"' in page
    assert "&lt;script&gt;" in page
    assert HOSTILE not in page
    assert all(f'value="{word}"' in page for word in ("二号", "张三", "138"))


@pytest.mark.parametrize("visit", ["guessed", "A" * 22, "' OR 1=1 --"])
def test_a_guessed_visit_registers_nothing(running: Running, phone: FlaskClient, visit: str) -> None:
    page = post(phone, "/write", "/write", visit=visit, ground="3", about="不理人")

    assert complaints(running) == []
    assert 'role="alert"' in page


def test_the_reasons_stand_on_the_pad_that_took_the_answer_and_nowhere_else(
    running: Running, phone: FlaskClient
) -> None:
    """E8: whoever else opens the pad's page sees thanks, whatever was said."""
    ticket = served(running)
    clerks_own_browser = running.app.test_client()

    page = post(phone, "/pad/2", "/pad/2/rating", rating=f"{ticket.id}-1")

    others = clerks_own_browser.get("/pad/2/why", follow_redirects=True).text
    assert "哪里没有做好" in page
    assert "谢谢您的评价" in others
    assert "哪里没有做好" not in others


def test_the_reasons_are_asked_in_the_language_of_the_ticket(running: Running, phone: FlaskClient) -> None:
    """The code that is reported is the same, whatever the words."""
    options = running.context.hall.ratings.of(Level.DISSATISFIED)
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical", language="en")
    for move in (queueing.call_next, queueing.start, queueing.complete):
        move(running.context, window=2, actor=CLI)
    evaluation.rate(
        running.context, token=ticket.token, level=Level(2), channel=Channel.OWN_TICKET, actor=Actor(name="citizen")
    )

    page = phone.get(f"/t/{ticket.token}").text

    assert all(one.english and one.english in page and f'value="{one.code}"' in page for one in options)


def test_passing_on_sends_no_reason_even_where_some_were_ticked(running: Running, phone: FlaskClient) -> None:
    """E4: skipped in one tap."""
    ticket = served(running)
    post(phone, "/pad/2", "/pad/2/rating", rating=f"{ticket.id}-2")

    page = post(phone, "/pad/2/why", "/pad/2/why", reason=["207", "208"], **{"pass": "1"})

    given = said(running, ticket.id)
    assert "谢谢您的评价" in page
    assert given is not None
    assert (given.level, given.reasons, given.explained) == (2, (), True)


def test_whoever_walks_away_leaves_the_rating_and_no_trace_for_the_next(
    running: Running, phone: FlaskClient, clock: Clock
) -> None:
    """R-4, issue 7 bad input: the time-out keeps the rating; the next citizen finds the first screen."""
    ticket = served(running)
    page = post(phone, "/pad/2", "/pad/2/rating", rating=f"{ticket.id}-1")
    clock.pass_(seconds=46)

    home = re.search(r'data-home="([^"]+)"', page)

    given = said(running, ticket.id)
    assert home
    after = phone.get(home[1]).text + phone.get("/pad/2/why", follow_redirects=True).text
    assert given is not None
    assert (given.level, given.reasons, given.text) == (1, (), "")
    assert ticket.code not in after
    assert ticket.token not in after


@pytest.mark.parametrize("form", [{"reason": "999"}, {"reason": "x"}, {"reason": "207", "text": "a" * 501}])
def test_reasons_that_were_not_offered_are_refused_and_the_rating_stays(
    running: Running, phone: FlaskClient, form: dict[str, str]
) -> None:
    ticket = served(running, 2, Channel.OWN_TICKET)
    address = f"/t/{ticket.token}"

    answer = phone.post(f"{address}/why", data={"csrf_token": token_of(phone.get(address).text), **form})

    given = said(running, ticket.id)
    assert answer.status_code == 400
    assert given is not None
    assert (given.level, given.explained) == (2, False)


def test_a_negative_rating_finds_its_answer_on_the_own_page(running: Running, phone: FlaskClient) -> None:
    """Issue 7.8: the citizen follows what becomes of it, and stays unknown to the window."""
    ticket = served(running, 1, Channel.OWN_TICKET)

    own = phone.get(f"/t/{ticket.token}").text
    link = re.search(r'href="(/c/[^"]+)"', own)

    assert re.search("2026-11-30(</span>)? 前答复您", own)
    assert link
    followed = phone.get(link[1])
    assert followed.status_code == 200
    assert "回访20261123-001" in followed.text


def test_a_hundred_posts_at_the_pad_are_one_row_and_one_case(running: Running, phone: FlaskClient) -> None:
    ticket = served(running)
    form = {"csrf_token": token_of(phone.get("/pad/2").text), "rating": f"{ticket.id}-1"}

    statuses = {phone.post("/pad/2/rating", data=form).status_code for _ in range(100)}

    with running.context.database.read() as db:
        rows = db.execute("SELECT count(*) FROM ratings").fetchone()[0]
        owed = cases.search(db, cases.Filter(kind=Kind.FOLLOW_UP))
    assert statuses == {303, 409}
    assert (rows, len(owed)) == (1, 1)


def test_a_hundred_posts_at_once_from_pad_page_and_kiosk_are_one_row_and_one_case(running: Running) -> None:
    """Stuffing: whoever is first counts, the others are refused in words, and one answer is owed."""
    ticket = served(running)
    doors: list[tuple[str, dict[str, str]]] = [
        ("/rate", {"code": ticket.code, "level": "1"}),
        ("/pad/2/rating", {"rating": f"{ticket.id}-2"}),
        (f"/t/{ticket.token}/rating", {"level": "2"}),
    ]

    def knock(number: int) -> int:
        somebody, (path, form) = running.app.test_client(), doors[number % len(doors)]
        form = {"csrf_token": token_of(somebody.get("/opinion").text), **form}
        return somebody.post(path, data=form).status_code

    with ThreadPoolExecutor(12) as crowd:
        answers = Counter(crowd.map(knock, range(102)))

    with running.context.database.read() as db:
        rows = db.execute("SELECT count(*) FROM ratings").fetchone()[0]
    owed = [one for one in follow_ups(running) if one.owed]
    assert (rows, len(owed)) == (1, 1)
    assert answers.keys() == {303, 409}


def follow_ups(running: Running) -> list[Case]:
    with running.context.database.read() as db:
        return cases.search(db, cases.Filter(kind=Kind.FOLLOW_UP))


def test_hostile_words_of_a_rating_are_text_on_the_own_page(running: Running, phone: FlaskClient) -> None:
    ticket = served(running, 1, Channel.OWN_TICKET)
    citizen = Actor(name="citizen")
    evaluation.explain(running.context, token=ticket.token, reasons=[], text=HOSTILE, actor=citizen)
    evaluation.add(
        running.context, token=ticket.token, level=Level(1), text=HOSTILE, channel=Channel.OWN_TICKET, actor=citizen
    )

    assert HOSTILE not in phone.get(f"/t/{ticket.token}").text


def test_a_complaint_by_touch_sent_ten_times_is_one_case_and_one_receipt(running: Running, phone: FlaskClient) -> None:
    """Replays: the form's own secret makes its second sending the same case."""
    page = phone.get("/opinion/complaint?ground=3&window=2&asked=1").text
    secret = re.search(r'name="token" value="([^"]+)"', page)
    assert secret
    form = {"csrf_token": token_of(page), "ground": "3", "window": "2", "token": secret[1]}

    landings = {phone.post("/opinion/complaint", data=form).location for _ in range(10)}

    with running.context.database.read() as db:
        slips = [job for job in spool.jobs(db) if job.kind == "complaint"]
    assert len(landings) == len(complaints(running)) == len(slips) == 1


def test_praise_sent_twice_is_kept_once(running: Running, phone: FlaskClient) -> None:
    page = phone.get("/opinion/praise?window=2&asked=1").text
    secret = re.search(r'name="token" value="([^"]+)"', page)
    assert secret
    form = {"csrf_token": token_of(page), "window": "2", "token": secret[1]}

    for _ in range(3):
        assert phone.post("/opinion/praise", data=form).status_code == 303

    with running.context.database.read() as db:
        assert len(ratings.praises(db, "2026-11-23", "2026-11-23")) == 1


@pytest.mark.parametrize("secret", ["short", "x" * 23, "../../etc/passwd/12345"])
def test_a_form_that_is_not_ours_registers_nothing(running: Running, phone: FlaskClient, secret: str) -> None:
    page = phone.get("/opinion/complaint?ground=3&window=2&asked=1").text
    form = {"csrf_token": token_of(page), "ground": "3", "window": "2", "token": secret}

    answer = phone.post("/opinion/complaint", data=form)

    assert answer.status_code == 400
    assert complaints(running) == []


def test_what_is_written_on_a_phone_prints_nothing_in_the_hall(running: Running, phone: FlaskClient) -> None:
    """A receipt with the words of somebody who is not there would lie at the printer for anybody to read."""
    post(phone, "/write", "/write", ground="9", about="违规办理", name="张三")

    with running.context.database.read() as db:
        assert [job for job in spool.jobs(db) if job.kind == "complaint"] == []
    assert len(complaints(running)) == 1


def test_whoever_left_no_phone_finds_the_complaint_by_number_and_code(running: Running, phone: FlaskClient) -> None:
    """Issue 7.9: status by number, anonymous too; the code stands on screen and receipt."""
    shown = post(phone, "/opinion/complaint?ground=3&window=2", "/opinion/complaint", ground="3", window="2")
    case = complaints(running)[0]
    wrong = f"{(int(case.code) + 1) % 10000:04d}"

    found = phone.get(f"/case?number=20261123001&phone={case.code}&done=1").text
    lost = phone.get(f"/case?number=20261123001&phone={wrong}&done=1")

    with running.context.database.read() as db:
        receipt = spool.latest(db, case.subject)
    assert receipt is not None
    assert f"查询码 {case.code}" in shown
    assert case.code in repr(receipt.document)
    assert case.number in found
    assert lost.status_code == 404


@pytest.mark.parametrize("kind", ["complaint", "praise"])
@pytest.mark.parametrize("field", ["about", "name", "phone", "target"])
@pytest.mark.parametrize("words", ["\x1b@\x1dV\x00", "\u202eneetfif", "x" * 1001])
def test_what_cannot_be_shown_is_refused_in_every_field(
    running: Running, phone: FlaskClient, kind: str, field: str, words: str
) -> None:
    """Printer commands, reversed text, endless text: nothing of it is kept."""
    form = {"kind": kind, "ground": "3", "about": "等了很久"} | {field: words}

    answer = phone.post("/write", data={"csrf_token": token_of(phone.get("/write").text), **form})

    with running.context.database.read() as db:
        praised = ratings.praises(db, "2026-11-23", "2026-11-23")
    assert answer.status_code == 400
    assert (complaints(running), praised) == ([], [])


def test_hostile_words_of_a_complaint_are_text_on_screen_and_slip(running: Running, phone: FlaskClient) -> None:
    post(phone, "/write", "/write", ground="3", about=HOSTILE, name=HOSTILE, target=HOSTILE)
    case = complaints(running)[0]
    office = come(running, "office", Role.OFFICE)

    pages = [phone.get(f"/c/{case.token}").text, *(office.get(f"/office/cases{one}").text for one in ("", "/1"))]
    post(office, "/office/cases/1", "/office/cases/1/print", slip="complaint")

    with running.context.database.read() as db:
        slip = spool.latest(db, case.subject)
    assert slip is not None
    assert all(HOSTILE not in page for page in pages)
    assert HOSTILE in repr(slip.document)
    assert preview(slip.document, 384).width == 384


def test_an_overdue_low_rating_alerts_the_office(running: Running, clock: Clock) -> None:
    served(running, 1)
    clock.pass_(days=8)

    page = come(running, "office", Role.OFFICE).get("/office").text

    assert "1 条差评超过期限还没有答复" in page
