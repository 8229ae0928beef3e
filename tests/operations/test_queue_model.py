"""The whole queue under every move in every order: nobody is lost, doubled or passed too often (peers: two clerks)."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial, reduce
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.app import open_hall
from kiosk.config import load
from kiosk.domain.dispatch import Rule
from kiosk.domain.errors import Conflict
from kiosk.domain.events import Event, Name
from kiosk.domain.people import Actor, Role, Staff
from kiosk.domain.tickets import TRANSITIONS, Hold, Outcome, State, Ticket, destination, evolve
from kiosk.operations import appointments, duty, moving, queueing, staff
from kiosk.store import access, records
from tests.conftest import CONFIG, MORNING, Clock

CLI = Actor(name="cli")
SHIPPED = load(CONFIG)
SERVICES = [service.id for service in SHIPPED.hall.services]
CLASSES = [None, None, None, *(one.id for one in SHIPPED.hall.priorities)]
WINDOWS = [window.number for window in SHIPPED.hall.windows]
places = st.sampled_from(WINDOWS)
anybody = st.integers(0, 40)


class Queue(RuleBasedStateMachine):
    """A real hall on a real file; refusals are fine, but each must leave everything as it was."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Clock()
        self.hall = open_hall(SHIPPED, self.folder, clock=self.clock)
        self.taken = 0
        self.booked: list[str] = []
        self.clerks = {window: self.clerk(window) for window in WINDOWS}

    def clerk(self, window: int) -> Actor:
        """Somebody with an account, without the hundred milliseconds that a real password costs."""
        login = f"clerk{window}"
        number = self.hall.database.write(
            lambda db: access.add_staff(db, login=login, name=login, role=Role.CLERK, password="-")
        )
        assert number is not None
        return Actor(name=f"clerk:{login}", staff=Staff(id=number, login=login, name=login, role=Role.CLERK))

    def teardown(self) -> None:
        if hasattr(self, "hall"):
            self.hall.database.close()
            shutil.rmtree(self.folder)

    def attempt(self, move: Callable[[], object]) -> None:
        before = self.seq()
        try:
            move()
        except Conflict:
            assert self.seq() == before

    def seq(self) -> int:
        with self.hall.database.read() as db:
            return records.last_seq(db)

    def tickets(self) -> list[Ticket]:
        with self.hall.database.read() as db:
            return [records.ticket_by_id(db, number) for number in range(1, self.taken + 1)]

    def some(self, choice: int, *states: State) -> int:
        """A ticket, in one of these states if there is one."""
        fitting = [one.id for one in self.tickets() if one.state in states] or list(range(1, self.taken + 1)) or [0]
        return fitting[choice % len(fitting)]

    @rule(service=st.sampled_from(SERVICES), priority=st.sampled_from(CLASSES), quantity=st.integers(1, 3))
    def take(self, service: str, priority: str | None, quantity: int) -> None:
        take = partial(queueing.take_ticket, service=service, priority=priority, quantity=quantity, actor=CLI)
        self.attempt(lambda: self.given(take(self.hall)))

    def given(self, ticket: Ticket) -> None:
        """One number more: nobody ever gets one that somebody else has."""
        self.taken += 1
        assert ticket.id == self.taken

    @rule(service=st.sampled_from(SERVICES), minutes=st.integers(1, 50))
    def come_by_appointment(self, service: str, minutes: int) -> None:
        at = self.clock() + timedelta(minutes=minutes)

        def come() -> None:
            agreed = appointments.book(self.hall, service=service, at=at, name="王", phone="138", actor=CLI)
            self.booked.append(agreed.code)

        self.attempt(come)

    @rule(choice=anybody)
    def check_in(self, choice: int) -> None:
        if self.booked:
            code = self.booked.pop(choice % len(self.booked))
            self.attempt(lambda: self.given(appointments.check_in(self.hall, code=code, actor=CLI)))

    @rule(window=places, on=st.booleans())
    def call_by_itself(self, window: int, on: bool) -> None:
        self.attempt(lambda: duty.set_auto(self.hall, window=window, on=on, actor=CLI))

    @rule(window=places, on=st.booleans())
    def pause(self, window: int, on: bool) -> None:
        reason = self.hall.hall.pauses[0]
        verb = partial(duty.pause, reason=reason) if on else duty.go_on
        self.attempt(lambda: verb(self.hall, window=window, actor=CLI))

    @rule(window=places)
    def come_to_work(self, window: int) -> None:
        """Whoever takes a window ends what an earlier day left there."""
        person = self.clerks[window]
        self.attempt(lambda: staff.take_window(self.hall, window=window, actor=person))

    @rule(window=places, to=places)
    def hand_over(self, window: int, to: int) -> None:
        self.attempt(lambda: duty.hand_over(self.hall, window=window, to=f"clerk{to}", actor=CLI))

    @precondition(lambda self: self.taken > 8 and self.clock() < MORNING + timedelta(days=1))
    @rule()
    def night_falls(self) -> None:
        """Once: what waits or stands at a window in the evening meets the next morning."""
        self.clock.pass_(days=1)
        self.booked.clear()

    @rule(window=places)
    def call_next(self, window: int) -> None:
        self.attempt(lambda: queueing.call_next(self.hall, window=window, actor=CLI))

    @rule(window=places, verb=st.sampled_from([queueing.recall, queueing.start, queueing.miss, moving.put_back]))
    def at_window(self, window: int, verb: Callable[..., Ticket]) -> None:
        self.attempt(lambda: verb(self.hall, window=window, actor=CLI))

    @rule(window=places, outcome=st.sampled_from(Outcome))
    def complete(self, window: int, outcome: Outcome) -> None:
        self.attempt(lambda: queueing.complete(self.hall, window=window, outcome=outcome, actor=CLI))

    @rule(window=places, kind=st.sampled_from(Hold))
    def hold(self, window: int, kind: Hold) -> None:
        self.attempt(lambda: moving.hold(self.hall, window=window, kind=kind, actor=CLI))

    @rule(window=places, choice=anybody, call=st.booleans())
    def resume(self, window: int, choice: int, call: bool) -> None:
        if self.taken:
            ticket = self.some(choice, State.HELD)
            self.attempt(lambda: moving.resume(self.hall, window=window, ticket=ticket, call=call, actor=CLI))

    @rule(window=places, to=st.one_of(st.none(), places), service=st.sampled_from([None, *SERVICES]))
    def transfer(self, window: int, to: int | None, service: str | None) -> None:
        if to is not None or service is not None:
            self.attempt(lambda: moving.transfer(self.hall, window=window, target=to, service=service, actor=CLI))

    @rule(window=places, choice=anybody)
    def pick(self, window: int, choice: int) -> None:
        if self.taken:
            ticket = self.some(choice, State.WAITING)
            self.attempt(lambda: moving.pick(self.hall, window=window, ticket=ticket, reason="急事", actor=CLI))

    @rule(choice=anybody)
    def move_up(self, choice: int) -> None:
        if self.taken:
            ticket = self.some(choice, State.WAITING)
            self.attempt(lambda: moving.move_up(self.hall, ticket=ticket, reason="急事", actor=CLI))

    @rule(choice=anybody, priority=st.sampled_from(CLASSES))
    def judge(self, choice: int, priority: str | None) -> None:
        if self.taken:
            ticket = self.some(choice, State.WAITING)
            self.attempt(lambda: moving.judge_priority(self.hall, ticket=ticket, priority=priority, actor=CLI))

    @rule(choice=anybody)
    def readmit(self, choice: int) -> None:
        if self.taken:
            ticket = self.some(choice, State.MISSED)
            self.attempt(lambda: moving.readmit(self.hall, ticket=ticket, actor=CLI))

    @rule(choice=anybody)
    def cancel(self, choice: int) -> None:
        if self.taken:
            token = self.tickets()[self.some(choice, State.WAITING) - 1].token
            self.attempt(lambda: queueing.cancel(self.hall, token=token, actor=CLI))

    @rule(seconds=st.integers(1, 600))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_(seconds=seconds)

    @invariant()
    def nobody_is_lost_and_the_diary_tells_the_rows(self) -> None:
        if not self.taken:
            return
        stories: dict[str, list[Event]] = {}
        with self.hall.database.read() as db:
            for event in records.events_after(db, 0, limit=100_000):
                stories.setdefault(event.subject, []).append(event)
        rows = self.tickets()
        assert [reduce(evolve, stories[row.subject], None) for row in rows] == rows

    @invariant()
    def a_window_has_one_ticket_and_a_ticket_one_window(self) -> None:
        there = [one for one in self.tickets() if one.state in (State.CALLED, State.SERVING)] if self.taken else []
        assert max(Counter(one.window for one in there).values(), default=1) == 1
        assert all(one.window is not None for one in there)

    @invariant()
    def everybody_was_passed_at_most_so_often_and_every_call_says_why(self) -> None:
        if not self.taken:
            return
        with self.hall.database.read() as db:
            calls = [one for one in records.events_after(db, 0, limit=100_000) if one.name is Name.TICKET_CALLED]
        passed: Counter[int] = Counter()
        for call in calls:
            assert Rule(str(call.data["rule"]))
            by_rule = call.data.get("passed", [])
            assert isinstance(by_rule, list)
            passed.update(by_rule)
        most = self.hall.hall.queue.passed_most
        assert max(passed.values(), default=0) <= most
        assert {one.id: one.overtaken for one in self.tickets() if one.overtaken} == dict(passed)


Queue.TestCase.settings = settings(
    max_examples=60, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTheWholeQueue = Queue.TestCase


def test_every_move_that_the_table_lacks_is_refused_by_its_name() -> None:
    """The table is the whole law: from each state every other move is `illegal_move`."""
    moves = [name for name in Name if name.startswith("ticket.")]
    refused = [(state, name) for state in (None, *State) for name in moves if (state, name) not in TRANSITIONS]

    for state, name in refused:
        with pytest.raises(Conflict) as refusal:
            destination(state, name)
        assert refusal.value.code == "illegal_move"
    assert len(refused) > len(TRANSITIONS)


@pytest.mark.parametrize(
    ("state", "moves"),
    [
        (None, "taken"),
        (State.WAITING, "called transferred moved_up priority_judged cancelled"),
        (State.CALLED, "recalled started missed returned transferred"),
        (State.SERVING, "completed held returned transferred"),
        (State.HELD, "called resumed completed"),
        (State.MISSED, "readmitted"),
        (State.COMPLETED, ""),
        (State.CANCELLED, ""),
    ],
)
def test_a_visit_can_do_what_people_in_a_hall_do_and_nothing_else(state: State | None, moves: str) -> None:
    """The table beside a list of its own: nobody who is being served is missed, whoever was missed comes back first."""
    allowed = {name.removeprefix("ticket.") for place, name in TRANSITIONS if place is state}

    assert allowed == set(moves.split())
