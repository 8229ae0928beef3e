"""Slips that are no new number: checklists, test pages, copies of what was lost, and jobs given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kiosk import slips
from kiosk.domain.errors import Conflict, NotFound
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, require_staff
from kiosk.domain.tickets import Ticket
from kiosk.operations.hall import Context, paper_until, record
from kiosk.operations.queueing import require_window
from kiosk.store import records
from kiosk.store.database import Connection
from printer import spool
from printer.jobs import JobRow


def print_checklist(
    context: Context,
    *,
    matter: str,
    actor: Actor,
    situations: Sequence[str] = (),
    ticket: int | None = None,
    large: bool = False,
    printer: str | None = None,
) -> int:
    """Queue a matter's checklist for the situations given, log that it was given (regulations 5.5.1), return the job.

    `ticket` is whom it was printed for, where that is known. Raises `unknown_matter`, `bad_situation` or
    `unknown_ticket`.
    """
    wanted = context.catalogue.matter(matter)
    chosen = wanted.answers(situations)

    def work(db: Connection) -> int:
        at = context.clock()
        visit = records.ticket_by_id(db, ticket) if ticket is not None else None
        job = spool.enqueue(
            db,
            printer=printer or context.printer,
            document=slips.checklist(
                context.hall, context.phrases, wanted, at=at, chosen=chosen, address=context.address(), large=large
            ),
            subject=f"matter:{wanted.id}",
            kind="checklist",
            at=at,
            expires_at=paper_until(context, at),
        )
        data = {
            "job": job,
            "matter": wanted.id,
            "situations": [situation.id for situation in chosen],
            "materials": [material.name for material in wanted.materials_for(chosen)],
        } | ({"ticket": visit.id} if visit else {})
        record(context, db, Name.CHECKLIST_PRINTED, actor=actor, subject=f"matter:{wanted.id}", at=at, data=data)
        return job

    return context.database.write(work)


def print_test_page(context: Context, *, printer: str, known: Sequence[str], actor: Actor) -> int:
    """Queue a page that shows what a printer can do, and return the job's id; `unknown_printer` if it is not known."""
    if printer not in known:
        raise NotFound("unknown_printer", f"no printer {printer!r}", known="、".join(known))

    def work(db: Connection) -> int:
        at = context.clock()
        document = slips.test_page(context.hall, context.phrases, printer=printer, at=at)
        job = spool.enqueue(
            db,
            printer=printer,
            document=document,
            subject=f"printer:{printer}",
            kind="test",
            at=at,
            expires_at=paper_until(context, at),
        )
        record(context, db, Name.TEST_PAGE_PRINTED, actor=actor, subject=f"printer:{printer}", at=at, data={"job": job})
        return job

    return context.database.write(work)


def reprint(context: Context, *, job: int, actor: Actor) -> int:
    """Queue a copy of a slip, marked 补打, with the same number on it, and return the new job's id.

    Raises `unknown_job`, or `not_allowed` for anybody but staff.
    """
    require_staff(actor)

    def work(db: Connection) -> int:
        at = context.clock()
        return _copy(context, db, _known(db, job), actor, at)

    return context.database.write(work)


def reprint_at_window(context: Context, *, window: int, ticket: int, actor: Actor) -> Ticket:
    """Queue a copy of the slip of the ticket at the own window and return the ticket.

    Raises `not_your_window`, or `unknown_job` when another ticket is there or it has no slip.
    """

    def work(db: Connection) -> Ticket:
        at = context.clock()
        require_window(context, db, window, actor, at)
        there = records.ticket_at_window(db, window)
        original = spool.latest(db, there.subject) if there and there.id == ticket else None
        if there is None or original is None:
            raise NotFound("unknown_job", f"window {window} has no slip of ticket {ticket}")
        _copy(context, db, original, actor, at)
        return there

    return context.database.write(work)


def _copy(context: Context, db: Connection, original: JobRow, actor: Actor, at: datetime) -> int:
    copy = spool.reprint(db, job_id=original.id, at=at, expires_at=paper_until(context, at))
    data = {"job": copy, "original": original.id, "slip": original.kind}
    record(context, db, Name.SLIP_REPRINTED, actor=actor, subject=original.subject, at=at, data=data)
    return copy


def give_up(context: Context, *, job: int, actor: Actor) -> None:
    """Withdraw a slip not begun, or of which nobody knows; `unknown_job`, or `too_late` once it is printing."""
    require_staff(actor)

    def work(db: Connection) -> None:
        at = context.clock()
        original = _known(db, job)
        if not spool.cancel(db, job_id=job, at=at, detail=actor.name):
            raise Conflict("too_late", f"job {job} is {original.state}")
        data = {"job": job, "slip": original.kind}
        record(context, db, Name.SLIP_GIVEN_UP, actor=actor, subject=original.subject, at=at, data=data)

    context.database.write(work)


def _known(db: Connection, job: int) -> JobRow:
    row = spool.job(db, job)
    if row is None:
        raise NotFound("unknown_job", f"no print job {job}")
    return row
