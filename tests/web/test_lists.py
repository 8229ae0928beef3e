"""What to bring: plain questions, then exactly the list that applies, on glass, paper and phone; and the library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.app import Running, create
from kiosk.config import Settings
from kiosk.domain.catalogue import Matter, Question
from kiosk.domain.people import Actor, Role
from kiosk.domain.screens import Sign
from kiosk.operations import staff
from kiosk.store import records
from printer import spool
from tests.conftest import PASSWORD, Clock, unhurried

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
SECRETS = (
    "../hall.toml",
    "..%2fhall.toml",
    "....//hall.toml",
    "/etc/passwd",
    "%2e%2e/hall.toml",
    "weituoshu.txt%00.png",
)


@pytest.fixture
def running(settings: Settings, tmp_path: Path, clock: Clock) -> Iterator[Running]:
    application = create(unhurried(settings), tmp_path / "data", clock=clock)
    yield application
    application.context.database.close()


@pytest.fixture
def kiosk(running: Running) -> Iterator[FlaskClient]:
    with running.app.test_client() as client:
        yield client


def _answered(kiosk: FlaskClient, address: str) -> list[str]:
    """Where the answers on a page lead."""
    page = kiosk.get(address)
    assert page.status_code == 200
    return [link.replace("&amp;", "&") for link in re.findall(r'row-choice--answer" href="([^"]+)"', page.text)]


def _lists(kiosk: FlaskClient, address: str) -> list[TestResponse]:
    """The list at the end of every way of answering."""
    answers = _answered(kiosk, address)
    return [page for link in answers for page in _lists(kiosk, link)] if answers else [kiosk.get(address)]


def _shown(page: TestResponse) -> list[str]:
    names = re.findall(r'material__name" lang="zh-CN"[^>]*>(.*?)</p>', page.text)
    return [re.sub("<[^>]+>", "", name) for name in names]


def _ways(matter: Matter) -> int:
    ways = 1
    for question in matter.questions:
        ways *= len(question.answers)
    return ways


def test_every_way_of_answering_ends_in_a_list_and_together_they_show_every_material(
    kiosk: FlaskClient, running: Running
) -> None:
    for matter in running.context.catalogue.matters:
        pages = _lists(kiosk, f"/matters/{matter.id}")

        assert len(pages) == _ways(matter)
        assert {name for page in pages for name in _shown(page)} == {one.name for one in matter.materials}
        assert all("不收费" in page.text and "演示数据" in page.text for page in pages)
        assert all(matter.sources[0].title.replace('"', "&#34;") in page.text for page in pages)


def test_what_the_source_leaves_open_is_said_and_not_invented(kiosk: FlaskClient, running: Running) -> None:
    for matter in running.context.catalogue.matters:
        for page in _lists(kiosk, f"/matters/{matter.id}"):
            assert all(item in page.text for item in matter.uncertain)
            assert "生效日期：未注明" in page.text


def test_a_change_of_address_needs_no_paper_and_a_change_of_name_needs_two(kiosk: FlaskClient) -> None:
    contact = kiosk.get("/matters/yl-biangeng?s=contact")
    identity = kiosk.get("/matters/yl-biangeng?s=identity")

    assert "不需要材料" in contact.text
    assert not _shown(contact)
    assert _shown(identity) == ["变更后的有效身份证件", "《城乡居民基本养老保险参保登记表》（新填）"]


def test_one_question_is_asked_at_a_time_and_back_takes_the_last_answer_back(kiosk: FlaskClient) -> None:
    first, last = kiosk.get("/matters/nz-sheshi").text, kiosk.get("/matters/nz-sheshi?s=lease.topsoil").text

    assert "用地涉及土地流转吗" in first
    assert "会破坏耕作层吗" not in first
    assert "是委托别人来办吗" in last
    assert re.search(r'bar__item" href="/matters/nz-sheshi\?s=lease"', last)


@pytest.mark.parametrize("answers", ["nobody", "identity.contact", "identity.identity.x", "<script>", "a." * 300])
def test_answers_that_were_not_offered_are_refused_in_words(kiosk: FlaskClient, answers: str) -> None:
    for address in ("/matters/yl-biangeng", "/m/yl-biangeng", "/m/yl-biangeng/qr.svg"):
        refused = kiosk.get(address, query_string={"s": answers})

        assert refused.status_code == 400
        assert "请重新回答" in refused.text
        assert "<script>" not in refused.text


def test_the_paper_has_the_same_list_and_the_way_to_it_by_phone(kiosk: FlaskClient, running: Running) -> None:
    token = TOKEN.search(kiosk.get("/matters/nz-sheshi?s=no-lease.topsoil.agent").text)
    assert token is not None

    printed = kiosk.post(
        "/matters/nz-sheshi/checklist?type=large", data={"csrf_token": token[1], "s": "no-lease.topsoil.agent"}
    )

    with running.context.database.read() as db:
        (job,) = spool.jobs(db)
        (event,) = records.events_of(db, "matter:nz-sheshi")
    text = job.document.to_json().encode().decode("unicode_escape")
    assert printed.status_code == 303
    assert "s=no-lease.topsoil.agent" in printed.location
    assert "土地复垦方案" in text
    assert "土地承包经营权流转合同" not in text
    assert "/m/nz-sheshi?s=no-lease.topsoil.agent" in text
    assert job.document.large
    assert event.data["situations"] == ["no-lease", "topsoil", "agent"]
    assert "土地复垦方案" in str(event.data["materials"])


def test_a_phone_asks_the_same_questions_and_shows_the_same_list(kiosk: FlaskClient) -> None:
    asking = kiosk.get("/m/nz-sheshi")
    shown = kiosk.get("/m/nz-sheshi?s=lease.no-topsoil.agent")

    assert "用地涉及土地流转吗" in asking.text
    assert not _shown(asking)
    assert "委托书及经办人身份证" in _shown(shown)
    assert "土地复垦方案" not in _shown(shown)
    assert 'href="/f/weituoshu.txt"' in shown.text
    assert shown.headers.get("Set-Cookie") is None


def test_accepting_dates_are_told_in_words_with_the_next_day_that_counts(kiosk: FlaskClient, clock: Clock) -> None:
    late = kiosk.get("/matters/yl-canbao").text
    clock.pass_(days=10)
    early = kiosk.get("/matters/yl-canbao").text

    assert "每月 1–20 日。今天不受理，12 月 1 日（周二）起可以来办" in late
    assert "每月 1–20 日，本月 20 日后不受理" in early
    assert "今天不受理" not in early


def test_a_list_without_answers_says_when_each_paper_is_wanted(settings: Settings) -> None:
    matter = settings.catalogue.matter("wj-shengyu")

    assert matter.materials_for(()) == matter.materials
    assert [one.name for one in matter.situations_of(matter.materials[-1])] == ["有"]
    assert isinstance(matter.open_question(()), Question)


def test_the_library_has_the_whole_rule_book_chapter_by_chapter(kiosk: FlaskClient) -> None:
    contents = kiosk.get("/library/rules").text
    chapters = re.findall(r'href="(/library/rules/[^"]+)"', contents)

    text = "".join(kiosk.get(chapter).text for chapter in chapters)

    assert len(chapters) == 5
    assert "材料齐全的，中心即时办理" in text
    assert "超过5个工作日未作答复" in text
    assert "资料齐备、桌面整洁、讲究卫生、注重安全" in text
    assert "索引号" not in text


def test_the_library_leads_to_promises_forms_and_people(kiosk: FlaskClient, running: Running) -> None:
    shelves = re.findall(r'row-choice--shelf" href="([^"]+)"', kiosk.get("/library").text)
    pages = {shelf: kiosk.get(shelf) for shelf in shelves}

    assert len(shelves) == 4
    assert all(page.status_code == 200 for page in pages.values())
    assert all(one.name in pages["/library/promises"].text for one in running.context.catalogue.matters)
    assert "授权委托书" in pages["/library/forms"].text
    assert running.context.hall.complaint_phone in pages["/library/people"].text


def test_a_form_is_seen_on_the_kiosk_and_taken_away_by_phone(kiosk: FlaskClient) -> None:
    on_glass = kiosk.get("/library/forms/weituoshu.txt?matter=ly-caifa&s=agent")
    on_phone = kiosk.get("/f/weituoshu.txt")
    with kiosk.get("/f/weituoshu.txt/file") as sent:
        file = sent.get_data().decode()

    assert "委托人身份证号码" in on_glass.text
    assert 'href="/matters/ly-caifa?s=agent"' in on_glass.text
    assert "委托人身份证号码" in on_phone.text
    assert "print.js" in on_phone.text
    assert "授权委托书" in file
    assert kiosk.get("/f/weituoshu.txt/qr.svg").mimetype == "image/svg+xml"
    assert "样表" in kiosk.get("/library/forms/weituoshu-sample.txt").text


@pytest.mark.parametrize("name", SECRETS)
def test_nothing_but_the_named_papers_can_be_had(kiosk: FlaskClient, name: str) -> None:
    for place in ("/f/{}", "/f/{}/file", "/f/{}/qr.svg", "/library/forms/{}", "/library/rules/{}/1"):
        refused = kiosk.get(place.format(name))

        assert refused.status_code == 404
        assert "[[windows]]" not in refused.text
        assert "root:" not in refused.text


def test_a_picture_form_is_shown_and_a_clerk_on_duty_has_name_post_and_badge(
    settings: Settings, tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "config"
    (folder / "forms").mkdir(parents=True)
    (folder / "forms/a.png").write_bytes(b"\x89PNG picture")
    sign = Sign(login="clerk2", post="医保岗", badge="002", photo="gone.jpg")
    papers = (replace(settings.catalogue.papers[0], blank="a.png", sample=""),)
    changed = replace(
        settings,
        folder=folder,
        hall=replace(settings.hall, signs=(sign,)),
        catalogue=replace(settings.catalogue, papers=papers),
    )
    application = create(changed, tmp_path / "data", clock=clock)
    clerk = staff.add_staff(
        application.context,
        login="clerk2",
        name="（姓名）",
        role=Role.CLERK,
        password=PASSWORD,
        actor=Actor(name="cli"),
    )
    staff.take_window(application.context, window=2, actor=Actor(name="clerk:clerk2", staff=clerk))
    with application.app.test_client() as kiosk:
        people, form = kiosk.get("/library/people").text, kiosk.get("/library/forms/a.png").text
        with kiosk.get("/f/a.png/file") as file:
            kind = file.mimetype

        assert re.search("（姓名）\\s*医保岗.*工号 002", people)
        assert people.count("现在没有人在岗") == 4
        assert "gone.jpg" not in people
        assert kind == "image/png"
        assert 'src="/f/a.png/file"' in form
    application.context.database.close()
