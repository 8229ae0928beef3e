"""The slip of a number: where to go, how many come before, what is promised (regulations 5.4.2, 5.5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from kiosk.domain.estimate import Told
from kiosk.domain.hall import Hall, Service, Window
from kiosk.domain.phrases import Phrases
from kiosk.domain.tickets import Ticket
from printer.documents import Block, Columns, Document, Qr, Rule, Size, Spacer, Text, Title


def service_name(service: Service, language: str) -> str:
    """What a service is called in a language."""
    return service.english if language == "en" else service.name


def ticket(
    hall: Hall,
    phrases: Phrases,
    ticket: Ticket,
    *,
    ahead: int,
    address: str,
    told: Told | None = None,
    large: bool = False,
) -> Document:
    """The slip of a number: hall, number, service, windows, people ahead, time, courtesy, QR to the own-ticket page.

    Shortly before closing it says so, and that nobody inside is sent away (regulations 3.6).
    """
    language = ticket.language

    def say(key: str, **values: object) -> str:
        return phrases.say(f"ticket.{key}", language, **values)

    left = hall.minutes_left(ticket.issued_at)
    late = left is not None and left <= hall.limits.late_notice_minutes
    top, middle = _unchanging(hall, phrases, ticket.service, language, late)
    blocks: tuple[Block, ...] = (
        *top,
        Title(text=ticket.code, size=3),
        Text(text=say("ahead", count=ahead) if ahead else say("next"), align="center", bold=True, size="large"),
        *((_apart(wait_text(phrases, told, language)),) if told else ()),
        *_rights(hall, ticket, say),
        *middle,
        Qr(data=address, caption=say("scan")),
        Rule(dashed=True),
        Text(text=say("valid"), size="small"),
        Text(text=say("taken_at", time=f"{hall.local(ticket.issued_at):%Y-%m-%d %H:%M}"), size="small"),
        Text(text=say("farewell"), align="center"),
    )
    return Document(blocks=blocks, title=ticket.code, language=language, large=large)


def wait_text(phrases: Phrases, told: Told, language: str = "zh") -> str:
    """A waiting estimate in words: a range of minutes, honest about how sure it is."""
    if told.high <= 1:
        return phrases.say("wait.soon", language)
    minutes = {"low": told.low, "high": told.high}
    return (
        phrases.say("wait.about", language, **minutes) if told.about else phrases.say("wait.range", language, **minutes)
    )


def _rights(hall: Hall, ticket: Ticket, say: Callable[..., str]) -> tuple[Block, ...]:
    """What sets this number apart: an appointment, a right to go first, several matters."""
    lines: list[Block] = []
    if ticket.appointment:
        lines.append(_apart(say("appointment", time=f"{hall.local(ticket.appointment):%H:%M}")))
    if ticket.priority:
        right = hall.priority(ticket.priority)
        lines.append(_apart(say("priority", name=right.english if ticket.language == "en" else right.name)))
        lines += [] if ticket.confirmed else [Text(text=say("show_card"), align="center")]
    if ticket.quantity > 1:
        lines.append(_apart(say("quantity", count=ticket.quantity)))
    return tuple(lines)


def _apart(text: str) -> Text:
    return Text(text=text, align="center", bold=True)


@lru_cache(maxsize=128)
def _unchanging(
    hall: Hall, phrases: Phrases, service_id: str, language: str, late: bool
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """What all tickets of a service share, above the number and below it: built once, since the writer waits for it."""
    service = hall.service(service_id)
    top: tuple[Block, ...] = (
        Title(text=hall.english if language == "en" else hall.name, size=1),
        Rule(),
        Text(text=service_name(service, language), align="center", bold=True, size="large"),
    )
    notice = Text(text=phrases.say("ticket.late", language), bold=True)
    middle: tuple[Block, ...] = (
        Rule(),
        *(row for window in hall.windows_for(service.id) for row in _where(phrases, window, language)),
        Rule(dashed=True),
        *((notice, Rule(dashed=True)) if late else ()),
        Text(text=phrases.say("ticket.greeting", language), align="center"),
        Spacer(dots=12),
    )
    return top, middle


def _where(phrases: Phrases, window: Window, language: str) -> tuple[Columns, ...]:
    """Where to go: the window, and in smaller type the way to it."""
    number = phrases.say("kiosk.window", language, number=window.number)
    place = _row(number, window.english if language == "en" else window.name, size="body")
    if not window.direction or language == "en":
        return (place,)
    return (place, _row("", window.direction, size="small"))


def _row(left: str, right: str, *, size: Size) -> Columns:
    return Columns(cells=(left, right), widths=(3, 5), aligns=("left", "left"), size=size)
