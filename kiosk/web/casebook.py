"""One case of the registers: its page with the whole history, its moves, and the forms that open a new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain.cases import AGENCY_STAGES, FOLLOW_UP_STAGES, GROUNDS, Case, Form, Kind, Outcome
from kiosk.domain.errors import BadInput, Forbidden, HallError, NotFound
from kiosk.domain.events import Event
from kiosk.domain.people import Actor, Role, Staff, require_staff
from kiosk.operations import answering, casework
from kiosk.store import access, cases, records
from kiosk.web.access import context, say, signed_in, whole_number, words
from kiosk.web.registers import CaseLine, case_line, chosen, names_of

blueprint = Blueprint("casebook", __name__, url_prefix="/office/cases")


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """One case with its whole history."""

    at: datetime
    line: CaseLine
    events: tuple[Event, ...]
    names: dict[str, str]
    colleagues: tuple[Staff, ...]


@dataclass(frozen=True, kw_only=True)
class FormView:
    """A form with what was typed so far."""

    at: datetime
    typed: dict[str, str]


def _known(case_id: int) -> tuple[Actor, Case]:
    """A case that the signed-in person may see: the office and guides all, a clerk the own."""
    actor = signed_in()
    with context().database.read() as db:
        case = cases.case_by_id(db, case_id)
    staff = require_staff(actor)
    if staff.role is Role.CLERK and case.person != staff.login:
        raise Forbidden("not_your_case", f"{case.number} is not of {staff.login}")
    return actor, case


@blueprint.get("/<int:case_id>")
def one(case_id: int) -> str:
    """One case: what it is about, what happened, and what can be done next."""
    actor, case = _known(case_id)
    here = context()
    with here.database.read() as db:
        events, people = records.events_of(db, case.subject), access.all_staff(db)
    view = CaseView(
        at=here.hall.local(here.clock()),
        line=case_line(here, case),
        events=tuple(events),
        names=names_of(people),
        colleagues=tuple(one for one in people if one.login != case.person),
    )
    stages = {Kind.APPLICATION: AGENCY_STAGES, Kind.FOLLOW_UP: FOLLOW_UP_STAGES[:-2]}.get(case.kind, ())
    return render_template("office/case.html", view=view, person=actor.staff, stages=stages)


def _text(name: str) -> str:
    return request.form.get(name, "")


Verb = Callable[[int, Actor], object]
VERBS: dict[str, Verb] = {
    "take": lambda case, actor: answering.take(context(), case=case, actor=actor),
    "hand_over": lambda case, actor: answering.hand_over(
        context(), case=case, to=_text("to"), reason=_text("reason"), actor=actor
    ),
    "ask_papers": lambda case, actor: answering.ask_papers(
        context(), case=case, papers=[one for one in _text("papers").splitlines() if one.strip()], actor=actor
    ),
    "papers_complete": lambda case, actor: answering.papers_complete(context(), case=case, actor=actor),
    "pause": lambda case, actor: answering.pause(context(), case=case, reason=_text("reason"), actor=actor),
    "resume": lambda case, actor: answering.resume(context(), case=case, actor=actor),
    "extend": lambda case, actor: answering.extend(
        context(), case=case, days=whole_number(_text("days")), reason=_text("reason"), actor=actor
    ),
    "stage": lambda case, actor: answering.reach_stage(context(), case=case, stage=_text("stage"), actor=actor),
    "visited": lambda case, actor: answering.visited(context(), case=case, actor=actor),
    "answer": lambda case, actor: answering.answer(
        context(), case=case, answer=_text("answer"), form=chosen(Form, _text("form")), actor=actor
    ),
    "reopen": lambda case, actor: answering.reopen(context(), case=case, reason=_text("reason"), actor=actor),
    "close": lambda case, actor: answering.close(context(), case=case, actor=actor),
    "withdraw": lambda case, actor: answering.withdraw(context(), case=case, reason=_text("reason"), actor=actor),
    "print": lambda case, actor: answering.print_slip(context(), case=case, slip=_text("slip"), actor=actor),
}


@blueprint.post("/<int:case_id>/<verb>")
def make(case_id: int, verb: str) -> BaseResponse:
    """Make one move of a case and show it again with a word about it."""
    if verb not in VERBS:
        raise NotFound("unknown_page", verb)
    actor, _ = _known(case_id)
    try:
        VERBS[verb](case_id, actor)
        flash(say("office.moved"), "done")
    except HallError as refusal:
        flash(words(refusal), "refused")
    return redirect(url_for(".one", case_id=case_id), 303)


def _window() -> int | None:
    return whole_number(_text("window")) if _text("window") else None


def _inquiry(actor: Actor) -> Case:
    outcome = chosen(Outcome, _text("outcome"))
    if outcome is None:
        raise BadInput("bad_input", "an outcome is expected")
    return casework.open_inquiry(
        context(),
        about=_text("about"),
        outcome=outcome,
        name=_text("name"),
        phone=_text("phone"),
        office=_text("office"),
        answer=_text("answer"),
        window=_window(),
        actor=actor,
    )


def _application(actor: Actor) -> Case:
    return casework.accept(
        context(),
        matter=_text("matter"),
        name=_text("name"),
        phone=_text("phone"),
        identity=_text("identity"),
        window=_window(),
        missing=[one for one in _text("papers").splitlines() if one.strip()],
        visit=_text("visit") == "1",
        actor=actor,
    )


def _letter(actor: Actor) -> Case:
    days = whole_number(_text("days")) if _text("days") else None
    return casework.open_letter(
        context(),
        about=_text("about"),
        name=_text("name"),
        phone=_text("phone"),
        office=_text("office"),
        days=days,
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
        window=_window(),
        actor=actor,
    )


OPENERS: dict[str, Callable[[Actor], Case]] = {
    "inquiry": _inquiry,
    "application": _application,
    "letter": _letter,
    "complaint": _complaint,
}


@blueprint.get("/new/<kind>")
def form(kind: str) -> str:
    """The form of a new case."""
    actor = signed_in()
    if kind not in OPENERS:
        raise NotFound("unknown_page", kind)
    return _form(actor, kind)


def _form(actor: Actor, kind: str) -> str:
    here = context()
    return render_template(
        "office/new_case.html",
        view=FormView(at=here.hall.local(here.clock()), typed=request.form.to_dict()),
        person=actor.staff,
        kind=kind,
        matters=here.catalogue.matters,
        outcomes=list(Outcome),
        grounds=GROUNDS,
    )


@blueprint.post("/new/<kind>")
def add(kind: str) -> BaseResponse | tuple[str, int]:
    """Open a case from its form; a refusal shows the form again with everything that was typed."""
    if kind not in OPENERS:
        raise NotFound("unknown_page", kind)
    actor = signed_in()
    try:
        case = OPENERS[kind](actor)
    except HallError as refusal:
        flash(words(refusal), "refused")
        return _form(actor, kind), refusal.status
    flash(say("office.opened", number=case.number), "done")
    mine = require_staff(actor).role is not Role.CLERK or case.person == require_staff(actor).login
    return redirect(url_for(".one", case_id=case.id) if mine else url_for("registers.page"), 303)
