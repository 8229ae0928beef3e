"""Figures of the ratings: shares with n and interval, states apart, few answers hidden, nobody ranked by chance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.figures import FollowUp, Share, Standing, Visit, answering, by, ranked, tally
from kiosk.domain.ratings import Channel, Level, Rating

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def rating(level: int, *, suspect: bool = False, excluded: str = "") -> Rating:
    return Rating(
        id=1,
        ticket=1,
        round=1,
        level=Level(level),
        reasons=(),
        text="",
        version="v",
        channel=Channel.PAD,
        at=NOW,
        suspect=suspect,
        excluded=excluded,
    )


def visit(said: Rating | None = None, *, clerk: str = "li", days_ago: int = 0) -> Visit:
    ended = NOW - timedelta(days=days_ago)
    return Visit(
        ticket=1,
        day="2026-11-23",
        code="A001",
        service="medical",
        matter=None,
        window=2,
        clerk=clerk,
        taken_at=ended,
        ended_at=ended,
        rating=said,
    )


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (85, 100, 0.7672, 0.9069)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    """E5: the published values of the score interval."""
    assert Share(part=part, whole=whole).interval == pytest.approx((low, high), abs=5e-5)


@given(whole=st.integers(1, 500), data=st.data())
def test_the_interval_holds_the_share_and_stays_within_nought_and_one(whole: int, data: st.DataObject) -> None:
    share = Share(part=data.draw(st.integers(0, whole)), whole=whole)

    low, high = share.interval

    assert 0.0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1.0


def test_of_nothing_nothing_is_said() -> None:
    share = Share(part=0, whole=0)

    assert (share.shown, share.value, share.interval) == (False, 0.0, (0.0, 1.0))


def test_a_share_of_fewer_than_five_is_hidden() -> None:
    assert [Share(part=1, whole=whole).shown for whole in (4, 5)] == [False, True]


def test_each_standing_is_counted_apart_and_a_default_is_no_satisfaction() -> None:
    """R-7: rated, suspect, excluded, unrated and default never mix."""
    visits = [
        *(visit(rating(level)) for level in (5, 4, 3, 2, 1)),
        visit(rating(5, suspect=True)),
        visit(rating(1, excluded="误评")),
        visit(days_ago=2),
        visit(days_ago=8),
    ]

    found = tally(visits, NOW, 7)

    assert found.standings == {
        Standing.RATED: 5,
        Standing.SUSPECT: 1,
        Standing.EXCLUDED: 1,
        Standing.UNRATED: 1,
        Standing.DEFAULT: 1,
    }
    assert (found.satisfied.part, found.satisfied.whole) == (3, 5)
    assert (found.participation.part, found.participation.whole) == (7, 9)
    assert found.levels == dict.fromkeys(sorted(Level, reverse=True), 1)


def _lines(people: Sequence[tuple[str, int, int]]) -> list[Visit]:
    return [
        visit(rating(5 if number < good else 1), clerk=clerk)
        for clerk, good, whole in people
        for number in range(whole)
    ]


def test_nobody_is_ranked_under_thirty_answers() -> None:
    """Issue 7.10: few answers say more of chance than of a person."""
    visits = _lines([("chen", 29, 29), ("li", 20, 40), ("wang", 38, 40), ("zhao", 38, 40)])

    lines = ranked(by(visits, lambda one: one.clerk, NOW, 7))

    assert [(line.key, line.rank) for line in lines] == [("wang", 1), ("zhao", 1), ("li", 3), ("chen", None)]


def test_how_negative_ratings_were_answered_is_a_share_of_what_was_owed() -> None:
    done = frozenset({"contacted", "rectified"})
    found = [
        FollowUp(stages=done, answered=True, in_time=True, view="satisfied"),
        FollowUp(stages=frozenset({"contacted", "explained"}), answered=True, in_time=False, view="dissatisfied"),
        FollowUp(stages=frozenset({"contacted"})),
    ]

    rates = answering(found)

    shares = [rates.replied, rates.in_time, rates.rectified, rates.satisfied]
    assert [(one.part, one.whole) for one in shares] == [(2, 3), (1, 3), (1, 2), (1, 2)]
    assert (rates.replied.shown, rates.satisfied.shown) == (True, False)


@given(part=st.integers(0, 400), more=st.integers(1, 400))
def test_the_interval_ends_where_the_score_test_rejects(part: int, more: int) -> None:
    """Another way to Wilson: at both ends the distance to the share is exactly z standard errors of the end itself."""
    share = Share(part=part, whole=part + more)

    for end in share.interval:
        distance = (share.value - end) ** 2
        assert distance == pytest.approx(NormalDist().inv_cdf(0.975) ** 2 * end * (1 - end) / share.whole, abs=1e-7)


def shown(*sizes: int) -> list[bool]:
    """Which groups show their share, one of each size."""
    visits = [visit(rating(5), clerk=f"{place:02}") for place, size in enumerate(sizes) for _ in range(size)]
    return [line.shown for line in by(visits, lambda one: one.clerk, NOW, 7)]


@pytest.mark.parametrize(
    ("sizes", "seen"),
    [
        ((9, 5), [True, True]),
        ((9, 7, 4), [True, False, False]),  # one hidden line is what the total lacks: the next smallest hides with it
        ((9, 7, 1, 1), [True, False, False, False]),  # two of one answer each are two answers: still too few
        ((9, 4, 1), [True, False, False]),
        ((4,), [False]),
    ],
)
def test_nobody_finds_a_hidden_share_by_subtraction(sizes: tuple[int, ...], seen: list[bool]) -> None:
    """E5: what the total lacks beside the lines that are shown is never fewer than five answers, or one line's."""
    assert shown(*sizes) == seen


@given(st.lists(st.integers(1, 12), min_size=1, max_size=8))
def test_what_is_hidden_together_is_enough_or_everything(sizes: list[int]) -> None:
    hidden = [size for size, seen in zip(sizes, shown(*sizes), strict=True) if not seen]

    assert not hidden or len(hidden) == len(sizes) or (len(hidden) > 1 and sum(hidden) >= 5)
    assert all(size in hidden for size in sizes if size < 5)
