"""The registers of the office: found, moved, exported; a clerk sees the own cases only."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient
from openpyxl.worksheet.worksheet import Worksheet

from kiosk.app import Running
from kiosk.domain.cases import Form
from kiosk.domain.people import Actor, Role
from kiosk.operations import casework, staff
from kiosk.store import access
from kiosk.web import export
from tests.conftest import PASSWORD, Citizen, Clerk, Clock

CLI = Actor(name="cli")
KIOSK = Actor(name="kiosk:kiosk")


def come(running: Running, login: str, role: Role) -> FlaskClient:
    """A browser in which somebody is signed in."""
    staff.add_staff(running.context, login=login, name=f"{login}同志", role=role, password=PASSWORD, actor=CLI)
    client = running.app.test_client()
    form = {"login": login, "password": PASSWORD, "csrf_token": token_of(client.get("/console").text)}
    assert client.post("/console/sign-in", data=form).status_code == 303
    return client


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def office(running: Running) -> FlaskClient:
    return come(running, "office", Role.OFFICE)


def post(client: FlaskClient, path: str, **form: str) -> str:
    """Send a form and follow where it leads."""
    form["csrf_token"] = token_of(client.get("/office/cases").text if path.count("new") == 0 else client.get(path).text)
    return client.post(path, data=form, follow_redirects=True).text


def test_a_letter_is_registered_answered_and_filed(office: FlaskClient) -> None:
    opened = post(office, "/office/cases/new/letter", about="村口路灯不亮", name="张三")
    post(office, "/office/cases/1/take")
    answered = post(office, "/office/cases/1/answer", answer="已经修好", form="written")
    filed = post(office, "/office/cases/1/close")

    assert "信函20261123-001" in opened
    assert all(word in answered for word in ("已答复", "已经修好"))
    assert "已归档" in filed


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("inquiry", {"about": "医保怎么缴", "outcome": "handled", "answer": "已告知"}),
        ("application", {"matter": "rs-sbk", "name": "李四", "identity": "11010519491231002X"}),
        ("complaint", {"about": "态度不好", "ground": "3", "form": "oral"}),
    ],
)
def test_each_kind_has_its_form(office: FlaskClient, kind: str, form: dict[str, str]) -> None:
    page = post(office, f"/office/cases/new/{kind}", **form)

    assert "已登记，编号" in page


def test_a_refused_form_keeps_what_was_typed(office: FlaskClient) -> None:
    form = {"matter": "rs-sbk", "name": "李四", "identity": "110105194912310021"}
    token = {"csrf_token": token_of(office.get("/office/cases/new/application").text)}

    answer = office.post("/office/cases/new/application", data=form | token)

    assert answer.status_code == 400
    assert "身份证号码有误" in answer.text
    assert 'value="李四"' in answer.text
    assert 'value="rs-sbk" selected' in answer.text


def test_a_register_is_searched_and_lit(running: Running, clock: Clock) -> None:
    for about in ("窗口没有人", "百分之%百", "等了很久"):
        casework.complain(running.context, about=about, ground=3, form=Form.ORAL, actor=KIOSK)
    clock.pass_(days=8)
    casework.complain(running.context, about="今天的", ground=3, form=Form.ORAL, actor=KIOSK)
    office = come(running, "office", Role.OFFICE)

    red = office.get("/office/cases?light=red").text
    found = office.get("/office/cases?q=没有人").text
    odd = office.get("/office/cases?q=%25百").text
    green = office.get("/office/cases?kind=complaint&light=green").text

    assert red.count("已超 1 天") == 3
    assert "今天的" not in red
    assert ("窗口没有人" in found, "等了很久" in found) == (True, False)
    assert ("百分之" in odd, "等了很久" in odd) == (True, False)
    assert ("今天的" in green, "等了很久" in green) == (True, False)


def sheet_of(data: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize(
    "wicked", ['=HYPERLINK("http://x")', "@SUM(1)", "+1", "-1", "\t=1+1", "\r=1+1", "＝1+1", "＠x", " =1", "\n+1"]
)
def test_what_looks_like_a_formula_leaves_as_text(wicked: str) -> None:
    cell = sheet_of(export.workbook("投诉", ["内容"], [[wicked]])).cell(2, 1)

    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value == wicked.strip("\t\r\n")


def test_plain_text_leaves_unmarked(office: FlaskClient) -> None:
    assert not sheet_of(export.workbook("投诉", ["内容"], [["电话打不通"]])).cell(2, 1).quotePrefix


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        (
            "application",
            "受理单号 事项名称 姓名 单位 身份证号 住址 联系电话 受理机构 承办人 咨询电话 是否收费 接收材料时间",
        ),
        ("inquiry", "编号 姓名 单位 联系电话 登记时间 咨询或办理事项 首问责任人 处理方式 受理部门 承办人 结果"),
        ("complaint", "编号 登记时间 投诉方式 姓名 联系电话 住址 投诉对象 投诉事实 投诉事由 承办人 拟办意见 领导批示"),
        ("letter", "编号 登记时间 事项、内容 姓名 来件单位"),
    ],
)
def test_an_export_has_the_columns_of_the_official_form(office: FlaskClient, kind: str, columns: str) -> None:
    sheet = sheet_of(office.get(f"/office/cases/export.xlsx?kind={kind}&list=all").data)

    headings = [str(cell.value) for cell in sheet[1]]
    assert headings[: len(columns.split())] == columns.split()
    assert (headings[-1] == "印章") is (kind in {"application", "complaint"})


def test_a_refused_move_keeps_what_was_typed(office: FlaskClient) -> None:
    post(office, "/office/cases/new/letter", about="村口路灯不亮")

    refused = post(office, "/office/cases/1/extend", days="61", reason="涉及两个部门")

    assert "需要修改" in refused
    assert 'name="days" type="number" min="1" max="60" required value="61"' in refused
    assert refused.count('value="涉及两个部门"') == 1


def test_an_answer_that_comes_too_late_for_its_form_is_not_lost(office: FlaskClient) -> None:
    post(office, "/office/cases/new/letter", about="村口路灯不亮")
    post(office, "/office/cases/1/pause", reason="等上级鉴定")

    refused = post(office, "/office/cases/1/answer", answer="已经修好，请放心", form="written")

    assert "您刚才写的：" in refused
    assert "已经修好，请放心" in refused


@pytest.mark.parametrize("kind", ["application", "complaint", "letter", "follow_up"])
def test_every_register_with_limits_exports_why_they_were_extended(office: FlaskClient, kind: str) -> None:
    sheet = sheet_of(office.get(f"/office/cases/export.xlsx?kind={kind}&list=all").data)

    assert "延期说明" in [cell.value for cell in sheet[1]]


def test_a_reason_told_for_an_extension_is_read_and_exported_after_a_pause(office: FlaskClient) -> None:
    post(office, "/office/cases/new/letter", about="村口路灯不亮")
    for verb, reason in (("extend", "涉及两个部门"), ("pause", "等上级鉴定"), ("resume", "")):
        page = post(office, f"/office/cases/1/{verb}", days="3", reason=reason)

    sheet = sheet_of(office.get("/office/cases/export.xlsx?kind=letter").data)
    cells = {str(head.value): cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}

    assert "<dt>延期说明</dt><dd>涉及两个部门</dd>" in page
    assert cells["延期说明"] == "涉及两个部门"


def test_an_export_tells_what_the_register_knows(office: FlaskClient) -> None:
    post(
        office,
        "/office/cases/new/complaint",
        about="说好的没有办",
        ground="6",
        form="written",
        name="张三",
        home="姚关街 1 号",
    )
    post(office, "/office/cases/1/stage", stage="investigated", note="已查看监控")
    post(office, "/office/cases/1/answer", answer="已办好并致歉", form="written")

    sheet = sheet_of(office.get("/office/cases/export.xlsx?kind=complaint&list=all").data)

    row = {str(head.value): cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (row["调查取证"], row["反馈（答复内容）"], row["答复方式"]) == ("已查看监控", "已办好并致歉", "书面")
    assert (row["姓名"], row["住址"], row["印章"]) == ("张三", "姚关街 1 号", "")


def test_the_export_of_all_cases_names_a_low_rating_in_words(
    running: Running, office: FlaskClient, citizen: Callable[[], Citizen], clerk: Callable[[int], Clerk]
) -> None:
    visitor, desk = citizen(), clerk(2)
    visitor.take("medical")
    desk.serve()
    visitor.rate(2)

    sheet = sheet_of(office.get("/office/cases/export.xlsx?list=all").data)

    row = {str(head.value): cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["事项、内容"] == running.context.phrases.say("rating.2")


def test_a_clerk_sees_and_moves_the_own_cases_only(running: Running) -> None:
    li = come(running, "li", Role.CLERK)
    with running.context.database.read() as db:
        person = next(one for one in access.all_staff(db) if one.login == "li")
    mine = casework.open_letter(running.context, about="我的信", actor=Actor(name="clerk:li", staff=person))
    other = casework.complain(running.context, about="别人的", ground=3, form=Form.ORAL, actor=KIOSK)

    page = li.get("/office/cases?person=office").text

    assert "我的信" in page
    assert "别人的" not in page
    assert li.get(f"/office/cases/{mine.id}").status_code == 200
    assert li.get(f"/office/cases/{other.id}").status_code == 403
    assert li.post(f"/office/cases/{other.id}/take", data={"csrf_token": token_of(page)}).status_code == 403


def test_nobody_sees_a_register_without_signing_in(running: Running) -> None:
    stranger = running.app.test_client()

    assert stranger.get("/office/cases").headers["Location"].endswith("/console")
    assert stranger.get("/office/cases/export.xlsx").status_code == 401
    assert stranger.get("/office/cases/1").status_code == 401


def test_an_application_tells_until_when_each_stage_should_be_over(running: Running, office: FlaskClient) -> None:
    post(office, "/office/cases/new/application", matter="mz-guer", name="李四")

    page = office.get("/office/cases/1").text

    assert "乡镇（街道）初步核实" in page
    assert "最迟 2026-12-07" in page
    assert "最迟 2026-12-21" in page


def test_what_is_printed_says_whose_it_is_and_when_it_was_printed(office: FlaskClient) -> None:
    """Paper leaves the screen's frame behind: the sheet itself names the hall and the hour."""
    page = office.get("/office/cases").text

    assert re.search(r'class="office__where">[^<]+打印时间：2026-11-23 09:00', page)


@pytest.mark.parametrize(
    "path",
    [
        f"/office/cases/{2**63}",
        f"/office/registers/breaches/{10**30}",
        "/office/cases?kind=nothing",
        "/office/cases?from=0001-01-01&to=9999-12-31",
        "/office/day?day=9999-12-31",
        "/office/day?day=0001-01-01",
        "/office/registers/notices?list=all&to=9999-12-31",
        "/office/registers/notices/export.xlsx?from=0001-01-01&to=9999-12-31",
        "/office/ratings?from=9999-12-01&to=9999-12-31",
    ],
)
def test_an_address_that_names_what_cannot_be_is_refused_in_words(office: FlaskClient, path: str) -> None:
    answer = office.get(path)

    assert answer.status_code in {200, 400, 404}
    assert re.search("[\u4e00-\u9fff]", answer.text)


@pytest.mark.parametrize("kind", ["inquiry", "application", "complaint"])
def test_a_case_of_a_visit_that_never_was_is_refused_in_words(office: FlaskClient, kind: str) -> None:
    form = {"about": "x", "name": "张三", "outcome": "leader", "matter": "yb-canbao", "ground": "3", "form": "oral"}

    answer = post(office, f"/office/cases/new/{kind}", ticket="99", **form)
    without_window = post(office, f"/office/cases/new/{kind}", window="77", **form)

    assert "没有找到这个号码" in answer
    assert "没有这个窗口" in without_window
