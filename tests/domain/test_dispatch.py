"""Who is next: fair by rule, explained by rule, and never passing anybody too often (requirements Q2, Q3)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.dispatch import Rule, choose, serves
from kiosk.domain.hall import Window
from kiosk.domain.rules import Order

ORDER = Order(classes=("elderly", "disabled"), passed_most=3)
DESK = Window(number=1, name="一", english="One", services=("a", "b"))
HELPER = Window(number=2, name="二", english="Two", services=("b", "c"), preferred=("c",))


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in line, with plain numbers for instants."""

    id: int
    turn_at: float
    service: str = "a"
    priority: str | None = None
    appointment: float | None = None
    target: int | None = None
    overtaken: int = 0


def called(window: Window, line: list[Person], at: float) -> tuple[int, Rule] | None:
    choice = choose(window, line, at, ORDER)
    return (choice.ticket.id, choice.rule) if choice else None


def test_whoever_came_first_is_called_first() -> None:
    line = [Person(id=2, turn_at=5), Person(id=1, turn_at=5), Person(id=3, turn_at=1, service="c")]

    assert called(DESK, line, 10) == (1, Rule.FIRST_COME)


def test_nobody_is_called_to_a_window_that_does_not_serve_them() -> None:
    assert called(DESK, [Person(id=1, turn_at=0, service="c")], 10) is None


def test_the_first_class_of_the_configuration_goes_before_the_second() -> None:
    line = [
        Person(id=1, turn_at=0),
        Person(id=2, turn_at=1, priority="disabled"),
        Person(id=3, turn_at=2, priority="elderly"),
    ]

    assert called(DESK, line, 10) == (3, Rule.PRIORITY)


@pytest.mark.parametrize(("at", "first"), [(4.0, (1, Rule.FIRST_COME)), (5.0, (2, Rule.APPOINTMENT))])
def test_an_appointment_goes_first_from_its_time_on_and_not_before(at: float, first: tuple[int, Rule]) -> None:
    line = [Person(id=1, turn_at=0, priority="elderly"), Person(id=2, turn_at=3, appointment=5.0)]

    assert called(DESK, line, at) == first


def test_a_window_calls_what_it_prefers_and_helps_out_otherwise() -> None:
    others = [Person(id=1, turn_at=0, service="b")]

    assert called(HELPER, [*others, Person(id=2, turn_at=1, service="c")], 10) == (2, Rule.PREFERRED)
    assert called(HELPER, others, 10) == (1, Rule.FIRST_COME)


def test_a_ticket_sent_to_one_window_is_called_there_alone() -> None:
    sent = Person(id=1, turn_at=0, service="a", target=2)

    assert called(HELPER, [sent], 10) == (1, Rule.TRANSFERRED)
    assert called(DESK, [sent], 10) is None


def test_a_class_that_the_hall_no_longer_has_is_an_ordinary_ticket() -> None:
    line = [Person(id=1, turn_at=0), Person(id=2, turn_at=1, priority="gone")]

    assert called(DESK, line, 10) == (1, Rule.FIRST_COME)


def test_after_three_were_let_past_the_ordinary_one_is_called() -> None:
    line = [Person(id=1, turn_at=0), *(Person(id=number, turn_at=number, priority="elderly") for number in range(2, 7))]
    story = []

    while line:
        choice = choose(DESK, line, 10, ORDER)
        assert choice is not None
        passed = {one.id for one in choice.passed}
        line = [
            replace(one, overtaken=one.overtaken + (one.id in passed)) for one in line if one.id != choice.ticket.id
        ]
        story.append((choice.ticket.id, choice.rule))

    assert story[:4] == [(2, Rule.PRIORITY), (3, Rule.PRIORITY), (4, Rule.PRIORITY), (1, Rule.PASSED_ENOUGH)]


people = st.builds(
    Person,
    id=st.just(0),
    turn_at=st.just(0),
    service=st.sampled_from("abc"),
    priority=st.sampled_from([None, None, "elderly", "disabled"]),
    appointment=st.one_of(st.none(), st.integers(1, 60)),
    target=st.sampled_from([None, None, None, 1, 2]),
)


@given(st.lists(st.one_of(people, st.sampled_from([DESK, HELPER])), max_size=80), st.integers(0, 4))
def test_nobody_without_a_right_is_passed_more_often_than_allowed(story: list[Person | Window], most: int) -> None:
    order, line, passed = replace(ORDER, passed_most=most), list[Person](), dict[int, int]()

    for at, step in enumerate(story):
        if not isinstance(step, Window):
            line.append(replace(step, id=at, turn_at=at))
            continue
        choice = choose(step, line, at, order)
        mine = [one for one in line if serves(step, one)]
        assert (choice is None) == (not mine)
        if choice is None:
            continue
        earlier = [one for one in mine if one.turn_at < choice.ticket.turn_at]
        plain = [
            one for one in earlier if not one.priority and not (one.appointment is not None and one.appointment <= at)
        ]
        assert [one.id for one in choice.passed] == [one.id for one in plain]
        line.remove(choice.ticket)
        for one in plain:
            passed[one.id] = passed.get(one.id, 0) + 1
            line[line.index(one)] = replace(one, overtaken=one.overtaken + 1)

    assert max(passed.values(), default=0) <= most
