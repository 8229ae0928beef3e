"""The lights of cases: the rule in words, and the same rule as SQL over a register."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kiosk.domain.cases import Case, Kind, Limit, Rule, State, Unit
from kiosk.domain.lights import Lamps, Light
from kiosk.operations.hall import Context
from kiosk.store import cases, registers
from kiosk.store.cases import Filter
from tests.conftest import MORNING

MONDAY = date(2026, 11, 23)


@pytest.fixture
def lamps(hall: Context) -> Lamps:
    return Lamps(today=MONDAY, workdays=hall.hall.workdays, rules=hall.hall.cases)


def owed(days: int = 15, unit: Unit = Unit.WORKING, **more: object) -> Case:
    known: dict[str, object] = {
        "id": 1,
        "number": "1",
        "kind": Kind.LETTER,
        "opened_at": MORNING,
        "day": "2026-11-23",
        "about": "来信",
        "person": "li",
        "limit": Limit(days=days, rule=Rule.LETTER, unit=unit),
        "starts": date(2026, 11, 2),
    }
    return Case(**known | more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("due", "light"),
    [
        (date(2026, 11, 20), Light.RED),
        (date(2026, 11, 23), Light.YELLOW),
        (date(2026, 11, 26), Light.YELLOW),  # three of fifteen days left: 80 % are used
        (date(2026, 11, 27), Light.GREEN),
        (None, Light.GREY),
    ],
)
def test_the_light_tells_how_near_the_day_is(lamps: Lamps, due: date | None, light: Light) -> None:
    assert lamps.light(owed(due=due)) is light


def test_one_working_day_left_is_near_in_a_short_limit(lamps: Lamps) -> None:
    near, far = (lamps.light(owed(3, due=day)) for day in (date(2026, 11, 24), date(2026, 11, 25)))

    assert (near, far) == (Light.YELLOW, Light.GREEN)


def test_what_is_done_at_once_is_green_until_it_is_late(lamps: Lamps) -> None:
    assert lamps.light(owed(0, due=MONDAY)) is Light.GREEN
    assert lamps.light(owed(0, due=date(2026, 11, 20))) is Light.RED


def test_calendar_days_are_used_up_by_the_calendar(lamps: Lamps) -> None:
    due = date(2026, 11, 29)
    early, late = (owed(20, Unit.CALENDAR, due=due, starts=due - timedelta(days=days)) for days in (20, 31))

    assert (lamps.light(early), lamps.light(late)) == (Light.GREEN, Light.YELLOW)


def test_a_visit_that_is_late_makes_the_case_red(lamps: Lamps) -> None:
    """Regulations 3.4: a check on the spot has its own ten working days."""
    case = owed(due=date(2026, 12, 31), visit_due=date(2026, 11, 20))

    assert lamps.light(case) is Light.RED
    assert lamps.light(replace(case, visited_at=MORNING)) is Light.GREEN


@pytest.mark.parametrize("state", [State.WAITING, State.PAUSED])
def test_a_clock_that_stands_still_is_grey(lamps: Lamps, state: State) -> None:
    assert lamps.light(owed(due=date(2026, 11, 1), state=state)) is Light.GREY


def any_case(chance: random.Random, number: int) -> Case:
    starts = MONDAY - timedelta(days=chance.randint(0, 60))
    return owed(
        chance.choice([0, 1, 3, 5, 10, 15, 20, 60, 200, 400]),
        chance.choice(list(Unit)),
        id=number,
        number=str(number),
        token=str(number),
        person=chance.choice(["li", "wang", ""]),
        state=chance.choice(list(State)),
        starts=starts,
        due=chance.choice([None, starts + timedelta(days=chance.randint(0, 140))]),
        extended_days=chance.choice([0, 0, 5]),
        visit_due=chance.choice([None, None, MONDAY + timedelta(days=chance.randint(-5, 12))]),
        visited_at=chance.choice([None, MORNING]),
    )


def test_the_register_lights_every_case_as_the_rule_does(hall: Context, lamps: Lamps) -> None:
    chance = random.Random(20261123)
    made = [any_case(chance, number) for number in range(1, 401)]
    hall.database.write(lambda db: [cases.add_case(db, case) for case in made])

    with hall.database.read() as db:
        lines = registers.lights(db, Filter(owed=True), lamps)
        found = {light: cases.search(db, Filter(light=light, lamps=lamps), limit=500) for light in Light}

    wanted = Counter((case.person, lamps.light(case)) for case in made if case.owed)
    assert {(person, light): count for person, line in lines.items() for light, count in line.items()} == wanted
    assert all(lamps.light(case) is light for light, lit in found.items() for case in lit)
