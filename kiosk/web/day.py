"""The guide's and the office's day: numbers for a person, appointments, locked services, the duty log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain.duty import Spell, spells
from kiosk.domain.errors import BadInput, HallError, NotFound, SignInNeeded
from kiosk.domain.people import Actor
from kiosk.operations import appointments, duty, notices, queueing
from kiosk.operations.hall import Context
from kiosk.store import access, history, queue, screens
from kiosk.store import duty as duty_rows
from kiosk.store.history import Kept
from kiosk.store.queue import Appointment, Lock
from kiosk.store.screens import Notice
from kiosk.web.access import context, day_named, say, whole_number, words
from kiosk.web.office import colleague
from kiosk.web.registers import names_of

blueprint = Blueprint("day", __name__, url_prefix="/office/day")


@dataclass(frozen=True, kw_only=True)
class DayView:
    """A day of the hall: who was at which window, what was agreed, what is locked, how the told waits came true."""

    at: datetime
    day: date
    today: bool
    spells: tuple[Spell, ...]
    names: dict[str, str]
    appointments: tuple[Appointment, ...]
    locks: dict[str, Lock]
    notices: tuple[Notice, ...]
    kept: Kept


def day_view(here: Context, day: date) -> DayView:
    """The page of one day, in the hall's zone."""
    at = here.clock()
    begins = datetime(day.year, day.month, day.day, tzinfo=here.hall.tz)
    with here.database.read() as db:
        return DayView(
            at=here.hall.local(at),
            day=day,
            today=day.isoformat() == here.hall.day(at),
            spells=spells(duty_rows.window_events(db, begins, begins + timedelta(days=1))),
            names=names_of(access.everybody(db)),
            appointments=queue.appointments(db, day.isoformat()),
            locks={one.service: one for one in queue.locks(db)},
            notices=screens.notices(db, at),
            kept=history.promises_kept(db, day.isoformat()),
        )


def chosen_day(text: str | None) -> date:
    """The day an address names, today for none; `bad_input` for what is no date."""
    if not text:
        return context().hall.local(context().clock()).date()
    return day_named(text)


@blueprint.get("")
def page() -> str | BaseResponse:
    """One day; somebody not signed in is sent to the place where people sign in."""
    try:
        actor = colleague()
    except SignInNeeded:
        return redirect(url_for("console.page"), 303)
    return _page(actor)


def _page(actor: Actor) -> str:
    view = day_view(context(), chosen_day(request.args.get("day")))
    return render_template("office/day.html", view=view, person=actor.staff)


def _issue(actor: Actor) -> str:
    ticket = queueing.take_ticket(
        context(),
        service=request.form.get("service"),
        quantity=whole_number(request.form.get("quantity") or "1"),
        priority=request.form.get("priority") or None,
        actor=actor,
    )
    return say("console.done_issue", number=ticket.code)


def _wanted() -> datetime:
    """The hall time in the form."""
    try:
        wanted = datetime.fromisoformat(f"{request.form.get('date')}T{request.form.get('time')}")
    except ValueError:
        raise BadInput("bad_input", "a date and a time are expected") from None
    return wanted.replace(tzinfo=context().hall.tz)


def _book(actor: Actor) -> str:
    agreed = appointments.book(
        context(),
        service=request.form.get("service", ""),
        at=_wanted(),
        name=request.form.get("name", ""),
        phone=request.form.get("phone", ""),
        actor=actor,
    )
    return say("office.booked", code=agreed.code)


def _cancel(actor: Actor) -> str:
    appointments.cancel_appointment(context(), appointment=whole_number(request.form.get("chosen")), actor=actor)
    return say("office.cancelled")


def _lock(actor: Actor) -> str:
    notice = request.form.get("notice", "")
    appointments.lock_service(context(), service=request.form.get("service", ""), notice=notice, actor=actor)
    return say("office.locked")


def _unlock(actor: Actor) -> str:
    appointments.unlock_service(context(), service=request.form.get("service", ""), actor=actor)
    return say("office.unlocked")


def _notice(actor: Actor) -> str:
    notices.post_notice(context(), text=request.form.get("text", ""), until=_wanted(), actor=actor)
    return say("office.notice_posted")


def _end_notice(actor: Actor) -> str:
    notices.end_notice(context(), notice=whole_number(request.form.get("chosen")), actor=actor)
    return say("office.notice_ended")


def _answer_call(actor: Actor) -> str:
    duty.answer_call(context(), call=whole_number(request.form.get("chosen")), actor=actor)
    return say("console.done_answer_call")


VERBS: dict[str, Callable[[Actor], str]] = {
    "issue": _issue,
    "book": _book,
    "cancel": _cancel,
    "lock": _lock,
    "unlock": _unlock,
    "notice": _notice,
    "end_notice": _end_notice,
    "answer_call": _answer_call,
}


@blueprint.post("/<verb>")
def make(verb: str) -> BaseResponse | tuple[str, int]:
    """Do one thing of the day and show the page again with a word about it; a refusal keeps what was typed."""
    if verb not in VERBS:
        raise NotFound("unknown_page", verb)
    actor, from_hall = colleague(), verb == "answer_call"
    try:
        flash(VERBS[verb](actor), "done")
    except HallError as refusal:
        flash(words(refusal), "refused")
        if not from_hall:
            return _page(actor), refusal.status
    return redirect(url_for("office.page" if from_hall else ".page"), 303)
