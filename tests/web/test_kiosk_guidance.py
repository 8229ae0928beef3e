"""What the kiosk says aloud, how a matter is found without typing, own words, and a glass that is out of order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import template_rendered
from flask.testing import FlaskClient
from jinja2 import Template

from display.voice import bank
from display.voice.lines import lines
from display.voice.reading import plain
from kiosk.app import Running
from kiosk.domain.cases import Form, Kind
from kiosk.domain.library import chapters
from kiosk.domain.people import Actor
from kiosk.operations import casework, queueing
from kiosk.store import cases, duty
from kiosk.web.finding import matching, pressed
from kiosk.web.glass import LOUDNESS, wait_aloud
from kiosk.web.pinyin import initials
from tests.conftest import CONFIG
from tests.web.test_kiosk_help import post

TOUCH = Path(__file__).parents[2] / "kiosk" / "web" / "templates" / "touch"
FRAMES = {"kiosk.html"}
CLI = Actor(name="cli")
SAYS = re.compile(r'<h1 class="question" data-say="([^"]*)"')
CLIPS = bank()
HAN = re.compile("[一-鿿]")


def spoken(page: str) -> list[str]:
    """The words of the clips that the middle of a page reads, in order."""
    middle = page[page.index("<main") : page.index("</main>")]
    return [CLIPS[clip].text for names in re.findall(r'data-say="([^"]*)"', middle) for clip in names.split()]


@pytest.fixture
def kiosk(running: Running) -> FlaskClient:
    return running.app.test_client()


@pytest.fixture
def drawn(running: Running) -> Iterator[set[str]]:
    """The names of the templates that pages were drawn from."""
    names: set[str] = set()

    def note(_sender: object, template: Template, **_more: object) -> None:
        names.add(Path(str(template.name)).name)

    with template_rendered.connected_to(note, running.app):
        yield names


WHY = "/rate/why"


def screens(running: Running) -> list[str]:
    """The address of every kind of screen that the kiosk can show."""
    here = running.context
    tickets = [queueing.take_ticket(here, actor=CLI, service="medical") for _ in range(3)]
    for step in (queueing.call_next, queueing.start, queueing.complete, queueing.call_next):
        step(here, window=2, actor=CLI)
    case = casework.complain(here, about="态度不好", ground=3, form=Form.ORAL, phone="13800001234", actor=CLI)
    mine = f"/case?number={case.number.replace('-', '')}&phone=1234&done=1"
    return [
        *("/", "/services", "/services?right=elderly", "/rights", "/mine", "/check-in", "/number", "/rate"),
        *("/number?typed=A003&done=1", "/number?typed=A002&done=1", "/number?typed=A001&done=1", "/case", mine),
        *(f"/tickets/{ticket.token}" for ticket in tickets),
        *("/rate?typed=A001&done=1", WHY, "/rate/thanks", "/rate?typed=A099&done=1"),
        *("/matters", "/matters?by=window", "/matters?by=event", "/matters?by=letters", "/matters?service=social"),
        *("/matters?event=birth", "/matters?window=4", "/matters/yl-zhuxiao", "/matters/yl-zhuxiao?s=cremated"),
        *("/library", "/library/rules", "/library/promises", "/library/forms"),
        *(f"/library/rules/zhidu-2016.txt/{number}" for number in range(1, 6)),
        *("/library/people", "/library/forms/tousu.txt", "/call-staff/done", "/touch-fault", "/matters/nothing"),
        *("/opinion", "/opinion/complaint", "/opinion/complaint?ground=3", "/opinion/complaint?ground=4"),
        *("/opinion/praise?window=2", "/opinion/praise?window=2&asked=1", f"/opinion/done/{case.token}"),
    ]


def test_every_screen_speaks_in_both_languages_and_the_bank_has_each_clip(
    running: Running, kiosk: FlaskClient, drawn: set[str]
) -> None:
    """U9: the manifest is complete per screen and language."""
    texts = {line.name: line.text for line in lines(CONFIG)}
    wanted = {path.name for path in TOUCH.glob("*.html") if '"touch/kiosk.html"' in path.read_text("utf-8")}

    for address in screens(running):
        if address == WHY:
            post(kiosk, "/rate", code="A001", level="1")
        for language in ("", "lang=en"):
            path = address + ("&" if "?" in address else "?") + language if language else address
            page = kiosk.get(path).text
            said = SAYS.search(page)
            assert said, path
            assert said[1], f"{path} says nothing"
            for name in re.findall(r'data-say="([^"]+)"', page):
                for clip in name.split():
                    assert CLIPS[clip].text == texts[clip], clip
            foreign = [clip for clip in said[1].split() if not clip.startswith("en-")]
            assert bool(language) or not [clip for clip in said[1].split() if clip.startswith("en-")]
            assert not language or all(clip.startswith(("paper-", "ask-", "read-")) for clip in foreign), foreign
            assert language or "say-on_screen" not in page, f"{path} sends to the screen"

    assert wanted - drawn == set()


@pytest.mark.parametrize("number", range(1, 6))
def test_a_chapter_of_the_regulations_is_read_whole_from_its_title_to_its_last_word(
    kiosk: FlaskClient, number: int
) -> None:
    """U9: equal in meaning to what is seen."""
    file = CONFIG / "regulations" / "zhidu-2016.txt"
    chapter = chapters(file.read_text("utf-8"))[number - 1]

    said = spoken(kiosk.get(f"/library/rules/{file.name}/{number}").text)

    shown = [chapter.title, *(line.text for line in chapter.lines)]
    assert said[0].startswith("一二三四五"[number - 1])
    assert said.pop(1) == CLIPS["say-chapter"].text
    assert HAN.findall("".join(said)) == HAN.findall("".join(map(plain, shown)))


def test_a_case_is_read_with_its_number_its_state_and_its_day_and_nothing_private(
    running: Running, kiosk: FlaskClient
) -> None:
    """Private facts are on the screen only (requirements 2, EN 301 549 5.1.3)."""
    here = running.context
    case = casework.complain(here, about="态度不好", ground=3, form=Form.ORAL, phone="13800001234", actor=CLI)
    digits = re.sub(r"[^0-9]", "", case.number)

    page = kiosk.get(f"/case?number={digits}&phone=1234&done=1").text
    said = "".join(spoken(page))

    figures = "".join("零一二三四五六七八九"[int(digit)] for digit in digits)
    assert said.startswith(f"这是您的办件。编号是{figures}")
    assert case.due
    assert f"答复的日子是{plain(f'{case.due.month}月{case.due.day}日')}" in said
    assert "已登记" in said
    assert "投诉受理制度：五个工作日" in said
    assert "态度" not in said


def test_a_taken_number_is_read_with_its_service_its_window_and_the_wait(running: Running, kiosk: FlaskClient) -> None:
    """Requirements 3.2."""
    ticket = queueing.take_ticket(running.context, actor=CLI, service="medical")

    page = kiosk.get(f"/tickets/{ticket.token}?voice=on").text
    said = "".join(spoken(page))

    assert "data-reads" in page
    assert said.startswith("您的号码是A零零一号医疗保险。")
    assert "下一位就是您。" in said
    assert "二号窗口，医保窗口" in said
    with running.app.test_request_context("/"):
        assert wait_aloud("大约等 10–20 分钟") == "say-wait from-10 minutes-20"


def test_the_reading_voice_has_three_steps_that_go_along_and_end_with_the_session(kiosk: FlaskClient) -> None:
    volumes = [re.findall(r'data-volume="([^"]+)"', kiosk.get(f"/mine?voice={step}").text) for step in LOUDNESS]
    page = kiosk.get("/mine?voice=loud").text

    assert [float(one) for [one] in volumes] == sorted({float(one) for [one] in volumes})
    assert len(re.findall('class="loudness__step"', page)) == 4
    assert re.search(r'voice=loud" aria-current="true"', page)
    assert 'href="/number?voice=loud"' in page
    assert 'href="/"' in page
    assert "loudness__step" not in kiosk.get("/mine").text
    assert "data-reads" not in kiosk.get("/mine?voice=screaming").text


def test_each_phrase_of_the_guidance_is_spoken_somewhere() -> None:
    pages = [*TOUCH.glob("*.html"), TOUCH.parents[1] / "glass.py"]
    sources = "".join(path.read_text("utf-8") for path in pages)

    unused = [
        line.name
        for line in lines(CONFIG)
        if line.name.startswith("say-") and not re.search(rf"\b{re.sub('-[0-9]+$', '', line.name)}", sources)
    ]

    assert [name for name in unused if not name.startswith("say-window_")] == []


def test_reading_aloud_goes_along_until_the_citizen_starts_again(kiosk: FlaskClient) -> None:
    off, on = kiosk.get("/mine").text, kiosk.get("/mine?voice=on").text

    assert "voice=on" in off
    assert "data-reads" not in off
    assert "data-reads" in on
    assert 'href="/number?voice=on"' in on
    assert 'data-home="/"' in on


def test_a_matter_is_found_by_the_initials_of_any_part_of_its_name() -> None:
    spelt = initials(("城乡居民基本医疗保险参保登记", "最低生活保障申请", "高龄津贴申请"))

    assert spelt["最低生活保障申请"] == "ZDSHBZSQ"
    assert matching("93742977", spelt) == ["最低生活保障申请"]
    assert matching("92", spelt)[0] == "城乡居民基本医疗保险参保登记"  # Y, B
    assert matching("", spelt) == []
    assert matching("8888888", spelt) == []


def test_the_nine_keys_type_and_delete() -> None:
    assert pressed("92", "4") == "924"
    assert pressed("92", "back") == "9"
    assert pressed("92", "1") == "92"
    assert pressed("2" * 10, "3") == "2" * 10


def test_every_matter_is_reached_by_its_window_and_by_letters(running: Running, kiosk: FlaskClient) -> None:
    catalogue, hall = running.context.catalogue, running.context.hall

    by_window = "".join(kiosk.get(f"/matters?window={window.number}").text for window in hall.windows)
    letters = kiosk.get("/matters?by=letters&typed=9&key=3").text

    assert all(f"/matters/{matter.id}" in by_window for matter in catalogue.matters)
    assert "最低生活保障申请" in letters
    assert kiosk.get("/matters?event=nothing").status_code == 404
    assert kiosk.get("/matters?window=77").status_code == 404


def test_a_matter_is_named_in_english_and_its_papers_are_honestly_said_to_be_chinese(kiosk: FlaskClient) -> None:
    row, page = kiosk.get("/matters?service=civil&lang=en").text, kiosk.get("/matters/mz-dibao?lang=en").text

    assert "Minimum living allowance" in row
    assert "Minimum living allowance" in page
    assert "Names of papers are in Chinese only" in page


def test_own_words_stand_in_the_complaint_and_too_many_are_refused(running: Running, kiosk: FlaskClient) -> None:
    asked = {"ground": "3", "window": "2"}

    post(kiosk, "/opinion/complaint", **asked, about="等了很久没人理")
    post(kiosk, "/opinion/complaint", **asked, about="写了又不要", silent="1")
    refused = post(kiosk, "/opinion/complaint", **asked, about="长" * 201)

    with running.context.database.read() as db:
        found = [case.about for case in cases.search(db, cases.Filter(kind=Kind.COMPLAINT))]
    assert refused.status_code == 400
    assert sorted(found) == ["态度不热情，与办事群众顶撞争吵", "态度不热情，与办事群众顶撞争吵：等了很久没人理"]


def test_a_glass_out_of_order_calls_staff_and_sends_people_to_a_window(running: Running, kiosk: FlaskClient) -> None:
    """Requirements 3.4."""
    answer = post(kiosk, "/touch-fault", fault="stuck")

    with running.context.database.read() as db:
        calls = duty.open_calls(db)
    assert "这块屏正在等工作人员来看" in answer.text
    assert [call.place for call in calls] == ["取号机（触摸屏失灵）"]
