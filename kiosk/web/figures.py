"""The office's figures of the ratings, by month, window, person and matter; and their export for the platforms."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain import figures
from kiosk.domain.errors import BadInput, NotFound, SignInNeeded
from kiosk.domain.figures import Answering, Line, Tally, Visit
from kiosk.domain.people import Staff
from kiosk.operations.hall import Context
from kiosk.store import access, ratings
from kiosk.web import export, reporting
from kiosk.web.access import context, day_named, say
from kiosk.web.office import office_here
from kiosk.web.registers import names_of

blueprint = Blueprint("figures", __name__, url_prefix="/office/ratings")


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days a page is about, both included."""

    first: date
    last: date

    @property
    def asked(self) -> dict[str, str]:
        """These days as an address carries them."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


@dataclass(frozen=True, kw_only=True)
class FiguresView:
    """The figures of some days: all visits together, then by month, window, person and matter."""

    at: datetime
    days: Days
    total: Tally
    tables: dict[str, tuple[Line, ...]]
    answering: Answering


def days_asked() -> Days:
    """The days of the address, this month without any; `bad_input` for what is no day, and for more than ten years."""
    today = context().hall.local(context().clock()).date()
    first, last = _day("from", today.replace(day=1)), _day("to", today)
    if not 0 <= (last - first).days <= 3660:
        raise BadInput("bad_input", f"{first} to {last}")
    return Days(first=first, last=last)


def _day(name: str, otherwise: date) -> date:
    return day_named(request.args[name]) if request.args.get(name) else otherwise


def _figures(here: Context, days: Days) -> FiguresView:
    at, limit = here.clock(), here.hall.limits.rating_days
    with here.database.read() as db:
        visits = ratings.visits(db, *days.asked.values())
        followed = ratings.follow_ups(db, *days.asked.values())
        people = access.everybody(db)
    names = _apart(people)

    def table(key: Callable[[Visit], str]) -> tuple[Line, ...]:
        return figures.by(visits, key, at, limit)

    return FiguresView(
        at=here.hall.local(at),
        days=days,
        total=figures.tally(visits, at, limit),
        tables={
            "window": table(lambda visit: say("touch.window", number=visit.window)),
            "person": figures.ranked(table(lambda visit: names.get(visit.clerk) or visit.clerk or "—")),
            "month": table(lambda visit: visit.day[:7]),
            "matter": table(lambda visit: matter_words(here, visit)),
        },
        answering=figures.answering(followed),
    )


def _apart(people: Sequence[Staff]) -> dict[str, str]:
    """Everybody's name by login; two of the same name are told apart by it."""
    common = Counter(one.name for one in people)
    return {one.login: one.name if common[one.name] == 1 else f"{one.name}（{one.login}）" for one in people}


def matter_words(here: Context, visit: Visit) -> str:
    """What a visit was about: its matter, else its service."""
    try:
        return here.catalogue.matter(visit.matter or "").name
    except NotFound:
        return here.hall.service_or_gone(visit.service, visit.code[:1]).name


@blueprint.get("")
def page() -> str | BaseResponse:
    """The figures; somebody not signed in is sent to the place where people sign in."""
    try:
        actor = office_here()
    except SignInNeeded:
        return redirect(url_for("console.page"), 303)
    return render_template("office/figures.html", view=_figures(context(), days_asked()), person=actor.staff)


@blueprint.get("/export.<any(csv, json):kind>")
def table(kind: str) -> Response:
    """The ratings of some days with the platforms' own field names; what is not known is empty or null."""
    office_here()
    here, days = context(), days_asked()
    with here.database.read() as db:
        visits = ratings.visits(db, *days.asked.values())
        names = names_of(access.everybody(db))
    rows = reporting.rows(here, visits, names)
    name = f"{say('office.page_figures')}-{days.first}-{days.last}.{kind}"
    if kind == "csv":
        return export.saved_as(name, export.csv_table(reporting.FIELDS, rows), export.CSV)
    return export.saved_as(name, json.dumps(list(rows), ensure_ascii=False, indent=1), "application/json")
