"""The registers (台账): every answer the hall owes, by kind, person, light and day; and what all registers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk import slips
from kiosk.domain.cases import Case, Kind, Limit
from kiosk.domain.errors import BadInput, SignInNeeded
from kiosk.domain.identity import masked, masked_phone
from kiosk.domain.lights import SHOWN, Lamps, Light
from kiosk.domain.people import Actor, Role, Staff, require_staff
from kiosk.operations.hall import Context
from kiosk.store import access, cases, registers
from kiosk.store.cases import Filter
from kiosk.web import columns, export
from kiosk.web.access import context, day_named, language, say, signed_in, whole_number

blueprint = Blueprint("registers", __name__, url_prefix="/office/cases")
PER_PAGE = 50
EXPORTED = 100_000
T = TypeVar("T")
LISTS = ("owed", "done", "all")
ORDERS = ("due", "newest")


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """A case in a register: its light, and working days left (negative: late, also of what was answered late)."""

    case: Case
    light: Light
    left: int | None


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Where in a register a page stands, of how many lines in all."""

    page: int
    count: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PER_PAGE))


@dataclass(frozen=True, kw_only=True)
class RegisterView:
    """One page of a register, with what was asked for and how many of each light there are."""

    at: datetime
    lines: tuple[CaseLine, ...]
    paging: Paging
    lights: Mapping[Light, int]
    names: dict[str, str]
    asked: dict[str, str]


def lamps_of(here: Context) -> Lamps:
    """The rule of the lights today."""
    today = here.hall.local(here.clock()).date()
    return Lamps(today=today, workdays=here.hall.workdays, rules=here.hall.cases)


def case_line(lamps: Lamps, case: Case) -> CaseLine:
    """A case with its light now."""
    return CaseLine(case=case, light=lamps.light(case), left=case.saved if case.answered_at else lamps.left(case))


@blueprint.app_template_global("rule_of")
def rule_of(limit: Limit) -> str:
    """The rule of a limit in the page's language."""
    return slips.rule_text(context().phrases, limit, language())


@blueprint.app_template_filter("office_choice")
def office_choice(value: str, group: str) -> tuple[str, str]:
    """A value with its words, as a list of choices needs both."""
    return value, say(f"office.{group}_{value}")


blueprint.add_app_template_filter(masked, "masked")
blueprint.add_app_template_filter(masked_phone, "masked_phone")


def names_of(staff: list[Staff]) -> dict[str, str]:
    """People's names by their logins."""
    return {one.login: one.name for one in staff}


def chosen(kind: Callable[[str], T], text: str | None) -> T | None:
    """A choice of the address; None for none, and for what is none."""
    try:
        return kind(text) if text else None
    except ValueError:
        return None


def day_asked(name: str) -> str | None:
    """A day of the address; `bad_input` for what is no date."""
    text = request.args.get(name)
    return day_named(text).isoformat() if text else None


def days_asked(first: str = "from", last: str = "to") -> tuple[str | None, str | None]:
    """Two days of the address in their order; `days_reversed` where the last comes before the first."""
    begins, ends = day_asked(first), day_asked(last)
    if begins and ends and ends < begins:
        raise BadInput("days_reversed", f"{ends} comes before {begins}")
    return begins, ends


def day_start(here: Context, day: str, later: int = 0) -> datetime:
    """Midnight of a day in the hall's zone, or of so many days later."""
    return datetime.combine(date.fromisoformat(day) + timedelta(days=later), time(), here.hall.tz)


def page_asked() -> int:
    """The page of the address, from 1."""
    return max(1, whole_number(request.args.get("page") or "1"))


def words_asked() -> str:
    """What is searched for."""
    return request.args.get("q", "")[:40].strip()


def typed(*names: str) -> dict[str, str]:
    """What the address says, to be shown in the form again."""
    return {name: request.args.get(name, "") for name in names}


def _filter(actor: Actor, lamps: Lamps) -> Filter:
    """What the address asks for; a clerk sees the own cases only."""
    staff, asked = require_staff(actor), request.args
    opened, due = days_asked(), days_asked("due_from", "due_to")
    return Filter(
        kind=chosen(Kind, asked.get("kind")),
        owed={"owed": True, "done": False}.get(asked.get("list", "owed")),
        light=chosen(Light, asked.get("light")),
        lamps=lamps,
        person=staff.login if staff.role is Role.CLERK else asked.get("person") or None,
        text=words_asked(),
        due_from=due[0],
        due_to=due[1],
        opened_from=opened[0],
        opened_to=opened[1],
        low_before=None if staff.role is Role.OFFICE else lamps.today.isoformat(),
    )


def _by_due(wanted: Filter) -> bool:
    """What is owed stands by its day, everything else by its registration, unless asked otherwise."""
    return request.args.get("order", "due" if wanted.owed else "newest") == "due"


@blueprint.get("")
def page() -> str | BaseResponse:
    """A register; somebody not signed in is sent to the place where people sign in."""
    try:
        actor = signed_in()
    except SignInNeeded:
        return redirect(url_for("console.page"), 303)
    here = context()
    lamps, number = lamps_of(here), page_asked()
    wanted = _filter(actor, lamps)
    with here.database.read() as db:
        found = cases.search(db, wanted, limit=PER_PAGE, offset=(number - 1) * PER_PAGE, by_due=_by_due(wanted))
        count = cases.count(db, wanted)
        lit = registers.added(registers.lights(db, replace(wanted, owed=True, light=None), lamps))
        names = names_of(access.everybody(db))
    view = RegisterView(
        at=here.hall.local(here.clock()),
        lines=tuple(case_line(lamps, one) for one in found),
        paging=Paging(page=number, count=count),
        lights=lit,
        names=names,
        asked=typed("list", "person", "light", "q", "from", "to", "due_from", "due_to", "order")
        | {"kind": wanted.kind or ""},
    )
    return render_template(
        "office/cases.html", view=view, person=actor.staff, kinds=list(Kind), lists=LISTS, orders=ORDERS, lights=SHOWN
    )


@blueprint.get("/export.xlsx")
def table() -> Response:
    """The whole register as asked for, as an Excel file with the columns of its form."""
    here = context()
    lamps = lamps_of(here)
    wanted = _filter(signed_in(), lamps)
    with here.database.read() as db:
        found = cases.search(db, wanted, limit=EXPORTED, by_due=_by_due(wanted))
        names = names_of(access.everybody(db))
        rows = columns.rows(here, db, wanted.kind, [case_line(lamps, one) for one in found], names)
        title = say(f"office.kind_{wanted.kind}") if wanted.kind else say("office.page_cases")
        return export.download(title, here.hall.day(here.clock()), columns.headings(wanted.kind), rows)
