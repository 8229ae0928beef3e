"""The registers (台账): every answer the hall owes, by kind, person, light and day; one page per case; export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain.cases import Case, Kind, Light
from kiosk.domain.errors import BadInput, SignInNeeded
from kiosk.domain.people import Actor, Role, Staff, require_staff
from kiosk.operations.hall import Context
from kiosk.store import access, cases
from kiosk.store.cases import Filter
from kiosk.web import export
from kiosk.web.access import context, say, signed_in, whole_number
from kiosk.web.status import light_of

blueprint = Blueprint("registers", __name__, url_prefix="/office/cases")
PER_PAGE = 50
T = TypeVar("T")
Lights = dict[Light, int]
LISTS = ("owed", "done", "all")


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """A case in a register: its light, and working days left (negative: late, also of what was answered late)."""

    case: Case
    light: Light
    left: int | None


@dataclass(frozen=True, kw_only=True)
class RegisterView:
    """One page of a register, with what was asked for and how many of each light there are."""

    at: datetime
    lines: tuple[CaseLine, ...]
    count: int
    page: int
    lights: dict[Light, int]
    names: dict[str, str]
    asked: dict[str, str]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PER_PAGE))


def case_line(here: Context, case: Case) -> CaseLine:
    """A case with its light now."""
    until = here.hall.local(case.answered_at or here.clock()).date()
    left = here.hall.workdays.between(until, case.due) if case.due else None
    return CaseLine(case=case, light=light_of(here, case), left=left)


def names_of(staff: list[Staff]) -> dict[str, str]:
    return {one.login: one.name for one in staff}


def chosen(kind: Callable[[str], T], text: str | None) -> T | None:
    """A choice of the address; None for none, and for what is none."""
    try:
        return kind(text) if text else None
    except ValueError:
        return None


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise BadInput("bad_input", f"{text!r:.40} is no date") from None


def _filter(actor: Actor) -> Filter:
    """What the address asks for; a clerk sees the own cases only."""
    staff, asked = require_staff(actor), request.args
    listed = asked.get("list", "owed")
    return Filter(
        kind=chosen(Kind, asked.get("kind")),
        owed={"owed": True, "done": False}.get(listed),
        person=staff.login if staff.role is Role.CLERK else asked.get("person") or None,
        text=asked.get("q", "")[:40].strip(),
        opened_from=_day(asked.get("from")),
        opened_to=_day(asked.get("to")),
    )


def _found(
    here: Context, wanted: Filter, light: Light | None, page: int
) -> tuple[list[CaseLine], int, dict[Light, int]]:
    """The lines of a page, how many there are in all, and the lights of everything owed in this register."""
    owed = replace(wanted, owed=True)
    with here.database.read() as db:
        lines = [case_line(here, one) for one in cases.search(db, owed, limit=5000)]
        lights: Lights = {one: sum(line.light is one for line in lines) for one in Light if one is not Light.NONE}
        if light is not None:
            lit = sorted((line for line in lines if line.light is light), key=lambda line: line.case.due or date.max)
            return lit[(page - 1) * PER_PAGE :][:PER_PAGE], len(lit), lights
        found = cases.search(db, wanted, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
        return [case_line(here, one) for one in found], cases.count(db, wanted), lights


@blueprint.get("")
def page() -> str | BaseResponse:
    """A register; somebody not signed in is sent to the place where people sign in."""
    try:
        actor = signed_in()
    except SignInNeeded:
        return redirect(url_for("console.page"), 303)
    here, number = context(), max(1, whole_number(request.args.get("page", "1")))
    light = chosen(Light, request.args.get("light"))
    lines, count, lights = _found(here, _filter(actor), light, number)
    with here.database.read() as db:
        names = names_of(access.all_staff(db))
    view = RegisterView(
        at=here.hall.local(here.clock()),
        lines=tuple(lines),
        count=count,
        page=number,
        lights=lights,
        names=names,
        asked={name: request.args.get(name, "") for name in ("kind", "list", "person", "light", "q", "from", "to")},
    )
    return render_template("office/cases.html", view=view, person=actor.staff, kinds=list(Kind), lists=LISTS)


COLUMNS: dict[str, tuple[str, ...]] = {
    "": ("number", "kind", "opened", "about", "name", "phone", "person", "state", "due", "answered", "saved"),
    "inquiry": ("number", "name", "phone", "opened", "about", "person", "outcome", "office", "answer", "answered"),
    "application": (
        "number", "about", "name", "identity", "phone", "person", "opened", "rule", "due", "statutory", "stopped",
        "answered", "saved", "state",
    ),
    "letter": (
        "number", "opened", "about", "name", "phone", "office", "person", "rule", "due", "answer", "answered", "saved",
    ),
    "complaint": (
        "number", "opened", "form", "name", "phone", "target", "ground", "about", "person", "due", "extended", "answer",
        "answer_form", "answered", "view",
    ),
    "follow_up": ("number", "opened", "level", "window", "person", "stage", "due", "answer", "answered", "view"),
}  # fmt: skip
"""The columns of each register, as the official forms have them (办件, 首问, 信函, 投诉)."""


def _cells(here: Context, line: CaseLine, names: dict[str, str]) -> dict[str, object]:
    case, local = line.case, here.hall.local
    return {
        "number": case.number,
        "kind": say(f"office.kind_{case.kind}"),
        "opened": local(case.opened_at),
        "about": case.about,
        "level": say(f"rating.{case.about}") if case.kind is Kind.FOLLOW_UP else "",
        "name": case.name,
        "identity": case.identity,
        "phone": case.phone,
        "person": names.get(case.person, case.person),
        "window": case.window,
        "state": say(f"office.state_{case.state}"),
        "rule": say(f"case.rule_{case.limit.rule}", days=case.limit.days),
        "due": case.due,
        "statutory": case.statutory_due,
        "stopped": case.stopped_days or None,
        "extended": case.reason if case.extended_days else None,
        "answered": local(case.answered_at) if case.answered_at else None,
        "saved": line.left if case.answered_at else None,
        "outcome": say(f"office.outcome_{case.outcome}") if case.outcome else "",
        "office": case.office,
        "form": say(f"case.form_{case.form}"),
        "target": case.target,
        "ground": say(f"case.ground_{case.ground}") if case.ground else "",
        "answer": case.answer,
        "answer_form": say(f"case.form_{case.answer_form}") if case.answer_form else "",
        "view": say(f"case.page_{case.view}") if case.view else "",
        "stage": say(f"case.stage_{case.stage}") if case.stage else "",
    }


@blueprint.get("/export.xlsx")
def table() -> Response:
    """The whole register as asked for, as an Excel file with the columns of its form."""
    here, wanted = context(), _filter(signed_in())
    columns = COLUMNS[wanted.kind or ""]
    with here.database.read() as db:
        found, names = cases.search(db, wanted, limit=100_000), names_of(access.all_staff(db))
    rows = (list(map(_cells(here, case_line(here, one), names).get, columns)) for one in found)
    title = say(f"office.kind_{wanted.kind}") if wanted.kind else say("office.page_cases")
    return export.download(title, here.hall.day(here.clock()), [say(f"office.column_{one}") for one in columns], rows)
