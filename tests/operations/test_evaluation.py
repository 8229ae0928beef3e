"""Ratings: five levels, after the visit, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kiosk.domain.cases import Case, Kind
from kiosk.domain.cases import State as CaseState
from kiosk.domain.errors import BadInput, Conflict, Forbidden, NotFound
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role, Staff
from kiosk.domain.ratings import Channel, Level, level
from kiosk.operations import evaluation, reviewing
from kiosk.operations.hall import Context
from kiosk.store import cases, ratings, records
from printer import spool
from tests.conftest import Citizen, Clerk, Clock

CLERK = Staff(id=99, login="x", name="x", role=Role.CLERK)


@pytest.fixture
def served(citizen: Callable[[], Citizen], clerk: Callable[[int], Clerk]) -> Citizen:
    """A citizen whose visit is over."""
    visitor = citizen()
    visitor.take("medical")
    clerk(2).serve()
    return visitor


def test_a_finished_visit_is_rated_once(hall: Context, served: Citizen, clock: Clock) -> None:
    served.rate(5)
    clock.pass_(seconds=6)

    with pytest.raises(Conflict) as refusal:
        served.rate(1)

    with hall.database.read() as db:
        kept = ratings.rating(db, served.now.id)
    assert refusal.value.code == "already_rated"
    assert kept is not None
    assert kept.level is Level.VERY_SATISFIED


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


def follow_ups(hall: Context) -> list[Case]:
    with hall.database.read() as db:
        return cases.search(db, cases.Filter(kind=Kind.FOLLOW_UP))


def test_a_wrong_tap_is_changed_within_five_seconds_from_the_same_place(
    hall: Context, served: Citizen, clock: Clock
) -> None:
    """Requirements R-2."""
    served.rate(1)
    clock.pass_(seconds=4)
    served.rate(5)
    clock.pass_(seconds=2)

    with pytest.raises(Conflict):
        served.rate(3)

    with hall.database.read() as db:
        given = ratings.rating(db, served.now.id)
    assert given is not None
    assert given.level is Level.VERY_SATISFIED
    assert [case.state for case in follow_ups(hall)] == [CaseState.WITHDRAWN]


def test_the_answer_is_owed_to_the_level_that_stands(hall: Context, served: Citizen, clock: Clock) -> None:
    served.rate(1)
    clock.pass_(seconds=3)

    served.rate(2)

    assert [(case.about, case.state) for case in follow_ups(hall)] == [
        ("2", CaseState.OPENED),
        ("1", CaseState.WITHDRAWN),
    ]


def test_a_negative_rating_is_owed_an_answer_by_whoever_served(hall: Context, served: Citizen) -> None:
    """Issue 7.8: five working days, to the responsible person, the rater unknown."""
    served.rate(2)

    case = follow_ups(hall)[0]

    assert (case.person, case.name, case.phone) == ("clerk2", "", "")
    assert (case.due, case.stage) == (date(2026, 11, 30), "assigned")


def test_reasons_belong_to_a_negative_level_and_are_given_once_or_passed_on(hall: Context, served: Citizen) -> None:
    """E3, E4: only after the two negative levels; the rating stands without them."""
    served.rate(2)
    citizen, token = Actor(name="citizen"), served.now.token
    with pytest.raises(BadInput) as strange:
        evaluation.explain(hall, token=token, reasons=[108], text="", actor=citizen)

    evaluation.explain(hall, token=token, reasons=[213, 214, 213], text="等了\n很久", actor=citizen)

    with pytest.raises(Conflict):
        evaluation.explain(hall, token=token, reasons=[207], text="", actor=citizen)
    with hall.database.read() as db:
        given = ratings.rating(db, served.now.id)
    assert strange.value.code == "bad_reason"
    assert given is not None
    assert (given.reasons, given.text, given.version) == ((213, 214), "等了 很久", hall.hall.ratings.version)


def test_what_was_said_of_a_low_level_does_not_stay_with_the_level_that_replaced_it(
    hall: Context, served: Citizen, clock: Clock
) -> None:
    served.rate(1)
    evaluation.explain(hall, token=served.now.token, reasons=[115], text="按错了", actor=Actor(name="citizen"))
    clock.pass_(seconds=3)

    served.rate(5)

    with hall.database.read() as db:
        given = ratings.rating(db, served.now.id)
    assert given is not None
    assert (given.level, given.reasons, given.text, given.explained) == (5, (), "", False)


def test_a_good_rating_is_asked_for_no_reason(hall: Context, served: Citizen) -> None:
    served.rate(4)

    with pytest.raises(Conflict) as refusal:
        evaluation.explain(hall, token=served.now.token, reasons=[], text="", actor=Actor(name="citizen"))

    assert refusal.value.code == "not_ratable"


def test_one_addition_is_kept_beside_the_rating(hall: Context, served: Citizen, clock: Clock) -> None:
    served.rate(5)
    clock.pass_(days=2)
    wish: dict[str, Any] = {"token": served.now.token, "channel": Channel.OWN_TICKET, "actor": Actor(name="citizen")}

    evaluation.add(hall, level=Level.FAIR, text="后来又跑了一趟", **wish)

    with pytest.raises(Conflict) as again:
        evaluation.add(hall, level=Level.FAIR, text="", **wish)
    with hall.database.read() as db:
        first, later = (ratings.rating(db, served.now.id, round_) for round_ in (1, 2))
    assert again.value.code == "already_rated"
    assert first is not None
    assert later is not None
    assert (first.level, later.level, later.text) == (5, 3, "后来又跑了一趟")


def test_a_burst_of_equal_answers_is_marked_and_not_deleted(
    hall: Context, citizen: Callable[[], Citizen], clerk: Callable[[int], Clerk], clock: Clock
) -> None:
    """Requirements R-6."""
    desk, visitors = clerk(2), [citizen() for _ in range(7)]
    for visitor in visitors:
        visitor.take("medical")
        desk.serve()
        visitor.rate(5)
        clock.pass_(seconds=3)

    with hall.database.read() as db:
        marks = [given.suspect for visitor in visitors if (given := ratings.rating(db, visitor.now.id))]
    assert marks == [True] * 7


def test_the_office_excludes_after_review_with_a_reason_and_nothing_is_deleted(
    hall: Context, served: Citizen, office: Actor
) -> None:
    served.rate(1)
    with pytest.raises(Forbidden):
        reviewing.exclude(hall, ticket=served.now.id, reason="误评", actor=Actor(name="clerk:x", staff=CLERK))

    reviewing.exclude(hall, ticket=served.now.id, reason="当事人说按错了", actor=office)

    with hall.database.read() as db:
        given = ratings.rating(db, served.now.id)
        last = records.events_of(db, served.now.subject)[-1]
    assert given is not None
    assert (given.level, given.excluded) == (1, "当事人说按错了")
    assert last.name is Name.RATING_EXCLUDED


def test_a_clerk_never_rates_for_a_citizen(hall: Context, served: Citizen) -> None:
    """GB/T 39734-2020 4.1: the clerk can invite, not influence."""
    clerk = Actor(name="clerk:x", staff=CLERK)

    with pytest.raises(Forbidden):
        evaluation.rate(hall, token=served.now.token, level=Level(5), channel=Channel.API, actor=clerk)

    with hall.database.read() as db:
        assert ratings.rating(db, served.now.id) is None


def test_a_free_standing_terminal_waits_five_seconds_between_two_visits(
    hall: Context, citizen: Callable[[], Citizen], clerk: Callable[[int], Clerk], clock: Clock
) -> None:
    """R-6; the same visit may be changed meanwhile, and another terminal waits for nobody."""
    desk, visitors = clerk(2), [citizen() for _ in range(2)]
    for visitor in visitors:
        visitor.take("medical")
        desk.serve()

    def at_kiosk(visitor: Citizen, value: int, terminal: str = "kiosk:kiosk") -> None:
        actor = Actor(name=terminal)
        evaluation.rate(hall, token=visitor.now.token, level=Level(value), channel=Channel.KIOSK, actor=actor)

    at_kiosk(visitors[0], 1)
    at_kiosk(visitors[0], 5)
    clock.pass_(seconds=4)
    with pytest.raises(Conflict) as refusal:
        at_kiosk(visitors[1], 5)
    at_kiosk(visitors[1], 4, "kiosk:second")

    assert refusal.value.code == "rated_just_now"


def test_a_paper_form_shows_the_number_five_boxes_and_all_reasons_and_no_name(
    hall: Context, served: Citizen, office: Actor
) -> None:
    ticket = reviewing.print_form(hall, ticket=served.now.id, actor=office)

    with hall.database.read() as db:
        job = spool.latest(db, f"rating:{ticket.id}")
        slip = spool.latest(db, ticket.subject)
    assert job is not None
    assert slip is not None
    assert slip.kind == "ticket"
    shown = repr(job.document)
    options = hall.hall.ratings
    assert ticket.code in shown
    assert all(hall.phrases.say(f"rating.{level.value}") in shown for level in Level)
    assert all(f"{one.code} {one.text}" in shown for level in (1, 2) for one in options.of(Level(level)))


def test_only_a_finished_visit_has_a_paper_form(hall: Context, citizen: Callable[[], Citizen], office: Actor) -> None:
    visitor = citizen()
    visitor.take("medical")

    with pytest.raises(Conflict) as refusal:
        reviewing.print_form(hall, ticket=visitor.now.id, actor=office)

    assert refusal.value.code == "not_ratable"


def test_a_clerk_invites_at_the_own_window_only_and_learns_nothing(
    hall: Context, served: Citizen, clerk: Callable[[int], Clerk]
) -> None:
    other = clerk(1)

    with pytest.raises(Forbidden) as refusal:
        reviewing.invite(hall, window=2, actor=other.actor)
    reviewing.invite(hall, window=1, actor=other.actor)

    assert refusal.value.code == "not_your_window"


def test_a_negative_addition_is_owed_an_answer_too(hall: Context, served: Citizen, clock: Clock) -> None:
    served.rate(5)
    clock.pass_(days=1)

    evaluation.add(
        hall,
        token=served.now.token,
        level=Level.DISSATISFIED,
        text="材料又被退回来",
        channel=Channel.OWN_TICKET,
        actor=Actor(name="citizen"),
    )

    assert [case.about for case in follow_ups(hall)] == ["2"]
