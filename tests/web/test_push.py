"""The relay: everybody sees the newest whole picture, and only what they may see."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask_socketio import SocketIOTestClient

from kiosk.app import Running
from kiosk.domain.people import Actor, Role
from kiosk.operations import queueing, staff
from tests.conftest import PASSWORD, Clock, until

CLI = Actor(name="cli")
Listen = Callable[..., SocketIOTestClient]


@pytest.fixture
def listen(running: Running) -> Iterator[Listen]:
    """Open a socket in a namespace and room, as the browser that carries a person's cookie if one is named."""
    opened: list[tuple[SocketIOTestClient, str]] = []

    def connect(namespace: str, room: str, token: str = "") -> SocketIOTestClient:
        browser = running.app.test_client()
        if token:
            browser.set_cookie("hall_sign_in", token)
        socket = running.socketio.test_client(
            running.app, namespace=namespace, auth={"room": room}, flask_test_client=browser
        )
        opened.append((socket, namespace))
        return socket

    yield connect
    for socket, namespace in opened:
        if socket.is_connected(namespace):
            socket.disconnect(namespace)


def pictures(socket: SocketIOTestClient, namespace: str) -> list[dict[str, Any]]:
    return [one["args"][0] for one in socket.get_received(namespace) if one["name"] == "state"]


def person(running: Running, login: str, role: Role, window: int | None = None) -> str:
    """Somebody signed in, at a window if named; the secret."""
    known = staff.add_staff(running.context, login=login, name=login, role=role, password=PASSWORD, actor=CLI)
    token = staff.sign_in(running.context, login=login, password=PASSWORD, address="test").token
    if window:
        staff.take_window(running.context, window=window, actor=Actor(name=f"{role}:{login}", staff=known))
    return token


def test_whoever_joins_gets_the_whole_picture_at_once(running: Running, listen: Listen) -> None:
    first = pictures(listen("/display", "hall"), "/display")

    assert len(first) == 1
    assert "综合咨询窗口" in first[0]["html"]


def test_a_picture_that_falls_back_is_pushed_again(running: Running, listen: Listen) -> None:
    """One waits, somebody joins, the one goes: the newcomer must not keep the old count."""
    early = listen("/touch", "services")
    ticket = queueing.take_ticket(running.context, service="advice", actor=CLI)
    until(lambda: any("1 人在等" in one["html"] for one in pictures(early, "/touch")))
    queueing.cancel(running.context, token=ticket.token, actor=CLI)
    until(lambda: any("人在等" not in one["html"] for one in pictures(early, "/touch")))
    queueing.take_ticket(running.context, service="advice", actor=CLI)
    late = listen("/touch", "services")
    until(lambda: any("1 人在等" in one["html"] for one in pictures(late, "/touch")))

    queueing.call_next(running.context, window=1, actor=CLI)

    assert until(lambda: any("人在等" not in one["html"] for one in pictures(late, "/touch")))


def test_a_call_waits_for_no_rush_to_become_one_picture(
    running: Running, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers that were taken a moment before the call, and would be shown in a while, hold it up by nothing."""
    monkeypatch.setattr("kiosk.push.CALM", 1e9)
    screen = listen("/display", "hall")
    for _ in range(2):
        queueing.take_ticket(running.context, service="advice", actor=CLI)
        time.sleep(0.3)  # the relay has begun to gather what comes

    called = queueing.call_next(running.context, window=1, actor=CLI)

    until(lambda: any(called.code in one["html"] and "请前往" in one["html"] for one in pictures(screen, "/display")))


def test_closing_time_reaches_the_screens_without_any_event(running: Running, listen: Listen, clock: Clock) -> None:
    screen = listen("/display", "hall")
    assert "现在是休息时间" not in pictures(screen, "/display")[0]["html"]

    clock.pass_(hours=10)

    assert until(lambda: any("现在是休息时间" in one["html"] for one in pictures(screen, "/display")), timeout=25)


def test_a_threshold_that_time_alone_passes_is_told_to_console_and_office(
    running: Running, listen: Listen, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q7: the relay feels for alerts every other second; the slower redrawing of all pages is switched off here."""
    monkeypatch.setattr("kiosk.push.REDRAW", 10_000.0)
    clerk, head = person(running, "li", Role.CLERK, window=2), person(running, "head", Role.OFFICE)
    queueing.take_ticket(running.context, service="medical", actor=CLI)
    console, office = listen("/console", "2", clerk), listen("/office", "hall", head)
    words = running.context.phrases.say("alert.window_idle", window=2, person="li", minutes=6, count=1)
    assert words not in pictures(console, "/console")[-1]["html"]

    clock.pass_(minutes=6)

    assert until(lambda: any(words in one["html"] for one in pictures(console, "/console")), timeout=30)
    assert until(lambda: any(words in one["html"] for one in pictures(office, "/office")), timeout=30)


@pytest.mark.parametrize(("namespace", "room"), [("/office", "hall"), ("/console", "3"), ("/console", "99")])
def test_a_clerk_watches_the_own_window_only(running: Running, listen: Listen, namespace: str, room: str) -> None:
    token = person(running, "li", Role.CLERK, window=2)

    assert listen("/console", "2", token).is_connected("/console")
    assert not listen(namespace, room, token).is_connected(namespace)


def test_whoever_signs_out_sees_nothing_any_more(running: Running, listen: Listen) -> None:
    token = person(running, "li", Role.CLERK, window=2)
    socket = listen("/console", "2", token)

    staff.sign_out(running.context, token=token, actor=staff.actor_of(running.context, token))

    until(lambda: not socket.is_connected("/console"))
