"""One case of the registers: its page with the whole history, and its moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain import follow_ups
from kiosk.domain.cases import STAGES, Case, Form, Kind, Outcome, State
from kiosk.domain.catalogue import WaitPoint, wait_points
from kiosk.domain.errors import Forbidden, HallError, NotFound
from kiosk.domain.events import Event
from kiosk.domain.people import Actor, Role, Staff, require_staff
from kiosk.domain.ratings import Rating, negative
from kiosk.operations import answering, case_paper
from kiosk.store import access, cases, ratings, records
from kiosk.store.database import Connection
from kiosk.web.access import context, say, signed_in, whole_number, words
from kiosk.web.registers import CaseLine, case_line, chosen, lamps_of, names_of

blueprint = Blueprint("casebook", __name__, url_prefix="/office/cases")


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """One case with its whole history, the stages that may come next, and the slips it has."""

    at: datetime
    line: CaseLine
    events: tuple[Event, ...]
    names: dict[str, str]
    colleagues: tuple[Staff, ...]
    stages: tuple[str, ...]
    slips: tuple[str, ...]
    wait_points: tuple[WaitPoint, ...]
    rating: Rating | None = None  # what a follow-up answers
    answerable: bool = True
    days_only: bool = False  # the times of a low rating are kept from whoever was rated


def _known(case_id: int) -> tuple[Actor, Case]:
    """A case that the signed-in person may see: the office and guides all, a clerk the own."""
    actor = signed_in()
    with context().database.read() as db:
        case = cases.case_by_id(db, case_id)
    staff = require_staff(actor)
    if staff.role is Role.CLERK and case.person != staff.login:
        raise Forbidden("not_your_case", f"{case.number} is not of {staff.login}")
    follow_ups.require_settled(case, staff, context().hall.day(context().clock()))
    return actor, case


@blueprint.get("/<int:case_id>")
def one(case_id: int) -> str:
    """One case: what it is about, what happened, and what can be done next."""
    actor, case = _known(case_id)
    here = context()
    with here.database.read() as db:
        events, people, names = (
            records.events_of(db, case.subject),
            access.all_staff(db),
            names_of(access.everybody(db)),
        )
        rating = low_rating(db, case)
    view = CaseView(
        at=here.hall.local(here.clock()),
        line=case_line(lamps_of(here), case),
        events=tuple(events),
        names=names,
        colleagues=tuple(one for one in people if one.login != case.person),
        stages=_next_stages(case, require_staff(actor)),
        slips=_slips(case),
        rating=rating,
        answerable=case.kind is not Kind.FOLLOW_UP or case.stage in follow_ups.OUTCOMES,
        days_only=follow_ups.shielded(case, require_staff(actor)),
        wait_points=_wait_points(case),
    )
    return render_template("office/case.html", view=view, person=actor.staff)


def _wait_points(case: Case) -> tuple[WaitPoint, ...]:
    """Until when each stage of the matter should be over; none before the clock starts, or without a known matter."""
    here = context()
    stages = [stage for matter in here.catalogue.matters if matter.id == case.matter for stage in matter.stages]
    return wait_points(stages, case.starts, here.hall.workdays) if case.starts and case.owed else ()


def low_rating(db: Connection, case: Case) -> Rating | None:
    """What was said that a follow-up answers, the addition where that is the low one; None for other cases."""
    if case.kind is not Kind.FOLLOW_UP or case.ticket is None:
        return None
    given = [ratings.rating(db, case.ticket, round_) for round_ in (1, 2)]
    return next((one for one in given if one and negative(one.level)), None)


def _next_stages(case: Case, staff: Staff) -> tuple[str, ...]:
    """The stages a case can reach by being told so; the answer and its view come by themselves."""
    if case.kind is Kind.FOLLOW_UP:
        return follow_ups.next_stages(case, staff)
    stages = STAGES.get(case.kind, ())
    agency = case.kind is Kind.APPLICATION and case.stage in stages
    if not (agency and case.state is not State.WITHDRAWN) and not (case.kind is Kind.COMPLAINT and case.owed):
        return ()
    return stages[stages.index(case.stage) + 1 :] if case.stage in stages else stages


def _slips(case: Case) -> tuple[str, ...]:
    """The slips that make sense for a case as it stands."""
    answered = case.answered_at is not None
    if case.kind is Kind.APPLICATION:
        return ("receipt", "complete", "collect") if answered else ("receipt",)
    own = {
        Kind.COMPLAINT: ("complaint",),
        Kind.INQUIRY: ("referral",) if case.outcome in (Outcome.OTHER_OFFICE, Outcome.OTHER_WINDOW) else (),
    }
    return own.get(case.kind, ()) + (("answer",) if answered else ())


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
    "stage": lambda case, actor: answering.reach_stage(
        context(), case=case, stage=_text("stage"), note=_text("note"), actor=actor
    ),
    "need_visit": lambda case, actor: answering.need_visit(context(), case=case, actor=actor),
    "visited": lambda case, actor: answering.visited(context(), case=case, actor=actor),
    "answer": lambda case, actor: answering.answer(
        context(), case=case, answer=_text("answer"), form=chosen(Form, _text("form")), actor=actor
    ),
    "collect": lambda case, actor: answering.collect(context(), case=case, collector=_text("collector"), actor=actor),
    "reopen": lambda case, actor: answering.reopen(context(), case=case, reason=_text("reason"), actor=actor),
    "close": lambda case, actor: answering.close(context(), case=case, actor=actor),
    "withdraw": lambda case, actor: answering.withdraw(context(), case=case, reason=_text("reason"), actor=actor),
    "print": lambda case, actor: case_paper.print_slip(context(), case=case, slip=_text("slip"), actor=actor),
}


@blueprint.post("/<int:case_id>/<verb>")
def make(case_id: int, verb: str) -> BaseResponse | tuple[str, int]:
    """Make one move of a case and show it again with a word about it; a refusal keeps what was typed."""
    if verb not in VERBS:
        raise NotFound("unknown_page", verb)
    actor, _ = _known(case_id)
    try:
        VERBS[verb](case_id, actor)
    except HallError as refusal:
        flash(words(refusal), "refused")
        return one(case_id), refusal.status
    flash(say("office.moved"), "done")
    return redirect(url_for(".one", case_id=case_id), 303)
