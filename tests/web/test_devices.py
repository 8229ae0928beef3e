"""Only the hall's own pads and kiosks take a rating: no clerk's computer and no stranger speaks in a citizen's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.app import Running, create
from kiosk.config import Settings
from kiosk.domain.people import Role
from kiosk.store import ratings
from tests.conftest import Clock
from tests.web.test_figure_pages import served
from tests.web.test_kiosk_help import token_of
from tests.web.test_push import person

AWAY = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def at_work(settings: Settings, tmp_path: Path, clock: Clock) -> Iterator[Running]:
    """A hall that prints on a real printer."""
    printers = tuple(replace(one, address="tcp://127.0.0.1:9") for one in settings.printers)
    application = create(replace(settings, printers=printers), tmp_path / "data", clock=clock)
    yield application
    application.context.database.close()


def addresses(hall: Running, role: Role = Role.OFFICE) -> dict[str, str]:
    """What the office reads on its page of devices: the path of each device's own address, by its name."""
    desk = hall.app.test_client()
    desk.set_cookie("hall_sign_in", person(hall, str(role), role))
    page = desk.get("/office/devices").text
    links = [word.partition("/devices/")[2] for word in page.replace("<", " ").split() if "/devices/" in word]
    return {link.partition("/")[0]: f"/devices/{link}" for link in links if "http" not in link and "svg" not in link}


def rate(browser: FlaskClient, visit: int, **where: object) -> int:
    """Tap "very satisfied" on the pad of window 2 as a browser elsewhere in the hall's network."""
    token = token_of(browser.get("/services").text)
    form = {"rating": f"{visit}-5", "csrf_token": token}
    return browser.post("/pad/2/rating", data=form, environ_overrides=AWAY).status_code


def given(hall: Running, ticket: int) -> bool:
    with hall.context.database.read() as db:
        return ratings.rating(db, ticket) is not None


def test_a_computer_that_is_no_pad_can_neither_see_nor_rate(at_work: Running) -> None:
    ticket = served(at_work)
    clerks = at_work.app.test_client()

    page = clerks.get("/pad/2", environ_overrides=AWAY)
    status = rate(clerks, ticket.id)

    assert page.status_code == status == 403
    assert "还没有登记" in page.text
    assert not given(at_work, ticket.id)


def test_a_pad_is_let_in_by_its_own_address_once_and_for_no_other_window(at_work: Running) -> None:
    ticket, known = served(at_work), addresses(at_work)
    right, wrong = at_work.app.test_client(), at_work.app.test_client()

    wrong.get(known["pad-3"], environ_overrides=AWAY)
    shown = right.get(known["pad-2"], environ_overrides=AWAY, follow_redirects=True)

    assert rate(wrong, ticket.id) == 403
    assert 'id="pad"' in shown.text
    assert rate(right, ticket.id) == 303
    assert given(at_work, ticket.id)


def test_a_kiosk_that_is_not_let_in_takes_no_rating_but_gives_numbers(at_work: Running) -> None:
    ticket, known = served(at_work), addresses(at_work)
    kiosk = at_work.app.test_client()
    asked = f"/rate?typed={ticket.code}&done=1"

    before = kiosk.get(asked, environ_overrides=AWAY)
    services = kiosk.get("/services", environ_overrides=AWAY)
    kiosk.get(known["kiosk-kiosk"], environ_overrides=AWAY)
    after = kiosk.get(asked, environ_overrides=AWAY)

    assert (before.status_code, services.status_code, after.status_code) == (403, 200, 200)
    assert "手机扫号票上的二维码" in before.text


@pytest.mark.parametrize(
    "path", ["/devices/pad-2/guessed", "/devices/pad-99/x", "/devices/nobody/é", "/devices/pad-2/"]
)
def test_a_guessed_address_lets_nobody_in(at_work: Running, path: str) -> None:
    answer = at_work.app.test_client().get(path)

    assert answer.status_code == 404
    assert "hall_device" not in str(answer.headers)


def test_clerks_do_not_see_the_addresses(at_work: Running) -> None:
    assert addresses(at_work, Role.CLERK) == {}
    assert at_work.app.test_client().get("/office/devices/pad-2.svg").status_code == 401


def test_the_halls_own_machine_and_a_hall_that_is_tried_out_need_no_registration(
    at_work: Running, running: Running
) -> None:
    own = at_work.app.test_client().get("/pad/2")
    tried = running.app.test_client().get("/pad/2", environ_overrides=AWAY)

    assert (own.status_code, tried.status_code) == (200, 200)
