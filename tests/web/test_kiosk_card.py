"""A reader of identity cards beside the kiosk: off by default, and nothing but a keyed hash is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.app import Running, create
from kiosk.config import Settings
from kiosk.domain.people import Actor
from kiosk.operations import queueing
from tests.conftest import Clock, unhurried
from tests.web.test_kiosk_help import post
from tests.web.test_touch import KEY

CARD = "11010519491231002X"  # the sample number of GB 11643
CLI = Actor(name="cli")


@pytest.fixture
def reading(settings: Settings, tmp_path: Path, clock: Clock) -> Iterator[Running]:
    """A hall whose kiosk has a reader."""
    kiosk = replace(settings.hall.kiosks[0], card_reader=True)
    hall = replace(unhurried(settings).hall, kiosks=(kiosk,))
    application = create(replace(settings, hall=hall), tmp_path / "data", clock=clock)
    yield application
    application.context.database.close()


def _take(kiosk: FlaskClient) -> str:
    services = post(kiosk, "/card", card=CARD).text
    key = KEY.search(services)
    assert key
    return post(kiosk, "/tickets", service="medical", key=key[1]).text


def test_without_a_reader_no_card_is_taken(running: Running) -> None:
    kiosk = running.app.test_client()

    assert post(kiosk, "/card", card=CARD).status_code == 404
    assert 'name="card"' not in kiosk.get("/").text


def test_a_card_takes_one_number_and_shows_it_again(reading: Running) -> None:
    kiosk = reading.app.test_client()

    first, again = _take(kiosk), post(kiosk, "/card", card=CARD).text

    assert "A001" in first
    assert "A001" in again
    assert "取号办事" not in again


def test_after_the_visit_the_card_takes_the_next_number(reading: Running) -> None:
    kiosk = reading.app.test_client()
    _take(kiosk)
    for step in (queueing.call_next, queueing.start, queueing.complete):
        step(reading.context, window=2, actor=CLI)

    assert "A002" in _take(kiosk)


def test_a_false_number_is_refused_in_words(reading: Running) -> None:
    answer = post(reading.app.test_client(), "/card", card="110105194912310021")

    assert answer.status_code == 400
    assert "请核对" in answer.text


def test_no_file_of_the_hall_ever_holds_the_number(reading: Running, tmp_path: Path) -> None:
    """Requirements S11."""
    _take(reading.app.test_client())

    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]

    assert files
    assert not [path for path in files if CARD.encode() in path.read_bytes() or CARD[:17].encode() in path.read_bytes()]
