"""The waiting estimate: nearer than the naive ones in halls it has never seen, honest, and blind to the future.

Figures are accuracies on fixed logs, not timings (performance.md 4.3).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import BadInput
from kiosk.domain.estimate import Durations, Speeds, rounded
from kiosk.domain.estimate.logs import COLUMNS, Visit, read
from kiosk.domain.estimate.playing import Mirrored
from kiosk.domain.estimate.promise import Promise, in_line, steady
from kiosk.domain.estimate.replay import Forecast, Replay, score
from kiosk.domain.estimate.shifts import Shifts
from kiosk.domain.estimate.watching import Watcher
from tests.domain.halls import PLACES, simulate

HEAD = ",".join(COLUMNS)


def replayed(name: str, *, days: int = 12, learned: int = 3, seeds: tuple[int, ...] = (5,)) -> list[Forecast]:
    """What was told after some days of learning, in so many halls of a kind."""
    told = [one for seed in seeds for one in Replay(number=30).run(simulate(PLACES[name], days=days, seed=seed))]
    return [one for one in told if one.visit.day > f"2026-01-{learned:02d}"]


@pytest.mark.parametrize(("name", "seeds", "at_most"), [("five", (2,), 0.45), ("messy", (1,), 0.6)])
def test_in_the_five_window_hall_the_range_holds_four_times_of_five(
    name: str, seeds: tuple[int, ...], at_most: float
) -> None:
    told = score(replayed(name, days=20, learned=10, seeds=seeds))

    assert 0.75 <= told.coverage <= 0.90
    assert told.ours <= at_most * told.last


@pytest.mark.parametrize(
    "name", ["two", "unnamed five", "priority", "impatient", "changing", "changing unnamed", "call centre", "alone"]
)
def test_in_halls_of_every_kind_both_naive_estimates_are_beaten(name: str) -> None:
    told = replayed(name, days=8, seeds=(6,))

    everybody, queued = score(told), score([one for one in told if one.queued])
    assert everybody.ours < min(everybody.last, everybody.naive)
    assert queued.ours < min(queued.last, queued.naive)


def test_nothing_that_comes_later_changes_what_was_told() -> None:
    visits = simulate(PLACES["five"], days=2, seed=8)
    cut = len(visits) * 3 // 4
    moment = visits[cut].arrival
    other = [*visits[: cut + 1], *(_otherwise(one) for one in visits[cut + 1 :])]
    known = [_blind(one, moment) if one.day == visits[cut].day else one for one in other[: cut + 1]]

    told = list(islice(Replay(number=12).run(visits), 10**6))
    again = list(Replay(number=12).run([*known, *other[cut + 1 :]]))

    served = sum(not one.abandoned for one in visits[: cut + 1])
    assert [one.point for one in told[:served]] == [one.point for one in again[:served]]


def _otherwise(visit: Visit) -> Visit:
    return replace(visit, end=(visit.end or 0) + 3000)


def _blind(visit: Visit, moment: float) -> Visit:
    """The same visit where whatever had not happened by a moment happens at another time."""
    start, end = visit.start, visit.end
    start = start + 999 if start is not None and start >= moment else start
    end = end + 2999 if end is not None and end >= moment else end
    return replace(visit, start=start, end=end)


def test_an_empty_hall_with_a_free_window_promises_no_wait() -> None:
    lines = [HEAD, "1,100,100,200,a,1,0", "1,300,300,400,a,1,0"]

    told = list(Replay().run(read(lines)))

    assert told[-1].point == 0
    assert told[-1].low == 0


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("1,x,1,2,a,1,0", "arrival_s is 'x', not a number"),
        ("1,,1,2,a,1,0", "arrival_s is empty"),
        ("1,5,1,2,a,1,0", "start_s is before arrival_s"),
        ("1,5,6,5,a,1,0", "end_s is before the visit began"),
        ("1,5,6,,a,1,0", "a visit that was not abandoned has start_s and end_s"),
        ("1,5,6,7,a,1,2", "abandoned is '2', not 0 or 1"),
        ("1,-5,6,7,a,1,0", "arrival_s is '-5', not seconds since midnight"),
        ("1,nan,6,7,a,1,0", "arrival_s is 'nan', not seconds since midnight"),
    ],
)
def test_a_log_that_cannot_be_is_refused_with_its_line(line: str, what: str) -> None:
    with pytest.raises(BadInput) as refusal:
        list(read([HEAD, line]))

    assert refusal.value.message == f"line 2: {what}"


def test_a_log_without_its_columns_is_refused() -> None:
    with pytest.raises(BadInput, match="no column"):
        list(read(["day,arrival_s", "1,2"]))


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_what_is_told_is_never_negative_empty_or_narrower_than_known(low: float, more: float) -> None:
    told = rounded(low, low + more)

    assert 0 <= told.low <= told.high
    assert told.low * 60 <= low
    assert told.high * 60 >= low + more


@given(st.lists(st.floats(1, 5000), max_size=60), st.floats(0, 20000), st.integers(0, 100))
def test_what_is_left_of_a_visit_is_never_negative(seen: list[float], elapsed: float, seed: int) -> None:
    durations = Durations({"a": 300.0})
    for length in seen:
        durations.add("a", length)
    sampler, dice = durations.sampler("a"), Random(seed)

    assert min(sampler.rest(elapsed, dice) for _ in range(20)) >= 0
    assert min(sampler.draw(dice) for _ in range(20)) > 0


def test_with_little_seen_the_belief_of_the_hall_counts() -> None:
    durations = Durations({"a": 300.0})
    durations.add("a", 900.0)

    assert durations.mean("a") == pytest.approx((4 * 300 + 900) / 5)


def promise(point: int, low: int, high: int) -> Promise:
    return Promise(point=point, low=low, high=high, played_low=low, played_high=high)


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 900), st.integers(0, 900)), max_size=20))
def test_nobody_further_back_is_told_less(waits: list[tuple[int, int, int]]) -> None:
    told = list(in_line(promise(point, max(0, point - less), point + more) for point, less, more in waits))

    for end in ("point", "low", "high"):
        values = [getattr(one, end) for one in told]
        assert values == sorted(values)
    assert all(0 <= one.low <= one.point <= one.high for one in told)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (promise(650, 420, 900), (300, 900)),  # the middle lies in what was told: it stays
        (promise(1000, 700, 1400), (700, 1400)),  # it has left it: what is new is told
        (promise(600, 580, 620), (580, 620)),  # the range has become so narrow that the old one says nothing
    ],
)
def test_what_is_shown_moves_only_when_it_must(now: Promise, told: tuple[int, int]) -> None:
    shown = steady(promise(600, 300, 900), now)

    assert (shown.low, shown.high) == told
    assert shown.point == now.point


HOUR = 3600.0


def habit(days: int = 4) -> Watcher:
    """A hall whose window 1 has served somebody each quarter of an hour on some days."""
    watcher = Watcher()
    for day in range(days):
        watcher.begin_day()
        for minute in range(480, 720, 15):
            serve(watcher, visit(day, minute * 60.0, minute * 60.0, minute * 60.0 + 600))
    watcher.begin_day()
    return watcher


def visit(day: int, arrival: float, start: float, end: float) -> Visit:
    return Visit(
        day=f"2026-01-{day + 1:02d}", arrival=arrival, start=start, end=end, service="a", server="1", abandoned=False
    )


def serve(watcher: Watcher, visit: Visit) -> None:
    watcher.arrive(visit)
    watcher.start(visit, visit.start or 0)
    watcher.end(visit, visit.end or 0)


def test_a_window_that_is_usually_there_counts_before_its_first_visit_of_the_day() -> None:
    assert habit().at_work(9 * HOUR) == [("1", None)]
    assert habit(days=1).at_work(9 * HOUR) == []


def test_a_window_that_lets_somebody_wait_pauses_and_is_expected_back() -> None:
    watcher = habit()
    serve(watcher, visit(9, 9 * HOUR, 9 * HOUR, 9 * HOUR + 300))
    watcher.arrive(visit(9, 9 * HOUR + 310, 10 * HOUR, 11 * HOUR))

    soon, late = 9 * HOUR + 320, 9 * HOUR + 910
    assert (watcher.at_work(soon), watcher.paused(soon)) == ([("1", None)], {})
    assert (watcher.at_work(late), watcher.paused(late)) == ([], {"1": 600.0})


def test_calls_of_people_passed_over_before_are_taken_for_a_line_without_order() -> None:
    orderly, mixed = habit(), habit()
    for watcher, turns in ((orderly, (0, 1, 2)), (mixed, (2, 1, 0))):
        people = [visit(9, 9 * HOUR + number, 9 * HOUR + 60, 9 * HOUR + 90) for number in range(3)]
        for person in people:
            watcher.arrive(person)
        for turn in turns:
            watcher.start(people[turn], 9 * HOUR + 60)
            watcher.end(people[turn], 9 * HOUR + 90)

    assert orderly.precedence.mixing == 0
    assert mixed.precedence.mixing > 0


@given(st.integers(0, 1000))
def test_windows_that_do_not_differ_are_taken_to_be_alike(seed: int) -> None:
    speeds, dice = Speeds(), Random(seed)
    for _ in range(300):
        for window in range(3):
            speeds.add(window, dice.expovariate(1 / 300), 300.0)

    assert all(abs(speeds.of(window) - 1) < 0.12 for window in range(3))


def test_a_slow_window_is_known_after_some_visits() -> None:
    speeds, dice = Speeds(), Random(3)
    for _ in range(200):
        for window, pace in enumerate((0.8, 1.0, 1.3)):
            speeds.add(window, dice.gammavariate(4, 75) * pace, 300.0)

    assert speeds.of(0) < 0.9 < speeds.of(1) < 1.1 < speeds.of(2)
    assert speeds.of("nobody knows") == 1


@pytest.fixture
def shifts() -> Shifts:
    """Five days: window 1 works from eight to five, 2 has lunch from twelve to one, 3 comes at ten."""
    known = Shifts()
    for _ in range(5):
        for hour in range(8, 17):
            for window in ("1", *("2" * (hour != 12)), *("3" * (hour >= 10))):
                known.mark(window, hour * HOUR - 900 * (hour == 13), hour * HOUR, hour * HOUR + 3590)
        known.begin_day()
    return known


def test_a_window_is_expected_back_from_its_lunch(shifts: Shifts) -> None:
    assert shifts.away("1", 11 * HOUR, 12 * HOUR + 60) == 0
    assert shifts.away("2", 11 * HOUR, 12 * HOUR + 600) == HOUR - 600
    assert shifts.away("2", 11 * HOUR, 11.5 * HOUR) == 0


def test_a_window_that_comes_later_is_counted_on_and_none_is_missed_after_closing(shifts: Shifts) -> None:
    assert shifts.coming(9 * HOUR) == {"3": HOUR}
    assert shifts.away("1", 16 * HOUR, 18 * HOUR) == 0


def test_without_days_that_were_seen_no_habit_is_believed() -> None:
    assert Shifts().coming(9 * HOUR) == {}
    assert Shifts().away("1", 9 * HOUR, 12 * HOUR) == 0


def test_mirrored_dice_fall_low_where_the_others_fall_high() -> None:
    plain, mirrored = Random(4), Mirrored(4)

    pairs = [(plain.random(), mirrored.random()) for _ in range(1000)]

    assert all(one + other == pytest.approx(1) for one, other in pairs)
    assert all(0 <= other < 1 for _, other in pairs)
