"""A low rating is answered: step by step, by whoever is responsible, who never learns who gave it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from kiosk.domain import figures
from kiosk.domain.cases import Case, Kind, State
from kiosk.domain.errors import Conflict, Forbidden, HallError
from kiosk.domain.people import Actor
from kiosk.operations import answering, staff
from kiosk.operations.hall import Context
from kiosk.store import cases, queries, ratings
from tests.conftest import Citizen, Clerk, Clock

CITIZEN = Actor(name="citizen")


@dataclass
class LowRating:
    """A visit that was rated low, its clerk, and the answer it is owed."""

    hall: Context
    clerk: Actor
    case: int

    def reach(self, *stages: str, by: Actor | None = None) -> Case:
        reached = [
            answering.reach_stage(self.hall, case=self.case, stage=one, actor=by or self.clerk) for one in stages
        ]
        return reached[-1]

    def answer(self) -> Case:
        return answering.answer(self.hall, case=self.case, answer="已补上材料样本", actor=self.clerk)

    @property
    def now(self) -> Case:
        with self.hall.database.read() as db:
            return cases.case_by_id(db, self.case)


@pytest.fixture
def low(hall: Context, citizen: Callable[[], Citizen], clerk: Callable[[int], Clerk]) -> LowRating:
    visitor, desk = citizen(), clerk(2)
    visitor.take("medical")
    desk.serve()
    visitor.rate(2)
    with hall.database.read() as db:
        owed = cases.search(db, cases.Filter(kind=Kind.FOLLOW_UP))[0]
    return LowRating(hall, desk.actor, owed.id)


def test_a_clerks_desk_does_not_count_the_low_rating_of_the_same_day(
    hall: Context, low: LowRating, clock: Clock
) -> None:
    """E8: who was served a minute ago must not be told apart."""

    def owed() -> int:
        with hall.database.read() as db:
            return sum(queries.console_view(db, hall.hall, 2, hall.clock()).owed.values())

    today = owed()
    clock.pass_(hours=23)
    staff.take_window(hall, window=2, actor=low.clerk)

    assert (today, owed()) == (0, 1)


def test_a_low_rating_goes_from_assigned_to_the_citizens_view(hall: Context, low: LowRating) -> None:
    """Issue 7.8: assigned → contacted → rectified → answered → the citizen's view → closed."""
    seen = [low.now.stage, low.reach("contacted").stage, low.reach("rectified").stage, low.answer().stage]
    viewed = answering.view(hall, token=low.now.token, view="satisfied", actor=CITIZEN)
    closed = answering.close(hall, case=low.case, actor=low.clerk)

    with hall.database.read() as db:
        rates = figures.answering(ratings.follow_ups(db, "2026-11-23", "2026-11-23"))
    assert [*seen, viewed.stage] == ["assigned", "contacted", "rectified", "answered", "viewed"]
    assert closed.state is State.CLOSED
    shares = (rates.replied, rates.in_time, rates.rectified, rates.satisfied)
    assert [(one.part, one.whole) for one in shares] == [(1, 1)] * 4


@pytest.mark.parametrize("stages", [("rectified",), ("contacted", "contacted"), ("contacted", "answered")])
def test_no_stage_is_skipped_repeated_or_claimed(low: LowRating, stages: tuple[str, ...]) -> None:
    with pytest.raises(Conflict) as refusal:
        low.reach(*stages)

    assert refusal.value.code == "stage_missing"


@pytest.mark.parametrize("stages", [(), ("contacted",)])
def test_an_answer_needs_what_came_of_it(low: LowRating, stages: tuple[str, ...]) -> None:
    for stage in stages:
        low.reach(stage)

    with pytest.raises(Conflict) as refusal:
        low.answer()

    assert refusal.value.code == "stage_missing"


def test_an_appeal_is_reviewed_by_the_office_alone(low: LowRating, office: Actor) -> None:
    low.reach("contacted")
    with pytest.raises(Forbidden):
        low.reach("appeal_reviewed")

    assert low.reach("appeal_reviewed", by=office).stage == "appeal_reviewed"


@pytest.mark.parametrize(
    "move",
    [
        lambda hall, case, actor: answering.withdraw(hall, case=case, reason="不想办", actor=actor),
        lambda hall, case, actor: answering.pause(hall, case=case, reason="忙", actor=actor),
        lambda hall, case, actor: answering.extend(hall, case=case, days=30, reason="忙", actor=actor),
    ],
)
def test_whoever_was_rated_neither_stops_the_clock_nor_does_away_with_it(
    hall: Context, low: LowRating, office: Actor, move: Callable[[Context, int, Actor], Case]
) -> None:
    with pytest.raises(HallError) as refusal:
        move(hall, low.case, low.clerk)

    assert refusal.value.code == "not_allowed"
    assert low.now.state is State.OPENED
    assert move(hall, low.case, office).number == low.now.number


@pytest.mark.parametrize("viewed", [True, False])
def test_an_answer_is_not_taken_back_by_whoever_was_rated(
    hall: Context, low: LowRating, office: Actor, viewed: bool
) -> None:
    """Otherwise a bad view would go away by answering once more; the office may, and the citizen is asked anew."""
    low.reach("contacted", "explained")
    low.answer()
    if viewed:
        answering.view(hall, token=low.now.token, view="dissatisfied", actor=CITIZEN)
    with pytest.raises(Forbidden):
        answering.reopen(hall, case=low.case, reason="再答一次", actor=low.clerk)

    answering.reopen(hall, case=low.case, reason="群众不满意", actor=office)
    low.reach("rectified")
    low.answer()

    again = answering.view(hall, token=low.now.token, view="satisfied", actor=CITIZEN)
    assert (again.view, again.stage) == ("satisfied", "viewed")


def test_an_answer_is_filed_after_the_citizens_view_or_by_the_office(
    hall: Context, low: LowRating, office: Actor
) -> None:
    """Issue 7.8: … → answered → citizen's view → closed; who never comes back is filed, and may still say it later."""
    low.reach("contacted", "explained")
    low.answer()
    with pytest.raises(Conflict) as refusal:
        answering.close(hall, case=low.case, actor=low.clerk)

    answering.close(hall, case=low.case, actor=office)

    late = answering.view(hall, token=low.now.token, view="dissatisfied", actor=CITIZEN)
    assert refusal.value.code == "view_missing"
    assert (late.state, late.view) == (State.CLOSED, "dissatisfied")
