"""Who is next at a window, and the reason that is stored with the choice (regulations 1.1: open and fair)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.hall import Window
from kiosk.domain.tickets import Ticket


class Rule(StrEnum):
    """Why a ticket was next; it stands in the event of the call, with the seconds waited."""

    FIRST_COME = "first_come"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The next ticket of a window, the rule that chose it and the whole seconds it had waited."""

    ticket: Ticket
    rule: Rule
    waited: int


def choose(window: Window, waiting: Sequence[Ticket], at: datetime) -> Choice | None:
    """The ticket to call next at a window: of those it serves, who came first; None when nobody waits for it."""
    served = [ticket for ticket in waiting if ticket.service in window.services]
    if not served:
        return None
    first = min(served, key=lambda ticket: (ticket.issued_at, ticket.id))
    waited = max(0, int((at - first.issued_at).total_seconds()))
    return Choice(ticket=first, rule=Rule.FIRST_COME, waited=waited)
