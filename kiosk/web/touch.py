"""The touchscreen: a citizen finds a service, takes a number, reads and prints a checklist (requirements 3)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError

from kiosk.domain.errors import BadInput, HallError
from kiosk.domain.hall import Service
from kiosk.operations import appointments, duty, paper, queueing
from kiosk.store import queries, records
from kiosk.store.queries import HallView
from kiosk.web import card, finding, glass, library, lists, number, opinion, own, status
from kiosk.web.access import context, language, say, whole_number, words
from kiosk.web.breaking import parted
from kiosk.web.pace import Pace
from printer import spool

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState
    from werkzeug.wrappers import Response as BaseResponse

HOME_AFTER = 30
"""Seconds a taken number stays before the kiosk is free for the next person (requirements U12: 15 at least)."""


blueprint = Blueprint(
    "touch", __name__, template_folder="templates", static_folder="static", static_url_path="/touch/static"
)
blueprint.register_blueprint(number.blueprint)
blueprint.register_blueprint(own.blueprint)
blueprint.register_blueprint(lists.blueprint)
blueprint.register_blueprint(library.blueprint)
blueprint.register_blueprint(status.blueprint)
blueprint.register_blueprint(opinion.blueprint)
blueprint.register_blueprint(card.blueprint)


blueprint.add_url_rule("/matters", "matters", finding.page)
blueprint.add_url_rule("/library", "library", library.page)
blueprint.add_url_rule("/library/forms/<file>", "form", library.form)
blueprint.url_defaults(glass.carry)
blueprint.add_app_template_filter(parted, "parted")


@blueprint.record
def _keep_pace(state: BlueprintSetupState) -> None:
    state.app.extensions["pace"] = Pace()


@blueprint.context_processor
def _glass() -> dict[str, object]:
    return {
        "kiosk": glass.kiosk(),
        "large": glass.large(),
        "again": glass.again,
        "reads": glass.reads(),
        "volume": glass.volume(),
        "loudness": request.args.get("voice"),
    }


for _spoken in glass.SPOKEN:  # for the partials that are drawn without a request, too, to be pushed
    blueprint.add_app_template_global(_spoken)


@blueprint.errorhandler(HallError)
def refused(error: HallError) -> tuple[str, int]:
    """A refusal in the words and the size of the screen it appears on."""
    return render_template("touch/refused.html", message=words(error), face=_face(), code=error.code), error.status


@blueprint.errorhandler(CSRFError)
def _forged(_error: CSRFError) -> tuple[str, int]:
    """A form from another site, or from before the server forgot this browser: the person taps again."""
    return refused(BadInput("foreign_page", "the form's token is not ours"))


def _face() -> str:
    """Which of the citizens' screens a page is on: kiosk, pad or phone."""
    faces = {"pad": "pad"} | dict.fromkeys(("t", "c", "m", "f", "write"), "phone")
    return faces.get(request.path.split("/", 2)[1], "kiosk")


def _hall_view() -> HallView:
    with context().database.read() as db:
        return queries.hall_view(db, context().hall, context().clock())


def _new_key() -> str:
    """What makes ten taps one number: issued with the page, spent by its first tap (requirements U7)."""
    return secrets.token_urlsafe(24)


def _unsure() -> Service | None:
    return next((service for service in context().hall.services if service.unsure), None)


@blueprint.get("/")
def home() -> str:
    """The first screen: six answers at most, or, when no numbers are given out, when to come back."""
    own.forget_why()
    return render_template("touch/home.html", view=_hall_view(), key=_new_key(), unsure=_unsure())


@blueprint.get("/services")
def services() -> str:
    """Every service with its windows and how many wait; one tap on it gives a number."""
    chosen = request.args.get("right")
    right = context().hall.priority(chosen) if chosen else None
    key = card.key_of_page(_new_key())
    return render_template("touch/services.html", view=_hall_view(), key=key, right=right)


@blueprint.get("/rights")
def rights() -> str:
    """Who is called first: declared by oneself, confirmed by staff."""
    return render_template("touch/rights.html")


@blueprint.post("/call-staff")
def call_staff() -> BaseResponse:
    """Let somebody come to this kiosk; a second press changes nothing."""
    duty.call_staff(context(), place=glass.kiosk().name, actor=glass.actor())
    return redirect(url_for(".staff_called"), 303)


@blueprint.get("/call-staff/done")
def staff_called() -> str:
    """Somebody is on the way."""
    return render_template("touch/called_staff.html")


@blueprint.post("/touch-fault")
def touch_fault() -> BaseResponse:
    """The glass is touched without a finger, or for ever: staff are told, and the screen rests (requirements 3.4)."""
    place = say("touch.fault_place", kiosk=glass.kiosk().name)
    duty.call_staff(context(), place=place, actor=glass.actor())
    return redirect(url_for(".resting", lang=None, type=None, voice=None), 303)


@blueprint.get("/touch-fault")
def resting() -> str:
    """Staff look at the glass; meanwhile the windows give numbers."""
    return render_template("touch/resting.html")


@blueprint.get("/mine")
def mine_choice() -> str:
    """What is mine here: a number, a case, an appointment."""
    return render_template("touch/mine_choice.html")


CODE_DIGITS = 6


@blueprint.get("/check-in")
def check_in() -> str:
    """The keypad for the code of an appointment."""
    return render_template("touch/check_in.html", code=glass.digits("code", CODE_DIGITS))


@blueprint.post("/check-in")
def come() -> BaseResponse:
    """Give an appointment its number; the second time the same one."""
    ticket = appointments.check_in(
        context(),
        code=request.form.get("code", ""),
        actor=glass.actor(),
        language=language(),
        large=glass.large(),
        printer=glass.kiosk().printer,
    )
    return redirect(url_for(".taken", token=ticket.token), 303)


@blueprint.post("/tickets")
def take() -> BaseResponse:
    """Take a number for a service or a matter; the same key always gives the same number."""
    key = request.form.get("key", "")
    with glass.unhurried("number", key):
        ticket = queueing.take_ticket(
            context(),
            actor=glass.actor(),
            service=request.form.get("service"),
            matter=request.form.get("matter"),
            priority=request.form.get("right") or None,
            request_key=key,
            language=language(),
            large=glass.large(),
            printer=glass.kiosk().printer,
        )
    return redirect(url_for(".taken", token=ticket.token), 303)


@blueprint.get("/tickets/<token>")
def taken(token: str) -> str:
    """The number, enormous, whatever the printer does; then home by itself."""
    hall = context().hall
    with context().database.read() as db:
        ticket = records.ticket_by_token(db, token)
        view = queries.ticket_view(db, hall, ticket, context().clock())
        job = spool.latest(db, ticket.subject)
    return render_template("touch/taken.html", view=view, job=job, home_after=HOME_AFTER)


@blueprint.get("/tickets/<token>/qr.svg")
def qr(token: str) -> Response:
    """The way to the own-ticket page as a picture for a phone's camera."""
    with context().database.read() as db:
        ticket = records.ticket_by_token(db, token)
    return lists.picture(f"/t/{ticket.token}")


@blueprint.get("/write/qr.svg")
def write_qr() -> Response:
    """The way to the form on a phone, for whoever wants to write."""
    return lists.picture(url_for(".opinion.write"))


def _job_named() -> int:
    """The print job in the address, 0 for anything that is no number: the list itself can be read all the same."""
    try:
        return whole_number(request.args.get("job", "0"))
    except BadInput:
        return 0


@blueprint.get("/matters/<matter_id>")
def matter(matter_id: str) -> str:
    """One matter: plain questions, then what to bring, how long, what it costs, where; and the list on paper."""
    shown = context().catalogue.matter(matter_id)
    with context().database.read() as db:
        job = spool.job(db, _job_named())
    own = job if job and job.subject == f"matter:{shown.id}" else None
    return lists.kiosk_page(shown, view=_hall_view(), key=_new_key(), job=own)


@blueprint.post("/matters/<matter_id>/checklist")
def print_checklist(matter_id: str) -> BaseResponse:
    """Print a matter's checklist for the answers given, without a number (regulations 5.5.1)."""
    chosen = lists.answers(context().catalogue.matter(matter_id), request.form.get("s", ""))
    with glass.unhurried("paper", secrets.token_hex(8)):
        job = paper.print_checklist(
            context(),
            matter=matter_id,
            situations=[situation.id for situation in chosen],
            large=glass.large(),
            actor=glass.actor(),
            printer=glass.kiosk().printer,
        )
    return redirect(url_for(".matter", matter_id=matter_id, job=job, s=lists.joined(chosen)), 303)
