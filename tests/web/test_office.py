"""The office's page: devices as they are, and paper that waits for a person's decision."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kiosk.app import Running
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role
from kiosk.operations import duty, queueing, staff
from kiosk.store import records
from printer import spool
from printer.faults import Fault, FaultKind
from printer.status import Condition
from tests.conftest import PASSWORD, Clock, until

CLI = Actor(name="cli")


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def sign_in(running: Running, role: Role) -> FlaskClient:
    """A browser in which somebody of this role is signed in."""
    login = f"one-{role}"
    staff.add_staff(running.context, login=login, name="值班", role=role, password=PASSWORD, actor=CLI)
    client = running.app.test_client()
    form = {"login": login, "password": PASSWORD, "csrf_token": token_of(client.get("/console").text)}
    assert client.post("/console/sign-in", data=form).status_code == 303
    return client


@pytest.fixture
def office(running: Running) -> FlaskClient:
    return sign_in(running, Role.OFFICE)


def printed(running: Running) -> int:
    """Take a number and wait for its slip; the job's id."""
    ticket = queueing.take_ticket(running.context, service="advice", actor=CLI)

    def confirmed() -> int:
        with running.context.database.read() as db:
            job = spool.latest(db, ticket.subject)
        return job.id if job and job.state == "confirmed" else 0

    return int(until(confirmed))


def test_the_page_tells_of_every_printer_and_screen(office: FlaskClient) -> None:
    page = office.get("/office").text

    assert "取号机打印机" in page
    assert "大厅综合屏" in page
    assert "还没有打开" in page


def test_a_clerk_has_no_business_there_and_a_stranger_signs_in_first(running: Running) -> None:
    clerk = sign_in(running, Role.CLERK)

    assert clerk.get("/office").status_code == 403
    assert running.app.test_client().get("/office").headers["Location"].endswith("/console?to=office")


def test_whoever_asked_for_the_office_comes_to_it_after_signing_in(running: Running, office: FlaskClient) -> None:
    stranger = running.app.test_client()
    page = stranger.get(stranger.get("/office").headers["Location"]).text
    form = {"login": "one-office", "csrf_token": token_of(page), "to": "office"}

    mistyped = stranger.post("/console/sign-in", data=form | {"password": "not this one"})
    let_in = stranger.post("/console/sign-in", data=form | {"password": PASSWORD})

    assert 'name="to" value="office"' in page
    assert 'name="to" value="office"' in mistyped.text
    assert let_in.headers["Location"].endswith("/office")


def test_a_lost_slip_is_printed_again_with_the_same_number_and_marked(running: Running, office: FlaskClient) -> None:
    job = printed(running)
    form = {"job": str(job), "csrf_token": token_of(office.get("/office").text)}

    answer = office.post("/office/reprint", data=form, follow_redirects=True)

    slips = running.emulators[0].wait_for_slips(2)
    with running.context.database.read() as db:
        events = records.events_of(db, "ticket:1")
        copy = spool.latest(db, "ticket:1")
    assert "补打" in answer.text
    assert events[-1].name is Name.SLIP_REPRINTED
    assert copy is not None
    assert copy.document.title == "Y001"
    assert slips[1].image.height > slips[0].image.height, "the mark takes a line"


def test_an_empty_roll_is_seen_and_healed(running: Running, office: FlaskClient) -> None:
    running.emulators[0].inject(Fault(kind=FaultKind.PAPER_OUT, at_mm=0))
    queueing.take_ticket(running.context, service="advice", actor=CLI)
    until(lambda: running.spool.states()[0].condition is Condition.WAITING_PAPER)

    troubled = office.get("/office").text
    running.emulators[0].load_paper()
    until(lambda: running.spool.states()[0].ok)

    assert "缺纸，请换纸" in troubled
    assert len(running.emulators[0].wait_for_slips(1)) == 1


def test_a_slip_that_waits_can_be_given_up(running: Running, office: FlaskClient) -> None:
    running.emulators[0].stop()
    until(lambda: not running.spool.states()[0].ok)
    queueing.take_ticket(running.context, service="advice", actor=CLI)
    form = {"job": "1", "csrf_token": token_of(office.get("/office").text)}

    office.post("/office/give-up", data=form)

    with running.context.database.read() as db:
        job = spool.job(db, 1)
        last = records.events_of(db, "ticket:1")[-1]
    assert job is not None
    assert job.state == "cancelled"
    assert last.name is Name.SLIP_GIVEN_UP


def test_a_slip_that_cannot_be_read_is_seen_and_hides_no_other(running: Running, office: FlaskClient) -> None:
    printed(running)
    damaged = printed(running)
    running.context.database.write(
        lambda db: db.execute("UPDATE print_jobs SET document = '{', state = 'failed' WHERE id = ?", (damaged,))
    )

    page = office.get("/office")

    assert page.status_code == 200
    assert "Y001" in page.text
    assert running.context.phrases.say("job.failed") in page.text


@pytest.mark.parametrize(
    ("job", "words"),
    [("999", "没有找到这张凭条"), ("", "需要修改"), ("x", "需要修改"), ("-1", "需要修改"), ("9" * 30, "需要修改")],
)
def test_a_slip_that_is_not_there_is_refused_politely(office: FlaskClient, job: str, words: str) -> None:
    form = {"job": job, "csrf_token": token_of(office.get("/office").text)}

    answer = office.post("/office/reprint", data=form, follow_redirects=True)

    assert words in answer.text


def test_a_clerk_is_told_of_an_empty_roll_and_prints_a_number_again(running: Running) -> None:
    clerk = sign_in(running, Role.CLERK)
    token = token_of(clerk.get("/console").text)
    clerk.post("/console/window", data={"window": "1", "csrf_token": token})
    printed(running)
    clerk.post("/console/call-next", data={"window": "1", "csrf_token": token})

    running.emulators[0].inject(Fault(kind=FaultKind.PAPER_OUT, at_mm=0))
    clerk.post("/console/reprint", data={"window": "1", "ticket": "1", "csrf_token": token})
    told = until(lambda: "缺纸，请换纸" in clerk.get("/console").text)
    running.emulators[0].load_paper()

    assert told
    with running.context.database.read() as db:
        copy = spool.latest(db, "ticket:1")
        last = records.events_of(db, "ticket:1")[-1]
    assert copy is not None
    assert (copy.copy, copy.document.title) == (1, "Y001")
    assert (last.name, last.actor) == (Name.SLIP_REPRINTED, "clerk:one-clerk")


def test_the_slip_of_another_ticket_is_not_printed_at_a_window(running: Running) -> None:
    clerk = sign_in(running, Role.CLERK)
    token = token_of(clerk.get("/console").text)
    clerk.post("/console/window", data={"window": "1", "csrf_token": token})
    printed(running)

    answer = clerk.post(
        "/console/reprint", data={"window": "1", "ticket": "1", "csrf_token": token}, follow_redirects=True
    )

    assert "没有找到这张凭条" in answer.text


def test_the_office_books_a_visit_locks_a_service_and_issues_a_number(running: Running, office: FlaskClient) -> None:
    """Issue 4: guide and office issue for a person; a manual lock with a notice; appointments taken by staff (3.6)."""
    token = {"csrf_token": token_of(office.get("/office/day").text)}
    visit = {"service": "medical", "date": "2026-11-23", "time": "10:30", "name": "张", "phone": "13800000000"}

    booked = office.post("/office/day/book", data=visit | token, follow_redirects=True).text
    issued = office.post("/office/day/issue", data={"service": "medical"} | token, follow_redirects=True).text
    locked = office.post(
        "/office/day/lock", data={"service": "social", "notice": "下乡宣传"} | token, follow_redirects=True
    ).text
    refused = office.post("/office/day/issue", data={"service": "social"} | token, follow_redirects=True).text
    unlocked = office.post("/office/day/unlock", data={"service": "social"} | token, follow_redirects=True).text

    assert "报到码" in booked
    assert "A001" in issued
    assert "下乡宣传" in locked
    assert "下乡宣传" in refused
    assert "下乡宣传" not in unlocked


def test_a_refused_form_of_the_day_keeps_what_was_typed(office: FlaskClient) -> None:
    token = {"csrf_token": token_of(office.get("/office/day").text)}
    night = {"service": "medical", "date": "2026-11-24", "time": "22:30", "name": "张三", "phone": "13800000000"}

    answer = office.post("/office/day/book", data=night | token)

    assert answer.status_code == 409
    assert all(answer.text.count(f'value="{word}"') == 1 for word in ("2026-11-24", "22:30", "张三", "13800000000"))
    assert answer.text.count('value="medical" selected') == 1


def test_the_duty_log_shows_who_was_at_which_window_and_every_pause(
    running: Running, office: FlaskClient, clock: Clock
) -> None:
    """Regulations 5.6: on time, no leaving of the post; pauses have their reason."""
    clerk = staff.add_staff(running.context, login="east", name="东窗", role=Role.CLERK, password=PASSWORD, actor=CLI)
    actor = Actor(name="clerk:east", staff=clerk)
    staff.take_window(running.context, window=2, actor=actor)
    clock.pass_(minutes=20)
    duty.pause(running.context, window=2, reason=running.context.hall.pauses[0], actor=actor)
    clock.pass_(minutes=7)
    duty.go_on(running.context, window=2, actor=actor)
    clock.pass_(minutes=30)
    staff.leave_window(running.context, actor=actor)

    page = office.get("/office/day").text
    other = office.get("/office/day?day=2026-11-20").text

    assert all(word in page for word in ("东窗", "09:00", "09:57", running.context.hall.pauses[0], "7 分钟"))
    assert "东窗" not in other
    assert office.get("/office/day?day=yesterday").status_code == 400


def test_the_office_puts_a_notice_on_the_screens_and_takes_it_down(office: FlaskClient) -> None:
    token = {"csrf_token": token_of(office.get("/office/day").text)}
    line = {"text": "请带好身份证", "date": "2026-11-23", "time": "17:00"}

    posted = office.post("/office/day/notice", data=line | token, follow_redirects=True).text
    board = office.get("/display/hall").text
    late = office.post("/office/day/notice", data=line | token | {"time": "08:00"}, follow_redirects=True).text
    ended = office.post("/office/day/end_notice", data=token | {"chosen": "1"}, follow_redirects=True).text

    assert "显示到 11-23 17:00" in posted
    assert 'data-until="2026-11-23T17:00:00+08:00"' in board
    assert "结束时间要晚于现在" in late
    assert "请带好身份证" not in ended
    assert "请带好身份证" not in office.get("/display/hall").text


REPORT = {"version": "1", "seq": 7, "announced": 6, "sound": "blocked", "clock_offset_ms": -9000, "missing": []}


def test_a_screen_that_cannot_be_heard_or_falls_silent_is_an_alert(
    running: Running, office: FlaskClient, clock: Clock
) -> None:
    """Requirements D7; 45 seconds of silence are red."""
    token = re.search(r'data-token="([^"]+)"', office.get("/display/hall").text)
    assert token

    for screen in ("hall", "window-3"):
        office.post(f"/display/{screen}/report", json=REPORT, headers={"X-CSRFToken": token[1]})
    mute = office.get("/office").text
    clock.pass_(seconds=46)
    silent = office.get("/office").text

    assert 'data-key="alert-hall"' in mute
    assert "大厅综合屏 没有声音，请点一下屏幕" in mute
    assert "画面 7 · 版本 1 · 播到 6 · 时钟差 -9 秒" in mute
    assert "3 号窗口屏" in mute
    assert 'data-key="alert-window-3"' not in mute
    assert "3 号窗口屏 46 秒没有回音，请去看看" in silent


def test_the_office_sets_a_wrong_time_right_with_one_button(running: Running, clock: Clock) -> None:
    sign_in(running, Role.GUIDE)
    clock.pass_(days=28)
    running.context.clock()
    office = sign_in(running, Role.OFFICE)
    clock.pass_(days=-28)

    page = office.get("/office").text
    assert "大厅现在用的时间是 2026-12-21 09:00，这台机器的时间是 2026-11-23 09:00" in page
    answer = office.post("/office/clock", data={"csrf_token": token_of(page)}, follow_redirects=True).text

    assert "大厅已改用这台机器的时间" in answer
    assert "大厅现在用的时间是" not in answer
    assert running.context.clock() == clock.now
