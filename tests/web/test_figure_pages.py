"""The office's figures, reviews and export of the ratings: numbers, rights, and hostile text."""

from __future__ import annotations

import csv
import io
import json

import pytest
from flask.testing import FlaskClient

from kiosk.app import Running
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role
from kiosk.domain.ratings import Channel, Level
from kiosk.domain.tickets import Ticket
from kiosk.operations import casework, evaluation, queueing, reviewing, staff
from kiosk.store import access, ratings, records
from kiosk.web.reporting import FIELDS
from tests.conftest import PASSWORD, Clock
from tests.web.test_registers import come, token_of

CLI = Actor(name="cli")
CITIZEN = Actor(name="citizen")
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'
PROVINCES = """
areaCode areaName deptCode proDepart orgName taskCode taskHandleItem taskName subMatter projectNo proStatus proManager
serviceName serviceNumber serviceTime pf userName userProp userPageType certKey certKeyGOV handleUserName
handleUserPageType handleUserPageCode satisfaction evalDetail writingEvaluation assessTime assessNumber appStatus
EffectivEvalua isdefault promisetime acceptDate promiseDay anticipateDay mobile dataSource
"""


def served(running: Running, level: int | None = None, channel: Channel = Channel.PAD) -> Ticket:
    """A visit that is over, and rated where a level is given."""
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical")
    for move in (queueing.call_next, queueing.start, queueing.complete):
        move(running.context, window=2, actor=CLI)
    if level:
        rater = Actor(name="pad:2") if channel is Channel.PAD else CITIZEN
        evaluation.rate(running.context, token=ticket.token, level=Level(level), channel=channel, actor=rater)
    return ticket


@pytest.fixture
def office(running: Running) -> FlaskClient:
    return come(running, "office", Role.OFFICE)


def send(client: FlaskClient, page: str, path: str, **form: object) -> str:
    """Send a form of a page and follow where it leads."""
    data = {"csrf_token": token_of(client.get(page).text), **form}
    return client.post(path, data=data, follow_redirects=True).text


def test_the_figures_tell_shares_with_n_and_hide_small_cells(
    running: Running, office: FlaskClient, clock: Clock
) -> None:
    """Issue 7.10, E5."""
    none = office.get("/office/ratings").text
    for level in (5, 5, 4, 2):
        served(running, level)
        clock.pass_(minutes=2)
    few = office.get("/office/ratings").text
    served(running, 3)
    served(running)

    page = office.get("/office/ratings").text

    assert "这段时间没有办结的号" in none
    assert ("少于 5 条，不显示" in few, "&lt; 5" in few, "75%" in few) == (True, True, False)
    assert all(words in page for words in ("一共办结 6 次", "83%", "80%", "38–96%", "5 / 6", "还没评"))
    assert "少于 5 条，不显示" not in page
    assert "不满 30 条的只列出" in page


def test_the_export_has_the_platforms_field_names_and_nothing_of_the_citizen(
    running: Running, office: FlaskClient, clock: Clock
) -> None:
    """domain.md 1.6: exactly these names; a walk-in has no number, and who rated stays unknown."""
    ticket = served(running, 2)
    evaluation.explain(running.context, token=ticket.token, reasons=[213, 214], text="等了很久", actor=CITIZEN)
    clock.pass_(hours=1)
    evaluation.add(
        running.context, token=ticket.token, level=Level.SATISFIED, text="", channel=Channel.OWN_TICKET, actor=CITIZEN
    )

    first, later = json.loads(office.get("/office/ratings/export.json").data)

    assert tuple(first) == FIELDS == tuple(PROVINCES.split())
    said = ("satisfaction", "evalDetail", "writingEvaluation", "assessNumber", "pf", "isdefault", "EffectivEvalua")
    assert [first[name] for name in said] == [2, "213,214", "等了很久", 1, 4, 0, 1]
    assert [later[name] for name in said] == [4, None, None, 2, 3, 0, 1]
    assert first["assessTime"] == "2026-11-23 09:00:00"
    unknown = ("projectNo", "taskCode", "userName", "certKey", "certKeyGOV", "mobile", "deptCode")
    assert [first[name] for name in unknown] == [None] * len(unknown)


def test_an_application_of_the_visit_gives_the_export_its_number(running: Running, office: FlaskClient) -> None:
    ticket = served(running, 5)
    with running.context.database.read() as db:
        person = next(one for one in access.all_staff(db) if one.login == "office")
    actor = Actor(name="office:office", staff=person)
    case = casework.accept(running.context, matter="rs-sbk", name="李四", ticket=ticket.id, actor=actor)

    row = json.loads(office.get("/office/ratings/export.json").data)[0]

    assert (row["projectNo"], row["userName"]) == (case.number, None)


@pytest.mark.parametrize("lead", ["=1+1", "+1", "-1", "@SUM(1)", "＝1+1", "＋1", " =1"])
def test_what_a_citizen_wrote_is_never_a_formula(running: Running, office: FlaskClient, lead: str) -> None:
    ticket = served(running, 1)
    evaluation.explain(running.context, token=ticket.token, reasons=[], text=lead, actor=CITIZEN)

    answer = office.get("/office/ratings/export.csv")

    row = next(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert row["writingEvaluation"] == f"'{lead.strip()}"
    assert answer.headers["Content-Disposition"].endswith(".csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")


def test_hostile_text_is_text_on_every_page_of_the_office(running: Running, office: FlaskClient) -> None:
    """Every field a citizen can fill: the reason's words, the addition's, and praise."""
    ticket = served(running, 1)
    evaluation.explain(running.context, token=ticket.token, reasons=[], text=HOSTILE, actor=CITIZEN)
    evaluation.add(
        running.context, token=ticket.token, level=Level.FAIR, text=HOSTILE, channel=Channel.OWN_TICKET, actor=CITIZEN
    )
    casework.praise(running.context, about=HOSTILE, target=HOSTILE, name=HOSTILE[:40], phone="<b>1", actor=CITIZEN)

    pages = [office.get(f"/office/ratings{path}").text for path in ("", "/list", "/praise", "/paper")]

    assert all("<script>alert" not in page and "<b>1" not in page for page in pages)
    assert [page.count("&lt;script&gt;alert") for page in pages] == [0, 2, 3, 0]


def test_a_review_leaves_a_rating_out_with_a_reason_and_takes_it_in_again_with_another(
    running: Running, office: FlaskClient
) -> None:
    ticket = served(running, 1)
    send(
        office, "/office/ratings/list", "/office/ratings/review/exclude", ticket=ticket.id, reason="按错了，本人来说过"
    )
    excluded = office.get("/office/ratings/list?show=excluded").text
    again = send(office, "/office/ratings/list", "/office/ratings/review/exclude", ticket=ticket.id, reason="再来")
    silent = send(office, "/office/ratings/list", "/office/ratings/review/readmit", ticket=ticket.id, reason="")
    send(office, "/office/ratings/list", "/office/ratings/review/readmit", ticket=ticket.id, reason="录错号")

    with running.context.database.read() as db:
        given = ratings.rating(db, ticket.id)
        told = [event for event in records.events_of(db, ticket.subject) if event.name.startswith("rating.")]
    assert "复核不采纳：按错了，本人来说过" in excluded
    assert "这条评价已经是这样了" in again
    assert "说明原因" in silent or "原因" in silent
    assert given is not None
    assert (given.level, given.excluded) == (1, "")
    assert [event.name for event in told] == [Name.RATING_GIVEN, Name.RATING_EXCLUDED, Name.RATING_READMITTED]
    assert [event.data.get("reason") for event in told[1:]] == ["按错了，本人来说过", "录错号"]


def test_a_paper_form_is_typed_in_once_under_the_number_on_it(running: Running, office: FlaskClient) -> None:
    """Issue 7.7: a printed slip that the office types in."""
    ticket = served(running)
    form = {"day": ticket.day, "code": ticket.code.lower(), "level": "2", "reason": ["207", "214"], "text": "态度不好"}

    kept = send(office, "/office/ratings/paper", "/office/ratings/paper", **form)
    again = send(office, "/office/ratings/paper", "/office/ratings/paper", **form)

    with running.context.database.read() as db:
        given = ratings.rating(db, ticket.id)
    assert "已录入" in kept
    assert "已经评价过" in again
    assert 'value="a001"' in again
    assert given is not None
    assert (given.level, given.reasons, given.text, given.channel) == (2, (207, 214), "态度不好", Channel.PAPER)


@pytest.mark.parametrize(
    "wrong",
    [{"level": ""}, {"code": "Z999"}, {"code": "'; --"}, {"day": "gestern"}, {"reason": "108"}, {"level": "5"}],
)
def test_a_paper_form_that_cannot_be_is_refused_and_keeps_nothing(
    running: Running, office: FlaskClient, wrong: dict[str, str]
) -> None:
    ticket = served(running)
    form = {"day": ticket.day, "code": ticket.code, "level": "2", "reason": "207"} | wrong

    page = send(office, "/office/ratings/paper", "/office/ratings/paper", **form)

    with running.context.database.read() as db:
        assert ratings.rating(db, ticket.id) is None
    assert "已录入" not in page


OFFICE_ONLY = (
    ("GET", "/office/ratings"),
    ("GET", "/office/ratings/export.csv"),
    ("GET", "/office/ratings/export.json"),
    ("GET", "/office/ratings/list"),
    ("GET", "/office/ratings/paper"),
    ("POST", "/office/ratings/paper"),
    ("POST", "/office/ratings/paper/print"),
    ("POST", "/office/ratings/review/exclude"),
    ("POST", "/office/ratings/review/readmit"),
)


@pytest.mark.parametrize(("method", "path"), OFFICE_ONLY)
@pytest.mark.parametrize("role", [Role.CLERK, Role.GUIDE])
def test_single_ratings_and_their_times_are_the_offices_alone(
    running: Running, role: Role, method: str, path: str
) -> None:
    """E8, the role matrix: who is not the office reads nothing and changes nothing."""
    ticket = served(running, 1)
    person = come(running, "li", role)
    form = {"csrf_token": token_of(person.get("/console").text), "ticket": ticket.id, "reason": "不公平"}

    answer = person.open(path, method=method, data=form if method == "POST" else None)

    with running.context.database.read() as db:
        given = ratings.rating(db, ticket.id)
    assert answer.status_code == 403
    assert given is not None
    assert given.excluded == ""


@pytest.mark.parametrize("path", [path for method, path in OFFICE_ONLY if method == "GET"])
def test_a_stranger_reads_no_figures(running: Running, path: str) -> None:
    answer = running.app.test_client().get(path)

    assert answer.status_code in {303, 401}
    assert "n =" not in answer.text


def test_praise_is_registered_by_any_member_of_staff_and_read_by_the_office(
    running: Running, office: FlaskClient
) -> None:
    guide = come(running, "dao", Role.GUIDE)
    send(guide, "/office/ratings/praise", "/office/ratings/praise", about="帮我填了表", window="2", name="王五")

    own, read = guide.get("/office/ratings/praise").text, office.get("/office/ratings/praise").text

    assert "王五" not in own
    assert "帮我填了表" in read
    assert "王五" in read


@pytest.mark.parametrize("days", ["from=x", "from=2026-13-01", "from=2026-11-23&to=2026-11-01", "from=0001-01-01"])
def test_days_that_cannot_be_are_refused_in_words(office: FlaskClient, days: str) -> None:
    answer = office.get(f"/office/ratings?{days}")

    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_an_invitation_lets_the_pad_ask_anew_and_tells_the_clerk_nothing(running: Running, clock: Clock) -> None:
    """Issue 7.7: the clerk can invite, not see or influence."""
    pad = running.app.test_client()
    ticket = served(running)
    clock.pass_(seconds=61)
    resting = pad.get("/pad/2").text
    reviewing.invite(running.context, window=2, actor=CLI)
    asking = pad.get("/pad/2").text
    evaluation.rate(
        running.context, token=ticket.token, level=Level(1), channel=Channel.OWN_TICKET, actor=Actor(name="citizen")
    )
    clock.pass_(seconds=61)
    reviewing.invite(running.context, window=2, actor=CLI)

    after = pad.get("/pad/2").text

    assert 'name="rating"' not in resting
    assert asking.count('name="rating"') == 5
    assert 'name="rating"' not in after


def test_whoever_was_rated_sees_a_low_rating_the_day_after_and_never_its_hour(running: Running, clock: Clock) -> None:
    """E8: neither page nor register nor file of a clerk tells when a rating was given."""
    li = come(running, "li", Role.CLERK)
    with running.context.database.read() as db:
        person = next(one for one in access.all_staff(db) if one.login == "li")
    actor = Actor(name="clerk:li", staff=person)
    staff.take_window(running.context, window=2, actor=actor)
    clock.pass_(minutes=13)
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical")
    for move in (queueing.call_next, queueing.start, queueing.complete):
        move(running.context, window=2, actor=actor)
    pad = Actor(name="pad:2")
    evaluation.rate(running.context, token=ticket.token, level=Level(1), channel=Channel.PAD, actor=pad)
    evaluation.explain(running.context, token=ticket.token, reasons=[115], text="<b>等太久</b>", actor=CITIZEN)
    today = (li.get("/office/cases").text, li.get("/office/cases/1").status_code)
    clock.pass_(days=1, hours=1)
    form = {"login": "li", "password": PASSWORD, "csrf_token": token_of(li.get("/console").text)}
    li.post("/console/sign-in", data=form)

    later, page = li.get("/office/cases").text, li.get("/office/cases/1").text

    assert "回访20261123-001" not in today[0]
    assert today[1] == 403
    assert "回访20261123-001" in later
    assert "服务态度差效率低" in page
    assert "&lt;b&gt;等太久" in page
    assert all("09:13" not in text and ticket.code not in text for text in (later, page))


def test_a_guide_knows_no_hour_of_a_low_rating_either(running: Running, clock: Clock) -> None:
    """E8: guides look after all cases; when somebody rated low is the office's to know."""
    clock.pass_(minutes=13)
    ticket = served(running, 1)
    guide = come(running, "dao", Role.GUIDE)
    today = guide.get("/office/cases/1").status_code
    clock.pass_(days=1, hours=1)
    form = {"login": "dao", "password": PASSWORD, "csrf_token": token_of(guide.get("/console").text)}
    guide.post("/console/sign-in", data=form)

    pages = [guide.get(f"/office/cases{one}").text for one in ("?list=all", "/1")]

    assert today == 403
    assert all("回访20261123-001" in page and "09:13" not in page and ticket.code not in page for page in pages)
