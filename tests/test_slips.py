"""Every slip of the hall, in both widths and renderers, as bytes and pictures that were looked at (regulations 5.5.3).

After a wanted change: `ACCEPT_GOLDEN=1 pytest tests/test_slips.py`, look at the pictures, commit them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk import slips
from kiosk.config import Settings
from kiosk.domain.cases import Case, Form, Kind, Limit, Outcome, Rule
from kiosk.domain.cases import State as CaseState
from kiosk.domain.estimate.ranges import Told
from kiosk.domain.tickets import State, Ticket
from printer.documents import Document
from tests.printer.golden import assert_golden

KEPT = Path(__file__).with_name("slips")
NINE = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)
LATE = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)
ADDRESS = "http://192.168.1.10:8080/t/Xtg7AXCKOq_WF5-vSGN0Og"
PROFILES = ("emulator-80", "emulator-58", "native-80", "native-58")


def number(
    settings: Settings,
    *,
    at: datetime = NINE,
    ahead: int = 3,
    language: str = "zh",
    told: Told | None = None,
    large: bool = False,
    **rights: Any,
) -> Document:
    taken = Ticket(
        id=1,
        day="2026-11-23",
        prefix="A",
        number=12,
        service="medical",
        matter=None,
        state=State.WAITING,
        issued_at=at,
        turn_at=at,
        language=language,
        **rights,
    )
    return slips.ticket(settings.hall, settings.phrases, taken, ahead=ahead, address=ADDRESS, told=told, large=large)


SERVER = "http://192.168.1.10:8080"


def checklist(settings: Settings, matter: str, *answers: str, large: bool = False) -> Document:
    wanted = settings.catalogue.matter(matter)
    chosen = wanted.answers(answers)
    return slips.checklist(settings.hall, settings.phrases, wanted, at=NINE, chosen=chosen, address=SERVER, large=large)


def missing(settings: Settings) -> Document:
    wanted = settings.catalogue.matter("nz-sheshi")
    names = [material.name for material in wanted.materials[1:3]] + ["村委会盖章的用地位置示意图"]
    return slips.missing(
        settings.hall,
        settings.phrases,
        wanted,
        at=NINE,
        names=names,
        number="20261123-R012",
        window=5,
        clerk="（姓名）",
        address=SERVER,
    )


def case(settings: Settings, kind: Kind, slip: str, **more: Any) -> Document:
    """A slip of a case that stands as it would on its day."""
    limit = Limit(days=5, rule=Rule.COMPLAINT) if kind is Kind.COMPLAINT else Limit(days=25, rule=Rule.PROMISED)
    about = "在窗口等了一个多小时没有人理" if kind is Kind.COMPLAINT else "城乡居民基本养老保险注销登记"
    known: dict[str, Any] = {
        "id": 7,
        "number": "受理20261123-007" if kind is Kind.APPLICATION else "投诉20261123-002",
        "kind": kind,
        "opened_at": NINE,
        "day": "2026-11-23",
        "about": about,
        "person": "li",
        "limit": limit,
        "starts": date(2026, 11, 23),
        "due": date(2026, 12, 28),
        "name": "张䶮",
        "phone": "13800001234",
        "window": 3,
    }
    shown = Case(**known | more)
    makers: dict[str, Any] = {
        "receipt": slips.receipt,
        "complete": slips.completion,
        "collect": slips.collection,
        "referral": slips.referral,
        "complaint": slips.complaint_receipt,
        "answer": slips.written_answer,
    }
    fee = "不收费" if kind is Kind.APPLICATION else ""
    own = slips.Own(at=NINE, address=ADDRESS.replace("/t/", "/c/"), person="（姓名）", fee=fee)
    made: Document = makers[slip](settings.hall, settings.phrases, shown, own)
    return made


MARKS = {"ticket-copy": ("补打",), "ticket-beside": ("备用机打印",), "ticket-copy-beside": ("补打", "备用机打印")}
DONE: dict[str, Any] = {"state": CaseState.ANSWERED, "answered_at": NINE, "answer": "已经办理完毕，待遇从本月起停发。"}
SLIPS: dict[str, Callable[[Settings], Document]] = {
    "ticket": lambda settings: number(settings, told=Told(low=10, high=20, about=False)),
    "ticket-large": lambda settings: number(settings, told=Told(low=10, high=20, about=True), large=True),
    "ticket-next": lambda settings: number(settings, ahead=0),
    "ticket-late": lambda settings: number(settings, at=LATE, ahead=11),
    "ticket-priority": lambda settings: number(settings, ahead=1, priority="elderly"),
    "ticket-appointment": lambda settings: number(settings, ahead=2, appointment=NINE + timedelta(minutes=18)),
    "ticket-several": lambda settings: number(settings, quantity=3, priority="military", confirmed=True),
    "ticket-en": lambda settings: number(settings, language="en"),
    "checklist": lambda settings: checklist(settings, "yl-zhuxiao"),
    "receipt": lambda settings: case(
        settings, Kind.APPLICATION, "receipt", statutory_due=date(2027, 1, 5), provisional=True
    ),
    "receipt-missing": lambda settings: case(
        settings, Kind.APPLICATION, "receipt", due=None, papers=("死亡证明（原件和复印件）", "继承人银行卡复印件")
    ),
    "complete": lambda settings: case(settings, Kind.APPLICATION, "complete", **DONE),
    "collect": lambda settings: case(settings, Kind.APPLICATION, "collect", **DONE),
    "referral": lambda settings: case(
        settings,
        Kind.INQUIRY,
        "referral",
        number="首问20261123-001",
        about="办理普通护照",
        outcome=Outcome.OTHER_OFFICE,
        office="县公安局出入境管理窗口，甸阳镇（地址），电话 0875-×××××××",
    ),
    "referral-window": lambda settings: case(
        settings, Kind.INQUIRY, "referral", number="首问20261123-002", about="医保缴费", outcome=Outcome.OTHER_WINDOW
    ),
    "complaint": lambda settings: case(
        settings, Kind.COMPLAINT, "complaint", ground=3, name="", due=date(2026, 11, 30)
    ),
    "complaint-written": lambda settings: case(
        settings, Kind.COMPLAINT, "complaint", ground=4, form=Form.WRITTEN, due=date(2026, 11, 30)
    ),
    "answer": lambda settings: case(
        settings, Kind.COMPLAINT, "answer", form=Form.WRITTEN, answer="经调查，情况属实，已对当事人批评教育，向您道歉。"
    ),
    "checklist-situation": lambda settings: checklist(settings, "wj-shengyu", "remarried"),
    "checklist-nothing": lambda settings: checklist(settings, "yl-biangeng", "contact"),
    "checklist-large": lambda settings: checklist(settings, "cl-zheng", "guardian", large=True),
    "checklist-dates": lambda settings: checklist(settings, "yl-canbao"),
    "missing": missing,
    "test-page": lambda settings: slips.test_page(settings.hall, settings.phrases, printer="main", at=NINE),
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_as_it_was_when_somebody_looked_at_it(settings: Settings, slip: str, profile: str) -> None:
    assert_golden(SLIPS[slip](settings), slip, KEPT, profile=profile)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("copy", MARKS)
def test_a_copy_says_so_and_keeps_its_number(settings: Settings, copy: str, profile: str) -> None:
    assert_golden(number(settings), copy, KEPT, profile=profile, marks=MARKS[copy])


def test_the_late_notice_comes_half_an_hour_before_closing_and_not_earlier(settings: Settings) -> None:
    notice = settings.phrases.say("ticket.late")

    assert notice in number(settings, at=LATE).to_json().encode().decode("unicode_escape")
    assert notice not in number(settings, at=NINE).to_json().encode().decode("unicode_escape")


def test_every_matter_fits_on_a_checklist_with_every_material(settings: Settings) -> None:
    for matter in settings.catalogue.matters:
        text = checklist(settings, matter.id).to_json().encode().decode("unicode_escape")

        assert all(material.name in text for material in matter.materials)
        assert settings.hall.complaint_office in text
