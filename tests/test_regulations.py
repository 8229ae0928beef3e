"""The regulations (姚关镇为民服务中心, 2016), clause by clause in the order of the text: what the hall owes to whom.

One test for each clause that software can keep; read from top to bottom they are the shortest way to know the domain.
The hall of these tests is the shipped one on Monday, 23 November 2026, nine o'clock, with a sign and a telephone.
"""

from __future__ import annotations

import inspect
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageChops

from display.voice import bank
from display.voice.reading import pieces
from kiosk.app import Running, create
from kiosk.config import Settings, load
from kiosk.domain.alerts import AlertKind
from kiosk.domain.breaches import Breach, Clause
from kiosk.domain.cases import AGENCY_STAGES, GROUNDS, SERIOUS, Case, Form, Outcome, Rule, State
from kiosk.domain.catalogue import Catalogue, DayUnit, Kind, Matter
from kiosk.domain.errors import HallError
from kiosk.domain.events import Name
from kiosk.domain.library import chapters
from kiosk.domain.people import Actor
from kiosk.domain.screens import Sign
from kiosk.domain.tickets import State as TicketState
from kiosk.operations import answering, appointments, casework, duty, moving, paper, staff, telling, watching
from kiosk.operations.hall import Context
from kiosk.store import breaches, cases, queries, records
from printer import spool
from printer.decoder import Decoder, Paper
from printer.documents import Document
from printer.profiles import PROFILES, Profile
from printer.render import render
from tests.conftest import CONFIG, PASSWORD, ROOT, Citizen, Clerk, Clock

CLAUSES = (
    "1.1",
    "1.2.1",
    "1.2.2",
    "1.2.3",
    "1.3 / 1.4 / 1.5",
    "1.7 / 3.7",
    "2.1 / 2.3",
    "2.2",
    "2.4",
    "3.2 / 3.3",
    "3.4",
    "3.5",
    "3.6",
    "4.1",
    "4.2",
    "4.3",
    "4.4",
    "4.5",
    "5.1 / 5.2",
    "5.3",
    "5.4.1",
    "5.4.2",
    "5.5.1",
    "5.5.2",
    "5.5.3",
    "5.5.4",
    "5.6",
)
"""Chapter, section and item of each clause that software can keep; what asks for a smile alone is left to people."""

MONDAY = date(2026, 11, 23)
COMPLAINT_PHONE = "0875-5550100"
FORBIDDEN = ("我不管", "去问别人", "我要下班", "快点讲", "不知道", "不归我管")
AT_ONCE, AGENCY = "jy-shiye", "yl-zhuxiao"  # 失业登记, 养老保险注销登记
KIOSK = Actor(name="kiosk:kiosk")

Come = Callable[[], Citizen]
Serve = Callable[[int], Clerk]
SignIn = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped hall, with the telephone and the clerk's sign that every hall fills in for itself."""
    folder = shutil.copytree(CONFIG, tmp_path_factory.mktemp("hall") / "config")
    (folder / "photos").mkdir()
    Image.new("RGB", (30, 40), "grey").save(folder / "photos" / "clerk.jpg")
    shipped = load(folder)
    sign = Sign(login="clerk2", post="医保岗", badge="007", photo="clerk.jpg")
    return replace(shipped, hall=replace(shipped.hall, complaint_phone=COMPLAINT_PHONE, signs=(sign,)))


@pytest.fixture
def place(settings: Settings, tmp_path: Path, clock: Clock) -> Iterator[Running]:
    """The whole application over the hall of this test, with nothing following it."""
    application = create(settings, tmp_path / "data", clock=clock)
    yield application
    application.context.database.close()


@pytest.fixture
def hall(place: Running) -> Context:
    return place.context


@pytest.fixture
def kiosk(place: Running) -> FlaskClient:
    """The touchscreen, and every other page that anybody may open."""
    return place.app.test_client()


@pytest.fixture
def sign_in(place: Running) -> SignIn:
    """Sign somebody of the hall in at a browser of their own."""

    def come(login: str) -> FlaskClient:
        browser = place.app.test_client()
        form = {"login": login, "password": PASSWORD, "csrf_token": _token(browser.get("/console").text)}
        assert browser.post("/console/sign-in", data=form).status_code == 303
        return browser

    return come


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def _press(kiosk: FlaskClient, path: str, **form: str) -> str:
    """Press a button of the kiosk and return the page it leads to."""
    form["csrf_token"] = _token(kiosk.get("/services").text)
    return kiosk.post(path, data=form, follow_redirects=True).text


@dataclass(frozen=True)
class Slip:
    """A slip on its way to paper: its kind, and all words on it."""

    kind: str
    text: str


def _words(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [word for one in parts for word in _words(one)]


def slips(hall: Context, subject: str) -> list[Slip]:
    """The slips about somebody or something, oldest first."""
    with hall.database.read() as db:
        jobs = [job for job in reversed(spool.jobs(db, limit=200)) if job.subject == subject]
    return [Slip(job.kind, "\n".join(_words(json.loads(job.document.to_json())))) for job in jobs]


def last(hall: Context, subject: str) -> dict[str, Any]:
    """What the diary tells of the last that happened to somebody or something."""
    with hall.database.read() as db:
        return dict(records.events_of(db, subject)[-1].data)


def register_of_breaches(hall: Context) -> list[Breach]:
    """What the hall did not keep, oldest first."""
    with hall.database.read() as db:
        return list(reversed(breaches.search(db)))


def as_it_stands(hall: Context, case: Case) -> Case:
    with hall.database.read() as db:
        return cases.case_by_id(db, case.id)


def refusal(verb: Callable[[], object]) -> str:
    """The code by which something is refused."""
    with pytest.raises(HallError) as refused:
        verb()
    return refused.value.code


def with_matter(hall: Context, matter: Matter) -> Context:
    """The hall, with another catalogue."""
    return replace(hall, catalogue=Catalogue(matters=(matter,)))


def stages_of(hall: Context, case: Case) -> list[object]:
    """The stages that were noted of a case."""
    with hall.database.read() as db:
        events = records.events_of(db, case.subject)
    return [event.data["stage"] for event in events if event.name is Name.CASE_STAGE_REACHED]


# ---------------------------------------------------------------- 一、服务承诺制度


def test_1_1_whoever_came_first_is_called_first_and_everybody_can_see_why_and_how_long(
    hall: Context,
    place: Running,
    kiosk: FlaskClient,
    citizen: Come,
    clerk: Serve,
    office: Actor,
    sign_in: SignIn,
    clock: Clock,
) -> None:
    desk = clerk(2)
    place.forecaster.look()
    first = citizen().take("medical")
    clock.pass_(minutes=4)
    second = citizen().take("medical")
    place.forecaster.look()
    board, window = kiosk.get("/display/hall").text, sign_in("clerk2").get("/console").text

    called = desk.call_next()

    told = last(hall, first.subject)
    assert called.id == first.id != second.id
    assert (told["rule"], told["waited"]) == ("first_come", 240)
    assert hall.phrases.say("dispatch.first_come", minutes=4) in window
    assert re.search(r"2\s*人[\s\S]*?分钟", re.sub(r"<[^>]*>", " ", board)), "how many wait, and how long it takes"
    assert hall.phrases.say("office.kept_none") not in sign_in("office").get("/office/day").text


def test_1_2_1_a_matter_of_the_township_is_done_the_same_day_in_one_step(hall: Context, clerk: Serve) -> None:
    desk = clerk(3)
    assert hall.catalogue.matter(AT_ONCE).kind is Kind.AT_ONCE

    case = casework.accept(hall, matter=AT_ONCE, name="张三", window=3, actor=desk.actor)
    done = answering.answer(hall, case=case.id, answer="失业登记已办好", actor=desk.actor)

    assert case.due == MONDAY
    assert (case.state, done.state) == (State.OPENED, State.ANSWERED)
    assert [slip.kind for slip in slips(hall, case.subject)] == ["receipt", "complete"]


def test_1_2_2_a_matter_of_the_county_is_told_complete_forwarded_followed_through_and_only_collected(
    hall: Context, clerk: Serve, clock: Clock
) -> None:
    desk, matter = clerk(3), hall.catalogue.matter(AGENCY)
    lacking = [material.name for material in matter.materials[:3]]
    assert (matter.kind, matter.promised_days) == (Kind.AGENCY, 25)

    waiting = casework.accept(hall, matter=AGENCY, name="李四", missing=lacking, actor=desk.actor)
    clock.pass_(days=1)
    complete = answering.papers_complete(hall, case=waiting.id, actor=desk.actor)
    answering.reach_stage(hall, case=waiting.id, stage="in_work", actor=desk.actor)
    answering.answer(hall, case=waiting.id, answer="县里已审批", actor=desk.actor)
    collected = answering.collect(hall, case=waiting.id, actor=desk.actor)
    for stage in AGENCY_STAGES[4:]:
        answering.reach_stage(hall, case=waiting.id, stage=stage, actor=desk.actor)

    receipt, *_, slip = slips(hall, waiting.subject)
    promised = hall.hall.workdays.add(date(2026, 11, 24), 25).day
    assert all(name in receipt.text for name in lacking), "told everything, once"
    assert (waiting.due, complete.due) == (None, promised), "the promise runs from the day all is there"
    assert stages_of(hall, waiting) == ["in_work", "filed", "reported", "revisited"], "besides accepted and delivered"
    assert (slip.kind, collected.collector) == ("collect", "李四")


def test_1_2_3_nothing_is_charged_but_what_is_published_with_its_basis(
    hall: Context, kiosk: FlaskClient, clerk: Serve, tmp_path: Path
) -> None:
    desk, free = clerk(3), hall.catalogue.matter(AT_ONCE)
    paid = replace(free, fee="5 元", fee_basis="（演示）收费公示第 1 号")
    paper.print_checklist(hall, matter=free.id, actor=KIOSK)
    case = casework.accept(hall, matter=free.id, name="张三", actor=desk.actor)
    other = casework.accept(with_matter(hall, paid), matter=paid.id, name="张三", actor=desk.actor)

    shown = [kiosk.get(f"/matters/{free.id}").text, slips(hall, f"matter:{free.id}")[0].text]
    shown += [slips(hall, case.subject)[0].text]

    folder = shutil.copytree(CONFIG, tmp_path / "config")
    services = folder / "services.toml"
    services.write_text(services.read_text("utf-8").replace('fee = "不收费"', 'fee = "5 元"', 1), "utf-8")
    assert all("不收费" in words for words in shown)
    assert paid.fee_basis in slips(hall, other.subject)[0].text
    with pytest.raises(Exception, match="没有依据"):
        load(folder)


def test_1_3_1_4_1_5_what_was_promised_and_how_it_was_kept_stands_filed_for_the_head(
    hall: Context, clerk: Serve, office: Actor, sign_in: SignIn, clock: Clock
) -> None:
    desk = clerk(3)
    early, late = (casework.accept(hall, matter="yl-canbao", name=name, actor=desk.actor) for name in ("张三", "李四"))
    clock.pass_(days=1)
    answering.answer(hall, case=early.id, answer="已办好", actor=desk.actor)
    clock.pass_(days=4)

    head = sign_in("office")
    register = head.get("/office/registers/promises/export.xlsx")
    lights = head.get("/office/cases?light=red").text
    daily = head.get("/office/daily").text

    sheet = openpyxl.load_workbook(BytesIO(register.data)).active
    assert sheet is not None
    titles, line = sheet.iter_rows(max_row=2, values_only=True)
    kept = dict(zip(titles, line, strict=True))
    assert (early.limit.rule, early.due) == (Rule.PROMISED, date(2026, 11, 26))
    assert list(kept.values())[:5] == ["3号", 2, 1, 1, 0], "two promised, one kept, none broken by an answer"
    assert late.number in lights
    assert late.number in daily
    assert early.number not in lights


def test_1_7_3_7_what_was_not_kept_is_registered_by_itself_with_its_facts_and_without_a_verdict(
    hall: Context, citizen: Come, clerk: Serve, clock: Clock
) -> None:
    desk, matter = clerk(5), hall.catalogue.matter("wj-shengyu")
    first, second = (material.name for material in matter.materials[:2])
    casework.accept(hall, matter="yl-canbao", name="张三", actor=desk.actor)
    casework.complain(hall, about="没有人理", ground=3, form=Form.ORAL, actor=KIOSK)
    citizen().take("family")
    visit = desk.call_next()
    for names in ([first], [first, second]):
        telling.print_missing(hall, window=5, ticket=visit.id, matter=matter.id, names=names, actor=desk.actor)
    desk.start()
    desk.complete()
    citizen().take("family")
    clock.pass_(minutes=hall.hall.alerts.idle_minutes)
    watching.watch(hall)
    clock.pass_(days=8)

    watching.watch(hall)
    watching.watch(hall)

    found = register_of_breaches(hall)
    assert [one.rule for one in found] == [Clause.TOLD_ONCE, Clause.AWAY, Clause.OVERDUE, Clause.UNANSWERED]
    assert found[0].facts["omitted"] == [second]
    assert found[1].facts["window"] == 5
    assert found[2].facts["due"] == "2026-11-26"
    assert not {"guilty", "fault", "verdict", "punishment"} & {key for one in found for key in one.facts}


# ---------------------------------------------------------------- 二、首问责任制度


def test_2_1_2_3_whoever_is_asked_first_settles_it_leads_on_names_the_office_or_asks_the_leader(
    hall: Context, citizen: Come, clerk: Serve, clock: Clock
) -> None:
    desk, other = clerk(2), clerk(4)
    ours = casework.open_inquiry(hall, about="医保怎么缴", outcome=Outcome.HANDLED, answer="已说明", actor=desk.actor)
    theirs = casework.open_inquiry(
        hall,
        about="办护照",
        outcome=Outcome.OTHER_OFFICE,
        office="县公安局出入境 城关路 1 号 0875-5550123",
        actor=desk.actor,
    )
    hard = casework.open_inquiry(hall, about="宅基地纠纷", outcome=Outcome.LEADER, actor=desk.actor)
    early = citizen().take("medical")
    clock.pass_(minutes=5)
    citizen().take("civil")
    desk.call_next()

    sent = moving.transfer(hall, window=2, service="civil", actor=desk.actor)

    [referral] = slips(hall, theirs.subject)
    assert len(Outcome) == 4
    assert (ours.state, theirs.state, hard.state) == (State.CLOSED, State.CLOSED, State.OPENED)
    assert hard.due == date(2026, 12, 14), "an answer is owed"
    assert all(word in referral.text for word in ("转介", "县公安局出入境", "城关路 1 号", "0875-5550123"))
    assert (sent.code, sent.state) == (early.code, TicketState.WAITING)
    assert other.call_next().id == early.id, "with the place that was waited for"


def test_2_2_whoever_lacks_something_is_told_the_rules_the_papers_and_the_way_at_once(
    hall: Context, citizen: Come, clerk: Serve
) -> None:
    desk, matter = clerk(5), hall.catalogue.matter("ly-caifa")
    citizen().take("land")
    visit = desk.call_next()
    lacking = [material.name for material in matter.materials[1:4]]

    telling.print_missing(hall, window=5, ticket=visit.id, matter=matter.id, names=lacking, actor=desk.actor)

    [notice] = slips(hall, f"notice:{visit.id}")
    assert all(name in notice.text for name in lacking)
    assert matter.materials[0].name not in notice.text, "only what is missing"
    assert all(law in notice.text for law in matter.legal_basis)
    assert all(word in notice.text for word in ("20 个工作日", "不收费", "5 号窗口", hall.hall.phone, COMPLAINT_PHONE))


def test_2_4_somebody_busy_hands_over_to_a_colleague_and_both_names_stay(
    hall: Context, citizen: Come, clerk: Serve
) -> None:
    desk, colleague = clerk(2), clerk(3)
    case = casework.open_inquiry(hall, about="宅基地纠纷", outcome=Outcome.LEADER, actor=desk.actor)
    citizen().take("medical")
    desk.call_next()

    handed = answering.hand_over(hall, case=case.id, to="clerk3", reason="下乡", actor=desk.actor)
    duty.hand_over(hall, window=2, to="clerk3", actor=desk.actor)

    told, window = last(hall, case.subject), last(hall, "window:2")
    assert handed.person == "clerk3"
    assert (told["from"], told["to"], told["reason"]) == ("clerk2", "clerk3", "下乡")
    assert (window["from"], window["to"]) == ("clerk2", "clerk3")
    assert answering.answer(hall, case=case.id, answer="已答复", actor=colleague.actor).state is State.ANSWERED


# ---------------------------------------------------------------- 三、限时办结制度


def test_3_2_3_3_the_limit_is_the_laws_or_the_promise_else_fifteen_working_days_and_the_head_hears_the_result(
    hall: Context, clerk: Serve, office: Actor, sign_in: SignIn, clock: Clock
) -> None:
    desk, matter = clerk(5), hall.catalogue.matter("ly-caifa")
    both = replace(matter, promised_days=10, promised_unit=DayUnit.WORKING)
    neither = replace(matter, statutory_days=None, statutory_unit=None)

    law, promise, hall_rule = (
        casework.accept(with_matter(hall, one), matter=one.id, name="张三", actor=desk.actor)
        for one in (matter, both, neither)
    )
    answering.answer(hall, case=hall_rule.id, answer="采伐证已办好", actor=desk.actor)
    clock.pass_(minutes=5)

    assert (law.limit.rule, law.limit.days, law.due) == (Rule.STATUTORY, 20, date(2026, 12, 21))
    assert (promise.limit.rule, promise.due) == (Rule.PROMISED, date(2026, 12, 7))
    assert promise.statutory_due == law.due
    assert (hall_rule.limit.rule, hall_rule.due) == (Rule.DEFAULT, date(2026, 12, 14))
    assert hall_rule.number in sign_in("office").get("/office/daily").text


def test_3_4_everything_missing_is_told_at_once_and_somebody_is_on_the_spot_within_ten_working_days(
    hall: Context, citizen: Come, clerk: Serve, clock: Clock
) -> None:
    desk, matter = clerk(5), hall.catalogue.matter("wj-shengyu")
    first, left_out = (material.name for material in matter.materials[:2])
    citizen().take("family")
    visit = desk.call_next()
    case = casework.accept(hall, matter="zj-zhaijidi", name="张三", visit=True, actor=desk.actor)

    for names in ([first], [first, left_out]):
        telling.print_missing(hall, window=5, ticket=visit.id, matter=matter.id, names=names, actor=desk.actor)
    clock.pass_(days=3)
    been = answering.visited(hall, case=case.id, actor=desk.actor)

    [breach] = register_of_breaches(hall)
    assert (breach.rule, breach.facts["omitted"]) == (Clause.TOLD_ONCE, [left_out])
    assert (case.visit_due, case.due) == (date(2026, 12, 7), date(2026, 12, 14)), "a second clock"
    assert been.visited_at == clock()


def test_3_5_a_letter_has_its_own_limit_or_fifteen_working_days_from_registration(
    hall: Context, office: Actor, sign_in: SignIn
) -> None:
    own = casework.open_letter(hall, about="领导批转：路灯", days=7, actor=office)
    plain = casework.open_letter(hall, about="群众来信：水渠", actor=office)

    register = sign_in("office").get("/office/cases?kind=letter").text

    assert (own.limit.rule, own.due) == (Rule.OWN_LIMIT, date(2026, 12, 2))
    assert (plain.limit.rule, plain.due) == (Rule.LETTER, date(2026, 12, 14))
    assert all(word in register for word in (own.number, plain.number, "群众来信：水渠", "2026-12-14"))


def test_3_6_nobody_inside_is_sent_away_at_closing_time_and_special_need_gets_an_appointment(
    hall: Context, kiosk: FlaskClient, citizen: Come, clerk: Serve, office: Actor, clock: Clock
) -> None:
    desk = clerk(2)
    at = clock() + timedelta(minutes=30)
    agreed = appointments.book(hall, service="medical", at=at, name="张", phone="13800001234", actor=office)
    checked_in = _press(kiosk, "/check-in", code=agreed.code)
    clock.pass_(hours=8, minutes=14)  # 17:14, a minute before the last number
    latest = citizen().take("medical")
    clock.pass_(minutes=21)  # 17:35

    desk.serve()
    served = desk.serve()

    assert "A001" in checked_in
    assert refusal(citizen().take) == "hall_closed"
    assert (served.id, served.state) == (latest.id, TicketState.COMPLETED)
    assert last(hall, served.subject)["extended"] == 5, "minutes of extended service"
    assert hall.phrases.say("ticket.late") in slips(hall, latest.subject)[0].text


# ---------------------------------------------------------------- 四、投诉受理制度


def test_4_1_who_takes_complaints_and_by_which_telephone_is_told_everywhere(hall: Context, kiosk: FlaskClient) -> None:
    paper.print_checklist(hall, matter=AT_ONCE, actor=KIOSK)
    case = casework.complain(hall, about="没有人理", ground=3, form=Form.ORAL, actor=KIOSK)

    told = [kiosk.get(path).text for path in ("/library/people", f"/m/{AT_ONCE}", "/display/hall")]
    told += [slips(hall, f"matter:{AT_ONCE}")[0].text, slips(hall, case.subject)[0].text]

    assert all(COMPLAINT_PHONE in words for words in told)
    assert all(hall.hall.complaint_office in words for words in (told[0], told[1], *told[3:]))


def test_4_2_there_are_eleven_grounds_for_a_complaint_to_choose_from(hall: Context, kiosk: FlaskClient) -> None:
    offered = re.findall(r"ground=(\d+)", kiosk.get("/opinion/complaint").text)

    registered = [
        casework.complain(hall, about="见事由", ground=ground, form=Form.WRITTEN, actor=KIOSK).ground
        for ground in GROUNDS
    ]

    assert sorted(map(int, offered)) == registered == list(range(1, 12))
    assert (
        refusal(lambda: casework.complain(hall, about="x", ground=12, form=Form.WRITTEN, actor=KIOSK)) == "bad_ground"
    )
    assert len({hall.phrases.say(f"case.ground_{ground}") for ground in GROUNDS}) == 11


def test_4_3_a_complaint_is_told_or_written_and_a_serious_one_is_written(hall: Context, kiosk: FlaskClient) -> None:
    told = casework.complain(hall, about="态度不好", ground=3, form=Form.ORAL, actor=KIOSK)
    written = casework.complain(hall, about="乱收押金", ground=4, form=Form.WRITTEN, actor=KIOSK)

    asked = kiosk.get("/opinion/complaint?ground=4").text

    assert (told.form, written.form) == (Form.ORAL, Form.WRITTEN)
    assert hall.phrases.say("opinion.serious") in asked
    for ground in sorted(SERIOUS):
        orally = {"about": "x", "ground": ground, "form": Form.ORAL, "actor": KIOSK}
        assert refusal(lambda words=orally: casework.complain(hall, **words)) == "write_it_down"  # type: ignore[misc]


def test_4_4_a_complaint_is_registered_politely_with_number_and_day_of_the_answer(
    hall: Context, kiosk: FlaskClient
) -> None:
    page = _press(kiosk, "/opinion/complaint", ground="3", window="2", phone="13800001234")

    [receipt] = slips(hall, "case:1")
    for words in (page, receipt.text):
        assert "投诉20261123-001" in words
        assert "2026-11-30" in words
        assert "谢谢" in words


def test_4_5_it_is_answered_in_five_working_days_in_the_form_it_came_or_explained_and_else_the_county_is_named(
    hall: Context, kiosk: FlaskClient, office: Actor, sign_in: SignIn, clock: Clock
) -> None:
    oral = casework.complain(hall, about="态度不好", ground=3, form=Form.ORAL, actor=KIOSK)
    written = casework.complain(hall, about="乱收押金", ground=4, form=Form.WRITTEN, actor=KIOSK)
    hard = casework.complain(hall, about="两个部门推来推去", ground=1, form=Form.ORAL, actor=KIOSK)
    forgotten = casework.complain(hall, about="找不到人", ground=10, form=Form.ORAL, actor=KIOSK)

    for case in (oral, written):
        answering.answer(hall, case=case.id, answer="已向您道歉并改正", actor=office)
    explained = answering.extend(hall, case=hard.id, days=5, reason="涉及两个部门，正在核实", actor=office)
    clock.pass_(days=8)  # Tuesday of the week after: a day too late

    pages = [kiosk.get(f"/c/{case.token}").text for case in (forgotten, hard)]
    red = sign_in("office").get("/office/cases?kind=complaint&light=red").text
    assert {case.due for case in (oral, written, hard, forgotten)} == {date(2026, 11, 30)}
    assert [slip.kind for slip in slips(hall, oral.subject)] == ["complaint"], "told orally, and recorded"
    assert [slip.kind for slip in slips(hall, written.subject)] == ["complaint", "answer"]
    assert as_it_stands(hall, oral).answer == "已向您道歉并改正"
    assert (explained.due, explained.extension) == (date(2026, 12, 7), "涉及两个部门，正在核实")
    assert ["县行政效能建设办公室" in page for page in pages] == [True, False]
    assert (forgotten.number in red, hard.number in red) == (True, False)
    assert "县行政效能建设办公室" in slips(hall, forgotten.subject)[0].text


# ---------------------------------------------------------------- 五、工作人员服务规范


def test_5_1_5_2_a_greeting_an_answer_and_a_farewell_and_no_word_that_hurts(
    hall: Context, place: Running, kiosk: FlaskClient, citizen: Come, clerk: Serve
) -> None:
    desk, visitor = clerk(2), citizen()
    visitor.take("medical")
    greeting = kiosk.get("/").text + slips(hall, visitor.now.subject)[0].text
    desk.call_next()
    answer = kiosk.get("/display/window/2").text
    desk.start()
    desk.complete()

    farewell = kiosk.get(f"/t/{visitor.now.token}").text

    assert "您好" in greeting
    assert "您好" in answer
    assert re.search("谢谢|再见|慢走", farewell)
    said = [text for words in hall.phrases.texts.values() for text in words.values()]
    said += [path.read_text("utf-8") for path in ROOT.glob("kiosk/web/templates/**/*.html")]
    said += [path.read_text("utf-8") for path in (*ROOT.glob("display/**/*.toml"), *ROOT.glob("display/**/*.html"))]
    paper = (ROOT / "config" / "regulations" / "zhidu-2016.txt").read_text("utf-8")
    quoted = {piece for line in paper.splitlines() for piece in pieces(line)}  # the rule itself names the bad words
    clips = [clip.text for clip in bank().values() if clip.text not in quoted]
    assert len(said) > 1000
    assert clips
    assert [text for text in (*said, *clips) if any(word in text for word in FORBIDDEN)] == []
    assert [text for text in said if "不清楚" in text] == [], "citizens may answer so; the hall may not"


def test_5_3_whoever_serves_wears_a_badge_that_everybody_can_read(kiosk: FlaskClient, clerk: Serve) -> None:
    nobody = kiosk.get("/display/window/2").text

    clerk(2)

    window = kiosk.get("/display/window/2").text
    assert all(word in window for word in ("2号", "医保岗", "007", "/display/photos/clerk.jpg"))
    with kiosk.get("/display/photos/clerk.jpg") as photo:
        assert photo.mimetype == "image/jpeg"
    assert "医保岗" not in nobody


def test_5_4_1_laws_rules_and_forms_lie_ready_for_everybody(hall: Context, kiosk: FlaskClient) -> None:
    [book] = hall.hall.regulations
    text = (ROOT / "config" / "regulations" / book.file).read_text("utf-8")

    read = [kiosk.get(f"/library/rules/{book.file}/{number + 1}").text for number in range(len(chapters(text)))]

    assert len(read) >= 5, "the five chapters of this very text"
    assert all(
        words in "".join(read) for words in ("首次接待来电或来访", "在15个工作日内完成", "口头投诉以口头答复为主")
    )
    assert "授权委托书" in kiosk.get("/library/forms").text
    assert "/library" in kiosk.get("/").text


def test_5_4_2_every_place_has_its_sign_and_the_way_to_it_is_told(
    hall: Context, kiosk: FlaskClient, citizen: Come, clerk: Serve
) -> None:
    window = hall.hall.window(2)
    clerk(2)

    ticket = citizen().take("medical")

    slip, board = slips(hall, ticket.subject)[0].text, kiosk.get("/display/hall").text
    assert all(word in slip for word in ("2 号窗口", window.name, window.direction))
    assert window.name in board


def test_5_5_1_all_papers_of_every_matter_and_situation_are_told_once_in_writing_and_on_record(
    hall: Context, citizen: Come
) -> None:
    ticket = citizen().take("medical")
    for matter in hall.catalogue.matters:
        for chosen in _answers(matter):
            ids = [one.id for one in chosen]

            job = paper.print_checklist(hall, matter=matter.id, situations=ids, ticket=ticket.id, actor=KIOSK)

            told, wanted = last(hall, f"matter:{matter.id}"), [one.name for one in matter.materials_for(chosen)]
            slip = slips(hall, f"matter:{matter.id}")[-1].text
            assert all(name in slip for name in wanted)
            assert (told["job"], told["ticket"], told["matter"], told["materials"]) == (
                job,
                ticket.id,
                matter.id,
                wanted,
            )


def _answers(matter: Matter, chosen: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every way to answer the questions of a matter."""
    question = matter.open_question(chosen)
    if question is None:
        yield chosen
        return
    for answer in question.answers:
        yield from _answers(matter, (*chosen, answer))


def test_5_5_2_samples_and_forms_are_offered_on_the_screen_by_phone_and_on_paper(
    hall: Context, kiosk: FlaskClient, clerk: Serve, sign_in: SignIn
) -> None:
    clerk(5)
    listed, desk = kiosk.get("/matters/ly-caifa?s=agent").text, sign_in("clerk5").get("/console").text
    blank, sample = ("/library/forms/weituoshu.txt", "/library/forms/weituoshu-sample.txt")

    on_glass = kiosk.get(blank).text
    on_phone = kiosk.get("/f/weituoshu-sample.txt").text

    assert blank in listed
    assert sample in listed
    assert "委托人" in on_glass
    assert "/f/weituoshu.txt/qr.svg" in on_glass
    assert kiosk.get("/f/weituoshu.txt/qr.svg").mimetype == "image/svg+xml"
    assert hall.phrases.say("library.print") in on_phone
    assert all(f"/f/{file}" in desk for file in ("weituoshu.txt", "weituoshu-sample.txt")), "for the office's printer"
    with kiosk.get("/f/weituoshu.txt/file") as file:
        assert "委托人" in file.get_data(as_text=True), "to be kept, or printed in the office"


def test_5_5_3_nothing_that_is_written_is_cut_off_on_narrow_or_on_wide_paper(hall: Context) -> None:
    for matter in hall.catalogue.matters:
        paper.print_checklist(hall, matter=matter.id, large=len(matter.name) > 20, actor=KIOSK)
    with hall.database.read() as db:
        documents = [job.document for job in spool.jobs(db, limit=50)]

    for profile in (PROFILES["native-58"], PROFILES["native-80"]):
        printed = {document.title: on_paper(document, profile) for document in documents}

        for matter in hall.catalogue.matters:
            words = iter(printed[matter.name].text())
            wanted = "".join((matter.name, *(one.name for one in matter.materials), hall.hall.complaint_office))
            assert all(letter in words for letter in wanted), f"{matter.id} is all there, in its order"
        ink = ImageChops.invert(printed[documents[0].title].image().convert("L")).getbbox()
        assert ink is not None
        assert ink[2] <= profile.width_dots


def on_paper(document: Document, profile: Profile) -> Paper:
    """What a printer of this kind puts on paper, read back from the bytes it is sent."""
    slips: list[Paper] = []
    rest = Decoder(profile.width_dots, on_cut=slips.append).decode(render(document, profile))
    return slips[0] if slips else rest


def test_5_5_4_finishing_early_is_counted_in_days_saved(
    hall: Context, clerk: Serve, office: Actor, sign_in: SignIn, clock: Clock
) -> None:
    desk = clerk(3)
    slow, quick = (casework.accept(hall, matter="yl-canbao", name="张三", actor=desk.actor) for _ in range(2))
    answering.answer(hall, case=quick.id, answer="当天办好", actor=desk.actor)
    clock.pass_(days=2)

    answering.answer(hall, case=slow.id, answer="已办好", actor=desk.actor)

    report = sign_in("office").get("/office/registers/promises").text
    assert [last_saved(hall, case) for case in (quick, slow)] == [3, 1]
    assert re.search(r">\s*2\.0\s*<", report), "two days on average"


def last_saved(hall: Context, case: Case) -> object:
    """The working days saved, as the answer tells them."""
    with hall.database.read() as db:
        [told] = [event for event in records.events_of(db, case.subject) if event.name is Name.CASE_ANSWERED]
    return told.data["saved"]


def test_5_6_who_is_at_the_post_since_when_and_why_away_is_on_record_and_absence_is_told(
    hall: Context, citizen: Come, clerk: Serve, office: Actor, sign_in: SignIn, clock: Clock
) -> None:
    desk, reason = clerk(2), hall.hall.pauses[0]
    clock.pass_(minutes=10)
    duty.pause(hall, window=2, reason=reason, actor=desk.actor)
    clock.pass_(minutes=5)
    duty.go_on(hall, window=2, actor=desk.actor)
    citizen().take("medical")
    clock.pass_(minutes=hall.hall.alerts.idle_minutes)

    with hall.database.read() as db:
        alerts = queries.alerts_now(db, hall.hall, clock())
    staff.leave_window(hall, actor=desk.actor)
    log = sign_in("office").get("/office/day").text

    assert [(alert.kind, alert.facts["window"]) for alert in alerts] == [(AlertKind.WINDOW_IDLE, 2)]
    assert all(word in log for word in ("09:00", "09:20", reason, "2号"))
    assert refusal(lambda: duty.pause(hall, window=2, reason="逛街", actor=desk.actor)) == "bad_input"


# ---------------------------------------------------------------- the list itself


def test_every_clause_has_its_test_in_the_order_of_the_text() -> None:
    here = inspect.getmembers(sys.modules[__name__], inspect.isfunction)
    names = [name for name, one in sorted(here, key=lambda one: one[1].__code__.co_firstlineno)]

    clauses = [found[1].rstrip("_") for name in names if (found := re.match(r"test_((?:\d+_)+)", name))]

    assert clauses == [clause.replace(" / ", "_").replace(".", "_") for clause in CLAUSES]
