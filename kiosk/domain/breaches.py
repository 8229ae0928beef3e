"""When the hall did not keep its own rules: the facts for the register, never a verdict (regulations 1.7, 3.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Clause(StrEnum):
    """The clause that was not kept, as the regulations number it; in words under `breach.rule_<name>`."""

    OVERDUE = "3.3"  # not done within the limit
    TOLD_ONCE = "3.4"  # asked for something that the first notice left out
    VISIT = "3.4-visit"  # nobody was on the spot within ten working days
    LETTER = "3.5"  # a letter not done within its limit
    UNANSWERED = "4.5"  # a complaint without answer and without explanation
    AWAY = "5.6"  # left the post


@dataclass(frozen=True, kw_only=True)
class Breach:
    """One line of the register: when it was seen, which clause, about whom or what, and the facts as they were."""

    id: int
    at: datetime
    rule: Clause
    subject: str
    facts: Mapping[str, object]


def omitted(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """What the second notice asks for and the first one left out, in the order of the second (regulations 3.4)."""
    return tuple(name for name in second if name not in first)
