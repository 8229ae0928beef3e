"""Single ratings in the office: found, reviewed with a reason, typed in from paper; and the register of praise."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain.errors import BadInput, HallError, NotFound
from kiosk.domain.figures import Standing, Visit
from kiosk.domain.people import Actor, Role, require_staff
from kiosk.domain.ratings import level, negative
from kiosk.operations import casework, reviewing
from kiosk.store import access, ratings, records
from kiosk.store.ratings import Praise
from kiosk.web.access import context, say, signed_in, whole_number, words
from kiosk.web.figures import Days, days_asked, matter_words
from kiosk.web.number import CODE
from kiosk.web.office import office_here
from kiosk.web.registers import names_of

blueprint = Blueprint("reviews", __name__, url_prefix="/office/ratings")
SHOWN = 200
NEGATIVE, ADDED = "negative", "added"


@dataclass(frozen=True, kw_only=True)
class RatedLine:
    """One rating in the list: its visit, how it stands, what it was about."""

    visit: Visit
    standing: Standing
    about: str


@dataclass(frozen=True, kw_only=True)
class ReviewView:
    """The ratings of some days, newest first; `asked` is which of them, `count` how many there are in all."""

    at: datetime
    days: Days
    asked: str
    lines: tuple[RatedLine, ...]
    count: int
    names: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class PraiseView:
    """The praise of some days; the office alone reads it."""

    at: datetime
    days: Days
    praises: tuple[Praise, ...]
    typed: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class PaperView:
    """The form to type a paper rating in, with what was typed."""

    at: datetime
    days: Days
    typed: dict[str, str]


FILTERS: dict[str, Callable[[RatedLine], bool]] = {
    "": lambda line: True,
    NEGATIVE: lambda line: line.visit.rating is not None and negative(line.visit.rating.level),
    ADDED: lambda line: line.visit.addition is not None,
    Standing.SUSPECT: lambda line: line.standing is Standing.SUSPECT,
    Standing.EXCLUDED: lambda line: line.standing is Standing.EXCLUDED,
}


@blueprint.get("/list")
def page() -> str:
    """The ratings of some days, with the review of each."""
    actor, here, days = office_here(), context(), days_asked()
    at, limit, asked = here.clock(), here.hall.limits.rating_days, request.args.get("show", "")
    with here.database.read() as db:
        visits = [one for one in ratings.visits(db, *days.asked.values()) if one.rating]
        names = names_of(access.everybody(db))
    lines = [RatedLine(visit=one, standing=one.standing(at, limit), about=matter_words(here, one)) for one in visits]
    found = [line for line in reversed(lines) if FILTERS.get(asked, FILTERS[""])(line)]
    view = ReviewView(
        at=here.hall.local(at),
        days=days,
        asked=asked if asked in FILTERS else "",
        lines=tuple(found[:SHOWN]),
        count=len(found),
        names=names,
    )
    return render_template("office/ratings.html", view=view, person=actor.staff, filters=list(FILTERS))


@blueprint.post("/review/<any(exclude, readmit):verb>")
def review(verb: str) -> BaseResponse:
    """Leave a rating out of the figures, or take it in again, with the reason."""
    actor, ticket, reason = office_here(), whole_number(request.form.get("ticket")), request.form.get("reason", "")
    _done("office.moved", lambda: getattr(reviewing, verb)(context(), ticket=ticket, reason=reason, actor=actor))
    kept: dict[str, Any] = {name: request.form[name] for name in ("show", "from", "to") if request.form.get(name)}
    return redirect(url_for(".page", **kept), 303)


def _done(message: str, verb: Callable[[], object]) -> int:
    """Do it and say so, or say why not; returns the status to answer with."""
    try:
        verb()
    except HallError as refusal:
        flash(words(refusal), "refused")
        return refusal.status
    flash(say(message), "done")
    return 200


@blueprint.get("/paper")
def paper() -> str:
    """The form to type in what somebody ticked on paper, and to print such a form."""
    return _paper(office_here())


def _paper(actor: Actor) -> str:
    at = context().hall.local(context().clock())
    view = PaperView(at=at, days=days_asked(), typed=request.form.to_dict())
    return render_template("office/rating_paper.html", view=view, person=actor.staff)


def _number() -> tuple[str, str, int]:
    """Day, prefix and number of the visit on a form; `unknown_ticket` for what is no number."""
    match = CODE.fullmatch(re.sub(r"\s", "", request.form.get("code", "")).upper())
    if match is None:
        raise NotFound("unknown_ticket", "not a number of this hall")
    try:
        return date.fromisoformat(request.form.get("day", "")).isoformat(), match[1], int(match[2])
    except ValueError:
        raise BadInput("bad_input", "a date is expected") from None


@blueprint.post("/paper")
def type_in() -> BaseResponse | tuple[str, int]:
    """Keep a rating from paper; a refusal shows the form again with everything that was typed."""
    actor = office_here()
    status = _done("office.paper_kept", lambda: _type_in(actor))
    return (_paper(actor), status) if status != 200 else redirect(url_for(".paper"), 303)


def _type_in(actor: Actor) -> None:
    day, prefix, number = _number()
    given = level(request.form.get("level"))
    ticked = [whole_number(one) for one in request.form.getlist("reason")]
    text = request.form.get("text", "")
    reviewing.type_in(
        context(), day=day, prefix=prefix, number=number, level=given, reasons=ticked, text=text, actor=actor
    )


@blueprint.post("/paper/print")
def print_form() -> BaseResponse | tuple[str, int]:
    """Print the paper form of a visit."""
    actor = office_here()
    status = _done("office.paper_printed", lambda: _print_form(actor))
    return (_paper(actor), status) if status != 200 else redirect(url_for(".paper"), 303)


def _print_form(actor: Actor) -> None:
    day, prefix, number = _number()
    with context().database.read() as db:
        ticket = records.ticket_by_code(db, day, prefix, number)
    reviewing.print_form(context(), ticket=ticket.id, actor=actor)


@blueprint.get("/praise")
def praise() -> str:
    """The form for a word of praise, for every member of staff; under it, for the office, the praise of some days."""
    return _praise(signed_in())


def _praise(actor: Actor) -> str:
    here, days = context(), days_asked()
    said: list[Praise] = []
    if require_staff(actor).role is Role.OFFICE:
        with here.database.read() as db:
            said = ratings.praises(db, *days.asked.values())
    view = PraiseView(at=here.hall.local(here.clock()), days=days, praises=tuple(said), typed=request.form.to_dict())
    return render_template("office/praise.html", view=view, person=actor.staff)


@blueprint.post("/praise")
def add_praise() -> BaseResponse | tuple[str, int]:
    """Register a word of praise; a refusal shows the form again with everything that was typed."""
    actor = signed_in()
    status = _done("office.praise_kept", lambda: _add_praise(actor))
    return (_praise(actor), status) if status != 200 else redirect(url_for(".praise"), 303)


def _add_praise(actor: Actor) -> None:
    form = request.form
    window = context().hall.window(whole_number(form["window"])).number if form.get("window") else None
    casework.praise(
        context(),
        about=form.get("about", ""),
        target=form.get("target", ""),
        name=form.get("name", ""),
        phone=form.get("phone", ""),
        window=window,
        actor=actor,
    )
