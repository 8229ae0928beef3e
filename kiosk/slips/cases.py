"""The slips of a case: numbered, dated, with the name of the hall and the line for its seal (regulations 4, 5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.cases import Case, Form, Kind, Limit, Outcome
from kiosk.domain.hall import Hall
from kiosk.domain.phrases import Phrases
from printer.documents import Block, Checklist, ChecklistItem, Columns, Document, Qr, Rule, Spacer, Text, Title


def rule_text(phrases: Phrases, limit: Limit, language: str = "zh") -> str:
    """The rule that a limit comes from, with its days and their unit, in words."""
    unit = phrases.say(f"checklist.unit_{limit.unit}", language)
    return phrases.say(f"case.rule_{limit.rule}", language, days=limit.days, unit=unit)


@dataclass(frozen=True, kw_only=True)
class Own:
    """What a slip needs besides its case: when it is made, the case's page, who owes the answer, what it costs."""

    at: datetime
    address: str
    person: str = ""
    fee: str = ""


class _Slip:
    """One slip in the making: a title, rows of label and value, sentences, and the foot that all have."""

    def __init__(self, hall: Hall, phrases: Phrases, case: Case, own: Own, title: str) -> None:
        self._hall, self._phrases, self._case, self._at = hall, phrases, case, own.at
        self._name = self.say(title)
        self._blocks: list[Block] = [Title(text=hall.name, size=1), Title(text=self._name, size=2), Rule()]
        self.row("number", case.number)

    def say(self, key: str, **values: object) -> str:
        return self._phrases.say(f"case.{key}", **values)

    def row(self, label: str, value: str) -> None:
        """A line of the form; an empty value leaves it out."""
        if value:
            cells = (self.say(label), value)
            self._blocks.append(Columns(cells=cells, widths=(5, 11), aligns=("left", "left")))

    def add(self, *blocks: Block) -> None:
        self._blocks += blocks

    def words(self, key: str, **values: object) -> None:
        self._blocks.append(Text(text=self.say(key, **values)))

    def due(self) -> None:
        """Until when, by which rule, and what it means that a year's notice is not out yet."""
        case = self._case
        if case.due is None:
            self.words("due_open")
            return
        self.row("due", f"{case.due:%Y-%m-%d}")
        self.row("statutory_due", f"{case.statutory_due:%Y-%m-%d}" if case.statutory_due else "")
        self.row("rule", rule_text(self._phrases, case.limit))
        if case.provisional:
            self.words("provisional")

    def document(self, address: str = "") -> Document:
        """The slip with its foot: seal, date, place, phone, and the way to the case's own page."""
        date = f"{self._hall.local(self._at):%Y-%m-%d}"
        foot: list[Block] = [
            Rule(dashed=True),
            Text(text=self.say("seal", hall=self._hall.name), align="right"),
            Text(text=self.say("dated", date=date), align="right"),
            Spacer(dots=24),
        ]
        if address:
            foot += [Qr(data=address, caption=self.say("scan")), Rule(dashed=True)]
        foot += [
            Text(text=self._hall.address, size="small"),
            Text(text=self._phrases.say("checklist.phone", phone=self._hall.phone), size="small"),
            Text(text=self.say("farewell"), align="center"),
        ]
        return Document(blocks=(*self._blocks, *foot), title=f"{self._name} {self._case.number}")


def receipt(hall: Hall, phrases: Phrases, case: Case, own: Own) -> Document:
    """The acceptance receipt (受理回执): what, for whom, until when by law and by promise (regulations 1.2.2)."""
    slip = _Slip(hall, phrases, case, own, "title_waiting" if case.papers else "title_receipt")
    _who(slip, hall, case)
    slip.row("person", own.person)
    slip.row("fee", own.fee)
    slip.due()
    if case.papers:
        slip.add(Rule(dashed=True), Text(text=slip.say("papers_missing"), bold=True))
        slip.add(Checklist(items=tuple(ChecklistItem(text=paper) for paper in case.papers)))
    slip.add(Rule(dashed=True))
    slip.words("receipt_note")
    return slip.document(own.address)


def _who(slip: _Slip, hall: Hall, case: Case) -> None:
    slip.row("about", case.about)
    slip.row("name", case.name)
    slip.row("organisation", case.organisation)
    slip.row("identity", case.identity)
    slip.row("phone", case.phone)
    slip.row("home", case.home)
    slip.row("opened", f"{hall.local(case.opened_at):%Y-%m-%d %H:%M}")
    slip.row("window", str(case.window) if case.window else "")


def completion(hall: Hall, phrases: Phrases, case: Case, own: Own) -> Document:
    """The notice that it is done (办结通知), with the result."""
    slip = _Slip(hall, phrases, case, own, "title_complete")
    _who(slip, hall, case)
    slip.row("due", f"{case.due:%Y-%m-%d}" if case.due else "")
    slip.row("answered", f"{hall.local(case.answered_at):%Y-%m-%d}" if case.answered_at else "")
    slip.add(Rule(dashed=True), Text(text=case.answer or slip.say("in_work")))
    return slip.document(own.address)


def collection(hall: Hall, phrases: Phrases, case: Case, own: Own) -> Document:
    """The collection slip (取件凭条): what lies ready, where, and a line to sign."""
    slip = _Slip(hall, phrases, case, own, "title_collect")
    _who(slip, hall, case)
    slip.add(Rule(dashed=True))
    slip.words("collect_note")
    slip.row("collector", case.collector)
    slip.add(Spacer(dots=24), Text(text=slip.say("signature")), Spacer(dots=40), Text(text=slip.say("signature_date")))
    return slip.document(own.address)


def referral(hall: Hall, phrases: Phrases, case: Case, own: Own) -> Document:
    """The referral slip (转介单): which window or which other office is the right one (regulations 2.1)."""
    slip = _Slip(hall, phrases, case, own, "title_referral")
    slip.row("about", case.about)
    slip.row("person", own.person)
    slip.add(Rule(dashed=True))
    if case.outcome is Outcome.OTHER_OFFICE:
        slip.words("referral_office")
        name, *ways = case.office.split("，")  # name, address, phone: each on lines of its own
        slip.add(Text(text=name, bold=True, size="large"), *(Text(text=way, bold=True) for way in ways))
    elif case.window:
        window = hall.window(case.window)
        slip.words("referral_window")
        where = (phrases.say("kiosk.window", number=window.number), window.name, window.direction)
        slip.add(Text(text="\n".join(filter(None, where)), bold=True, size="large"))
    return slip.document()


def complaint_receipt(hall: Hall, phrases: Phrases, case: Case, own: Own) -> Document:
    """The complaint receipt (投诉回执): number, day of the answer, who answers, the way on (regulations 4.4, 4.5)."""
    slip = _Slip(hall, phrases, case, own, "title_complaint")
    slip.row("opened", f"{hall.local(case.opened_at):%Y-%m-%d %H:%M}")
    slip.row("form", slip.say(f"form_{case.form}"))
    slip.row("ground", slip.say(f"ground_{case.ground}") if case.ground else "")
    slip.row("name", case.name or slip.say("anonymous"))
    slip.row("code", "" if case.phone else case.code)
    slip.due()
    slip.add(Rule(dashed=True))
    slip.words(f"complaint_{case.form}", office=hall.complaint_office, phone=hall.complaint_phone)
    slip.words("complaint_county")
    return slip.document(own.address)


def written_answer(hall: Hall, phrases: Phrases, case: Case, own: Own) -> Document:
    """The answer in writing (书面答复, regulations 4.5)."""
    slip = _Slip(hall, phrases, case, own, "title_answer")
    slip.row("name", case.name or slip.say("anonymous"))
    slip.row("opened", f"{hall.local(case.opened_at):%Y-%m-%d}")
    slip.row("about", "" if case.form is Form.ORAL else case.about)
    slip.row("person", own.person)
    slip.add(Rule(dashed=True), Text(text=case.answer))
    if case.kind is Kind.COMPLAINT:
        slip.add(Rule(dashed=True))
        slip.words("complaint_county")
    return slip.document(own.address)
