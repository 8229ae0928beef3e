"""People of the hall: accounts, signing in, lock-outs, windows."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest

from kiosk.domain.errors import BadInput, Conflict, Forbidden, SignInNeeded
from kiosk.domain.people import Actor, Role
from kiosk.operations import staff
from kiosk.operations.hall import Context
from kiosk.store import access
from tests.conftest import PASSWORD, Citizen, Clerk, Clock

CLI = Actor(name="cli")
DESK = "192.168.1.20"


@pytest.fixture
def person(hall: Context) -> str:
    """Somebody with an account; the login."""
    staff.add_staff(hall, login="li", name="小李", role=Role.CLERK, password=PASSWORD, actor=CLI)
    return "li"


def enter(hall: Context, login: str, password: str = PASSWORD, address: str = DESK) -> staff.SignedIn:
    return staff.sign_in(hall, login=login, password=password, address=address)


def test_a_signed_in_person_is_known_by_the_secret(hall: Context, person: str) -> None:
    known = enter(hall, " LI ")

    assert staff.actor_of(hall, known.token).name == "clerk:li"


def test_a_closed_account_lets_nobody_in_until_it_gets_a_new_password(hall: Context, person: str) -> None:
    known = enter(hall, person)
    staff.take_window(hall, window=2, actor=staff.actor_of(hall, known.token))

    staff.close_account(hall, login=person, actor=CLI)

    with pytest.raises(SignInNeeded):
        staff.actor_of(hall, known.token)
    with pytest.raises(Forbidden) as refusal:
        enter(hall, person)
    assert refusal.value.code == "sign_in_refused"
    with hall.database.read() as db:
        assert access.on_duty(db, hall.hall.day(hall.clock())) == {}
        assert ([one.name for one in access.everybody(db)], access.all_staff(db)) == (["小李"], [])
    staff.change_password(hall, login=person, password="another-bridge-8", actor=CLI)
    assert enter(hall, person, "another-bridge-8").staff.login == person


def test_an_account_is_not_closed_while_somebody_is_called_to_its_window(
    hall: Context, clerk: Callable[[int], Clerk], citizen: Callable[[], Citizen]
) -> None:
    at_window = clerk(1)
    citizen().take()
    at_window.call_next()
    assert at_window.actor.staff

    with pytest.raises(Conflict) as refusal:
        staff.close_account(hall, login=at_window.actor.staff.login, actor=CLI)

    assert refusal.value.code == "window_busy"


def test_neither_password_nor_secret_stands_in_the_file(hall: Context, person: str) -> None:
    known = enter(hall, person)
    hall.database.close()

    content = hall.database.path.read_bytes()

    assert PASSWORD.encode() not in content
    assert known.token.encode() not in content
    assert b"$argon2id$" in content


@pytest.mark.parametrize("login", ["li", "nobody"])
def test_a_refusal_does_not_tell_whether_the_login_exists(hall: Context, person: str, login: str) -> None:
    with pytest.raises(Forbidden) as refusal:
        enter(hall, login, "wrong-password")

    assert refusal.value.code == "sign_in_refused"


def test_five_wrong_passwords_lock_the_account_and_the_address_for_a_time_that_doubles(
    hall: Context, person: str, clock: Clock
) -> None:
    for _ in range(5):
        with pytest.raises(Forbidden, match="wrong"):
            enter(hall, person, "wrong-password")

    with pytest.raises(Forbidden) as other_desk:
        enter(hall, person, address="192.168.1.99")
    with pytest.raises(Forbidden) as same_desk:
        enter(hall, "nobody", "wrong-password")
    clock.pass_(minutes=15)
    for _ in range(5):
        with pytest.raises(Forbidden, match="wrong"):
            enter(hall, person, "wrong-password")
    clock.pass_(minutes=20)
    with pytest.raises(Forbidden) as longer:
        enter(hall, person)
    clock.pass_(minutes=10)

    assert {other_desk.value.code, same_desk.value.code, longer.value.code} == {"locked_out"}
    assert enter(hall, person).staff.login == "li"


def test_an_idle_sign_in_runs_out(hall: Context, person: str, clock: Clock) -> None:
    known = enter(hall, person)
    clock.pass_(minutes=hall.hall.limits.idle_minutes, seconds=1)

    with pytest.raises(SignInNeeded):
        staff.actor_of(hall, known.token)


def test_a_busy_sign_in_ends_after_a_working_day(hall: Context, person: str, clock: Clock) -> None:
    known = enter(hall, person)
    for _ in range(12):
        clock.pass_(minutes=59)
        staff.actor_of(hall, known.token)
    clock.pass_(minutes=13)

    with pytest.raises(SignInNeeded):
        staff.actor_of(hall, known.token)


def test_a_new_password_ends_every_sign_in(hall: Context, person: str) -> None:
    known = enter(hall, person)

    staff.change_password(hall, login=person, password="another-bridge-8", actor=CLI)

    with pytest.raises(SignInNeeded):
        staff.actor_of(hall, known.token)


def test_signing_out_leaves_the_window(hall: Context, person: str) -> None:
    known = enter(hall, person)
    actor = staff.actor_of(hall, known.token)
    staff.take_window(hall, window=3, actor=actor)

    staff.sign_out(hall, token=known.token, actor=actor)

    enter(hall, person)
    with pytest.raises(SignInNeeded):
        staff.actor_of(hall, known.token)


def test_two_clerks_cannot_stand_at_one_window(hall: Context, person: str) -> None:
    known = enter(hall, person)
    staff.take_window(hall, window=3, actor=staff.actor_of(hall, known.token))
    other = staff.add_staff(hall, login="he", name="小何", role=Role.CLERK, password=PASSWORD, actor=CLI)

    with pytest.raises(Conflict) as refusal:
        staff.take_window(hall, window=3, actor=Actor(name="clerk:he", staff=other))

    assert refusal.value.code == "window_taken"


def test_nobody_leaves_a_visitor_at_the_window(citizen: Callable[[], object], clerk: Callable[[int], Clerk]) -> None:
    citizen().take("medical")  # type: ignore[attr-defined]
    at_window = clerk(2)
    at_window.call_next()

    with pytest.raises(Conflict) as refusal:
        staff.leave_window(at_window.hall, actor=at_window.actor)

    assert refusal.value.code == "window_busy"


@pytest.mark.parametrize("password", ["short", "12345678", "aaaaaaaaaa", "clerk-li", "x" * 129])
def test_weak_passwords_are_refused(hall: Context, password: str) -> None:
    with pytest.raises(BadInput) as refusal:
        staff.add_staff(hall, login="clerk-li", name="x", role=Role.CLERK, password=password, actor=CLI)

    assert refusal.value.code == "bad_password"


def test_the_first_account_is_made_once_with_a_generated_password(hall: Context) -> None:
    first = staff.first_account(hall)

    assert first is not None
    assert enter(hall, *first).staff.role is Role.OFFICE
    assert staff.first_account(hall) is None


def test_a_generated_password_can_be_copied_by_hand() -> None:
    made = {staff.fresh_password() for _ in range(100)}

    assert len(made) == 100
    assert all(re.fullmatch(r"(?:[2-9a-z]{4}-){2}[2-9a-z]{4}", password) for password in made)
    assert not set("".join(made)) & set("01lioOI")


def test_forty_guesses_at_once_are_forty_guesses(hall: Context, person: str) -> None:
    outcomes: list[str] = []

    def guess() -> None:
        try:
            enter(hall, person, "wrong-password")
        except Forbidden as refusal:
            outcomes.append(refusal.code)

    crowd = [threading.Thread(target=guess) for _ in range(40)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert sorted(outcomes) == ["locked_out"] * 35 + ["sign_in_refused"] * 5


def test_a_page_that_refreshes_itself_is_no_sign_of_life(hall: Context, person: str, clock: Clock) -> None:
    known = enter(hall, person)
    for _ in range(hall.hall.limits.idle_minutes):
        clock.pass_(minutes=1)
        staff.actor_of(hall, known.token, seen=False)
    clock.pass_(minutes=1)

    with pytest.raises(SignInNeeded):
        staff.actor_of(hall, known.token, seen=False)
