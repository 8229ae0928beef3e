"""The paper form of a rating (书面评价表): for whoever has no phone and does not like a pad; the office types it in."""

from __future__ import annotations

from kiosk.domain.hall import Hall
from kiosk.domain.phrases import Phrases
from kiosk.domain.ratings import Level, negative
from kiosk.domain.tickets import Ticket
from printer.documents import Block, Checklist, ChecklistItem, Columns, Document, Rule, Spacer, Text, Title


def rating_form(hall: Hall, phrases: Phrases, ticket: Ticket) -> Document:
    """Five boxes of equal size, the reasons of the two negative levels with their codes, and room for own words.

    It carries the number of the visit and no name (GB/T 39734-2020 4.1, 国办发〔2019〕51号: 书面评价表格).
    """

    def say(key: str, **values: object) -> str:
        return phrases.say(f"rating.{key}", **values)

    levels = sorted(Level, reverse=True)
    facts = [(say("form_number"), ticket.code), (say("form_day"), ticket.day)]
    facts += [(say("form_window"), f"{ticket.window}")] if ticket.window else []
    blocks: list[Block] = [Title(text=hall.name, size=1), Title(text=say("form_title"), size=2), Rule()]
    blocks += [Columns(cells=fact, widths=(2, 5), aligns=("left", "left")) for fact in facts]
    blocks += [Rule(dashed=True), Text(text=say("question"), bold=True), _boxes([say(f"{level}") for level in levels])]
    blocks += [Rule(dashed=True), Text(text=say("form_why"), bold=True)]
    for level in filter(negative, levels):
        reasons = [f"{one.code} {one.text}" for one in hall.ratings.of(level)]
        blocks += [Text(text=say(f"{level}"), bold=True), _boxes(reasons)] if reasons else []
    blocks += [
        Text(text=say("words")),
        Spacer(dots=120),
        Rule(dashed=True),
        Text(text=say("form_note", days=hall.limits.rating_days)),
    ]
    return Document(blocks=tuple(blocks), title=f"{say('form_title')} {ticket.code}")


def _boxes(texts: list[str]) -> Checklist:
    return Checklist(items=tuple(ChecklistItem(text=text) for text in texts), numbered=False)
