"""Moving a case towards its answer: taking, handing over, asking for papers, pausing, extending, answering, closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from kiosk.domain.cases import AGENCY_STAGES, FOLLOW_UP_STAGES, Case, Form, Kind, destination
from kiosk.domain.errors import BadInput, Conflict, Forbidden, NotFound
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Role, require_staff
from kiosk.operations.casework import due_after, line, move, put_on_paper
from kiosk.operations.hall import Context, record
from kiosk.store import access, cases
from kiosk.store.database import Connection

VIEWS = ("satisfied", "dissatisfied")
STAGES = {Kind.APPLICATION: AGENCY_STAGES, Kind.FOLLOW_UP: FOLLOW_UP_STAGES}


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
        after = move(context, db, known, name, actor=actor, data=data)
        if slip:
            put_on_paper(context, db, after, slip)
        return after

    return context.database.write(work)


def _reason(text: str) -> str:
    if not text.strip():
        raise BadInput("reason_needed", "a reason must be given")
    return line(text, 200)


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
    """Tell the citizen at once everything that is missing; the clock stops until it is complete (regulations 3.4)."""
    listed = [line(paper, 120, least=1) for paper in papers]
    if not listed:
        raise BadInput("reason_needed", "what is missing must be named")
    return _moved(context, case, Name.CASE_PAPERS_ASKED, actor, {"papers": listed})


def papers_complete(context: Context, *, case: int, actor: Actor) -> Case:
    """The papers are complete: the clock starts, or goes on."""
    return _go_on(context, case, Name.CASE_PAPERS_COMPLETE, actor)


def pause(context: Context, *, case: int, reason: str, actor: Actor) -> Case:
    """Stop the clock for a reason outside the hall (a hearing, an expert's report)."""
    return _moved(context, case, Name.CASE_PAUSED, actor, {"reason": _reason(reason)})


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
        if known.starts is None or known.stopped_at is None:
            due = due_after(context, known.limit, today, known.extended_days)
            data: dict[str, object] = {"starts": today.isoformat(), "stopped_days": 0}
        else:
            stopped = context.hall.workdays.between(context.hall.local(known.stopped_at).date(), today)
            more = known.extended_days + known.stopped_days + stopped
            due = due_after(context, known.limit, known.starts, more)
            data = {"stopped_days": stopped}
        data |= {"due": due.day.isoformat(), "provisional": due.provisional}
        return move(context, db, known, name, actor=actor, data=data)

    return context.database.write(work)


def extend(context: Context, *, case: int, days: int, reason: str, actor: Actor) -> Case:
    """Add working days with a reason that the citizen is told (regulations 4.5: explain and follow to the end)."""
    if not 1 <= days <= 60:
        raise BadInput("bad_input", "1 to 60 days")
    why = _reason(reason)

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        data: dict[str, object] = {"days": days, "reason": why}
        if known.starts is not None:
            due = due_after(context, known.limit, known.starts, known.extended_days + known.stopped_days + days)
            data |= {"due": due.day.isoformat(), "provisional": due.provisional}
        return move(context, db, known, Name.CASE_EXTENDED, actor=actor, data=data)

    return context.database.write(work)


def reach_stage(context: Context, *, case: int, stage: str, actor: Actor) -> Case:
    """Note a stage of an agency or of a follow-up; `bad_input` for one its kind does not have."""

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        if stage not in STAGES.get(known.kind, ()):
            raise BadInput("bad_input", f"{known.kind} has no stage {stage!r:.20}")
        return move(context, db, known, Name.CASE_STAGE_REACHED, actor=actor, data={"stage": stage})

    return context.database.write(work)


def visited(context: Context, *, case: int, actor: Actor) -> Case:
    """Somebody was on the spot (regulations 3.4)."""
    return _moved(context, case, Name.CASE_VISITED, actor)


def answer(context: Context, *, case: int, answer: str, actor: Actor, form: Form | None = None) -> Case:
    """Give the answer, in the form in which the case came unless told otherwise; a written one is printed.

    A written complaint must be answered in writing: `answer_in_writing` (regulations 4.5).
    """
    text = line(answer, 2000, least=1)

    def work(db: Connection) -> Case:
        known = cases.case_by_id(db, case)
        require_mine(known, actor)
        chosen = form or known.form
        if known.kind is Kind.COMPLAINT and known.form is Form.WRITTEN and chosen is Form.ORAL:
            raise BadInput("answer_in_writing", f"{known.number} came in writing")
        data = {"answer": text, "form": chosen, "saved": _saved(context, known)}
        after = move(context, db, known, Name.CASE_ANSWERED, actor=actor, data=data)
        if chosen is Form.WRITTEN:
            put_on_paper(context, db, after, "complete" if known.kind is Kind.APPLICATION else "answer")
        return after

    return context.database.write(work)


def _saved(context: Context, case: Case) -> int | None:
    """Working days before the due day (negative: after it); None without one (regulations 5.5.4)."""
    return context.hall.workdays.between(_today(context), case.due) if case.due else None


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
    """Take an answered case up again: the answer was not the end of it."""
    why = _reason(reason)
    return _moved(context, case, Name.CASE_REOPENED, actor, {"reason": why})


def close(context: Context, *, case: int, actor: Actor) -> Case:
    """File an answered case; an application is collected by this."""
    return _moved(context, case, Name.CASE_CLOSED, actor)


def withdraw(context: Context, *, case: int, reason: str, actor: Actor) -> Case:
    """The citizen takes it back, or it cannot be gone into; with the reason."""
    return _moved(context, case, Name.CASE_WITHDRAWN, actor, {"reason": _reason(reason)})


def print_slip(context: Context, *, case: int, slip: str, actor: Actor, printer: str | None = None) -> int:
    """Queue a slip of a case once more and return the job's id; staff only."""
    require_staff(actor)
    return context.database.write(lambda db: put_on_paper(context, db, cases.case_by_id(db, case), slip, printer))


def count_again(context: Context) -> int:
    """Count the due days anew that waited for a year's notice; return how many changed."""
    with context.database.read() as db:
        waiting = cases.provisional(db)
    return sum(_count(context, case, case.starts) for case in waiting if case.starts)


def _count(context: Context, case: Case, starts: date) -> bool:
    due = due_after(context, case.limit, starts, case.extended_days + case.stopped_days)
    if (due.day, due.provisional) == (case.due, case.provisional):
        return False

    def work(db: Connection) -> None:
        cases.set_due(db, replace(case, due=due.day, provisional=due.provisional))
        data = {"due": due.day.isoformat(), "was": case.due.isoformat() if case.due else None}
        actor = Actor(name="upkeep")
        record(context, db, Name.CASE_DUE_CHANGED, actor=actor, subject=case.subject, at=context.clock(), data=data)

    context.database.write(work)
    return True


def _today(context: Context) -> date:
    return context.hall.local(context.clock()).date()
