"""Looking after the hall's memory: what no rule asks to keep is forgotten in time (PIPL 19: the shortest retention)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from kiosk.domain.events import stamp
from kiosk.operations import case_limits
from kiosk.operations.hall import Context
from kiosk.store import access, backups, cases, queue
from kiosk.store.database import Connection, StorageTrouble
from printer import spool


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """How many finished print jobs, run-out sign-ins and people were removed, and how many due days counted again."""

    jobs: int
    sign_ins: int
    people: int
    days: int = 0


def tidy(context: Context) -> Forgotten:
    """Forget slips, sign-ins and people that nothing asks for any more; say how many.

    Slips go `paper_days` after they were printed, people `personal_days` after their case ended, their praise was
    given or the day they had booked for: phone, home and number wholly, of the name all but the family's. Days that
    waited for a year's holidays are counted again when the year is known. The diary keeps that slips were printed and
    that somebody was there; slips and cases still under way stay.
    """
    limits = context.hall.limits
    kept = timedelta(days=limits.personal_days)

    def work(db: Connection) -> Forgotten:
        at = context.clock()
        return Forgotten(
            jobs=spool.purge(db, before=at - timedelta(days=limits.paper_days)),
            sign_ins=access.forget_sign_ins(db, before=at - timedelta(hours=limits.session_hours)),
            people=cases.forget_people(db, stamp(at - kept)) + queue.forget_booked(db, context.hall.day(at - kept)),
        )

    forgotten = context.database.write(work)
    context.database.empty_log()
    return replace(forgotten, days=case_limits.count_again(context))


def pass_through(context: Context) -> bool:
    """Let nothing pass through the writer, to see that it still answers.

    A refusal is an answer, too: no new start makes room on a full disk, or brings back a file that was taken away.
    """
    with contextlib.suppress(StorageTrouble):
        context.database.write(lambda _db: None)
    return True


def back_up(context: Context, folder: Path | None = None) -> Path:
    """Copy the whole memory into a folder, the one beside it if none is named, and return the copy's path.

    There the newest `backup_days` copies are kept. Raises `StorageTrouble`.
    """
    own = context.database.path.parent / backups.FOLDER
    with context.database.read() as db:
        copy = backups.save(db, folder or own, context.hall.local(context.clock()).date())
    if folder is None:
        backups.prune(own, context.hall.limits.backup_days)
    return copy
