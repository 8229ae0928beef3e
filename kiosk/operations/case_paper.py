"""The slips of a case on their way to paper; each printing stands in the history of its case."""

from __future__ import annotations

from datetime import timedelta

from kiosk import slips
from kiosk.domain.cases import Case
from kiosk.domain.errors import BadInput
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, require_staff
from kiosk.operations.hall import Context, record
from kiosk.store import access, cases
from kiosk.store.database import Connection
from printer import spool
from printer.documents import Document

PAPER_DAYS = 1
"""A slip of a case is worth printing until the next day: it is no ticket that becomes stale in minutes."""


def put_on_paper(
    context: Context, db: Connection, case: Case, slip: str, actor: Actor, printer: str | None = None
) -> int:
    """Queue a slip of a case for paper in the caller's transaction and return the job's id."""
    at = context.clock()
    job = spool.enqueue(
        db,
        printer=printer or context.printer,
        document=_document(context, db, case, slip),
        subject=case.subject,
        kind=slip,
        at=at,
        expires_at=at + timedelta(days=PAPER_DAYS),
    )
    data = {"slip": slip, "job": job}
    record(context, db, Name.CASE_PRINTED, actor=actor, subject=case.subject, at=at, data=data)
    return job


def print_slip(context: Context, *, case: int, slip: str, actor: Actor, printer: str | None = None) -> int:
    """Queue a slip of a case once more and return the job's id; staff only, `bad_input` for a slip there is not."""
    require_staff(actor)

    def work(db: Connection) -> int:
        return put_on_paper(context, db, cases.case_by_id(db, case), slip, actor, printer)

    return context.database.write(work)


def _document(context: Context, db: Connection, case: Case, slip: str) -> Document:
    makers = {
        "receipt": slips.receipt,
        "complete": slips.completion,
        "collect": slips.collection,
        "referral": slips.referral,
        "complaint": slips.complaint_receipt,
        "answer": slips.written_answer,
    }
    if slip not in makers:
        raise BadInput("bad_input", f"no slip {slip!r:.20}")
    person = access.credentials(db, case.person) if case.person else None
    own = slips.Own(
        at=context.clock(),
        address=f"{context.address()}/c/{case.token}",
        person=person.staff.name if person else "",
        fee=_fee(context, case),
    )
    return makers[slip](context.hall, context.phrases, case, own)


def _fee(context: Context, case: Case) -> str:
    """What the matter costs (regulations 1.2.3); empty where the case is about none, or the catalogue has lost it."""
    known = [one for one in context.catalogue.matters if one.id == case.matter]
    return "；".join(part for part in (known[0].fee, known[0].fee_basis) if part) if known else ""
