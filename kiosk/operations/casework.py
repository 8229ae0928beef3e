"""Opening a case: from now on an answer is owed to somebody by a day, and a named person owes it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from kiosk.domain.case_moves import dated, destination, evolve
from kiosk.domain.cases import LETTERS, Case, Form, Kind, Limit, Outcome, Rule, State, require_ground
from kiosk.domain.catalogue import Kind as MatterKind
from kiosk.domain.errors import BadInput, Conflict
from kiosk.domain.events import Name, stamp
from kiosk.domain.identity import hidden
from kiosk.domain.people import Actor, Role, require_staff
from kiosk.domain.tickets import Ticket
from kiosk.operations.asking import judge_papers
from kiosk.operations.case_limits import counted, limit_of, visit_due
from kiosk.operations.case_paper import put_on_paper
from kiosk.operations.hall import Context, line, record
from kiosk.store import cases, records
from kiosk.store.database import Connection


def open_inquiry(
    context: Context,
    *,
    about: str,
    outcome: Outcome,
    actor: Actor,
    name: str = "",
    organisation: str = "",
    phone: str = "",
    ticket: int | None = None,
    window: int | None = None,
    office: str = "",
    answer: str = "",
    printer: str | None = None,
) -> Case:
    """Note what somebody asked first and what became of it (regulations 2); return the case.

    Only an inquiry that goes to the leader stays open. One that belongs to another window or another office prints
    the slip that shows the way. Raises `bad_input`, `office_needed` or `window_needed` where the way is not named.
    """
    require_staff(actor)
    if outcome is Outcome.OTHER_OFFICE and not office.strip():
        raise BadInput("office_needed", "the right office must be named (regulations 2.1)")
    if outcome is Outcome.OTHER_WINDOW and window is None:
        raise BadInput("window_needed", "the right window must be named (regulations 2.1)")
    draft = _draft(context, Kind.INQUIRY, actor, about=about, name=name, phone=phone, ticket=ticket, window=window)
    draft = replace(draft, outcome=outcome, office=line(office, 120), organisation=line(organisation, 60))
    limit = Limit(days=context.hall.cases.inquiry_days, rule=Rule.INQUIRY)
    told = line(answer, 500) or context.phrases.say(f"office.outcome_{outcome}")

    def work(db: Connection) -> Case:
        opened = _open(context, db, draft, limit, actor)
        if outcome is not Outcome.LEADER:
            opened = close_at_once(context, db, opened, told, actor)
        if outcome in (Outcome.OTHER_OFFICE, Outcome.OTHER_WINDOW):
            put_on_paper(context, db, opened, "referral", actor, printer)
        return opened

    return context.database.write(work)


def accept(
    context: Context,
    *,
    matter: str,
    actor: Actor,
    name: str,
    organisation: str = "",
    phone: str = "",
    home: str = "",
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
    draft = _draft(
        context, Kind.APPLICATION, actor, about=wanted.name, name=name, phone=phone, ticket=ticket, window=window
    )
    draft = replace(
        draft,
        name=line(name, 40, least=1),
        organisation=line(organisation, 60),
        home=line(home, 80),
        identity=hidden(identity, date.fromisoformat(draft.day)),
        matter=wanted.id,
        service=wanted.service,
        form=Form.WRITTEN,
        stage="accepted" if wanted.kind is MatterKind.AGENCY else "",
        papers=tuple(line(paper, 120, least=1) for paper in missing),
    )

    def work(db: Connection) -> Case:
        opened = _open(context, db, draft, limit_of(context, wanted), actor, visit=visit)
        if opened.papers:
            judge_papers(context, db, opened, opened.papers, actor)
        put_on_paper(context, db, opened, "receipt", actor, printer)
        return opened

    return context.database.write(work)


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
    home: str = "",
    target: str = "",
    ticket: int | None = None,
    window: int | None = None,
    printer: str | None = None,
    token: str = "",
    paper: bool = True,
) -> Case:
    """Register a complaint, anonymous or named, and print its receipt with number and day of the answer (4.2–4.5).

    `token` comes with the form and makes its second sending the same case; without `paper` nothing is printed, for
    whoever writes on a phone has the receipt there. Raises `bad_ground`, `write_it_down` for a serious ground told
    orally, `bad_input`.
    """
    require_ground(Kind.COMPLAINT, ground, form)
    draft = _draft(context, Kind.COMPLAINT, actor, about=about, name=name, phone=phone, ticket=ticket, window=window)
    person = actor.staff.login if actor.staff and actor.staff.role is not Role.CLERK else ""
    draft = replace(draft, person=person, form=form, ground=ground, target=line(target, 60), home=line(home, 80))
    draft = replace(draft, token=_own_token(token) or draft.token)
    limit = Limit(days=context.hall.cases.complaint_days, rule=Rule.COMPLAINT)

    def work(db: Connection) -> Case:
        if token and (known := cases.sent_before(db, token)):
            return known
        opened = _open(context, db, draft, limit, actor)
        if paper:
            put_on_paper(context, db, opened, "complaint", actor, printer)
        return opened

    return context.database.write(work)


TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def _own_token(token: str) -> str:
    """The secret that a form brought along; `bad_input` for one that we cannot have made."""
    if token and not TOKEN.fullmatch(token):
        raise BadInput("bad_input", "not a form of ours")
    return token


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
    token: str = "",
) -> None:
    """Keep a word of praise, once however often its form is sent; `bad_input` for an empty or endless one."""
    at = context.clock()
    values = {
        "at": stamp(at),
        "day": context.hall.day(at),
        "about": line(about, 1000, least=1),
        "target": line(target, 60),
        "name": line(name, 40),
        "phone": line(phone, 20),
        "ticket": ticket,
        "window": window,
        "token": _own_token(token) or None,
    }

    def work(db: Connection) -> None:
        number = cases.add_praise(db, values)
        if number is None:
            return
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
        first=actor.staff.login if actor.staff else "",
        limit=Limit(days=0, rule=Rule.DEFAULT),
        name=line(name, 40),
        phone=line(phone, 20),
        ticket=ticket,
        window=window,
        token=secrets.token_urlsafe(16),
    )


def _open(context: Context, db: Connection, draft: Case, limit: Limit, actor: Actor, *, visit: bool = False) -> Case:
    """Number a draft, count its days, store it with its event; `unknown_ticket` for a visit that never was."""
    if draft.ticket is not None:
        records.ticket_by_id(db, draft.ticket)
    at, today = draft.opened_at, date.fromisoformat(draft.day)
    case_id = cases.next_case_id(db)
    serial = records.next_number(db, draft.day, f"case:{draft.kind}")
    number = f"{LETTERS[draft.kind]}{draft.day.replace('-', '')}-{serial:03d}"
    case = replace(draft, id=case_id, number=number, limit=limit)
    if case.papers:
        case, days = replace(case, state=State.WAITING, stopped_at=at), {}
    else:
        days = counted(context, case, today)
        case = dated(case, days)
    if visit:
        case = dated(case, {"visit_due": visit_due(context, today)})
    cases.add_case(db, case)
    data = {"kind": case.kind, "number": case.number, "person": case.person, "days": limit.days, "rule": limit.rule}
    data |= days | ({"visit_due": case.visit_due.isoformat()} if case.visit_due else {})
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
