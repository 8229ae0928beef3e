"""The head's daily list: what is late, what comes near, what nobody has taken up, and what was answered (1.5, 3.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain.errors import SignInNeeded
from kiosk.domain.lights import SHOWN, Light
from kiosk.operations.hall import Context
from kiosk.store import access, breaches, cases, registers
from kiosk.store.cases import Filter
from kiosk.store.registers import Lights
from kiosk.web.access import context
from kiosk.web.ledger_lines import Line, breach_line
from kiosk.web.office import office_here
from kiosk.web.registers import CaseLine, case_line, day_start, lamps_of, names_of

blueprint = Blueprint("daily", __name__, url_prefix="/office/daily")
MOST = 60
"""So many of a kind are listed, the most urgent first; the registers have the rest."""


@dataclass(frozen=True, kw_only=True)
class DailyView:
    """The list of one morning; `results` are the answers since the day `since`."""

    at: datetime
    since: date
    lights: Lights
    people: dict[str, Lights]
    names: dict[str, str]
    late: tuple[CaseLine, ...]
    near: tuple[CaseLine, ...]
    untaken: tuple[CaseLine, ...]
    stopped: tuple[CaseLine, ...]
    results: tuple[CaseLine, ...]
    breaches: tuple[Line, ...]


def daily_view(here: Context) -> DailyView:
    """The list as it stands now; its results and breaches are those of the last working day and today."""
    at, lamps = here.clock(), lamps_of(here)
    since = lamps.workdays.before(lamps.today)
    begins = day_start(here, since.isoformat())
    owed = Filter(owed=True, lamps=lamps)
    with here.database.read() as db:

        def listed(wanted: Filter) -> tuple[CaseLine, ...]:
            return tuple(case_line(lamps, one) for one in cases.search(db, wanted, limit=MOST, by_due=True))

        people = registers.lights(db, owed, lamps)
        names = names_of(access.everybody(db))
        unkept = breaches.search(db, since=since.isoformat(), limit=MOST)
        return DailyView(
            at=here.hall.local(at),
            since=since,
            lights=registers.added(people),
            people=dict(sorted(people.items(), key=lambda one: [-one[1].get(light, 0) for light in SHOWN])),
            names=names,
            late=listed(replace(owed, light=Light.RED)),
            near=listed(replace(owed, light=Light.YELLOW)),
            untaken=listed(replace(owed, person="")),
            stopped=listed(replace(owed, light=Light.GREY)),
            results=tuple(case_line(lamps, one) for one in registers.answered_between(db, begins, at, MOST)),
            breaches=tuple(breach_line(here, one, names) for one in unkept),
        )


@blueprint.get("")
def page() -> str | BaseResponse:
    """The list, to be read on the screen or printed; somebody not signed in is sent to where people sign in."""
    try:
        actor = office_here()
    except SignInNeeded:
        return redirect(url_for("console.page"), 303)
    return render_template("office/daily.html", view=daily_view(context()), person=actor.staff, most=MOST)
