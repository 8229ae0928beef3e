"""Moving a case towards its answer: taking, handing over, asking for papers, pausing, extending, answering, closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from kiosk.domain import follow_ups
from kiosk.domain.case_moves import destination
from kiosk.domain.cases import Case, Form, Kind, require_stage
from kiosk.domain.errors import BadInput, Conflict, Forbidden, NotFound
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role, require_staff
from kiosk.operations.asking import judge_papers
from kiosk.operations.case_limits import counted, visit_due
from kiosk.operations.case_paper import put_on_paper
from kiosk.operations.casework import move
from kiosk.operations.hall import Context, line, stated
from kiosk.store import access, cases
from kiosk.store.database import Connection

VIEWS = ("satisfied", "dissatisfied")


def require_mine(case: Case, actor: Actor) -> None:
    """Pass the person who owes the answer, and the office; `not_your_case` for everybody else."""
    staff = require_staff(actor)
    if staff.role is not Role.OFFICE and staff.login != case.person:
        raise Forbidden("not_your_case", f"{case.number} is owed by {case.person or 'nobody'}")


def _moved(
    context: Context, case: int, name: Name, actor: Actor, data: Mapping[str, object] | None = None, slip: str = ""
) -> Case:
    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        follow_ups.require_move(known, name, require_staff(actor))
        after = move(context, db, known, name, actor=actor, data=data)
        if slip:
            put_on_paper(context, db, after, slip, actor)
        return after

    return context.database.write(work)


def take(context: Context, *, case: int, actor: Actor) -> Case:
    """Begin to work on a case that nobody or oneself owes; a guide may take what nobody does."""

    def work(db: Connection) -> Case:
        known, staff = cases.case_by_id(db, case), require_staff(actor)
        if known.person or staff.role is Role.CLERK:
            require_mine(known, actor)
        return move(context, db, known, Name.CASE_TAKEN, actor=actor, data={"person": known.person or staff.login})

    return context.database.write(work)


def hand_over(context: Context, *, case: int, to: str, actor: Actor, reason: str = "") -> Case:
    """Give a case to a colleague by login; both names stand in its history (regulations 2.4). `unknown_staff`."""

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        if known.person or require_staff(actor).role is Role.CLERK:
            require_mine(known, actor)
        colleague = access.credentials(db, to)
        if colleague is None or not colleague.active:
            raise NotFound("unknown_staff", f"no account {to!r:.40}")
        data = {"from": known.person, "to": colleague.staff.login, "reason": line(reason, 200)}
        return move(context, db, known, Name.CASE_HANDED_OVER, actor=actor, data=data)

    return context.database.write(work)


def ask_papers(context: Context, *, case: int, papers: Sequence[str], actor: Actor) -> Case:
    """Tell the citizen at once everything that is missing, on paper; the clock stops until it is complete (3.4).

    What an earlier notice left out is recorded as a breach.
    """
    listed = [line(paper, 120, least=1) for paper in papers]
    if not listed:
        raise BadInput("reason_needed", "what is missing must be named")

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        after = move(context, db, known, Name.CASE_PAPERS_ASKED, actor=actor, data={"papers": listed})
        judge_papers(context, db, after, listed, actor)
        put_on_paper(context, db, after, "receipt", actor)
        return after

    return context.database.write(work)


def papers_complete(context: Context, *, case: int, actor: Actor) -> Case:
    """The papers are complete: the clock starts, or goes on."""
    return _go_on(context, case, Name.CASE_PAPERS_COMPLETE, actor)


def pause(context: Context, *, case: int, reason: str, actor: Actor) -> Case:
    """Stop the clock for a reason outside the hall (a hearing, an expert's report)."""
    return _moved(context, case, Name.CASE_PAUSED, actor, {"reason": stated(reason)})


def resume(context: Context, *, case: int, actor: Actor) -> Case:
    """Let the clock go on."""
    return _go_on(context, case, Name.CASE_RESUMED, actor)


def _go_on(context: Context, case: int, name: Name, actor: Actor) -> Case:
    """Count the days anew: the ones on which the clock stood still are added; one that never ran starts today."""

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        destination(known.state, name)
        today = _today(context)
        stopped = 0
        if known.starts is not None and known.stopped_at is not None:
            stopped = context.hall.workdays.between(context.hall.local(known.stopped_at).date(), today)
        data = counted(
            context,
            known,
            known.starts or today,
            stopped=known.stopped_days + stopped,
            extended=known.extended_days,
        )
        data |= {"stopped_days": stopped}
        if known.starts is None and known.visit_due and not known.visited_at:
            data |= {"visit_due": visit_due(context, today)}
        return move(context, db, known, name, actor=actor, data=data)

    return context.database.write(work)


def extend(context: Context, *, case: int, days: int, reason: str, actor: Actor) -> Case:
    """Add working days with a reason that the citizen is told (regulations 4.5: explain and follow to the end).

    Raises `extended_too_late` once the day has passed: what was late stays late.
    """
    if not 1 <= days <= 60:
        raise BadInput("bad_input", "1 to 60 days")
    why = stated(reason)

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        follow_ups.require_move(known, Name.CASE_EXTENDED, require_staff(actor))
        if known.due and known.due < _today(context):
            raise Conflict("extended_too_late", f"{known.number} was due on {known.due}")
        data: dict[str, object] = {"days": days, "reason": why}
        if known.starts is not None:
            more = known.extended_days + days
            data |= counted(context, known, known.starts, stopped=known.stopped_days, extended=more)
        return move(context, db, known, Name.CASE_EXTENDED, actor=actor, data=data)

    return context.database.write(work)


def reach_stage(context: Context, *, case: int, stage: str, actor: Actor, note: str = "") -> Case:
    """Note a stage of an agency, a complaint or a follow-up, with what is to be said of it.

    Raises `bad_input` for one its kind does not have, `stage_passed` for one behind it, `stage_missing` for one
    of a follow-up that comes too early, `not_allowed` for a review of an appeal by anybody but the office.
    """
    told = line(note, 500)

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        require_stage(known, stage)
        follow_ups.require_stage(known, stage, require_staff(actor))
        data = {"stage": stage} | ({"note": told} if told else {})
        return move(context, db, known, Name.CASE_STAGE_REACHED, actor=actor, data=data)

    return context.database.write(work)


def need_visit(context: Context, *, case: int, actor: Actor) -> Case:
    """Somebody must go and see: from now on that has its own ten working days (regulations 3.4)."""
    return _moved(context, case, Name.CASE_VISIT_NEEDED, actor, {"visit_due": visit_due(context, _today(context))})


def visited(context: Context, *, case: int, actor: Actor) -> Case:
    """Somebody was on the spot (regulations 3.4)."""
    return _moved(context, case, Name.CASE_VISITED, actor)


def answer(context: Context, *, case: int, answer: str, actor: Actor, form: Form | None = None) -> Case:
    """Give the answer, in the form in which the case came unless told otherwise; a written one is printed.

    A written complaint must be answered in writing: `answer_in_writing` (regulations 4.5). A follow-up needs
    what came of it first: `stage_missing`.
    """
    text = line(answer, 2000, least=1)

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        follow_ups.require_outcome(known)
        chosen = form or known.form
        if known.kind is Kind.COMPLAINT and known.form is Form.WRITTEN and chosen is Form.ORAL:
            raise BadInput("answer_in_writing", f"{known.number} came in writing")
        person = known.person or require_staff(actor).login
        data = {"answer": text, "form": chosen, "saved": _saved(context, known), "person": person}
        after = move(context, db, known, Name.CASE_ANSWERED, actor=actor, data=data)
        if chosen is Form.WRITTEN:
            put_on_paper(context, db, after, "complete" if known.kind is Kind.APPLICATION else "answer", actor)
        return after

    return context.database.write(work)


def _saved(context: Context, case: Case) -> int | None:
    """Working days before the due day (negative: after it); None without one (regulations 5.5.4).

    Days that were asked for on top are not saved by answering within them.
    """
    if case.due is None:
        return None
    days = context.hall.workdays.between(_today(context), case.due)
    return days if days < 0 else max(0, days - case.extended_days)


def view(context: Context, *, token: str, view: str, actor: Actor) -> Case:
    """What the citizen says of the answer, on the own page."""
    if view not in VIEWS:
        raise BadInput("bad_input", f"{view!r:.20} is no view")

    def work(db: Connection) -> Case:
        known = cases.case_by_token(db, token)
        if known.view:
            raise Conflict("already_rated", f"{known.number} has its view")
        return move(context, db, known, Name.CASE_VIEWED, actor=actor, data={"view": view})

    return context.database.write(work)


def reopen(context: Context, *, case: int, reason: str, actor: Actor) -> Case:
    """Take an answered case up again: the answer was not the end of it, and its limit is counted anew from today."""
    why = stated(reason)

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        follow_ups.require_move(known, Name.CASE_REOPENED, require_staff(actor))
        data = {"reason": why, **counted(context, known, _today(context))}
        return move(context, db, known, Name.CASE_REOPENED, actor=actor, data=data)

    return context.database.write(work)


def collect(context: Context, *, case: int, actor: Actor, collector: str = "") -> Case:
    """Hand over what lies ready: who took it is kept (the applicant unless told otherwise), the slip is signed."""

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        if known.kind is not Kind.APPLICATION or known.collected_at:
            raise Conflict("illegal_case_move", f"{known.number} has nothing to collect", state=known.state)
        # who took it stands in the case alone: the diary forgets nobody
        taken = replace(known, collector=line(collector, 40) or known.name)
        after = move(context, db, taken, Name.CASE_COLLECTED, actor=actor)
        put_on_paper(context, db, after, "collect", actor)
        return after

    return context.database.write(work)


def close(context: Context, *, case: int, actor: Actor) -> Case:
    """File an answered case."""
    return _moved(context, case, Name.CASE_CLOSED, actor)


def withdraw(context: Context, *, case: int, reason: str, actor: Actor) -> Case:
    """The citizen takes it back, or it cannot be gone into; with the reason."""
    return _moved(context, case, Name.CASE_WITHDRAWN, actor, {"reason": stated(reason)})


def _today(context: Context) -> date:
    return context.hall.local(context.clock()).date()
