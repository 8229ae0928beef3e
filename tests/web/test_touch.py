"""The citizens' pages: number, paper, checklist and rating, with all that can be sent to them by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.app import Running, create
from kiosk.config import Settings
from kiosk.domain.people import Actor, Role
from kiosk.domain.ratings import Level
from kiosk.domain.tickets import State, Ticket
from kiosk.operations import hall as hall_operations
from kiosk.operations import queueing, staff
from kiosk.store import queries, ratings, records
from kiosk.web.number import press
from printer import spool
from printer.jobs import JobState
from tests.conftest import PASSWORD, Clock, unhurried

CLI = Actor(name="cli")
KEY = re.compile(r'name="key" value="([^"]{8,64})"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def running(settings: Settings, tmp_path: Path, clock: Clock) -> Iterator[Running]:
    """The application with nothing following it: no paper, no screens."""
    application = create(unhurried(settings), tmp_path / "data", clock=clock)
    yield application
    application.context.database.close()


@pytest.fixture
def kiosk(running: Running) -> Iterator[FlaskClient]:
    """A browser on the touchscreen."""
    with running.app.test_client() as client:
        yield client


def _form(page: TestResponse, **fields: str) -> dict[str, str]:
    """What a form of this page sends: its tokens and what was tapped."""
    key = KEY.search(page.text)
    token = TOKEN.search(page.text)
    assert token is not None
    return {"csrf_token": token[1], **({"key": key[1]} if key else {}), **fields}


def _take(kiosk: FlaskClient, service: str = "medical", language: str = "") -> str:
    """Take a number as a citizen does, and return the address of the page that shows it."""
    asked = f"?lang={language}" if language else ""
    page = kiosk.get(f"/services{asked}")
    taken = kiosk.post(f"/tickets{asked}", data=_form(page, service=service))
    assert taken.status_code == 303
    return taken.location


def _tickets(running: Running) -> list[Ticket]:
    with running.context.database.read() as db:
        day = running.context.hall.day(running.context.clock())
        return records.waiting(db, day, tuple(service.id for service in running.context.hall.services))


def _served(running: Running, window: int = 2, service: str = "medical", language: str = "zh") -> Ticket:
    """A visit that is over."""
    ticket = queueing.take_ticket(running.context, actor=CLI, service=service, language=language)
    queueing.call_next(running.context, window=window, actor=CLI)
    queueing.start(running.context, window=window, actor=CLI)
    queueing.complete(running.context, window=window, actor=CLI)
    return ticket


def _level(running: Running, ticket: Ticket) -> Level | None:
    with running.context.database.read() as db:
        given = ratings.rating(db, ticket.id)
    return given.level if given else None


def test_the_first_screen_asks_one_question_with_six_answers_at_most(kiosk: FlaskClient) -> None:
    page = kiosk.get("/").text

    assert page.count("<h1") == 1
    assert 1 <= len(re.findall(r'class="choice ', page)) <= 6


def test_a_number_is_two_taps_away_and_stands_on_the_screen_with_its_windows(kiosk: FlaskClient) -> None:
    address = _take(kiosk)

    page = kiosk.get(address).text

    assert "A001" in page
    assert "医疗保险" in page
    assert "2 号窗口" in page
    assert "进门右手边第二个" in page
    assert "下一位就是您" in page


def test_a_citizen_who_is_not_sure_gets_a_number_with_the_first_tap(kiosk: FlaskClient, running: Running) -> None:
    home = kiosk.get("/")
    unsure = next(service for service in running.context.hall.services if service.unsure)

    taken = kiosk.post("/tickets", data=_form(home, service=unsure.id))

    assert taken.status_code == 303
    assert [ticket.service for ticket in _tickets(running)] == [unsure.id]


def test_ten_taps_give_one_number_and_one_slip(kiosk: FlaskClient, running: Running) -> None:
    """U7."""
    form = _form(kiosk.get("/services"), service="medical")

    answers = {kiosk.post("/tickets", data=form).location for _ in range(10)}

    assert len(answers) == 1
    assert len(_tickets(running)) == 1
    with running.context.database.read() as db:
        assert len(spool.jobs(db)) == 1


def test_a_number_needs_the_key_of_a_page(kiosk: FlaskClient, running: Running) -> None:
    form = _form(kiosk.get("/services"), service="medical") | {"key": ""}

    refused = kiosk.post("/tickets", data=form)

    assert refused.status_code == 400
    assert not _tickets(running)


def test_a_foreign_page_cannot_take_a_number(kiosk: FlaskClient, running: Running) -> None:
    form = _form(kiosk.get("/services"), service="medical") | {"csrf_token": "made-up"}

    refused = kiosk.post("/tickets", data=form)

    assert refused.status_code == 400
    assert not _tickets(running)


@pytest.mark.parametrize("service", ["", "nothing", "<script>", "医疗" * 400])
def test_an_unknown_service_is_refused_in_words(kiosk: FlaskClient, running: Running, service: str) -> None:
    refused = kiosk.post("/tickets", data=_form(kiosk.get("/services"), service=service))

    assert refused.status_code == 404
    assert "没有找到这项业务" in refused.text
    assert "<script>" not in refused.text
    assert not _tickets(running)


def test_the_services_tell_how_many_wait(kiosk: FlaskClient, running: Running) -> None:
    for _ in range(3):
        queueing.take_ticket(running.context, actor=CLI, service="civil")

    page = kiosk.get("/services").text

    assert "3 人在等" in page
    assert "无人等候" in page


def test_the_code_on_the_screen_leads_to_the_own_page(kiosk: FlaskClient) -> None:
    address = _take(kiosk)

    picture = kiosk.get(f"{address}/qr.svg")

    assert picture.mimetype == "image/svg+xml"
    assert "style=" not in picture.text
    assert kiosk.get("/tickets/unknown/qr.svg").status_code == 404


def test_out_of_hours_the_first_screen_says_when_to_come_and_still_shows_what_to_bring(
    kiosk: FlaskClient, clock: Clock
) -> None:
    clock.pass_(hours=3)  # noon

    page = kiosk.get("/").text

    assert "现在不是取号时间" in page
    assert "今天 14:00" in page
    assert "08:30–11:45" in page
    assert 'name="service"' not in page
    assert "办事材料" in page


def test_on_friday_evening_the_next_opening_is_monday(kiosk: FlaskClient, clock: Clock) -> None:
    clock.pass_(days=4, hours=10)

    page = kiosk.get("/services").text

    assert "11 月 30 日（周一）08:30" in page


def test_a_page_from_before_closing_cannot_take_a_number_after_it(
    kiosk: FlaskClient, running: Running, clock: Clock
) -> None:
    form = _form(kiosk.get("/services"), service="medical")
    clock.pass_(hours=3)

    refused = kiosk.post("/tickets", data=form)

    assert refused.status_code == 409
    assert "现在不是取号时间" in refused.text
    assert not _tickets(running)


def test_the_office_can_keep_the_kiosk_open(kiosk: FlaskClient, running: Running, clock: Clock) -> None:
    clock.pass_(hours=3)
    hall_operations.open_hall(running.context, minutes=30, actor=CLI)

    assert "A001" in kiosk.get(_take(kiosk)).text


def test_the_matters_of_an_unknown_service_are_refused_in_words(kiosk: FlaskClient) -> None:
    assert kiosk.get("/matters?service=nothing").status_code == 404
    assert "没有找到这个事项" in kiosk.get("/matters/nothing").text


def test_a_checklist_is_printed_without_a_number(kiosk: FlaskClient, running: Running) -> None:
    form = _form(kiosk.get("/matters/mz-dibao"))

    printed = kiosk.post("/matters/mz-dibao/checklist", data=form)

    assert printed.status_code == 303
    assert 'class="paper' in kiosk.get(printed.location).text
    assert not _tickets(running)
    with running.context.database.read() as db:
        assert [job.kind for job in spool.jobs(db)] == ["checklist"]


def test_a_matter_gives_the_number_of_its_service(kiosk: FlaskClient, running: Running) -> None:
    form = _form(kiosk.get("/matters/mz-dibao"), matter="mz-dibao")

    kiosk.post("/tickets", data=form)

    assert [(ticket.service, ticket.matter) for ticket in _tickets(running)] == [("civil", "mz-dibao")]


def test_in_english_the_pages_and_the_ticket_are_english_and_start_again_is_chinese(kiosk: FlaskClient) -> None:
    address = _take(kiosk, language="en")

    page = kiosk.get(address).text

    assert "lang=en" in address
    assert '<html lang="en">' in page
    assert "Medical insurance" in page
    assert "This is your number" in page
    assert re.search(r'data-home="/"', page)
    assert "lang=en" in kiosk.get("/?lang=en").text


def test_the_keys_write_a_number_and_nothing_else() -> None:
    typed = ""

    for key in ["5", "A", "0", "1", "2", "B", "back", "A", "0", "1", "2", "3", "4", "<"]:
        typed = press(typed, key)

    assert typed == "A0123"


def test_the_keypad_works_without_a_script(kiosk: FlaskClient, running: Running) -> None:
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical")

    typed = ""
    for key in ticket.code:
        page = kiosk.get("/number", query_string={"typed": typed, "key": key}).text
        found = re.search(r'name="typed" value="([^"]*)"', page)
        assert found is not None
        typed = found[1]
    shown = kiosk.get("/number", query_string={"typed": typed, "done": "1"}).text

    assert ticket.code in shown
    assert "下一位就是您" in shown
    assert ticket.token not in shown


@pytest.mark.parametrize("typed", ["A099", "", "Z1", "A", "'; drop", "A" * 500, "＜script＞"])
def test_a_number_nobody_has_is_refused_on_the_keypad(kiosk: FlaskClient, typed: str) -> None:
    page = kiosk.get("/rate", query_string={"typed": typed, "done": "1"})

    assert page.status_code == 404
    assert "没有找到这个号码" in page.text
    assert "keypad" in page.text


def test_a_visit_is_rated_at_the_kiosk_by_its_number_once(kiosk: FlaskClient, running: Running, clock: Clock) -> None:
    ticket = _served(running)
    page = kiosk.get(f"/rate?typed={ticket.code}&done=1")
    form = _form(page, code=ticket.code, level="4")

    first = kiosk.post("/rate", data=form)
    clock.pass_(seconds=6)
    second = kiosk.post("/rate", data=form | {"level": "1"})

    assert first.status_code == 303
    assert "谢谢您的评价" in kiosk.get(first.location).text
    assert second.status_code == 409
    assert "已经评价过" in second.text
    assert _level(running, ticket) is Level.SATISFIED


def test_five_equal_answers_are_offered_and_none_is_chosen(kiosk: FlaskClient, running: Running) -> None:
    """E1."""
    ticket = _served(running)

    page = kiosk.get(f"/rate?typed={ticket.code}&done=1").text

    assert re.findall(r'name="level" value="(\d)"', page) == ["5", "4", "3", "2", "1"]
    assert "checked" not in page
    assert "aria-pressed" not in page


def test_a_visit_that_is_not_over_cannot_be_rated(kiosk: FlaskClient, running: Running) -> None:
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical")

    page = kiosk.get(f"/rate?typed={ticket.code}&done=1")

    assert page.status_code == 409
    assert "现在还不能评价" in page.text


@pytest.mark.parametrize("level", ["0", "6", "", "five", "5; drop"])
def test_an_answer_that_was_not_offered_is_refused(kiosk: FlaskClient, running: Running, level: str) -> None:
    ticket = _served(running)
    form = _form(kiosk.get(f"/rate?typed={ticket.code}&done=1"), code=ticket.code, level=level)

    refused = kiosk.post("/rate", data=form)

    assert refused.status_code == 400
    assert _level(running, ticket) is None


def test_the_pad_greets_asks_thanks_and_rests(kiosk: FlaskClient, running: Running, clock: Clock) -> None:
    resting = kiosk.get("/pad/2").text
    ticket = _served(running)
    asking = kiosk.get("/pad/2")

    given = kiosk.post("/pad/2/rating", data=_form(asking, rating=f"{ticket.id}-5"))
    thanking = kiosk.get("/pad/2").text
    clock.pass_(seconds=91)

    assert given.status_code == 303
    assert ticket.code not in resting
    assert f"{ticket.code} 号，请您评价这次服务" in asking.text
    assert "谢谢您的评价" in thanking
    assert "谢谢您的评价" not in kiosk.get("/pad/2").text
    assert _level(running, ticket) is Level.VERY_SATISFIED


def test_the_pad_speaks_the_language_of_the_number(kiosk: FlaskClient, running: Running) -> None:
    served = _served(running, language="en")

    asking = kiosk.get("/pad/2").text

    assert f"{served.code}: please rate this visit" in asking
    assert "请您评价" not in asking


@pytest.mark.parametrize("place", ["pad", "own"])
def test_a_rating_is_changed_only_where_it_was_given(kiosk: FlaskClient, running: Running, place: str) -> None:
    ticket = _served(running)
    ways = {
        "pad": ("/pad/2", "/pad/2/rating", {"rating": f"{ticket.id}-5"}),
        "own": (f"/t/{ticket.token}", f"/t/{ticket.token}/rating", {"level": "5"}),
    }
    page, post, choice = ways[place]
    assert kiosk.post(post, data=_form(kiosk.get(page), **choice)).status_code == 303

    offered = {name for name, (address, _, _) in ways.items() if "五秒以内可以重选" in kiosk.get(address).text}

    assert offered == {place}


def test_the_first_page_promises_no_speed_while_nobody_is_at_a_window(kiosk: FlaskClient, running: Running) -> None:
    before = kiosk.get("/").text
    person = staff.add_staff(
        running.context, login="clerk2", name="二号", role=Role.CLERK, password=PASSWORD, actor=CLI
    )
    staff.take_window(running.context, window=2, actor=Actor(name="clerk:clerk2", staff=person))

    assert "没有人排队" in before
    assert "马上就能办" not in before
    assert "马上就能办" in kiosk.get("/").text


def test_an_old_pad_page_never_rates_the_next_visit(kiosk: FlaskClient, running: Running, clock: Clock) -> None:
    first = _served(running)
    form = _form(kiosk.get("/pad/2"), rating=f"{first.id}-1")
    clock.pass_(seconds=30)
    second = _served(running)

    refused = kiosk.post("/pad/2/rating", data=form)

    assert refused.status_code == 409
    assert _level(running, first) is None
    assert _level(running, second) is None


def test_an_unrated_visit_stays_unrated_when_the_pad_gives_up(
    kiosk: FlaskClient, running: Running, clock: Clock
) -> None:
    ticket = _served(running)
    clock.pass_(seconds=91)

    page = kiosk.get("/pad/2").text

    assert 'name="rating"' not in page
    assert _level(running, ticket) is None


def test_the_own_page_follows_the_visit_to_its_rating(kiosk: FlaskClient, running: Running) -> None:
    queueing.take_ticket(running.context, actor=CLI, service="medical")
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical")

    waiting = kiosk.get(f"/t/{ticket.token}").text
    queueing.call_next(running.context, window=2, actor=CLI)
    queueing.call_next(running.context, window=3, actor=CLI)
    called = kiosk.get(f"/t/{ticket.token}").text
    queueing.start(running.context, window=3, actor=CLI)
    queueing.complete(running.context, window=3, actor=CLI)
    over = kiosk.get(f"/t/{ticket.token}")
    rated = kiosk.post(f"/t/{ticket.token}/rating", data=_form(over, level="3"))

    assert "人排在您前面" in waiting
    assert "请到 3 号窗口办理" in called
    assert 'name="level"' in over.text
    assert "您的评价：基本满意" in kiosk.get(rated.location).text
    assert _level(running, ticket) is Level.FAIR


def test_the_rating_of_a_week_ago_is_not_taken_any_more(kiosk: FlaskClient, running: Running, clock: Clock) -> None:
    ticket = _served(running)
    form = _form(kiosk.get(f"/t/{ticket.token}"), level="5")
    clock.pass_(days=8)

    refused = kiosk.post(f"/t/{ticket.token}/rating", data=form)

    assert refused.status_code == 409
    assert 'name="level"' not in kiosk.get(f"/t/{ticket.token}").text


def test_a_number_is_given_back_only_after_asking(kiosk: FlaskClient, running: Running) -> None:
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical")
    asking = kiosk.get(f"/t/{ticket.token}/cancel")
    assert _tickets(running)

    given = kiosk.post(f"/t/{ticket.token}/cancel", data=_form(asking))

    assert "已取消" in kiosk.get(given.location).text
    assert not _tickets(running)


def test_a_number_that_has_been_called_cannot_be_given_back(kiosk: FlaskClient, running: Running) -> None:
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical")
    form = _form(kiosk.get(f"/t/{ticket.token}/cancel"))
    queueing.call_next(running.context, window=2, actor=CLI)

    refused = kiosk.post(f"/t/{ticket.token}/cancel", data=form)

    assert refused.status_code == 409
    with running.context.database.read() as db:
        assert records.ticket_by_id(db, ticket.id).state is State.CALLED


def test_the_own_page_speaks_the_language_of_its_ticket(kiosk: FlaskClient, running: Running) -> None:
    ticket = queueing.take_ticket(running.context, actor=CLI, service="land", language="en")

    page = kiosk.get(f"/t/{ticket.token}").text

    assert '<html lang="en">' in page
    assert "You are next" in page


@pytest.mark.parametrize("address", ["/t/guess", "/t/guess/cancel", "/tickets/guess", "/pad/99", "/t/" + "x" * 900])
def test_guessed_addresses_find_nothing(kiosk: FlaskClient, address: str) -> None:
    page = kiosk.get(address)

    assert page.status_code == 404
    assert "对不起" in page.text


@pytest.mark.parametrize(
    "address",
    ["/", "/services", "/matters", "/matters?service=civil", "/matters/mz-dibao", "/number", "/rate", "/pad/1"],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_carries_script_or_style_of_its_own_and_reading_changes_nothing(
    kiosk: FlaskClient, running: Running, address: str, language: str
) -> None:
    page = kiosk.get(address, query_string={"lang": language} if "?" not in address else None).text

    assert not re.search(r"<script(?![^>]*src=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert "http://" not in page
    assert "https://" not in page
    with running.context.database.read() as db:
        assert records.last_seq(db) == 0


def test_each_live_region_is_drawn_by_the_relay_exactly_as_by_the_page(kiosk: FlaskClient, running: Running) -> None:
    address = _take(kiosk)
    page = kiosk.get(address).text
    ticket = _tickets(running)[0]
    views: dict[str, Any] = {}
    with running.context.database.read() as db:
        at = running.context.clock()
        views["touch/_own.html"] = queries.ticket_view(db, running.context.hall, ticket, at)
        views["touch/_services.html"] = queries.hall_view(db, running.context.hall, at)
        views["touch/_pad.html"] = queries.pad_view(db, running.context.hall, 2, at)

    with running.app.test_request_context("/"):
        drawn = {
            name: running.app.jinja_env.get_template(name).render(view=view, language="zh").replace("<wbr>", "")
            for name, view in views.items()
        }

    assert ticket.token in page
    assert drawn["touch/_own.html"] in kiosk.get(f"/t/{ticket.token}").text
    assert drawn["touch/_services.html"] in kiosk.get("/services").text
    assert drawn["touch/_pad.html"] in kiosk.get("/pad/2").text


@pytest.mark.parametrize("job", ["1", "-1", "9" * 30, "x"])
def test_a_made_up_print_job_shows_no_paper(kiosk: FlaskClient, job: str) -> None:
    page = kiosk.get(f"/matters/mz-dibao?job={job}")

    assert page.status_code == 200
    assert 'class="paper' not in page.text


def test_a_number_of_another_day_tells_its_owner_to_take_a_new_one(
    kiosk: FlaskClient, running: Running, clock: Clock
) -> None:
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical")
    clock.pass_(days=1)

    page = kiosk.get(f"/t/{ticket.token}").text

    assert "要办事请重新取号" in page
    assert "/cancel" not in page


def test_a_browser_that_the_server_forgot_is_told_on_the_face_it_uses(kiosk: FlaskClient, running: Running) -> None:
    ticket = _served(running)

    page = kiosk.post("/pad/2/rating", data={"rating": f"{ticket.id}-5", "csrf_token": "old"})

    assert page.status_code == 400
    assert "face pad" in page.text
    assert _level(running, ticket) is None


def test_a_second_kiosk_prints_on_its_own_printer_wherever_its_links_lead(
    settings: Settings, tmp_path: Path, clock: Clock
) -> None:
    first, printer = settings.hall.kiosks[0], settings.printers[0]
    kiosks = (first, replace(first, id="side", printer="side"))
    two = replace(
        settings,
        hall=replace(settings.hall, kiosks=kiosks),
        printers=(printer, replace(printer, id="side", address="tcp://127.0.0.1:9")),
    )
    application = create(two, tmp_path / "data", clock=clock)

    with application.app.test_client() as client:
        home = client.get("/?kiosk=side").text
        page = client.get("/services?kiosk=side")
        taken = client.post("/tickets?kiosk=side", data=_form(page, service="medical"))
        with application.context.database.read() as db:
            jobs = spool.jobs(db)
    application.context.database.close()

    assert 'href="/services?kiosk=side"' in home
    assert 'action="/tickets?kiosk=side"' in page.text
    assert taken.location.endswith("?kiosk=side")
    assert [job.printer for job in jobs] == ["side"]


def test_large_type_is_carried_along_until_somebody_starts_again(kiosk: FlaskClient) -> None:
    home = kiosk.get("/?type=large").text
    services = kiosk.get("/services?type=large&lang=en").text

    assert 'data-type="large"' in home
    assert 'href="/services?type=large"' in home
    assert 'action="/tickets?lang=en&amp;type=large"' in services
    assert re.search(r'data-home="/"', services)
    assert 'data-type="large"' not in kiosk.get("/").text


@pytest.mark.parametrize(
    ("address", "larger"),
    [
        ("/matters/yl-zhuxiao?s=no-cremated", "/matters/yl-zhuxiao?s=no-cremated&amp;type=large"),
        ("/m/yl-zhuxiao?s=no-cremated", "/m/yl-zhuxiao?s=no-cremated&amp;type=large"),
        ("/write?kind=praise&visit=a-visit", "/write?kind=praise&amp;visit=a-visit&amp;type=large"),
        ("/library/forms/tousu.txt?matter=yl-zhuxiao", "/library/forms/tousu.txt?matter=yl-zhuxiao&amp;type=large"),
    ],
)
def test_larger_type_forgets_no_answer_already_given(kiosk: FlaskClient, address: str, larger: str) -> None:
    assert f'href="{larger}"' in kiosk.get(address).text


@pytest.mark.parametrize("strange", ["endpoint", "_external", "_scheme", "_anchor", "_method", "values", "self"])
def test_strange_words_in_an_address_change_nothing(kiosk: FlaskClient, strange: str) -> None:
    page = kiosk.get("/services", query_string={strange: "https"})

    assert page.status_code == 200
    assert "https" not in page.text


def test_a_slip_taken_in_large_type_is_printed_in_large_type(kiosk: FlaskClient, running: Running) -> None:
    page = kiosk.get("/services?type=large")

    kiosk.post("/tickets?type=large", data=_form(page, service="medical"))
    _take(kiosk)

    with running.context.database.read() as db:
        assert [job.document.large for job in spool.jobs(db)] == [False, True]


@pytest.mark.parametrize(
    ("state", "printed_on", "words"),
    [
        (JobState.SENDING, "main", "正在打印号票"),
        (JobState.WAITING_PAPER, "main", "打印机缺纸了。请记住您的号码 A001"),
        (JobState.WAITING_COVER, "main", "打印机暂时打不出来。请记住您的号码 A001"),
        (JobState.UNKNOWN, "main", "打印机暂时打不出来。请记住您的号码 A001"),
        (JobState.CONFIRMED, "main", "请从下面取走号票，谢谢"),
        (JobState.UNCONFIRMED, "main", "没有打出来也不要紧，请记住您的号码 A001"),
        (JobState.CONFIRMED, "side", "号票在“备用打印机”打印出来了"),
    ],
)
def test_the_screen_says_in_plain_words_what_became_of_the_slip(
    settings: Settings, tmp_path: Path, clock: Clock, state: JobState, printed_on: str, words: str
) -> None:
    own = settings.printers[0]
    two = replace(settings, printers=(own, replace(own, id="side", name="备用打印机", address="tcp://127.0.0.1:9")))
    application = create(two, tmp_path / "data", clock=clock)
    hall = application.context
    with application.app.test_client() as client:
        address = _take(client)
        rows = spool.Table(hall.database.write, hall.database.connect_reader, clock)
        slip = rows.next(own.id)
        assert slip is not None
        assert rows.claim(slip, printed_on, 0)

        rows.set_state(slip.id, state, printed_on)

        assert words in client.get(address).text
    rows.close()
    hall.database.close()
