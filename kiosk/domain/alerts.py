"""What somebody should look at now: a wait too long, a queue too long, a window idle while people wait (5.6).

An alert states facts and judges nobody. Thresholds come from `hall.toml`; zero switches one off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.domain.events import stamp
from kiosk.domain.rules import Thresholds


class AlertKind(StrEnum):
    """What is the matter; `alert.<kind>` says it in words."""

    WAIT_LONG = "wait_long"
    QUEUE_LONG = "queue_long"
    WINDOW_IDLE = "window_idle"
    PAUSE_LONG = "pause_long"


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One thing to look at: its kind, a key that stays while it lasts, and the facts for the words."""

    kind: AlertKind
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A service's queue: how many wait, and since when the one who waits longest."""

    service: str
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, kw_only=True)
class Post:
    """A window with somebody on duty: since when it has had no ticket, or has paused; who could be called there."""

    window: int
    person: str
    idle_since: datetime | None
    paused_since: datetime | None
    waiting: int


def alerts(lines: Sequence[Line], posts: Sequence[Post], at: datetime, limits: Thresholds) -> tuple[Alert, ...]:
    """Every threshold that is passed now, the most urgent kinds first; minutes are whole."""
    return (*_waits(lines, at, limits), *_posts(posts, at, limits))


def _waits(lines: Sequence[Line], at: datetime, limits: Thresholds) -> Iterator[Alert]:
    for line in lines:
        minutes = _minutes(line.oldest, at)
        if limits.wait_minutes and minutes >= limits.wait_minutes:
            facts = {"service": line.service, "minutes": minutes}
            yield Alert(kind=AlertKind.WAIT_LONG, key=f"wait:{line.service}", facts=facts)
        if limits.queue_length and line.waiting >= limits.queue_length:
            facts = {"service": line.service, "count": line.waiting}
            yield Alert(kind=AlertKind.QUEUE_LONG, key=f"queue:{line.service}", facts=facts)


def _posts(posts: Sequence[Post], at: datetime, limits: Thresholds) -> Iterator[Alert]:
    for post in posts:
        facts: dict[str, object] = {"window": post.window, "person": post.person}
        idle, paused = _minutes(post.idle_since, at), _minutes(post.paused_since, at)
        if limits.idle_minutes and post.waiting and not post.paused_since and idle >= limits.idle_minutes:
            facts |= {"minutes": idle, "count": post.waiting, "since": stamp(post.idle_since or at)}
            yield Alert(kind=AlertKind.WINDOW_IDLE, key=f"idle:{post.window}", facts=facts)
        if limits.pause_minutes and post.waiting and paused >= limits.pause_minutes:
            facts |= {"minutes": paused, "count": post.waiting}
            yield Alert(kind=AlertKind.PAUSE_LONG, key=f"pause:{post.window}", facts=facts)


def _minutes(since: datetime | None, at: datetime) -> int:
    return max(0, int((at - since).total_seconds())) // 60 if since else 0
