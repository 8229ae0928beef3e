"""The clerk's console: sign in, take a window, and move the tickets of that window; also without any script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain.catalogue import Matter
from kiosk.domain.errors import Forbidden, HallError, NotFound, SignInNeeded
from kiosk.domain.hall import Window
from kiosk.domain.people import Role, Staff, require_staff
from kiosk.domain.tickets import Ticket
from kiosk.operations import paper, queueing, staff
from kiosk.store import access, queries, records
from kiosk.store.queries import ConsoleView
from kiosk.web.access import clear_sign_in, context, say, set_sign_in, sign_in_token, signed_in, whole_number, words

blueprint = Blueprint(
    "console",
    __name__,
    url_prefix="/console",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)

MOVES: dict[str, Callable[..., Ticket]] = {
    "recall": queueing.recall,
    "start": queueing.start,
    "complete": queueing.complete,
    "miss": queueing.miss,
}


@blueprint.app_template_filter("matter_name")
def matter_name(ticket: Ticket) -> str:
    """The name of the matter a ticket was taken for; empty without one, or when the catalogue has lost it."""
    try:
        return context().catalogue.matter(ticket.matter).name if ticket.matter else ""
    except NotFound:
        return ""


@blueprint.app_template_global("catalogue_of")
def catalogue_of(window: Window) -> list[Matter]:
    """The matters of a window's services, to say what was done."""
    return [matter for service in window.services for matter in context().catalogue.of_service(service)]


@blueprint.app_template_filter("clock_since")
def clock_since(since: datetime, at: datetime) -> str:
    """The time passed between two instants as a running clock shows it: 5:07, from one hour on 1:05:07."""
    minutes, seconds = divmod(max(0, int((at - since).total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


@blueprint.app_template_filter("minutes_since")
def minutes_since(since: datetime, at: datetime) -> int:
    """The whole minutes between two instants."""
    return max(0, int((at - since).total_seconds())) // 60


@blueprint.get("")
def page() -> str:
    """The one page of a clerk: the sign-in form, then the choice of a window, then the console."""
    try:
        person = require_staff(signed_in())
    except SignInNeeded:
        return _sign_in_page()
    view = _view(person)
    template = "console/console.html" if view.window else "console/windows.html"
    return render_template(template, view=view, person=person, colleagues=_colleagues(person))


@blueprint.get("/state")
def state() -> Response:
    """The console of `?window=` as JSON `{seq, html}`, for a page whose socket is away; only for the own window."""
    person, window = require_staff(signed_in()), whole_number(request.args.get("window"))
    view = _view(person)
    if view.window is None or view.window.number != window:
        raise Forbidden("not_your_window", f"{person.login} is not at window {window}", window=window)
    return jsonify(ok=True, seq=view.seq, html=render_template("console/_console.html", view=view))


def may_watch(room: str) -> bool:
    """Whether the browser that asks may watch a window's console: its clerk on duty may, and the office."""
    try:
        person = require_staff(signed_in())
    except HallError:
        return False
    here = context()
    with here.database.read() as db:
        own = access.window_of(db, person.id, here.hall.day(here.clock()))
    return person.role is Role.OFFICE or str(own) == room


@blueprint.post("/sign-in")
def sign_in() -> BaseResponse | tuple[str, int]:
    """Let somebody in, to the office where that was asked for; a refusal shows the form again with what was typed."""
    login = request.form.get("login", "")
    try:
        known = staff.sign_in(
            context(), login=login, password=request.form.get("password", ""), address=request.remote_addr or ""
        )
    except Forbidden as refusal:
        return _sign_in_page(login=login[:32], refusal=words(refusal)), refusal.status
    response = redirect(url_for("office.page"), 303) if request.form.get("to") == "office" else _back()
    set_sign_in(response, known.token)
    return response


@blueprint.post("/sign-out")
def sign_out() -> BaseResponse:
    """Leave the window and the console; refused while a ticket is still at the window."""
    response = answer(lambda: _signed_out(sign_in_token()))
    try:
        signed_in()
    except SignInNeeded:
        clear_sign_in(response)
    return response


def _signed_out(token: str | None) -> str:
    staff.sign_out(context(), token=token or "", actor=signed_in())
    return say("console.done_sign_out")


@blueprint.post("/window")
def take_window() -> BaseResponse:
    """Go on duty at the window of the form."""
    return answer(lambda: _at_work(whole_number(request.form.get("window"))))


def _at_work(window: int) -> str:
    staff.take_window(context(), window=window, actor=signed_in())
    return ""


@blueprint.post("/leave")
def leave() -> BaseResponse:
    """Go off duty and choose another window."""
    return answer(_left)


def _left() -> str:
    staff.leave_window(context(), actor=signed_in())
    return ""


@blueprint.post("/call-next")
def call_next() -> BaseResponse:
    """Call whoever is next to the window the page showed."""
    return answer(_called)


def _called() -> str:
    actor = signed_in()
    ticket = queueing.call_next(context(), window=whole_number(request.form.get("window")), actor=actor)
    return say("console.done_call_next", number=ticket.code)


@blueprint.post("/reprint")
def reprint() -> BaseResponse:
    """Print the slip of the ticket at the window once more, marked as a copy."""
    return answer(_reprinted)


def _reprinted() -> str:
    window, seen = whole_number(request.form.get("window")), whole_number(request.form.get("ticket"))
    ticket = paper.reprint_at_window(context(), window=window, ticket=seen, actor=signed_in())
    return say("console.done_reprint", number=ticket.code)


@blueprint.post("/<any(recall, start, complete, miss):move>")
def at_window(move: str) -> BaseResponse:
    """Move the ticket the page showed; another one, or one at a colleague's window, stays where it is."""
    return answer(lambda: _moved(move))


def _moved(move: str) -> str:
    window, seen = whole_number(request.form.get("window")), whole_number(request.form.get("ticket"))
    ticket = MOVES[move](context(), window=window, actor=signed_in(), ticket=seen)
    return say(f"console.done_{move}", number=ticket.code, calls=ticket.calls)


def answer(verb: Callable[[], str]) -> BaseResponse:
    """Do one thing, then show the page again; a refusal becomes a message there, so that the page is never lost.

    A script that asks for JSON gets `{ok, message, seq}`, or the refusal with its status.
    """
    wants_json = request.accept_mimetypes.best == "application/json"
    try:
        message, kind = verb(), "done"
    except HallError as refusal:
        if wants_json:
            raise
        message, kind = words(refusal), "refused"
    if wants_json:
        with context().database.read() as db:
            return jsonify(ok=True, message=message, seq=records.last_seq(db))
    if message:
        flash(message, kind)
    return _back()


def _colleagues(person: Staff) -> list[Staff]:
    """Everybody else with an account, to hand a window over to."""
    with context().database.read() as db:
        return [one for one in access.all_staff(db) if one.id != person.id]


def _back() -> BaseResponse:
    return redirect(url_for("console.page"), 303)


def _sign_in_page(*, login: str = "", refusal: str = "") -> str:
    return render_template("console/sign_in.html", login=login, refusal=refusal)


def _view(person: Staff) -> ConsoleView:
    """What this clerk sees now; a window that the configuration no longer has counts as none."""
    here, at = context(), context().clock()
    with here.database.read() as db:
        window = access.window_of(db, person.id, here.hall.day(at))
        known = window if any(window == one.number for one in here.hall.windows) else None
        return queries.console_view(db, here.hall, known, at)
