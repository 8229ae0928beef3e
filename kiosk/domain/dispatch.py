"""Who is next at a window, and the reason that is stored with the choice (regulations 1.1: open and fair).

Appointments go first once their time has come, then those the hall gives priority, then the services a window prefers,
then whoever came first. However many come with such a right, nobody without one is passed more often than the hall
allows: a choice that would pass somebody who has been passed often enough is dropped, and the first to come is called.
Nobody is passed by that choice, and every other choice passes only those who may still be passed; so the bound holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from kiosk.domain.hall import Window
from kiosk.domain.rules import Order


class Rule(StrEnum):
    """Why a ticket was next; it stands in the event of the call with the facts, and in `dispatch.<rule>` in words."""

    FIRST_COME = "first_come"
    APPOINTMENT = "appointment"
    PRIORITY = "priority"
    PREFERRED = "preferred"
    PASSED_ENOUGH = "passed_enough"
    TRANSFERRED = "transferred"
    PICKED = "picked"
    AFTER_HOLD = "after_hold"


class Standing(Protocol):
    """What the choice looks at, with instants of any kind that can be compared."""

    @property
    def id(self) -> int: ...
    @property
    def service(self) -> str: ...
    @property
    def turn_at(self) -> Any: ...
    @property
    def priority(self) -> str | None: ...
    @property
    def appointment(self) -> Any: ...
    @property
    def target(self) -> int | None: ...
    @property
    def overtaken(self) -> int: ...


T = TypeVar("T", bound=Standing)


@dataclass(frozen=True, kw_only=True)
class Choice(Generic[T]):
    """The next ticket of a window, the rule that chose it, and the earlier ones without a right whom it passes."""

    ticket: T
    rule: Rule
    passed: tuple[T, ...] = ()


def serves(window: Window, ticket: Standing) -> bool:
    """Whether a window may call a ticket: it serves its service, or the ticket was sent to this very window."""
    if ticket.target is not None:
        return ticket.target == window.number
    return ticket.service in window.services


def choose(window: Window, waiting: Sequence[T], at: Any, order: Order) -> Choice[T] | None:
    """The ticket to call next at a window, and why; None when nobody waits for it."""
    mine = [ticket for ticket in waiting if serves(window, ticket)]
    if not mine:
        return None
    first, ranks = min(mine, key=_turn), {name: place for place, name in enumerate(order.classes)}
    favoured = [ticket for ticket in mine if _favoured(ticket, at, ranks)]
    if favoured:
        best = min(favoured, key=lambda ticket: (_right(ticket, at, ranks), _turn(ticket)))
    else:
        best = min((one for one in mine if one.service in window.preferred), key=_turn, default=first)
    if best is first:
        return Choice(ticket=first, rule=_rule(first, first, at, ranks))
    passed = tuple(one for one in mine if _turn(one) < _turn(best) and not _favoured(one, at, ranks))
    if any(one.overtaken >= order.passed_most for one in passed):
        return Choice(ticket=first, rule=Rule.PASSED_ENOUGH)
    return Choice(ticket=best, rule=_rule(best, first, at, ranks), passed=passed)


_turn = attrgetter("turn_at", "id")


def _favoured(ticket: Standing, at: Any, ranks: Mapping[str, int]) -> bool:
    return ticket.priority in ranks or (ticket.appointment is not None and ticket.appointment <= at)


def _right(ticket: Standing, at: Any, ranks: Mapping[str, int]) -> int:
    """The place of a favoured one among the rights to go first: appointments in their time, then the classes."""
    if ticket.appointment is not None and ticket.appointment <= at:
        return -1
    return ranks[ticket.priority or ""]


def _rule(best: Standing, first: Standing, at: Any, ranks: Mapping[str, int]) -> Rule:
    if best.target is not None:
        return Rule.TRANSFERRED
    if best.id == first.id:
        return Rule.FIRST_COME
    if best.appointment is not None and best.appointment <= at:
        return Rule.APPOINTMENT
    return Rule.PRIORITY if best.priority in ranks else Rule.PREFERRED


def waited(ticket: Standing, at: datetime) -> int:
    """Whole seconds that a ticket has stood in line."""
    return max(0, int((at - ticket.turn_at).total_seconds()))
