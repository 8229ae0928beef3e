"""The rules that a hall sets for itself: order, missed numbers, when somebody should look, days of answers, bounds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Missed(StrEnum):
    """What becomes of a number whose holder did not come: void, or back in line n places, so often, so long."""

    VOID = "void"
    BACK = "back"


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The hall's rules of order; each may be changed, with its reason in `hall.toml`."""

    passed_most: int = 3  # nobody without a right to go first is passed more often
    missed: Missed = Missed.BACK
    back_places: int = 3  # a missed number that comes back stands behind so many others
    returns: int = 2  # times that a number may come back after it was missed
    return_minutes: int = 60  # so long after it was missed
    recall_seconds: int = 5  # between two calls of the same number
    appointment_early_minutes: int = 30  # an appointment can be checked in from so long before its time
    appointment_late_minutes: int = 30  # and until so long after it


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From when on somebody should look; minutes and people, 0 for never."""

    wait_minutes: int = 40
    queue_length: int = 25
    idle_minutes: int = 5  # a window without a ticket while people wait for it (regulations 5.6)
    pause_minutes: int = 20


@dataclass(frozen=True, kw_only=True)
class Cases:
    """Working days within which an answer is owed where neither law nor promise tells, and when a light turns."""

    default_days: int = 15  # no limit in law or promise (regulations 3.2, 3.3)
    inquiry_days: int = 15
    letter_days: int = 15  # regulations 3.5
    complaint_days: int = 5  # regulations 4.5
    follow_up_days: int = 5
    visit_days: int = 10  # a check on the spot (regulations 3.4)
    yellow_days: int = 1  # working days left
    yellow_share: float = 0.8  # or so much of the limit used


@dataclass(frozen=True, kw_only=True)
class Order:
    """The hall's rules of order: priority classes, most favoured first, and how often somebody may be passed."""

    classes: tuple[str, ...] = ()
    passed_most: int = 3


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds that a hall may change, each with its reason in `hall.toml`."""

    waiting_per_service: int = 200  # numbers waiting before the kiosk asks people to speak to the guide
    numbers_per_minute: int = 20  # numbers that one kiosk gives, and papers it prints, a minute; 0 for no bound
    sockets_per_address: int = 60  # pages of one address that are kept up to date at once; 0 for no bound
    recalls: int = 3  # calls before a ticket may be marked missed without a word
    backup_days: int = 14  # so many daily copies of the hall's file are kept beside it
    paper_days: int = 30  # a printed slip can be printed again for so long; then its text is forgotten
    personal_days: int = 30  # names and phones are kept for so long after what they were given for has ended
    ticket_paper_minutes: int = 10  # an unprinted ticket older than this is not printed any more
    late_notice_minutes: int = 30  # from so long before closing a number says that it may become late
    pad_seconds: int = 60  # how long a pad asks for a rating after a visit
    rating_days: int = 7  # how long the own-ticket page takes a rating
    idle_minutes: int = 240  # a signed-in person who does nothing is signed out
    session_hours: int = 12
