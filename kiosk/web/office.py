"""The center office's first page: the hall, its alerts and devices now, and the paper that needs a person to decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from display.health import SILENT_AFTER_SECONDS, Report
from kiosk.domain.alerts import Alert
from kiosk.domain.cases import Kind
from kiosk.domain.errors import Forbidden, HallError, SignInNeeded
from kiosk.domain.lights import Light
from kiosk.domain.people import Actor, Role, require_office, require_staff
from kiosk.domain.screens import Screen
from kiosk.operations import hall as opening
from kiosk.operations import paper
from kiosk.operations.hall import Context
from kiosk.store import cases, duty, queries, registers
from kiosk.store.cases import Filter
from kiosk.store.duty import StaffCall
from kiosk.store.queries import HallView
from kiosk.store.registers import Lights
from kiosk.web.access import context, say, signed_in, whole_number, words
from kiosk.web.registers import lamps_of
from printer import spool
from printer.jobs import JobRow
from printer.worker import PrinterState

blueprint = Blueprint("office", __name__, url_prefix="/office")
JOBS_SHOWN = 40


class Reports:
    """The last report of every screen, and when it came; kept in memory, for a screen that lives speaks soon again."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._last: dict[str, tuple[datetime, Report]] = {}

    def take(self, report: Report) -> None:
        """Keep what a screen says of itself."""
        self._last[report.screen] = (self._clock(), report)

    def last(self, screen: str) -> tuple[datetime, Report] | None:
        """When a screen reported last, and what; None while it never did since the start."""
        return self._last.get(screen)


@dataclass(frozen=True, kw_only=True)
class Devices:
    """Where the page looks for devices: the printers now, and the screens' reports."""

    printers: Callable[[], Sequence[PrinterState]]
    reports: Reports


@dataclass(frozen=True, kw_only=True)
class PrinterLine:
    """A printer now, and how many slips are on their way to it."""

    state: PrinterState
    jobs: int


@dataclass(frozen=True, kw_only=True)
class ScreenLine:
    """A screen and its last report; `silent` after 45 seconds without one, `age` in whole seconds."""

    screen: Screen
    report: Report | None
    age: int | None

    @property
    def silent(self) -> bool:
        """Whether somebody should look after this screen."""
        return self.age is None or self.age > SILENT_AFTER_SECONDS

    @property
    def muted(self) -> bool:
        """Whether a screen that should speak cannot be heard."""
        return self.screen.voice and self.report is not None and self.report.sound in {"blocked", "silent"}

    @property
    def failing(self) -> bool:
        """Whether a screen that was there has stopped reporting, or cannot be heard: the office is told at once."""
        return self.report is not None and (self.silent or self.muted)


@dataclass(frozen=True, kw_only=True)
class OfficeView:
    """The hall, its devices and its latest slips at one moment; `machine` where its clock is behind the hall's.

    `forgets` says that the last thing done could not be kept.
    """

    seq: int
    at: datetime
    machine: datetime | None
    forgets: bool
    hall: HallView
    printers: tuple[PrinterLine, ...]
    screens: tuple[ScreenLine, ...]
    jobs: tuple[JobRow, ...]
    alerts: tuple[Alert, ...]
    calls: tuple[StaffCall, ...]
    owed: Lights
    owed_late: int
    low_late: int


def office_view(here: Context, devices: Devices) -> OfficeView:
    """What the office sees now."""
    at, machine = here.clock(), here.clock.machine
    with here.database.read() as db:
        hall = queries.hall_view(db, here.hall, at)
        alerts, calls = queries.alerts_now(db, here.hall, at), duty.open_calls(db)
        lamps = lamps_of(here)
        owed = registers.added(registers.lights(db, Filter(owed=True), lamps))
        late, low = (
            cases.count(db, Filter(kind=kind, light=Light.RED, lamps=lamps)) if owed.get(Light.RED) else 0
            for kind in (Kind.COMPLAINT, Kind.FOLLOW_UP)
        )
        jobs, underway = spool.jobs(db, limit=JOBS_SHOWN), spool.open_jobs(db)
    return OfficeView(
        seq=hall.seq,
        at=hall.at,
        machine=here.hall.local(machine) if machine else None,
        forgets=bool(here.database.trouble),
        hall=hall,
        printers=tuple(PrinterLine(state=one, jobs=underway.get(one.id, 0)) for one in devices.printers()),
        screens=screen_lines(here, devices.reports),
        jobs=jobs,
        alerts=alerts,
        calls=calls,
        owed=owed,
        owed_late=late,
        low_late=low,
    )


def screen_lines(here: Context, reports: Reports) -> tuple[ScreenLine, ...]:
    """Every screen of the hall, and those above windows that have ever reported."""
    at, hall = here.clock(), here.hall
    above = [
        Screen(
            id=f"window-{one.number}",
            name=here.phrases.say("office.window_screen", window=one.number),
            panel=hall.window_screens.panel,
            voice=False,
        )
        for one in hall.windows
        if reports.last(f"window-{one.number}")
    ]
    return tuple(_screen(one, reports, at) for one in (*hall.screens, *above))


def _screen(screen: Screen, reports: Reports, at: datetime) -> ScreenLine:
    last = reports.last(screen.id)
    if last is None:
        return ScreenLine(screen=screen, report=None, age=None)
    return ScreenLine(screen=screen, report=last[1], age=max(0, int((at - last[0]).total_seconds())))


def _devices() -> Devices:
    return cast("Devices", current_app.extensions["devices"])


def colleague() -> Actor:
    """The signed-in guide or office worker; `not_allowed` for a clerk."""
    actor = signed_in()
    if require_staff(actor).role is Role.CLERK:
        raise Forbidden("not_allowed", f"{actor.name} is a clerk")
    return actor


def office_here() -> Actor:
    """The signed-in person of the office, which supervises (regulations 1.5) and alone reads single ratings (E8).

    Raises `not_allowed` for clerks and guides.
    """
    actor = signed_in()
    require_office(actor)
    return actor


def may_watch(room: str) -> bool:
    """Whether the browser that asks may watch this page."""
    try:
        colleague()
    except HallError:
        return False
    return room == "hall"


@blueprint.get("")
def page() -> str | BaseResponse:
    """The hall's devices and paper; somebody not signed in is sent to the one place where people sign in."""
    try:
        actor = colleague()
    except SignInNeeded:
        return redirect(url_for("console.page", to="office"), 303)
    return render_template("office/office.html", view=office_view(context(), _devices()), person=actor.staff)


@blueprint.get("/state")
def state() -> dict[str, object]:
    """The page's live part as JSON, for a browser whose socket is away."""
    colleague()
    view = office_view(context(), _devices())
    return {"ok": True, "seq": view.seq, "html": render_template("office/_office.html", view=view)}


@blueprint.post("/reprint")
def reprint() -> BaseResponse:
    """Print a slip again, marked as a copy."""
    return _done("office.reprinted", lambda actor, job: paper.reprint(context(), job=job, actor=actor))


@blueprint.post("/give-up")
def give_up() -> BaseResponse:
    """Withdraw a slip."""
    return _done("office.given_up", lambda actor, job: paper.give_up(context(), job=job, actor=actor))


@blueprint.post("/clock")
def clock() -> BaseResponse:
    """Take the machine's time as the hall's, after somebody has looked at it."""
    actor = colleague()
    try:
        opening.accept_clock(context(), actor=actor)
        flash(say("office.clock_accepted"), "done")
    except HallError as refusal:
        flash(words(refusal), "refused")
    return redirect(url_for("office.page"), 303)


def _done(message: str, verb: Callable[[Actor, int], object]) -> BaseResponse:
    """Do one thing with the slip of the form, and show the page again with a word about it."""
    actor = colleague()
    try:
        verb(actor, whole_number(request.form.get("job")))
        flash(say(message), "done")
    except HallError as refusal:
        flash(words(refusal), "refused")
    return redirect(url_for("office.page"), 303)
