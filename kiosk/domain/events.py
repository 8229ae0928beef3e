"""The hall's diary: what happened, append-only and hash-chained, so that a county can collect and check it later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

GENESIS = "0" * 64


class Name(StrEnum):
    """Everything that can have happened, in the past tense; the part before the dot is the kind of subject."""

    TICKET_TAKEN = "ticket.taken"
    TICKET_CALLED = "ticket.called"
    TICKET_RECALLED = "ticket.recalled"
    TICKET_STARTED = "ticket.started"
    TICKET_COMPLETED = "ticket.completed"
    TICKET_MISSED = "ticket.missed"
    TICKET_READMITTED = "ticket.readmitted"
    TICKET_HELD = "ticket.held"
    TICKET_RESUMED = "ticket.resumed"
    TICKET_TRANSFERRED = "ticket.transferred"
    TICKET_RETURNED = "ticket.returned"
    TICKET_MOVED_UP = "ticket.moved_up"
    TICKET_PRIORITY_JUDGED = "ticket.priority_judged"
    TICKET_CANCELLED = "ticket.cancelled"
    RATING_GIVEN = "rating.given"
    RATING_CHANGED = "rating.changed"
    RATING_EXPLAINED = "rating.explained"
    RATING_ADDED = "rating.added"
    RATING_MARKED = "rating.marked"
    RATING_EXCLUDED = "rating.excluded"
    RATING_READMITTED = "rating.readmitted"
    RATING_INVITED = "rating.invited"
    RATING_FORM_PRINTED = "rating.form_printed"
    CHECKLIST_PRINTED = "checklist.printed"
    CHECKLIST_MISSING_PRINTED = "checklist.missing_printed"
    BREACH_RECORDED = "breach.recorded"
    TEST_PAGE_PRINTED = "printer.tested"
    SLIP_REPRINTED = "slip.reprinted"
    SLIP_GIVEN_UP = "slip.given_up"
    WINDOW_TAKEN = "window.taken"
    WINDOW_LEFT = "window.left"
    APPOINTMENT_BOOKED = "appointment.booked"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    SERVICE_LOCKED = "service.locked"
    SERVICE_UNLOCKED = "service.unlocked"
    WINDOW_PAUSED = "window.paused"
    WINDOW_RESUMED = "window.resumed"
    WINDOW_HANDED_OVER = "window.handed_over"
    WINDOW_AUTO = "window.auto"
    CASE_OPENED = "case.opened"
    CASE_TAKEN = "case.taken"
    CASE_HANDED_OVER = "case.handed_over"
    CASE_PAPERS_ASKED = "case.papers_asked"
    CASE_PAPERS_COMPLETE = "case.papers_complete"
    CASE_PAUSED = "case.paused"
    CASE_RESUMED = "case.resumed"
    CASE_EXTENDED = "case.extended"
    CASE_STAGE_REACHED = "case.stage_reached"
    CASE_VISIT_NEEDED = "case.visit_needed"
    CASE_VISITED = "case.visited"
    CASE_ANSWERED = "case.answered"
    CASE_VIEWED = "case.viewed"
    CASE_COLLECTED = "case.collected"
    CASE_REOPENED = "case.reopened"
    CASE_CLOSED = "case.closed"
    CASE_WITHDRAWN = "case.withdrawn"
    CASE_PRINTED = "case.printed"
    CASE_DUE_CHANGED = "case.due_changed"
    PRAISE_GIVEN = "praise.given"
    NOTICE_POSTED = "notice.posted"
    NOTICE_ENDED = "notice.ended"
    STAFF_CALLED = "staff.called"
    STAFF_ANSWERED = "staff.answered"
    HALL_OPENED = "hall.opened"
    HALL_CLOSED = "hall.closed"
    CLOCK_ACCEPTED = "hall.clock_accepted"
    STAFF_ADDED = "staff.added"
    STAFF_CLOSED = "staff.closed"
    PASSWORD_CHANGED = "staff.password_changed"  # noqa: S105 — the name of an event
    SIGNED_IN = "staff.signed_in"
    SIGNED_OUT = "staff.signed_out"
    SIGN_IN_REFUSED = "staff.sign_in_refused"


ANNOUNCED = frozenset({Name.TICKET_CALLED, Name.TICKET_RECALLED})
"""The events that the hall speaks aloud: each recall is its own event, so a recall is never silent."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One fact; `seq` counts without gaps within a hall, `hash` seals it and everything before it."""

    seq: int
    hall: str
    at: datetime
    actor: str
    name: Name
    subject: str
    data: Mapping[str, object]
    hash: str


def stamp(at: datetime) -> str:
    """An instant as the store keeps it: UTC with milliseconds, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """The aware instant of a stored stamp."""
    return datetime.fromisoformat(text)


def seal(previous: str, *, hall: str, seq: int, at: str, actor: str, name: str, subject: str, data: str) -> str:
    """The hash of an event: SHA-256 over its predecessor's hash and its own fields as stored, in hex."""
    body = json.dumps([previous, hall, seq, at, actor, name, subject, data], ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()
