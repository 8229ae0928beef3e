"""The one-time notice (一次性告知单): everything a matter needs, told once and in writing (regulations 3.4, 5.5.1).

There are two: the whole list, for whoever wants to prepare; and, at the window, only what is missing (补正).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from kiosk.domain.catalogue import FREE, DayUnit, Material, Matter, Necessity, Situation
from kiosk.domain.hall import Hall
from kiosk.domain.phrases import Phrases
from printer.documents import Block, Checklist, ChecklistItem, Document, Qr, Rule, Spacer, Text, Title

Say = Callable[..., str]


def _speaker(phrases: Phrases) -> Say:
    def say(key: str, **values: object) -> str:
        return phrases.say(f"checklist.{key}", **values)

    return say


def checklist(
    hall: Hall,
    phrases: Phrases,
    matter: Matter,
    *,
    at: datetime,
    chosen: Sequence[Situation] = (),
    address: str = "",
    large: bool = False,
) -> Document:
    """The whole list for the situations chosen: materials, limit, fee, dates, place, phones, QR to the same on a phone.

    `address` is that of the hall's server; without one no QR is printed.
    """
    say = _speaker(phrases)
    blocks: list[Block] = [
        Title(text=hall.name, size=1),
        Title(text=say("title"), size=2),
        Rule(),
        Text(text=matter.name, bold=True, size="large"),
        *(Text(text=say("situation", question=one.question, answer=one.name)) for one in chosen),
        *(Text(text=line) for line in terms(hall, phrases, matter, at)),
        Rule(),
    ]
    if materials := matter.materials_for(chosen):
        whole = bool(matter.open_question(chosen))
        items = tuple(_item(phrases, matter, material, situations=whole) for material in materials)
        blocks += [Title(text=say("materials"), size=1), Checklist(items=items)]
    else:
        blocks.append(Title(text=say("no_materials"), size=1))
    blocks += _remarks(say, matter)
    if address:
        blocks += [Rule(), Qr(data=f"{address}{phone_path(matter, chosen)}", caption=say("scan"))]
    blocks += [Rule(), *_foot(hall, say), Text(text=say("printed_at", time=_time(hall, at)), size="small")]
    blocks.append(Text(text=say("farewell"), align="center"))
    return Document(blocks=tuple(blocks), title=matter.name, large=large)


def missing(
    hall: Hall,
    phrases: Phrases,
    matter: Matter,
    *,
    at: datetime,
    names: Sequence[str],
    number: str,
    window: int,
    clerk: str,
    address: str = "",
) -> Document:
    """The notice at the window (补正): all that is missing and only that, with the rule, place, phone, date, clerk.

    `names` are materials of the matter, or words of the clerk's own; `number` is by which the notice is found again.
    """
    say = _speaker(phrases)
    known = {material.name: material for material in matter.materials}
    items = tuple(
        _item(phrases, matter, known[name], situations=False) if name in known else ChecklistItem(text=name)
        for name in names
    )
    blocks: list[Block] = [
        Title(text=hall.name, size=1),
        Title(text=say("missing_title"), size=2),
        Text(text=say("missing_number", number=number), align="center"),
        Rule(),
        Text(text=matter.name, bold=True, size="large"),
        Title(text=say("missing_materials", count=len(items)), size=1),
        Checklist(items=items),
        Rule(dashed=True),
        Text(text=say("missing_rule"), size="small"),
        Spacer(dots=12),
        *(Text(text=line) for line in terms(hall, phrases, matter, at)),
        *_remarks(say, matter),
    ]
    if address:
        blocks += [Rule(), Qr(data=f"{address}{phone_path(matter, ())}", caption=say("scan"))]
    blocks += [
        Rule(),
        Text(text=say("told_by", clerk=clerk, window=phrases.say("kiosk.window", number=window)), bold=True),
        Text(text=say("told_at", time=_time(hall, at))),
        *_foot(hall, say),
        Text(text=say("missing_farewell"), align="center"),
    ]
    return Document(blocks=tuple(blocks), title=say("missing_title"))


def phone_path(matter: Matter, chosen: Sequence[Situation]) -> str:
    """Where a phone finds the same list: the matter and the answers, nothing about a person."""
    answers = ".".join(situation.id for situation in chosen)
    return f"/m/{matter.id}" + (f"?s={answers}" if answers else "")


def terms(hall: Hall, phrases: Phrases, matter: Matter, at: datetime, language: str = "zh") -> tuple[str, ...]:
    """On which terms a matter is done, a line each: limit, fee with its basis, accepting dates, conditions, windows."""

    def say(key: str, **values: object) -> str:
        return phrases.say(f"checklist.{key}", language, **values)

    numbers = say("and").join(str(window.number) for window in hall.windows_for(matter.service))
    lines = [limit_text(phrases, matter, language), fee_text(phrases, matter, language)]
    if accepts := accepting_text(hall, phrases, matter, at, language):
        lines.append(accepts)
    lines += [say("condition", text=text) for text in matter.conditions]
    lines.append(say("windows", windows=phrases.say("kiosk.window", language, number=numbers)))
    return tuple(lines)


def limit_text(phrases: Phrases, matter: Matter, language: str = "zh") -> str:
    """How long a matter takes, in words, with the rule the limit comes from (regulations 1.2, 3.2)."""
    unit = phrases.say(f"checklist.{_unit(matter.limit_unit)}", language)
    if matter.limit_days == 0:
        return phrases.say("checklist.limit_at_once", language)
    if matter.promised_days is not None:
        return phrases.say("checklist.promised", language, days=matter.promised_days, unit=unit)
    if matter.statutory_days is not None:
        return phrases.say("checklist.statutory", language, days=matter.statutory_days, unit=unit)
    return phrases.say("checklist.limit_default", language, days=matter.limit_days)


def _unit(unit: DayUnit) -> str:
    return f"unit_{unit.name.lower()}"


def fee_text(phrases: Phrases, matter: Matter, language: str = "zh") -> str:
    """What a matter costs, and by which paper if it costs anything (regulations 1.2.3)."""
    fee = phrases.say("checklist.free", language) if matter.fee == FREE else matter.fee
    text = phrases.say("checklist.fee", language, fee=fee)
    return f"{text}{phrases.say('checklist.basis', language, basis=matter.fee_basis)}" if matter.fee_basis else text


def accepting_text(hall: Hall, phrases: Phrases, matter: Matter, at: datetime, language: str = "zh") -> str:
    """On which days of the month a matter is accepted, and from when on if not today; empty when on all days."""
    accepts, today = matter.accepts, hall.local(at).date()
    if accepts is None:
        return ""
    text = phrases.say("checklist.accepts", language, first=accepts.first, last=accepts.last)
    if accepts.on(today):
        ends = accepts.last < monthrange(today.year, today.month)[1]
        return text + phrases.say("checklist.accepts_until", language, last=accepts.last) if ends else text
    day = accepts.next_day(today, lambda one: bool(hall.periods(one)))
    if day is None:
        return text
    weekday = phrases.say(f"hours.{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[day.weekday()]}", language)
    later = phrases.say("checklist.accepts_next", language, month=day.month, day=day.day, weekday=weekday)
    return f"{text}{later}"


def material_form(phrases: Phrases, material: Material, language: str = "zh") -> str:
    """In which form and how many times a material is wanted, as far as the source tells."""
    form = phrases.say(f"form.{material.form.name.lower()}", language)

    def counted(name: str, count: int) -> str:
        return f"{name} {phrases.say('checklist.copies', language, count=count)}"

    original, copy = (phrases.say(f"form.{name}", language) for name in ("original", "copy"))
    match material.originals, material.copies:
        case None, None:
            return form
        case int(originals), int(copies):
            return f"{counted(original, originals)}{phrases.say('checklist.and', language)}{counted(copy, copies)}"
        case None, int(copies) if form.startswith(original):
            return f"{original}{phrases.say('checklist.and', language)}{counted(copy, copies)}"
        case originals, copies:
            return counted(form, originals if originals is not None else copies or 0)


def material_facts(
    phrases: Phrases, matter: Matter, material: Material, language: str = "zh", *, situations: bool = False
) -> tuple[str, ...]:
    """What else is to be known of a material: when it is wanted, who hands it out, on which paper, and notes."""

    def say(key: str, **values: object) -> str:
        return phrases.say(f"checklist.{key}", language, **values)

    facts: list[str] = []
    if material.necessity is not Necessity.REQUIRED:
        facts.append(say("later") if material.necessity is Necessity.LATER else say("if_applies"))
    if situations:
        facts += [say("only_if", question=one.question, answer=one.name) for one in matter.situations_of(material)]
    if material.note:
        facts.append(material.note)
    if material.paper:
        facts.append(say("paper", paper=material.paper))
    if material.where:
        facts.append(say("where", where=material.where))
    return tuple(facts)


def _item(phrases: Phrases, matter: Matter, material: Material, *, situations: bool) -> ChecklistItem:
    facts = material_facts(phrases, matter, material, situations=situations)
    return ChecklistItem(text=material.name, note="；".join(facts), right=material_form(phrases, material))


def _remarks(say: Say, matter: Matter) -> Iterator[Block]:
    """Notes, what is not sure yet, the law, the edition, and whether all of it is a demonstration."""
    lines = [f"{say('note')}：{matter.note}"] if matter.note else []
    if matter.uncertain:
        lines.append(say("uncertain", items="、".join(matter.uncertain)))
    if matter.legal_basis:
        lines.append(say("law", items="、".join(matter.legal_basis)))
    if matter.version:
        lines.append(say("version", version=matter.version))
    if lines:
        yield Rule(dashed=True)
        yield from (Text(text=line, size="small") for line in lines)
    if matter.demonstration:
        yield Rule(dashed=True)
        yield Text(text=say("demonstration"), bold=True)


def _time(hall: Hall, at: datetime) -> str:
    return f"{hall.local(at):%Y-%m-%d %H:%M}"


def _foot(hall: Hall, say: Say) -> Iterator[Block]:
    yield Text(text=hall.address, size="small")
    yield Text(text=say("phone", phone=hall.phone), size="small")
    yield Text(text=say("complaint", office=hall.complaint_office, phone=hall.complaint_phone), size="small")
