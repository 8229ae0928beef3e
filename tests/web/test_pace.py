"""What no person does: a hundred numbers in a second, a hundred pages held open by one machine (S6, S17)."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.app import Running, create
from kiosk.config import Settings
from kiosk.store import records
from printer import spool
from tests.bench.websocket import answered, knock
from tests.conftest import Clock, Server, until
from tests.web.test_kiosk_help import token_of
from tests.web.test_touch import KEY


@pytest.fixture
def shipped(settings: Settings, tmp_path: Path, clock: Clock) -> Iterator[Running]:
    """The hall with the limits that it is shipped with."""
    application = create(settings, tmp_path / "data", clock=clock)
    yield application
    application.context.database.close()


@pytest.fixture
def kiosk(shipped: Running) -> FlaskClient:
    return shipped.app.test_client()


def take(kiosk: FlaskClient, key: str = "", address: str = "192.0.2.1", language: str = "zh") -> tuple[int, str]:
    """Touch a service on a fresh page, or on one that was there before if its key is given."""
    services = kiosk.get("/services").text
    found = KEY.search(services)
    assert found
    form = {"csrf_token": token_of(services), "key": key or found[1], "service": "medical"}
    answer = kiosk.post(f"/tickets?lang={language}", data=form, environ_overrides={"REMOTE_ADDR": address})
    return answer.status_code, answer.text


def slips(hall: Running) -> int:
    with hall.context.database.read() as db:
        return len(spool.jobs(db))


def test_a_hundred_touches_within_a_second_bring_one_number_and_calm_words(
    shipped: Running, kiosk: FlaskClient
) -> None:
    answers = [take(kiosk) for _ in range(100)]

    assert [status for status, _ in answers] == [303] + [409] * 99
    assert "请稍等几秒" in answers[1][1]
    assert "Please wait a few seconds" in take(kiosk, language="en")[1]
    assert slips(shipped) == 1


def test_a_program_that_waits_between_touches_gets_twenty_numbers_a_minute(
    shipped: Running, kiosk: FlaskClient, clock: Clock
) -> None:
    statuses = []
    for _ in range(29):
        statuses.append(take(kiosk)[0])
        clock.pass_(seconds=2)
    clock.pass_(seconds=3)
    later = take(kiosk)[0]

    assert statuses == [303] * 20 + [409] * 9
    assert later == 303
    assert slips(shipped) == 21


def test_a_touch_that_comes_again_is_free_and_another_kiosk_is_not_held_back(
    shipped: Running, kiosk: FlaskClient
) -> None:
    statuses = [take(kiosk, key="of-one-page")[0] for _ in range(3)]
    elsewhere = take(kiosk, address="192.0.2.2")[0]

    assert statuses == [303, 303, 303]
    assert elsewhere == 303
    with shipped.context.database.read() as db:
        assert records.last_seq(db) == 2


def test_what_the_hall_refuses_costs_nobody_the_next_touch(kiosk: FlaskClient) -> None:
    refused = take(kiosk, key="short")[0]
    taken = take(kiosk)[0]

    assert (refused, taken) == (400, 303)


def test_a_hall_may_leave_its_kiosks_unbound(running: Running) -> None:
    kiosk = running.app.test_client()

    assert [take(kiosk)[0] for _ in range(3)] == [303] * 3


def test_checklists_come_no_faster_than_somebody_can_take_them(shipped: Running, kiosk: FlaskClient) -> None:
    token = token_of(kiosk.get("/services").text)

    statuses = [
        kiosk.post("/matters/yl-zhuxiao/checklist", data={"csrf_token": token, "s": "no-cremated"}).status_code
        for _ in range(5)
    ]

    assert statuses == [303] + [409] * 4
    assert slips(shipped) == 1


def test_one_machine_cannot_hold_every_socket_and_others_come_in(server: Server) -> None:
    """S17: the shipped cap, over real connections."""
    port, path = int(server.url.rsplit(":", 1)[1]), "/socket.io/?EIO=4&transport=websocket"
    with contextlib.ExitStack() as links:

        def open_one(source: str = "127.0.0.1") -> bool:
            link = links.enter_context(contextlib.closing(knock(port, path, source=source)))
            try:
                answered(link)
            except ConnectionError:
                return False
            return True

        opened = [open_one() for _ in range(70)]
        others = [open_one("127.0.0.2") for _ in range(3)]

    assert opened == [True] * 60 + [False] * 10
    assert others == [True] * 3


def test_a_socket_that_went_away_makes_room_for_the_next(server: Server) -> None:
    port, path = int(server.url.rsplit(":", 1)[1]), "/socket.io/?EIO=4&transport=websocket"
    links: list[socket.socket] = []
    for _ in range(60):
        links.append(knock(port, path))
        answered(links[-1])
    for link in links:
        link.close()

    def comes_in() -> bool:
        with contextlib.closing(knock(port, path)) as link, contextlib.suppress(ConnectionError):
            answered(link)
            return True
        return False

    assert until(comes_in, timeout=30)
