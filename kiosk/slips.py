"""Every slip the hall hands out, as documents for paper (regulations 5.5): complete, courteous, from the phrases."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from kiosk.domain.catalogue import Material, Matter
from kiosk.domain.hall import Hall, Service, Window
from kiosk.domain.phrases import Phrases
from kiosk.domain.tickets import Ticket
from printer.documents import Block, Checklist, ChecklistItem, Columns, Document, Qr, Rule, Size, Spacer, Text, Title


def service_name(service: Service, language: str) -> str:
    """What a service is called in a language."""
    return service.english if language == "en" else service.name


def ticket(hall: Hall, phrases: Phrases, ticket: Ticket, *, ahead: int, address: str) -> Document:
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
        *middle,
        Qr(data=address, caption=say("scan")),
        Rule(dashed=True),
        Text(text=say("valid"), size="small"),
        Text(text=say("taken_at", time=f"{hall.local(ticket.issued_at):%Y-%m-%d %H:%M}"), size="small"),
        Text(text=say("farewell"), align="center"),
    )
    return Document(blocks=blocks, title=ticket.code, language=language)


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


def checklist(hall: Hall, phrases: Phrases, matter: Matter, *, at: datetime) -> Document:
    """The one-time notice (一次性告知单): all materials at once, limit, fee, place, phones (regulations 3.4, 5.5.1)."""

    def say(key: str, **values: object) -> str:
        return phrases.say(f"checklist.{key}", **values)

    numbers = "、".join(str(window.number) for window in hall.windows_for(matter.service))
    windows = phrases.say("kiosk.window", number=numbers)
    blocks: list[Block] = [
        Title(text=hall.name, size=1),
        Title(text=say("title"), size=2),
        Rule(),
        Text(text=matter.name, bold=True, size="large"),
        Text(text=limit_text(phrases, matter)),
        Text(text=say("fee", fee=matter.fee)),
        Text(text=say("windows", windows=windows)),
        Rule(),
        Title(text=say("materials"), size=1),
    ]
    if matter.materials:
        blocks.append(Checklist(items=tuple(_item(phrases, material) for material in matter.materials)))
    else:
        blocks.append(Text(text=say("no_materials")))
    if matter.note:
        blocks += [Rule(dashed=True), Text(text=f"{say('note')}：{matter.note}", size="small")]
    if matter.demonstration:
        blocks += [Rule(dashed=True), Text(text=say("demonstration"), bold=True)]
    blocks += [
        Rule(),
        Text(text=hall.address, size="small"),
        Text(text=say("phone", phone=hall.phone), size="small"),
        Text(text=say("complaint", office=hall.complaint_office, phone=hall.complaint_phone), size="small"),
        Text(text=say("printed_at", time=f"{hall.local(at):%Y-%m-%d %H:%M}"), size="small"),
        Text(text=say("farewell"), align="center"),
    ]
    return Document(blocks=tuple(blocks), title=matter.name)


def limit_text(phrases: Phrases, matter: Matter, language: str = "zh") -> str:
    """How long a matter takes, in words, with the rule the limit comes from (regulations 1.2, 3.2)."""
    if matter.limit_days == 0:
        return phrases.say("checklist.limit_at_once", language)
    if matter.promised_days is not None:
        return phrases.say("checklist.promised", language, days=matter.promised_days)
    if matter.statutory_days is not None:
        return phrases.say("checklist.statutory", language, days=matter.statutory_days)
    return phrases.say("checklist.limit_default", language, days=matter.limit_days)


def material_form(phrases: Phrases, material: Material, language: str = "zh") -> str:
    """In which form and how many times a material is wanted, as far as the source tells."""
    form = phrases.say(f"form.{material.form.name.lower()}", language)
    if material.copies is None:
        return form
    return f"{form} {phrases.say('checklist.copies', language, count=material.copies)}"


def _item(phrases: Phrases, material: Material) -> ChecklistItem:
    notes = [] if material.required else [phrases.say("checklist.if_applies")]
    if material.note:
        notes.append(material.note)
    return ChecklistItem(text=material.name, note="；".join(notes), right=material_form(phrases, material))


def test_page(hall: Hall, phrases: Phrases, *, printer: str, at: datetime) -> Document:
    """A page that shows whether a printer writes Chinese, rare names, punctuation, columns and QR codes well."""
    return Document(
        title=phrases.say("test_page.title"),
        blocks=(
            Title(text=phrases.say("test_page.title"), size=2),
            Text(text=hall.name, align="center"),
            Rule(),
            Title(text="A088", size=3),
            Text(text="，。、；：？！“”（）《》￥℃①□√ ABC abc 0123456789"),
            Text(text=phrases.say("test_page.rare", names="䶮 㛃 𬭎 囍 堃 喆")),
            Columns(cells=(phrases.say("test_page.printer"), printer)),
            Columns(cells=(phrases.say("test_page.time"), f"{hall.local(at):%Y-%m-%d %H:%M:%S}")),
            Checklist(items=(ChecklistItem(text=phrases.say("test_page.item"), right="1"),)),
            Qr(data=hall.code, caption=hall.code),
            Text(text=phrases.say("test_page.good"), align="center"),
        ),
    )
