"""Keeps print jobs in the caller's database and one worker per printer, so that paper never holds up a request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlite_utils.migrations import Migrations
from sqlite_utils.utils import sqlite3  # the one SQLite of this process

from printer.delivery import ACK_WITHIN
from printer.devices import PrinterSettings, seconds
from printer.documents import Document
from printer.jobs import WAITING, JobRow, JobState, parse_stamp, stamp
from printer.worker import PrinterState, Worker

if TYPE_CHECKING:
    from sqlite_utils import Database

Write = Callable[[Callable[[sqlite3.Connection], Any]], Any]

MIGRATIONS = Migrations("printer")

LOOK_EVERY = 1.0
"""Seconds between status questions to an idle printer, so that staff know of an empty roll within two."""
FAILOVER_AFTER = 10.0
"""Seconds a printer may be unready before another of its group takes over what it has not begun."""

_log = logging.getLogger(__name__)

_COLUMNS = (
    "id, printer, subject, kind, document, state, copy, attempts, printed_on, ack, bytes_sent, detail, original,"
    " created_at, expires_at, started_at, finished_at"
)
_OPEN = "state IN ('queued', 'sending', 'waiting_paper', 'waiting_cover', 'offline', 'unknown')"
"""Word for word the condition of the index, or SQLite reads every slip ever printed twice a second."""
_PENDING = (
    "((state IN ('queued', 'waiting_paper', 'waiting_cover', 'offline') AND attempts = 0)"
    " OR (state = 'unknown' AND attempts < 2 AND (expires_at IS NULL OR expires_at > ?)))"
)
_CLAIM = (
    "UPDATE print_jobs SET state = 'sending', attempts = attempts + 1, copy = ?, printed_on = ?, started_at = ?,"  # noqa: S608
    f" detail = '' WHERE id = ? AND attempts = ? AND (expires_at IS NULL OR expires_at > ?) AND {_PENDING}"
)


@MIGRATIONS()
def create_print_jobs(db: Database) -> None:
    """The jobs with the snapshot of what to print, and every state each of them went through."""
    db.execute(
        """
        CREATE TABLE print_jobs (
            id INTEGER PRIMARY KEY,
            printer TEXT NOT NULL,
            subject TEXT NOT NULL,
            kind TEXT NOT NULL,
            document TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN (
                'queued', 'sending', 'waiting_paper', 'waiting_cover', 'offline', 'confirmed', 'unconfirmed',
                'unknown', 'reprinted', 'failed', 'cancelled')),
            copy INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0,
            printed_on TEXT NOT NULL DEFAULT '',
            ack TEXT NOT NULL DEFAULT '',
            bytes_sent INTEGER NOT NULL DEFAULT 0,
            detail TEXT NOT NULL DEFAULT '',
            original INTEGER REFERENCES print_jobs(id),
            created_at TEXT NOT NULL,
            expires_at TEXT,
            started_at TEXT,
            finished_at TEXT
        ) STRICT
        """
    )
    db.execute(
        "CREATE INDEX print_jobs_open ON print_jobs(printer, id)"
        " WHERE state IN ('queued', 'sending', 'waiting_paper', 'waiting_cover', 'offline', 'unknown')"
    )
    db.execute("CREATE INDEX print_jobs_subject ON print_jobs(subject, id)")
    db.execute(
        """
        CREATE TABLE print_job_states (
            job INTEGER NOT NULL REFERENCES print_jobs(id),
            at TEXT NOT NULL,
            state TEXT NOT NULL,
            printer TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX print_job_states_job ON print_job_states(job)")


def enqueue(
    conn: sqlite3.Connection,
    *,
    printer: str,
    document: Document,
    subject: str,
    kind: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Stores a job on the caller's transaction and returns its id; paper follows after the commit.

    `subject` is what the slip belongs to (a ticket's id), `kind` what it is; after `expires_at` it is not printed.
    """
    cursor = conn.execute(
        "INSERT INTO print_jobs (printer, subject, kind, document, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        (printer, subject, kind, document.to_json(), stamp(at), stamp(expires_at) if expires_at else None),
    )
    return int(cursor.lastrowid or 0)


def reprint(
    conn: sqlite3.Connection, *, job_id: int, at: datetime, printer: str = "", expires_at: datetime | None = None
) -> int:
    """Stores a marked copy (补打) of a job as a new job, at another printer if named; returns its id.

    Raises LookupError when there is no such job.
    """
    cursor = conn.execute(
        "INSERT INTO print_jobs (printer, subject, kind, document, copy, original, created_at, expires_at)"
        " SELECT coalesce(nullif(?, ''), printer), subject, kind, document, copy + 1, coalesce(original, id), ?, ?"
        " FROM print_jobs WHERE id = ?",
        (printer, stamp(at), stamp(expires_at) if expires_at else None, job_id),
    )
    if cursor.rowcount != 1:
        raise LookupError(f"no print job {job_id}")
    return int(cursor.lastrowid or 0)


def cancel(conn: sqlite3.Connection, *, job_id: int, at: datetime, detail: str = "") -> bool:
    """Withdraws a job of which nothing was sent, or gives up an unknown one; False when it is too late for that."""
    cursor = conn.execute(
        "UPDATE print_jobs SET state = 'cancelled', detail = ?, finished_at = ? WHERE id = ? AND (state = 'unknown'"
        " OR (state IN ('queued', 'waiting_paper', 'waiting_cover', 'offline') AND attempts = 0))",
        (detail, stamp(at), job_id),
    )
    return cursor.rowcount == 1


def job(conn: sqlite3.Connection, job_id: int) -> JobRow | None:
    """One job as it stands, None when there is none."""
    return next(_standing(conn, "WHERE id = ?", job_id), None)


def jobs(conn: sqlite3.Connection, *, limit: int = 50) -> tuple[JobRow, ...]:
    """The newest jobs as they stand, newest first."""
    return tuple(_standing(conn, "ORDER BY id DESC LIMIT ?", limit))


def latest(conn: sqlite3.Connection, subject: str) -> JobRow | None:
    """The newest job of a subject as it stands, None when nothing was printed for it."""
    return next(_standing(conn, "WHERE subject = ? ORDER BY id DESC LIMIT 1", subject), None)


def _standing(conn: sqlite3.Connection, which: str, value: int | str) -> Iterator[JobRow]:
    """Jobs as people are told of them: a queued one waits for what the first in its line waits for, paper say."""
    ahead = f"SELECT state FROM print_jobs WHERE printer = ? AND {_OPEN} AND id < ? ORDER BY id LIMIT 1"  # noqa: S608
    for row in map(_row, conn.execute(f"SELECT {_COLUMNS} FROM print_jobs {which}", (value,)).fetchall()):  # noqa: S608
        first = conn.execute(ahead, (row.printer, row.id)).fetchone() if row.state is JobState.QUEUED else None
        yield replace(row, state=JobState(first[0])) if first and JobState(first[0]) in WAITING else row


def history(conn: sqlite3.Connection, job_id: int) -> tuple[tuple[datetime, JobState, str, str], ...]:
    """Every state a job went through since it was stored: when, which, at which printer, why."""
    rows = conn.execute(
        "SELECT at, state, printer, detail FROM print_job_states WHERE job = ? ORDER BY rowid", (job_id,)
    )
    return tuple((datetime.fromisoformat(at), JobState(state), printer, detail) for at, state, printer, detail in rows)


def purge(conn: sqlite3.Connection, *, before: datetime) -> int:
    """Forgets jobs that ended before a time, with their snapshots; returns how many."""
    ended = (
        "SELECT id FROM print_jobs WHERE finished_at < ? AND state NOT IN ('queued', 'sending')"
        " AND id NOT IN (SELECT original FROM print_jobs"
        " WHERE original IS NOT NULL AND coalesce(finished_at, '~') >= ?)"
    )
    limit = stamp(before)
    conn.execute(f"DELETE FROM print_job_states WHERE job IN ({ended})", (limit, limit))  # noqa: S608
    conn.execute(
        f"UPDATE print_jobs SET original = NULL WHERE original IN ({ended})",  # noqa: S608
        (limit, limit),
    )
    return int(conn.execute(f"DELETE FROM print_jobs WHERE id IN ({ended})", (limit, limit)).rowcount)  # noqa: S608


def open_jobs(conn: sqlite3.Connection) -> dict[str, int]:
    """How many jobs are not at their end, by the printer they were sent to."""
    rows = conn.execute(f"SELECT printer, count(*) FROM print_jobs WHERE {_OPEN} GROUP BY printer")  # noqa: S608
    return {str(printer): int(count) for printer, count in rows}


class Table:
    """What one worker does with the rows; each write is one short transaction of the caller's writer."""

    def __init__(
        self, write: Write, connect_reader: Callable[[], sqlite3.Connection], clock: Callable[[], datetime]
    ) -> None:
        self._write, self._connect, self.clock = write, connect_reader, clock
        self._reader: sqlite3.Connection | None = None

    def close(self) -> None:
        """Gives the reading connection back; the next question opens another."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def resume(self, printer: str) -> bool:
        """Turns what an earlier process left half sent into `unknown`; True when the printer may hold half a slip."""
        now = stamp(self.clock())

        def run(conn: sqlite3.Connection) -> bool:
            rows = conn.execute(
                "UPDATE print_jobs SET state = 'unknown', detail = 'restart' WHERE printed_on = ? AND attempts > 0"
                " AND state IN ('sending', 'waiting_paper', 'waiting_cover', 'offline') RETURNING id",
                (printer,),
            ).fetchall()
            for (job_id,) in rows:
                _note(conn, job_id, now, JobState.UNKNOWN, printer, "restart")
            last = conn.execute(
                "SELECT state FROM print_jobs WHERE printed_on = ? ORDER BY started_at DESC LIMIT 1", (printer,)
            ).fetchone()
            return last is not None and last[0] == JobState.UNKNOWN

        return bool(self._write(run))

    def disown(self, known: Sequence[str]) -> None:
        """Fails what was queued for printers that the hall no longer has, so that it is seen and not waited for."""
        now = stamp(self.clock())
        query = (
            "UPDATE print_jobs SET state = 'failed', detail = 'no such printer', finished_at = ?"  # noqa: S608
            " WHERE state IN ('queued', 'waiting_paper', 'waiting_cover', 'offline') AND attempts = 0"
            f" AND printer NOT IN ({', '.join('?' * len(known))}) RETURNING id, printer"
        )

        def run(conn: sqlite3.Connection) -> None:
            for job_id, printer in conn.execute(query, (now, *known)).fetchall():
                _note(conn, job_id, now, JobState.FAILED, printer, "no such printer")

        self._write(run)

    def next(self, printer: str, stuck: Iterable[str] = ()) -> JobRow | None:
        """The oldest job this printer may print now: its own first, then those of printers that are stuck."""
        if self._reader is None:
            self._reader = self._connect()
        names = (printer, *stuck)
        query = (
            f"SELECT {_COLUMNS} FROM print_jobs WHERE printer IN ({', '.join('?' * len(names))}) AND {_PENDING}"  # noqa: S608
            f" AND {_OPEN} ORDER BY printer <> ?, id LIMIT 1"
        )
        return _first(self._reader.execute(query, (*names, stamp(self.clock()), printer)))

    def claim(self, row: JobRow, printer: str, copy: int) -> bool:
        """Allows the first byte: committed before it is sent, so that a crash can never look like an unsent job."""
        now = stamp(self.clock())

        def run(conn: sqlite3.Connection) -> bool:
            cursor = conn.execute(
                _CLAIM,
                (copy, printer, now, row.id, row.attempts, now, now),
            )
            if cursor.rowcount == 1:
                _note(conn, row.id, now, JobState.SENDING, printer, "")
            return cursor.rowcount == 1

        return bool(self._write(run))

    def set_state(
        self, job_id: int, state: JobState, printer: str, detail: str = "", *, ack: str = "", sent: int = 0
    ) -> None:
        """Records a state; one already final is never left."""
        now = stamp(self.clock())
        finished = now if state.final or state is JobState.UNKNOWN else None

        def run(conn: sqlite3.Connection) -> None:
            cursor = conn.execute(
                "UPDATE print_jobs SET state = ?, detail = ?, ack = ?, bytes_sent = max(bytes_sent, ?), finished_at = ?"
                " WHERE id = ? AND state NOT IN ('confirmed', 'unconfirmed', 'reprinted', 'failed', 'cancelled')",
                (state, detail, ack, sent, finished, job_id),
            )
            if cursor.rowcount == 1:
                _note(conn, job_id, now, state, printer, detail)

        self._write(run)


def _note(conn: sqlite3.Connection, job_id: int, at: str, state: JobState, printer: str, detail: str) -> None:
    conn.execute("INSERT INTO print_job_states VALUES (?, ?, ?, ?, ?)", (job_id, at, state, printer, detail))


def _first(cursor: sqlite3.Cursor) -> JobRow | None:
    row = cursor.fetchone()
    return None if row is None else _row(row)


def _row(row: Sequence[Any]) -> JobRow:
    names = [name.strip() for name in _COLUMNS.split(",")]
    values = dict(zip(names, row, strict=True))
    for name in ("created_at", "expires_at", "started_at", "finished_at"):
        values[name] = parse_stamp(values[name])
    values["state"] = JobState(values["state"])
    values["document_json"] = values.pop("document")
    return JobRow(**values)


class Spool:
    """The workers of all printers. `write` runs a function in one committed write transaction of the caller."""

    def __init__(
        self,
        *,
        printers: Sequence[PrinterSettings],
        write: Write,
        connect_reader: Callable[[], sqlite3.Connection],
        clock: Callable[[], datetime],
        on_change: Callable[[], None],
        failover_after: float = FAILOVER_AFTER,
        ack_within: float = ACK_WITHIN,
        look_every: float = LOOK_EVERY,
    ) -> None:
        rows = partial(Table, write, connect_reader, clock)
        self._rows = rows()
        self._on_change = on_change
        self._failover_after = failover_after
        self._workers = {
            settings.id: Worker(
                settings,
                rows(),
                stuck=partial(self.stuck_beside, settings),
                changed=self.changed,
                ack_within=ack_within,
                look_every=look_every,
            )
            for settings in printers
        }

    def start(self) -> None:
        """Fails what was meant for printers the hall no longer has, and starts one thread per printer."""
        self._rows.disown(tuple(self._workers))
        for worker in self._workers.values():
            worker.thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Takes no new jobs, lets a slip under way end within `timeout` seconds, then leaves it `unknown`."""
        deadline = seconds() + timeout
        for worker in self._workers.values():
            worker.stopping.set()
            worker.wakeup.set()
        for worker in self._workers.values():
            worker.finish(max(0.0, deadline - seconds()))

    def wake(self) -> None:
        """Tells the workers that a job was committed; any thread may call it, it never blocks."""
        for worker in self._workers.values():
            worker.wakeup.set()

    def states(self) -> tuple[PrinterState, ...]:
        """How every printer is now, in the order of the settings; from memory, never from the wire."""
        return tuple(worker.state for worker in self._workers.values())

    def changed(self) -> None:
        """Passes a change on; a listener that fails must not stop the paper."""
        try:
            self._on_change()
        except Exception:
            _log.exception("a listener of the spool failed")

    def stuck_beside(self, settings: PrinterSettings) -> tuple[str, ...]:
        """The printers of the same group that have been unready for long."""
        if not settings.group:
            return ()
        return tuple(
            other.settings.id
            for other in self._workers.values()
            if other.settings.group == settings.group
            and other.settings.id != settings.id
            and other.unready_for() >= self._failover_after
        )
