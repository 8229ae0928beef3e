"""What stands in the registers of promises, notices, the order left and breaches: their columns, filters and lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import request, url_for

from kiosk.domain.breaches import Breach, Clause
from kiosk.domain.cases import Case
from kiosk.domain.events import Event, Name
from kiosk.domain.tickets import Ticket
from kiosk.operations.hall import Context
from kiosk.store import access, registers
from kiosk.store import breaches as breach_rows
from kiosk.store.database import Connection
from kiosk.store.registers import WHOSE, Kept, Span
from kiosk.web.access import context, say
from kiosk.web.registers import chosen, day_start, days_asked, lamps_of, names_of, words_asked


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: its cells by column, and the page of the record where there is one."""

    cells: Mapping[str, object]
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A register: columns, how to read so many lines from a place and count them, its choices and the days shown."""

    columns: tuple[str, ...]
    lines: Callable[[Connection, int, int], Sequence[Line]]
    count: Callable[[Connection], int]
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    days: Mapping[str, str] = field(default_factory=dict)
    searched: bool = True


def _days() -> dict[str, str]:
    begins, ends = days_asked()
    return {"from": begins or "", "to": ends or ""}


def _span(here: Context) -> Span:
    begins, ends = days_asked()
    return day_start(here, begins) if begins else None, day_start(here, ends, 1) if ends else None


KEPT = ("whose", "accepted_count", "answered_count", "in_time", "late_count", "share", "overdue_count", "saved_mean")


def promises() -> Ledger:
    """How the promises of each person or for each matter were kept, this year unless other days are asked for."""
    here = context()
    begins, ends = days_asked()
    today = here.hall.local(here.clock()).date()
    since, until = begins or date(today.year, 1, 1).isoformat(), ends or today.isoformat()
    whose = request.args.get("whose", "")
    whose = whose if whose in WHOSE else WHOSE[0]

    def lines(db: Connection, _limit: int, _offset: int) -> list[Line]:
        found = registers.promises(db, whose=whose, since=since, until=until, lamps=lamps_of(here))
        names = names_of(access.everybody(db)) if whose == "person" else matter_names(here)
        return [Line(cells=_kept(names.get(one.whose, one.whose), one), address=_cases_of(whose, one)) for one in found]

    choices = {"whose": {one: say(f"office.whose_{one}") for one in WHOSE}}
    days = {"from": since, "to": until}
    return Ledger(columns=KEPT, lines=lines, count=lambda _: 0, choices=choices, days=days, searched=False)


def _cases_of(whose: str, one: Kept) -> str:
    return url_for("registers.page", kind="application", list="all", person=one.whose) if whose == "person" else ""


def _kept(name: str, one: Kept) -> dict[str, object]:
    return {
        "whose": name or say("office.nobody"),
        "accepted_count": one.accepted,
        "answered_count": one.answered,
        "in_time": one.in_time,
        "late_count": one.late,
        "share": None if one.share is None else f"{one.share:.1%}",
        "overdue_count": one.overdue,
        "saved_mean": None if one.saved is None else round(one.saved, 1),
    }


def matter_names(here: Context) -> dict[str, str]:
    """The names of the catalogue's matters by id."""
    return {one.id: one.name for one in here.catalogue.matters}


NOTICE = ("notice_number", "told", "name", "phone", "matter", "window", "person", "hall_phone", "basis", "papers")


def notices() -> Ledger:
    """Every notice and checklist that was printed (regulations 3.4, 5.5.1), with the columns of a 补正通知书."""
    here, text, missing = context(), words_asked(), request.args.get("list", "missing") == "missing"
    span = _span(here)

    def lines(db: Connection, limit: int, offset: int) -> list[Line]:
        events = registers.told(db, missing=missing, span=span, text=text, limit=limit, offset=offset)
        names, about = names_of(access.everybody(db)), registers.cases_told(db, events)
        return [_notice(here, event, about.get(event.seq), names) for event in events]

    choices = {"list": {one: say(f"office.told_{one}") for one in ("missing", "all")}}
    return Ledger(
        columns=NOTICE,
        lines=lines,
        count=lambda db: registers.count_told(db, missing=missing, span=span, text=text),
        choices=choices,
        days=_days(),
    )


def _notice(here: Context, event: Event, case: Case | None, names: Mapping[str, str]) -> Line:
    data, login = event.data, event.actor.rpartition(":")[2]
    matter = str(data.get("matter") or (case.matter if case else ""))
    known = [one for one in here.catalogue.matters if one.id == matter]
    papers = data.get("materials", data.get("papers"))
    return Line(
        cells={
            "notice_number": data.get("number") or (case.number if case else say("slip.checklist")),
            "told": here.hall.local(event.at),
            "name": case.name if case else "",
            "phone": case.phone if case else "",
            "matter": known[0].name if known else matter,
            "window": data.get("window") or (case.window if case else None),
            "person": say("office.at_kiosk") if event.actor.startswith("kiosk") else names.get(login, login),
            "hall_phone": here.hall.phone,
            "basis": "；".join(known[0].legal_basis) if known else "",
            "papers": "；".join(map(str, papers)) if isinstance(papers, list) else "",
        },
        address=url_for("casebook.one", case_id=case.id) if case else "",
    )


ORDER = ("happened", "ticket", "queue", "window", "staff", "deed", "why")


def order() -> Ledger:
    """Every call out of order, move up and right to go first given by staff, with its reason (regulations 1.1)."""
    here, text = context(), words_asked()
    span = _span(here)

    def lines(db: Connection, limit: int, offset: int) -> list[Line]:
        names = names_of(access.everybody(db))
        found = registers.out_of_order(db, span=span, text=text, limit=limit, offset=offset)
        return [_out_of_order(here, event, ticket, names) for event, ticket in found]

    return Ledger(
        columns=ORDER,
        lines=lines,
        count=lambda db: registers.count_out_of_order(db, span=span, text=text),
        days=_days(),
    )


def _out_of_order(here: Context, event: Event, ticket: Ticket, names: Mapping[str, str]) -> Line:
    data, login = event.data, event.actor.rpartition(":")[2]
    service = here.hall.service_or_gone(ticket.service, ticket.prefix)
    right = here.hall.priority_name(str(data.get("priority") or "")) or say("console.no_priority")
    return Line(
        cells={
            "happened": here.hall.local(event.at),
            "ticket": ticket.code,
            "queue": matter_names(here).get(ticket.matter or "", service.name),
            "window": data.get("window"),
            "staff": names.get(login, login),
            "deed": say(f"office.order_{event.name.partition('.')[2]}"),
            "why": right if event.name is Name.TICKET_PRIORITY_JUDGED else data["reason"],
        }
    )


BREACH = ("seen", "clause", "breach_about", "person", "facts")


def breaches() -> Ledger:
    """What was not kept, each with its facts, never a verdict (regulations 1.7, 3.7)."""
    here, text, rule = context(), words_asked(), chosen(Clause, request.args.get("rule"))
    since, until = days_asked()

    def lines(db: Connection, limit: int, offset: int) -> list[Line]:
        found = breach_rows.search(db, rule=rule, since=since, until=until, text=text, limit=limit, offset=offset)
        names = names_of(access.everybody(db))
        return [breach_line(here, one, names) for one in found]

    words = {one.value: say(f"breach.rule_{one.name.lower()}") for one in Clause}
    return Ledger(
        columns=BREACH,
        lines=lines,
        count=lambda db: breach_rows.count(db, rule=rule, since=since, until=until, text=text),
        choices={"rule": {"": say("office.all_rules"), **words}},
        days=_days(),
    )


def breach_line(here: Context, one: Breach, names: Mapping[str, str]) -> Line:
    """A line of the breach register, its facts in one sentence."""
    facts: dict[str, object] = dict(one.facts)
    omitted, window, person = facts.get("omitted"), facts.get("window"), str(facts.get("person", ""))
    about = facts.get("number") or (say("console.window_number", window=window) if window else matter_of(here, facts))
    told = facts | {"omitted": "、".join(map(str, omitted)) if isinstance(omitted, list) else ""}
    return Line(
        cells={
            "seen": here.hall.local(one.at),
            "clause": say(f"breach.rule_{one.rule.name.lower()}"),
            "breach_about": about,
            "person": names.get(person, person) or _by(facts, names),
            "facts": say(f"breach.facts_{one.rule.name.lower()}", **told),
        },
        address=url_for("ledgers.breach", number=one.id),
    )


def matter_of(here: Context, facts: Mapping[str, object]) -> str:
    """The name of the matter that facts are about; empty where they name none."""
    matter = str(facts.get("matter", ""))
    return matter_names(here).get(matter, matter)


def _by(facts: Mapping[str, object], names: Mapping[str, str]) -> str:
    """Who gave the second notice."""
    second = facts.get("second")
    login = str(second.get("by", "")).rpartition(":")[2] if isinstance(second, dict) else ""
    return names.get(login, login)
