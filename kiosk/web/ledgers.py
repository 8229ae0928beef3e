"""The registers besides the cases': promises, notices, the order left, what was not kept (1.1, 1.4, 1.7, 5.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain.errors import NotFound, SignInNeeded
from kiosk.domain.events import Event
from kiosk.store import access, breaches, records
from kiosk.web import export, ledger_lines
from kiosk.web.access import context, say
from kiosk.web.ledger_lines import Ledger, Line
from kiosk.web.office import office_here
from kiosk.web.registers import EXPORTED, PER_PAGE, Paging, names_of, page_asked, typed

blueprint = Blueprint("ledgers", __name__, url_prefix="/office/registers")


@dataclass(frozen=True, kw_only=True)
class LedgerView:
    """One page of a register: its lines, and what was asked for."""

    at: datetime
    name: str
    ledger: Ledger
    lines: tuple[Line, ...]
    paging: Paging
    asked: dict[str, str]


@blueprint.errorhandler(SignInNeeded)
def _sign_in(_refusal: SignInNeeded) -> BaseResponse:
    """Somebody not signed in is sent to the place where people sign in."""
    return redirect(url_for("console.page"), 303)


LEDGERS: dict[str, Callable[[], Ledger]] = {
    "promises": ledger_lines.promises,
    "notices": ledger_lines.notices,
    "order": ledger_lines.order,
    "breaches": ledger_lines.breaches,
}


def _ledger(name: str) -> Ledger:
    if name not in LEDGERS:
        raise NotFound("unknown_page", f"no register {name!r:.20}")
    return LEDGERS[name]()


@blueprint.get("/<name>")
def page(name: str) -> str:
    """A register, fifty lines at a time."""
    actor, here, ledger, number = office_here(), context(), _ledger(name), page_asked()
    with here.database.read() as db:
        lines = ledger.lines(db, PER_PAGE, (number - 1) * PER_PAGE)
        paging = Paging(page=number, count=ledger.count(db))
    view = LedgerView(
        at=here.hall.local(here.clock()),
        name=name,
        ledger=ledger,
        lines=tuple(lines),
        paging=paging,
        asked=typed("q", *ledger.choices) | dict(ledger.days),
    )
    return render_template("office/ledger.html", view=view, person=actor.staff)


@blueprint.get("/<name>/export.xlsx")
def table(name: str) -> Response:
    """The whole register as asked for, as an Excel file."""
    here, _, ledger = context(), office_here(), _ledger(name)
    with here.database.read() as db:
        lines = ledger.lines(db, EXPORTED, 0)
    rows = ([line.cells.get(one) for one in ledger.columns] for line in lines)
    titles = [say(f"office.column_{one}") for one in ledger.columns]
    return export.download(say(f"office.page_{name}"), here.hall.day(here.clock()), titles, rows)


@dataclass(frozen=True, kw_only=True)
class BreachView:
    """One line of the breach register with all its facts, and the history of what it is about."""

    at: datetime
    line: Line
    facts: dict[str, object]
    subject: str
    events: tuple[Event, ...]
    names: dict[str, str]


@blueprint.get("/breaches/<int:number>")
def breach(number: int) -> str:
    """One line of the breach register: the facts as they were, never a verdict."""
    actor, here = office_here(), context()
    with here.database.read() as db:
        one = breaches.breach_by_id(db, number)
        names = names_of(access.everybody(db))
        events = records.events_of(db, one.subject)
    view = BreachView(
        at=here.hall.local(here.clock()),
        line=ledger_lines.breach_line(here, one, names),
        facts=dict(one.facts),
        subject=one.subject,
        events=tuple(events) if one.subject.startswith("case:") else (),
        names=names,
    )
    return render_template("office/breach.html", view=view, person=actor.staff)
