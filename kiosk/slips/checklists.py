"""The one-time notice (一次性告知单): everything a matter needs, told once and in writing (regulations 3.4, 5.5.1)."""

from __future__ import annotations

from datetime import datetime

from kiosk.domain.catalogue import Material, Matter
from kiosk.domain.hall import Hall
from kiosk.domain.phrases import Phrases
from printer.documents import Block, Checklist, ChecklistItem, Document, Rule, Text, Title


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
