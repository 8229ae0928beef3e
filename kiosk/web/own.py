"""The screens that belong to one visit: the pad at the window, and the ticket's own page on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from markupsafe import Markup, escape

from kiosk.domain.errors import Conflict
from kiosk.domain.people import Actor
from kiosk.domain.ratings import CHANGE_SECONDS, Channel, changeable, level, negative
from kiosk.operations import evaluation, queueing
from kiosk.store import queries, records
from kiosk.store.queries import PadView, TicketView
from kiosk.web import devices
from kiosk.web.access import context, whole_number

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

CITIZEN = Actor(name="citizen")

blueprint = Blueprint("own", __name__)


@blueprint.app_template_filter("whole")
def whole(text: str, piece: str) -> Markup:
    """A text in which no line is broken within a piece of it, as browsers do after the hyphen of a phone number."""
    return escape(text).replace(escape(piece), Markup('<span class="whole">{}</span>').format(piece))


@blueprint.app_template_global("pad_seconds")
def pad_seconds(view: PadView) -> int:
    """Whole seconds until the pad asks or offers something else: it stops asking, changing a tap, or thanking."""
    left = max(1, int((view.until - view.at).total_seconds()) + 1)
    return min(left, CHANGE_SECONDS + 1) if view.changing else left


@blueprint.app_template_global("changing")
def changing(view: TicketView, channel: str = Channel.OWN_TICKET) -> bool:
    """Whether another level may still replace the one just given in the same place (requirements R-2)."""
    return view.rating is not None and changeable(view.rating, Channel(channel), view.at)


def _pad_view(window: int) -> PadView:
    with context().database.read() as db:
        return queries.pad_view(db, context().hall, window, context().clock())


@blueprint.get("/pad/<int:window>")
def pad(window: int) -> str:
    """The pad of a window: greets, asks for a rating after each visit, thanks."""
    devices.require(f"pad-{window}")
    forget_why()
    view = _pad_view(window)
    g.language = view.language
    return render_template("touch/pad.html", view=view)


@blueprint.post("/pad/<int:window>/rating")
def rate_at_pad(window: int) -> BaseResponse:
    """Take the rating of the visit that the citizen saw, never that of the next one."""
    devices.require(f"pad-{window}")
    visit, _, answer = request.form.get("rating", "").partition("-")
    view = _pad_view(window)
    seen = next((ticket for ticket in (view.asked, view.thanked) if ticket and str(ticket.id) == visit), None)
    if seen is None:
        raise Conflict("not_ratable", f"the pad of window {window} does not ask for {visit!r:.20}")
    chosen = level(answer)
    evaluation.rate(context(), token=seen.token, level=chosen, channel=Channel.PAD, actor=Actor(name=f"pad:{window}"))
    if negative(chosen):
        ask_why(seen.token)
        return redirect(url_for(".why_at_pad", window=window), 303)
    return redirect(url_for(".pad", window=window), 303)


@blueprint.get("/pad/<int:window>/why")
def why_at_pad(window: int) -> str | BaseResponse:
    """Reasons to choose from, on the one pad that took the answer: whoever else looks at it sees thanks alone."""
    context().hall.window(window)
    if not (token := asked_why()):
        return redirect(url_for(".pad", window=window), 303)
    return render_template("touch/pad_why.html", view=_own_view(token), window=window)


@blueprint.post("/pad/<int:window>/why")
def explain_at_pad(window: int) -> BaseResponse:
    """Take the reasons, if any, and thank."""
    if token := asked_why():
        evaluation.explain(context(), token=token, reasons=reasons(), text="", actor=Actor(name=f"pad:{window}"))
    return redirect(url_for(".pad", window=window), 303)


def ask_why(token: str) -> None:
    """Let this browser alone ask why a visit was rated low: its secret stands in no address that others could read."""
    session["why"] = token


def asked_why() -> str:
    """The secret of the visit that this browser asks about; empty where it asks about none."""
    return str(session.get("why", ""))


def forget_why() -> None:
    """The next person at this browser is asked about nothing."""
    session.pop("why", None)


def reasons() -> list[int]:
    """The codes of the reasons that were ticked; none where the citizen passed on."""
    if "pass" in request.form:
        return []
    return [whole_number(code) for code in request.form.getlist("reason")]


def _own_view(token: str) -> TicketView:
    """The visit behind a token, in the language of its ticket."""
    with context().database.read() as db:
        ticket = records.ticket_by_token(db, token)
        view = queries.ticket_view(db, context().hall, ticket, context().clock())
    g.language = ticket.language
    return view


@blueprint.get("/t/<token>")
def page(token: str) -> str:
    """The ticket's own page: how many are ahead, where to go, and the rating afterwards."""
    return render_template("touch/own.html", view=_own_view(token))


@blueprint.post("/t/<token>/rating")
def rate(token: str) -> BaseResponse:
    """Take the rating away from the clerk's eyes (requirements R-9)."""
    _own_view(token)
    chosen = level(request.form.get("level"))
    evaluation.rate(context(), token=token, level=chosen, channel=Channel.OWN_TICKET, actor=CITIZEN)
    return redirect(url_for(".page", token=token), 303)


@blueprint.post("/t/<token>/why")
def explain(token: str) -> BaseResponse:
    """Take why the visit was rated low: reasons of the set, own words."""
    _own_view(token)
    text = "" if "pass" in request.form else request.form.get("text", "")
    evaluation.explain(context(), token=token, reasons=reasons(), text=text, actor=CITIZEN)
    return redirect(url_for(".page", token=token), 303)


@blueprint.post("/t/<token>/addition")
def add(token: str) -> BaseResponse:
    """Take the one addition to a rating (追评)."""
    _own_view(token)
    given, text = level(request.form.get("level")), request.form.get("text", "")
    evaluation.add(context(), token=token, level=given, text=text, channel=Channel.OWN_TICKET, actor=CITIZEN)
    return redirect(url_for(".page", token=token), 303)


@blueprint.get("/t/<token>/cancel")
def ask_cancel(token: str) -> str:
    """Ask once more before a number is given back: it cannot be had again."""
    return render_template("touch/cancel.html", view=_own_view(token))


@blueprint.post("/t/<token>/cancel")
def cancel(token: str) -> BaseResponse:
    """Give a waiting number back."""
    _own_view(token)
    queueing.cancel(context(), token=token, actor=CITIZEN)
    return redirect(url_for(".page", token=token), 303)
