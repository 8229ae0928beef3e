"""Every slip of the hall, in both widths and renderers, as bytes and pictures that were looked at (regulations 5.5.3).

After a wanted change: `ACCEPT_GOLDEN=1 pytest tests/test_slips.py`, look at the pictures, commit them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk import slips
from kiosk.config import Settings
from kiosk.domain.tickets import State, Ticket
from printer.documents import Document
from tests.printer.golden import assert_golden

KEPT = Path(__file__).with_name("slips")
NINE = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)
LATE = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)
ADDRESS = "http://192.168.1.10:8080/t/Xtg7AXCKOq_WF5-vSGN0Og"
PROFILES = ("emulator-80", "emulator-58", "native-80", "native-58")


def number(settings: Settings, *, at: datetime = NINE, ahead: int = 3, language: str = "zh", **rights: Any) -> Document:
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
    return slips.ticket(settings.hall, settings.phrases, taken, ahead=ahead, address=ADDRESS)


def checklist(settings: Settings, matter: str) -> Document:
    return slips.checklist(settings.hall, settings.phrases, settings.catalogue.matter(matter), at=NINE)


SLIPS: dict[str, Callable[[Settings], Document]] = {
    "ticket": number,
    "ticket-next": lambda settings: number(settings, ahead=0),
    "ticket-late": lambda settings: number(settings, at=LATE, ahead=11),
    "ticket-priority": lambda settings: number(settings, ahead=1, priority="elderly"),
    "ticket-appointment": lambda settings: number(settings, ahead=2, appointment=NINE + timedelta(minutes=18)),
    "ticket-several": lambda settings: number(settings, quantity=3, priority="military", confirmed=True),
    "ticket-en": lambda settings: number(settings, language="en"),
    "checklist": lambda settings: checklist(settings, "yl-zhuxiao"),
    "test-page": lambda settings: slips.test_page(settings.hall, settings.phrases, printer="main", at=NINE),
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_as_it_was_when_somebody_looked_at_it(settings: Settings, slip: str, profile: str) -> None:
    assert_golden(SLIPS[slip](settings), slip, KEPT, profile=profile)


@pytest.mark.parametrize("profile", ["emulator-80", "native-80"])
def test_a_copy_says_so_and_keeps_its_number(settings: Settings, profile: str) -> None:
    assert_golden(number(settings), "ticket-copy", KEPT, profile=profile, marks=("补打",))


def test_the_late_notice_comes_half_an_hour_before_closing_and_not_earlier(settings: Settings) -> None:
    notice = settings.phrases.say("ticket.late")

    assert notice in number(settings, at=LATE).to_json().encode().decode("unicode_escape")
    assert notice not in number(settings, at=NINE).to_json().encode().decode("unicode_escape")


def test_every_matter_fits_on_a_checklist_with_every_material(settings: Settings) -> None:
    for matter in settings.catalogue.matters:
        text = checklist(settings, matter.id).to_json().encode().decode("unicode_escape")

        assert all(material.name in text for material in matter.materials)
        assert settings.hall.complaint_office in text
