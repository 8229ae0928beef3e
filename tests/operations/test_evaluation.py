"""Ratings: five levels, after the visit, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.errors import BadInput, Conflict, NotFound
from kiosk.domain.people import Actor
from kiosk.domain.ratings import Channel, Level, level
from kiosk.operations import evaluation
from kiosk.operations.hall import Context
from kiosk.store import records
from tests.conftest import Citizen, Clerk, Clock


@pytest.fixture
def served(citizen: Callable[[], Citizen], clerk: Callable[[int], Clerk]) -> Citizen:
    """A citizen whose visit is over."""
    visitor = citizen()
    visitor.take("medical")
    clerk(2).serve()
    return visitor


def test_a_finished_visit_is_rated_once(hall: Context, served: Citizen) -> None:
    served.rate(5)

    with pytest.raises(Conflict) as refusal:
        served.rate(1)

    with hall.database.read() as db:
        kept = records.rating(db, served.now.id)
    assert refusal.value.code == "already_rated"
    assert kept is Level.VERY_SATISFIED


def test_a_visit_is_not_rated_before_its_end(citizen: Callable[[], Citizen]) -> None:
    visitor = citizen()
    visitor.take("medical")

    with pytest.raises(Conflict) as refusal:
        visitor.rate(5)

    assert refusal.value.code == "not_ratable"


def test_a_rating_is_welcome_for_seven_days_and_no_longer(served: Citizen, clock: Clock) -> None:
    clock.pass_(days=7, seconds=1)

    with pytest.raises(Conflict) as refusal:
        served.rate(4)

    assert refusal.value.code == "not_ratable"


def test_a_hundred_posts_are_one_rating(hall: Context, served: Citizen) -> None:
    outcomes = []
    for _ in range(100):
        try:
            served.rate(1)
            outcomes.append("taken")
        except Conflict as refusal:
            outcomes.append(refusal.code)

    assert outcomes == ["taken", *["already_rated"] * 99]


def test_a_guessed_token_rates_nothing(hall: Context, served: Citizen) -> None:
    with pytest.raises(NotFound) as refusal:
        evaluation.rate(hall, token="A" * 22, level=Level.FAIR, channel=Channel.OWN_TICKET, actor=Actor(name="citizen"))

    assert refusal.value.code == "unknown_ticket"


@pytest.mark.parametrize("value", ["0", "6", "", None, "非常满意", "5.0", "1; DROP TABLE ratings"])
def test_only_the_five_levels_are_levels(value: object) -> None:
    with pytest.raises(BadInput) as refusal:
        level(value)

    assert refusal.value.code == "bad_level"
