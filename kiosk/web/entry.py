"""The forms that open a new case, at the office or at a window for the visit being served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain.cases import GROUNDS, Case, Form, Kind, Outcome
from kiosk.domain.catalogue import Matter
from kiosk.domain.errors import BadInput, HallError, NotFound
from kiosk.domain.people import Actor, Role, require_staff
from kiosk.domain.tickets import Ticket
from kiosk.operations import casework
from kiosk.store import access, cases, records
from kiosk.web.access import context, say, signed_in, whole_number, words
from kiosk.web.registers import chosen

blueprint = Blueprint("entry", __name__, url_prefix="/office/cases/new")


@dataclass(frozen=True, kw_only=True)
class FormView:
    """A form with what was typed so far, and the visit it is for where it was opened at a window."""

    at: datetime
    typed: dict[str, str]
    missing: tuple[str, ...] = ()
    visit: Ticket | None = None
    offices: tuple[str, ...] = ()


def _text(name: str) -> str:
    return request.form.get(name, "")


def _number(name: str) -> int | None:
    return whole_number(_text(name)) if _text(name) else None


def _office() -> str:
    """The right office with its address and phone, as the slip names it."""
    return "，".join(part for part in map(str.strip, map(_text, ("office", "office_address", "office_phone"))) if part)


def _missing() -> tuple[str, ...]:
    """What is missing: ticked of the matter's materials, and written one to a line."""
    ticked = request.form.getlist(f"missing-{_text('matter')}")
    return (*ticked, *(one for one in _text("papers").splitlines() if one.strip()))


def _inquiry(actor: Actor) -> Case:
    outcome = chosen(Outcome, _text("outcome"))
    if outcome is None:
        raise BadInput("bad_input", "an outcome is expected")
    return casework.open_inquiry(
        context(),
        about=_text("about"),
        outcome=outcome,
        name=_text("name"),
        organisation=_text("organisation"),
        phone=_text("phone"),
        office=_office(),
        answer=_text("answer"),
        ticket=_number("ticket"),
        window=_number("window"),
        actor=actor,
    )


def _application(actor: Actor) -> Case:
    return casework.accept(
        context(),
        matter=_text("matter"),
        name=_text("name"),
        organisation=_text("organisation"),
        phone=_text("phone"),
        identity=_text("identity"),
        home=_text("home"),
        ticket=_number("ticket"),
        window=_number("window"),
        missing=_missing(),
        visit=_text("visit") == "1",
        actor=actor,
    )


def _letter(actor: Actor) -> Case:
    return casework.open_letter(
        context(),
        about=_text("about"),
        name=_text("name"),
        phone=_text("phone"),
        office=_text("sender"),
        days=_number("days"),
        actor=actor,
    )


def _complaint(actor: Actor) -> Case:
    return casework.complain(
        context(),
        about=_text("about"),
        ground=whole_number(_text("ground")),
        form=chosen(Form, _text("form")) or Form.ORAL,
        name=_text("name"),
        phone=_text("phone"),
        target=_text("target"),
        home=_text("home"),
        ticket=_number("ticket"),
        window=_number("window"),
        actor=actor,
    )


OPENERS: dict[str, Callable[[Actor], Case]] = {
    "inquiry": _inquiry,
    "application": _application,
    "letter": _letter,
    "complaint": _complaint,
}


@blueprint.get("/<kind>")
def form(kind: str) -> str:
    """The form of a new case; with `?visit=1` for the visit that the signed-in clerk is serving."""
    actor = signed_in()
    if kind not in OPENERS:
        raise NotFound("unknown_page", kind)
    visit = _served(actor) if request.args.get("visit") else None
    typed = {"window": str(visit.window), "ticket": str(visit.id), "matter": visit.matter or ""} if visit else {}
    return _form(actor, kind, typed, visit)


def _served(actor: Actor) -> Ticket | None:
    """The ticket at the window of the person who asks."""
    here, person = context(), require_staff(actor)
    with here.database.read() as db:
        window = access.window_of(db, person.id, here.hall.day(here.clock()))
        return records.ticket_at_window(db, window) if window is not None else None


def _form(actor: Actor, kind: str, typed: dict[str, str], visit: Ticket | None) -> str:
    here = context()
    with here.database.read() as db:
        offices = cases.offices_named(db) if kind == Kind.INQUIRY else ()
    return render_template(
        "office/new_case.html",
        view=FormView(
            at=here.hall.local(here.clock()),
            typed=typed,
            missing=tuple(request.form.getlist(f"missing-{typed.get('matter')}")),
            visit=visit,
            offices=offices,
        ),
        person=actor.staff,
        kind=kind,
        matters=_matters(visit),
        outcomes=list(Outcome),
        grounds=GROUNDS,
    )


def _matters(visit: Ticket | None) -> list[Matter]:
    """What can be accepted: at a window what it is there for, at the office everything."""
    here = context()
    if visit is None or visit.window is None:
        return list(here.catalogue.matters)
    return [one for service in here.hall.window(visit.window).services for one in here.catalogue.of_service(service)]


@blueprint.post("/<kind>")
def add(kind: str) -> BaseResponse | tuple[str, int]:
    """Open a case from its form; a refusal shows the form again with everything that was typed.

    Somebody who opened it for the visit at the window goes back there.
    """
    if kind not in OPENERS:
        raise NotFound("unknown_page", kind)
    actor = signed_in()
    try:
        case = OPENERS[kind](actor)
    except HallError as refusal:
        flash(words(refusal), "refused")
        return _form(actor, kind, request.form.to_dict(), _served(actor) if _text("ticket") else None), refusal.status
    flash(_opened(case), "done")
    if case.ticket:
        return redirect(url_for("console.page"), 303)
    mine = require_staff(actor).role is not Role.CLERK or case.person == require_staff(actor).login
    return redirect(url_for("casebook.one", case_id=case.id) if mine else url_for("registers.page"), 303)


def _opened(case: Case) -> str:
    """What came of it: the number, and for another window the reminder to pass the number on."""
    if case.ticket and case.outcome is Outcome.OTHER_WINDOW:
        return say("office.opened_elsewhere", number=case.number, window=case.window)
    return say("office.opened", number=case.number)
