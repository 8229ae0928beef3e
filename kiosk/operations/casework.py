"""Opening a case: from now on an answer is owed to somebody by a day, and a named person owes it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from kiosk import slips
from kiosk.domain.cases import (
    LETTERS,
    Case,
    Form,
    Kind,
    Limit,
    Outcome,
    Rule,
    State,
    Unit,
    destination,
    evolve,
    require_ground,
)
from kiosk.domain.catalogue import DayUnit, Matter
from kiosk.domain.catalogue import Kind as MatterKind
from kiosk.domain.errors import BadInput, Conflict
from kiosk.domain.events import Name
from kiosk.domain.identity import hidden
from kiosk.domain.people import Actor, require_staff
from kiosk.domain.tickets import Ticket
from kiosk.domain.workdays import Due
from kiosk.operations.hall import Context, record
from kiosk.store import cases, records
from kiosk.store.database import Connection
from printer import spool
from printer.documents import Document

PAPER_DAYS = 1
"""A slip of a case is worth printing until the next day: it is no ticket that becomes stale in minutes."""


def line(text: str, most: int, *, least: int = 0) -> str:
    """What somebody typed, in one line; `bad_input` for too little, too much or signs that cannot be shown."""
    text = " ".join(text.split())
    if not least <= len(text) <= most or not text.isprintable():
        raise BadInput("bad_input", f"a text of {least} to {most} characters is expected")
    return text


def open_inquiry(
    context: Context,
    *,
    about: str,
    outcome: Outcome,
    actor: Actor,
    name: str = "",
    phone: str = "",
    ticket: int | None = None,
    window: int | None = None,
    office: str = "",
    answer: str = "",
    printer: str | None = None,
) -> Case:
    """Note what somebody asked first and what became of it (regulations 2); return the case.

    Only an inquiry that goes to the leader stays open. One that belongs elsewhere prints the right office's slip.
    Raises `bad_input`, `office_needed` where another office is to be named.
    """
    require_staff(actor)
    if outcome is Outcome.OTHER_OFFICE and not office.strip():
        raise BadInput("office_needed", "the right office must be named (regulations 2.1)")
    draft = _draft(context, Kind.INQUIRY, actor, about=about, name=name, phone=phone, ticket=ticket, window=window)
    draft = replace(draft, outcome=outcome, office=line(office, 120))
    limit = Limit(days=context.hall.cases.inquiry_days, rule=Rule.INQUIRY)

    def work(db: Connection) -> Case:
        opened = _open(context, db, draft, limit, actor)
        if outcome is not Outcome.LEADER:
            opened = close_at_once(context, db, opened, line(answer, 500) or outcome.value, actor)
        if outcome is Outcome.OTHER_OFFICE:
            put_on_paper(context, db, opened, "referral", printer)
        return opened

    return context.database.write(work)


def accept(
    context: Context,
    *,
    matter: str,
    actor: Actor,
    name: str,
    phone: str = "",
    identity: str = "",
    ticket: int | None = None,
    window: int | None = None,
    missing: Sequence[str] = (),
    visit: bool = False,
    printer: str | None = None,
) -> Case:
    """Accept an application and print its receipt with the day of the answer; return the case.

    While papers are missing the clock does not start (regulations 1.2, 3.4). `visit` starts the clock of a check on
    the spot. Raises `unknown_matter`, `bad_input`, `bad_identity`.
    """
    require_staff(actor)
    wanted = context.catalogue.matter(matter)
    draft = _draft(context, Kind.APPLICATION, actor, about=wanted.name, name=name, phone=phone, ticket=ticket)
    draft = replace(
        draft,
        window=window,
        name=line(name, 40, least=1),
        identity=hidden(identity),
        matter=wanted.id,
        service=wanted.service,
        form=Form.WRITTEN,
        stage="accepted" if wanted.kind is MatterKind.AGENCY else "",
        papers=tuple(line(paper, 120, least=1) for paper in missing),
    )

    def work(db: Connection) -> Case:
        opened = _open(
            context, db, draft, limit_of(context, wanted), actor, visit=visit, statutory=wanted.statutory_days
        )
        put_on_paper(context, db, opened, "receipt", printer)
        return opened

    return context.database.write(work)


def limit_of(context: Context, matter: Matter) -> Limit:
    """How long a matter may take: the promise, else the law, else at once, else the hall's own rule (3.2, 3.3)."""
    unit = Unit.CALENDAR if matter.limit_unit is DayUnit.CALENDAR else Unit.WORKING
    if matter.promised_days is not None:
        return Limit(days=matter.promised_days, rule=Rule.PROMISED, unit=unit)
    if matter.statutory_days is not None:
        return Limit(days=matter.statutory_days, rule=Rule.STATUTORY, unit=unit)
    if matter.kind is MatterKind.AT_ONCE:
        return Limit(days=0, rule=Rule.AT_ONCE)
    return Limit(days=context.hall.cases.default_days, rule=Rule.DEFAULT)


def open_letter(
    context: Context,
    *,
    about: str,
    actor: Actor,
    name: str = "",
    phone: str = "",
    days: int | None = None,
    office: str = "",
) -> Case:
    """Register a letter (regulations 3.5): within its own limit, else within fifteen working days; return the case."""
    require_staff(actor)
    if days is not None and not 1 <= days <= 366:
        raise BadInput("bad_input", "1 to 366 days")
    draft = _draft(context, Kind.LETTER, actor, about=about, name=name, phone=phone)
    draft = replace(draft, form=Form.WRITTEN, office=line(office, 120))
    own = Limit(days=days, rule=Rule.OWN_LIMIT) if days else None
    limit = own or Limit(days=context.hall.cases.letter_days, rule=Rule.LETTER)
    return context.database.write(lambda db: _open(context, db, draft, limit, actor))


def complain(
    context: Context,
    *,
    about: str,
    ground: int,
    form: Form,
    actor: Actor,
    name: str = "",
    phone: str = "",
    target: str = "",
    ticket: int | None = None,
    window: int | None = None,
    printer: str | None = None,
) -> Case:
    """Register a complaint, anonymous or named, and print its receipt with number and day of the answer (4.2–4.5).

    Raises `bad_ground`, `write_it_down` for a serious ground told orally, `bad_input`.
    """
    require_ground(Kind.COMPLAINT, ground, form)
    draft = _draft(context, Kind.COMPLAINT, actor, about=about, name=name, phone=phone, ticket=ticket, window=window)
    person = actor.staff.login if actor.staff and actor.staff.role != "clerk" else ""
    draft = replace(draft, person=person, form=form, ground=ground, target=line(target, 60))
    limit = Limit(days=context.hall.cases.complaint_days, rule=Rule.COMPLAINT)

    def work(db: Connection) -> Case:
        opened = _open(context, db, draft, limit, actor)
        put_on_paper(context, db, opened, "complaint", printer)
        return opened

    return context.database.write(work)


def praise(
    context: Context,
    *,
    about: str,
    actor: Actor,
    name: str = "",
    phone: str = "",
    target: str = "",
    ticket: int | None = None,
    window: int | None = None,
) -> None:
    """Keep a word of praise; `bad_input` for an empty or endless one."""
    at = context.clock()
    values = {
        "at": at.isoformat(),
        "day": context.hall.day(at),
        "about": line(about, 1000, least=1),
        "target": line(target, 60),
        "name": line(name, 40),
        "phone": line(phone, 20),
        "ticket": ticket,
        "window": window,
    }

    def work(db: Connection) -> None:
        number = cases.add_praise(db, values)
        record(context, db, Name.PRAISE_GIVEN, actor=actor, subject=f"praise:{number}", at=at, data={"window": window})

    context.database.write(work)


def open_follow_up(context: Context, db: Connection, *, ticket: Ticket, level: int, actor: Actor) -> Case:
    """Owe an answer to a negative rating, in the caller's transaction; the rater's name is not known to anybody."""
    person = (ticket.clerk or "").rpartition(":")[2]
    draft = _draft(context, Kind.FOLLOW_UP, actor, about=str(level), ticket=ticket.id, window=ticket.window)
    draft = replace(draft, person=person, service=ticket.service, matter=ticket.matter, stage="assigned")
    limit = Limit(days=context.hall.cases.follow_up_days, rule=Rule.FOLLOW_UP)
    return _open(context, db, draft, limit, actor)


def _draft(
    context: Context,
    kind: Kind,
    actor: Actor,
    *,
    about: str,
    name: str = "",
    phone: str = "",
    ticket: int | None = None,
    window: int | None = None,
) -> Case:
    at = context.clock()
    if window is not None:
        context.hall.window(window)
    return Case(
        id=0,
        number="",
        kind=kind,
        opened_at=at,
        day=context.hall.day(at),
        about=line(about, 1000, least=1),
        person=actor.staff.login if actor.staff else "",
        limit=Limit(days=0, rule=Rule.DEFAULT),
        name=line(name, 40),
        phone=line(phone, 20),
        ticket=ticket,
        window=window,
        token=secrets.token_urlsafe(16),
    )


def due_after(context: Context, limit: Limit, starts: date, more: int = 0) -> Due:
    """The last day of a limit that starts on a day, with so many working days added."""
    workdays = context.hall.workdays
    if limit.unit is Unit.CALENDAR:
        ends = workdays.add_calendar(starts, limit.days)
        return workdays.add(ends.day, more) if more else ends
    return workdays.add(starts, limit.days + more)


def _open(
    context: Context,
    db: Connection,
    draft: Case,
    limit: Limit,
    actor: Actor,
    *,
    visit: bool = False,
    statutory: int | None = None,
) -> Case:
    """Number a draft, count its days, store it with its event."""
    at, today = draft.opened_at, date.fromisoformat(draft.day)
    case_id = cases.next_case_id(db)
    serial = records.next_number(db, draft.day, f"case:{draft.kind}")
    case = replace(
        draft, id=case_id, number=f"{LETTERS[draft.kind]}{draft.day.replace('-', '')}-{serial:03d}", limit=limit
    )
    if case.papers:
        case = replace(case, state=State.WAITING, stopped_at=at)
    else:
        due = due_after(context, limit, today)
        case = replace(case, starts=today, due=due.day, provisional=due.provisional)
        if statutory is not None:
            case = replace(case, statutory_due=context.hall.workdays.add(today, statutory).day)
    if visit:
        case = replace(case, visit_due=context.hall.workdays.add(today, context.hall.cases.visit_days).day)
    cases.add_case(db, case)
    data = {
        "kind": case.kind,
        "number": case.number,
        "person": case.person,
        "days": limit.days,
        "rule": limit.rule,
        "due": case.due.isoformat() if case.due else None,
    }
    data |= {"ticket": case.ticket} if case.ticket else {}
    data |= {"papers": list(case.papers)} if case.papers else {}
    record(context, db, Name.CASE_OPENED, actor=actor, subject=case.subject, at=at, data=data)
    return case


def move(
    context: Context,
    db: Connection,
    case: Case,
    name: Name,
    *,
    actor: Actor,
    data: Mapping[str, object] | None = None,
) -> Case:
    """Make one legal move in the caller's transaction: the table decides, the event tells, the row follows."""
    destination(case.state, name)
    event = record(context, db, name, actor=actor, subject=case.subject, at=context.clock(), data=data)
    after = evolve(case, event)
    if not cases.save_case(db, case, after):
        raise Conflict("illegal_case_move", f"{case.number} was moved by somebody else", state=case.state)
    return after


def close_at_once(context: Context, db: Connection, case: Case, answer: str, actor: Actor) -> Case:
    """Answer and close a case that was settled while the person stood there."""
    data = {"answer": answer, "form": Form.ORAL}
    answered = move(context, db, case, Name.CASE_ANSWERED, actor=actor, data=data)
    return move(context, db, answered, Name.CASE_CLOSED, actor=actor)


def put_on_paper(context: Context, db: Connection, case: Case, slip: str, printer: str | None = None) -> int:
    """Queue a slip of a case for paper in the caller's transaction and return the job's id."""
    at = context.clock()
    return spool.enqueue(
        db,
        printer=printer or context.printer,
        document=document(context, case, slip),
        subject=case.subject,
        kind=slip,
        at=at,
        expires_at=at + timedelta(days=PAPER_DAYS),
    )


def document(context: Context, case: Case, slip: str) -> Document:
    """A slip of a case as a document; `bad_input` for a slip there is not."""
    makers = {
        "receipt": slips.receipt,
        "complete": slips.completion,
        "collect": slips.collection,
        "referral": slips.referral,
        "complaint": slips.complaint_receipt,
        "answer": slips.written_answer,
    }
    if slip not in makers:
        raise BadInput("bad_input", f"no slip {slip!r:.20}")
    address = f"{context.address()}/c/{case.token}"
    return makers[slip](context.hall, context.phrases, case, at=context.clock(), address=address)
