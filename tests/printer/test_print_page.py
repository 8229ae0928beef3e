"""The roll of the software printer in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from printer.decoder import Decoder
from printer.emulator import Emulator, Fault, FaultKind, blueprint
from printer.jobs import JobState
from printer.spool import Spool
from tests.printer.printer_cast import Desk, ticket


@pytest.fixture
def browser(emulator: Emulator) -> Iterator[FlaskClient]:
    site = Flask(__name__, static_folder=None)
    site.register_blueprint(blueprint(emulator), url_prefix="/paper")
    with site.test_client() as client:
        yield client


def test_a_printed_slip_is_seen_on_the_page(desk: Desk, emulator: Emulator, spool: Spool, browser: FlaskClient) -> None:
    desk.wait(desk.print(ticket()), JobState.CONFIRMED)

    page = browser.get("/paper/")

    (source,) = re.findall(r'<img[^>]* src="([^"]+)"', page.text)
    picture = browser.get(source)
    assert picture.mimetype == "image/png"
    assert picture.data == emulator.slips()[0].png


def test_the_page_obeys_the_strict_content_policy(browser: FlaskClient) -> None:
    page = browser.get("/paper/").text

    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*src=)|https?://", page)
    for address in re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page):
        with browser.get(address) as answer:
            assert answer.status_code == 200


def test_an_empty_roll_and_a_printer_in_trouble_are_said_in_words(emulator: Emulator, browser: FlaskClient) -> None:
    assert "还没有打印任何凭条" in browser.get("/paper/").text

    emulator.inject(Fault(kind=FaultKind.PAPER_OUT))

    assert "缺纸" in browser.get("/paper/slips").text


def test_an_unchanged_roll_is_not_sent_again(browser: FlaskClient) -> None:
    first = browser.get("/paper/slips")

    again = browser.get("/paper/slips", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert browser.get("/paper/slips/7.png").status_code == 404


def test_what_the_software_printer_does_not_know_is_kept_for_looking_at() -> None:
    decoder = Decoder(576)

    decoder.decode(b"\x1d\x99\x1bzOK\n")

    assert decoder.unknown == [b"\x1d\x99", b"\x1bz"]
    assert decoder.paper.text() == "OK"
