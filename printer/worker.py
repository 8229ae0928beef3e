"""One thread per printer takes jobs from the spool and brings them to paper; it never stops for an error."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from printer.delivery import Delivery, Ending, Outcome
from printer.devices import LinkLostError, LinkRefusedError, PrinterSettings, ask_aside, open_link, seconds
from printer.documents import DocumentError
from printer.jobs import JobRow, JobState
from printer.profiles import Ack, StatusRoute
from printer.render import render, warm
from printer.status import Condition, process_token

POLL = 0.5
"""Seconds until a job stored by another process is seen."""
MOMENT = 0.02
"""Seconds after a commit in which those go first who show it on a screen: paper takes a second anyway."""
RETRY = 1.0
DOUBT_SECONDS = 600.0
"""How long the word of a printer that did not acknowledge two slips running is not waited for."""
COPY_MARK, BACKUP_MARK = "补打", "备用机打印"

_log = logging.getLogger(__name__)
_WAITING = {
    Condition.WAITING_PAPER: JobState.WAITING_PAPER,
    Condition.WAITING_COVER: JobState.WAITING_COVER,
    Condition.OFFLINE: JobState.OFFLINE,
    Condition.ERROR: JobState.OFFLINE,
}
_WELL = (Condition.READY, Condition.PRINTING, Condition.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class PrinterState:
    """How a printer is now. `since` is when this condition began, `job` what it prints, `near_end` None if unknown."""

    id: str
    name: str
    condition: Condition
    since: datetime
    job: int | None = None
    near_end: bool | None = None
    detail: str = ""

    @property
    def ok(self) -> bool:
        """False when a person has to come; a printer that cannot tell counts as well."""
        return self.condition in _WELL


class Rows(Protocol):
    """The rows a worker works on (`printer.spool.Table`)."""

    @property
    def clock(self) -> Callable[[], datetime]: ...
    def resume(self, printer: str) -> bool: ...
    def next(self, printer: str, stuck: Iterable[str] = ()) -> JobRow | None: ...
    def claim(self, row: JobRow, printer: str, copy: int) -> bool: ...
    def set_state(
        self, job_id: int, state: JobState, printer: str, detail: str = "", *, ack: str = "", sent: int = 0
    ) -> None: ...
    def close(self) -> None: ...


class Worker:
    """Owns one printer: nobody else talks to it."""

    def __init__(
        self,
        settings: PrinterSettings,
        rows: Rows,
        *,
        stuck: Callable[[], tuple[str, ...]],
        changed: Callable[[], None],
        ack_within: float,
        look_every: float,
    ) -> None:
        self.settings = settings
        self.state = PrinterState(id=settings.id, name=settings.name, condition=Condition.UNKNOWN, since=rows.clock())
        self.stopping, self.wakeup, self._abort = threading.Event(), threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"printer-{settings.id}", daemon=True)
        self._rows, self._profile = rows, settings.kind
        self._group_stuck, self._changed = stuck, changed
        self._ack_within, self._look_every = ack_within, look_every
        self._dirty = self._stale = False
        self._looked = self._tried = -1e9
        self._unacknowledged, self._doubts_until = 0, -1e9
        self._unready: float | None = None
        self._payload: tuple[tuple[int, tuple[str, ...]], bytes] | None = None

    def finish(self, timeout: float) -> None:
        """Waits for the thread, then cuts a slip under way short."""
        if not self.thread.is_alive():
            return
        self.thread.join(timeout)
        self._abort.set()
        self.thread.join(3.0)

    def unready_for(self) -> float:
        """Seconds for which the printer could not print, 0 when it can."""
        unready = self._unready
        return 0.0 if unready is None else seconds() - unready

    def _run(self) -> None:
        resumed, told = False, ""
        while not self.stopping.is_set():
            try:
                if not resumed:
                    warm()
                    self._dirty = self._rows.resume(self.settings.id)
                    resumed = True
                again, told = self._turn(), ""
                if again:
                    continue
            except Exception as error:
                if repr(error) != told:  # once, for a full disk is not emptied by telling it of its being full
                    _log.exception("printer %s: trying again", self.settings.id)
                told = repr(error)
                self._rows.close()
                self.stopping.wait(RETRY)
                continue
            if self.wakeup.wait(POLL):
                self.stopping.wait(MOMENT)
            self.wakeup.clear()
        self._rows.close()

    def _turn(self) -> bool:
        """Does one thing; False when there is nothing to do now."""
        row = self._rows.next(self.settings.id, self._stuck())
        if row is None:
            self._look()
            return False
        if row.expires_at is not None and row.expires_at <= self._rows.clock():
            self._record(row, JobState.CANCELLED, "expired")
            return True
        if seconds() - self._tried < RETRY:
            return False
        return self._print(row)

    def _stuck(self) -> tuple[str, ...]:
        """Others' jobs are looked at only while this printer is well itself."""
        return self._group_stuck() if self.state.condition is Condition.READY else ()

    def _print(self, row: JobRow) -> bool:
        copy = row.copy + (row.state is JobState.UNKNOWN)
        marks = ((COPY_MARK,) if copy else ()) + ((BACKUP_MARK,) if row.printer != self.settings.id else ())
        try:
            payload = self._render(row, marks)
        except Exception as error:
            if not isinstance(error, DocumentError):
                _log.exception("printer %s: job %d cannot be drawn", self.settings.id, row.id)
            self._record(row, JobState.FAILED, str(error))
            return True
        claimed: list[JobRow] = []
        outcome = self._delivery(
            begin=partial(self._begin, row, copy, claimed), report=partial(self._report, row, claimed)
        ).run(payload, process_token(row.id, row.attempts), flush=self._dirty, settle=self._stale)
        return self._settle(row, copy, outcome)

    def _delivery(self, *, begin: Callable[[], bool], report: Callable[[Condition], None]) -> Delivery:
        return Delivery(
            connect=partial(open_link, self.settings.address),
            aside=partial(ask_aside, self.settings.address),
            profile=replace(self._profile, ack=Ack.STATUS) if seconds() < self._doubts_until else self._profile,
            begin=begin,
            report=report,
            stop=self._abort,
            ack_within=self._ack_within,
            believed=self._unacknowledged == 0,
        )

    def _render(self, row: JobRow, marks: tuple[str, ...]) -> bytes:
        key = (row.id, marks)
        if self._payload is None or self._payload[0] != key:
            self._payload = (key, render(row.document, self._profile, marks))
        return self._payload[1]

    def _begin(self, row: JobRow, copy: int, claimed: list[JobRow]) -> bool:
        self._dirty = self._stale = False
        if self.stopping.is_set() or not self._rows.claim(row, self.settings.id, copy):
            return False
        claimed.append(row)
        self._show(Condition.PRINTING, job=row.id)
        return True

    def _report(self, row: JobRow, claimed: list[JobRow], condition: Condition) -> None:
        """Publishes the printer's condition and what it means for a slip that is under way."""
        self._show(condition, job=row.id if claimed else None)
        if claimed and condition is not Condition.READY:
            try:
                self._rows.set_state(
                    row.id, _WAITING.get(condition, JobState.SENDING), self.settings.id, condition.words
                )
            except Exception:  # a note on the way; the slip matters more, and its end is recorded with patience
                _log.exception("printer %s: cannot note that job %d is %s", self.settings.id, row.id, condition)
            self._changed()

    def _settle(self, row: JobRow, copy: int, outcome: Outcome) -> bool:
        self._payload = None if outcome.ending is not Ending.NOT_STARTED else self._payload
        match outcome.ending:
            case Ending.NOT_STARTED:
                self._tried = seconds()
                state = _WAITING.get(self.state.condition)
                if state and row.state is not state and row.state is not JobState.UNKNOWN:
                    self._record(row, state, outcome.detail)
                return False
            case Ending.CONFIRMED:
                state = JobState.REPRINTED if copy else JobState.CONFIRMED
                self._unacknowledged = 0
            case Ending.UNCONFIRMED:
                state = JobState.UNCONFIRMED
                self._doubt(outcome)
            case Ending.LOST:
                state = JobState.UNKNOWN
                self._dirty = True
        self._record(row, state, outcome.detail, outcome)
        if outcome.ending is Ending.CONFIRMED:
            self._show(Condition.READY)
        elif self.state.condition is Condition.PRINTING:
            self._show(Condition.UNKNOWN)
        return True

    def _doubt(self, outcome: Outcome) -> None:
        """A printer that is well but does not acknowledge must not hold up every slip until the wait is over."""
        self._stale = self._profile.ack is Ack.BARRIER
        if outcome.ack is Ack.STATUS and self._profile.ack is not Ack.STATUS and seconds() >= self._doubts_until:
            self._unacknowledged += 1
            if self._unacknowledged >= 2:
                self._doubts_until = seconds() + DOUBT_SECONDS
                _log.warning("printer %s does not acknowledge slips; is its profile right?", self.settings.id)

    def _record(self, row: JobRow, state: JobState, detail: str, outcome: Outcome | None = None) -> None:
        """Writes how it ended, again and again while the disk refuses, for paper cannot be taken back."""
        ack, sent = (outcome.ack, outcome.sent) if outcome else ("", 0)
        while True:
            try:
                self._rows.set_state(row.id, state, self.settings.id, detail, ack=ack, sent=sent)
                break
            except Exception:
                _log.exception("printer %s: cannot record job %d as %s", self.settings.id, row.id, state)
                if self._abort.wait(RETRY):
                    return
        self._changed()

    def _look(self) -> None:
        """Asks an idle printer how it is."""
        rarely = 10 if self._profile.status is StatusRoute.NONE else 1  # there only whether it can be reached
        if seconds() - self._looked < self._look_every * rarely:
            return
        self._looked = seconds()
        try:
            sensors = self._delivery(begin=bool, report=lambda _: None).look()
        except (LinkRefusedError, LinkLostError) as error:
            self._show(Condition.OFFLINE, detail=str(error))
        else:
            self._show(sensors.condition, near_end=sensors.near_end)

    def _show(
        self, condition: Condition, *, job: int | None = None, near_end: bool | None = None, detail: str = ""
    ) -> None:
        if condition in _WELL:
            self._unready = None
        elif self._unready is None:
            self._unready = seconds()
        if near_end is None:
            near_end = self.state.near_end
        since = self.state.since if condition is self.state.condition else self._rows.clock()
        state = replace(self.state, condition=condition, since=since, job=job, near_end=near_end, detail=detail)
        if state != self.state:
            self.state = state
            self._changed()
