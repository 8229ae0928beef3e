"""A citizen types the number of the own ticket at the kiosk: to see where it stands, or to rate the visit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from kiosk.domain.errors import HallError, NotFound
from kiosk.domain.ratings import Channel, changeable, level, negative, require_ratable
from kiosk.operations import evaluation
from kiosk.store import queries, records
from kiosk.store.queries import TicketView
from kiosk.web import devices, glass, own
from kiosk.web.access import context, words

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

CODE = re.compile(r"([A-Z])([0-9]{1,4})")
BACK = "back"

blueprint = Blueprint("number", __name__)


@dataclass(frozen=True, kw_only=True)
class Keypad:
    """The keys there are, what has been typed, and what was wrong with it."""

    prefixes: tuple[str, ...]
    typed: str = ""
    message: str = ""


def press(typed: str, key: str) -> str:
    """What stands there after a key: a letter begins anew, a digit follows a letter, `back` takes one away."""
    if key == BACK:
        return typed[:-1]
    longer = key if key.isalpha() else typed + key
    return longer if CODE.fullmatch(longer + ("0" if longer.isalpha() else "")) else typed


def _typed() -> str:
    typed = request.args.get("typed", "").strip().upper()[:5]
    typed = typed if CODE.fullmatch(typed) or CODE.fullmatch(typed + "0") else ""
    return press(typed, request.args["key"]) if "key" in request.args else typed


def _keypad(message: str = "") -> Keypad:
    prefixes = dict.fromkeys(service.prefix for service in context().hall.services)
    return Keypad(prefixes=tuple(prefixes), typed=_typed(), message=message)


def _visit(code: str) -> TicketView:
    """Today's visit under the number on its paper; `unknown_ticket` for everything else."""
    match = CODE.fullmatch(code.strip().upper())
    if match is None:
        raise NotFound("unknown_ticket", "not a number of this hall")
    at = context().clock()
    with context().database.read() as db:
        ticket = records.ticket_by_code(db, context().hall.day(at), match[1], int(match[2]))
        return queries.ticket_view(db, context().hall, ticket, at)


def _ask(template: str, purpose: str, *, must_be_ratable: bool) -> tuple[str, int]:
    """The keypad until a known number has been typed, then the page about that number."""
    shown, status = _keypad(), 200
    if "done" in request.args:
        try:
            view = _visit(shown.typed)
            if must_be_ratable:
                days = context().hall.limits.rating_days
                fresh = view.rating is not None and changeable(view.rating, Channel.KIOSK, view.at)
                require_ratable(view.ticket, rated=view.rating is not None and not fresh, at=view.at, days=days)
            return render_template(template, view=view), 200
        except HallError as error:
            shown, status = _keypad(words(error)), error.status
    page = render_template("touch/keypad.html", keypad=shown, purpose=purpose)
    return page, status


@blueprint.get("/number")
def mine() -> tuple[str, int]:
    """Where the typed number stands: people ahead, the window to go to."""
    return _ask("touch/mine.html", "mine", must_be_ratable=False)


@blueprint.get("/rate")
def rate() -> tuple[str, int]:
    """Five equal answers for the typed number, once its visit is over."""
    devices.require(f"kiosk-{glass.kiosk().id}")
    return _ask("touch/rate.html", "rate", must_be_ratable=True)


@blueprint.post("/rate")
def give() -> BaseResponse:
    """Take the answer and say thank you."""
    devices.require(f"kiosk-{glass.kiosk().id}")
    visit, given = _visit(request.form.get("code", "")), level(request.form.get("level"))
    evaluation.rate(context(), token=visit.ticket.token, level=given, channel=Channel.KIOSK, actor=glass.actor())
    if negative(given):
        own.ask_why(visit.ticket.token)
        return redirect(url_for(".why"), 303)
    return redirect(url_for(".thanks", typed=visit.ticket.code), 303)


@blueprint.get("/rate/why")
def why() -> str | BaseResponse:
    """Reasons to choose from after one of the two negative answers; passing on is as easy as answering."""
    if not (token := own.asked_why()):
        return redirect(url_for(".rate"), 303)
    with context().database.read() as db:
        ticket = records.ticket_by_token(db, token)
        view = queries.ticket_view(db, context().hall, ticket, context().clock())
    return render_template("touch/why.html", view=view)


@blueprint.post("/rate/why")
def explain() -> BaseResponse:
    """Take the reasons, if any, and say thank you."""
    if token := own.asked_why():
        evaluation.explain(context(), token=token, reasons=own.reasons(), text="", actor=glass.actor())
    return redirect(url_for(".thanks"), 303)


@blueprint.get("/rate/thanks")
def thanks() -> str:
    """Thanks and farewell (regulations 5.2), then home by itself."""
    own.forget_why()
    return render_template("touch/thanks.html")
