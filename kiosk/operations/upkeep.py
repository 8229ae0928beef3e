"""Looking after the hall's memory: what no rule asks to keep is forgotten in time (PIPL 19: the shortest retention)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from kiosk.operations import case_limits
from kiosk.operations.hall import Context
from kiosk.store import access, backups
from kiosk.store.database import Connection
from printer import spool


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """How many finished print jobs and run-out sign-ins were removed, and how many due days were counted again."""

    jobs: int
    sign_ins: int
    days: int = 0


def tidy(context: Context) -> Forgotten:
    """Forget slips printed longer ago than `paper_days` and sign-ins that nobody can use any more; say how many.

    Days that waited for a year's holidays are counted again when the year is known. The diary keeps that slips were
    printed and that somebody was there; slips still under way stay.
    """
    limits = context.hall.limits

    def work(db: Connection) -> Forgotten:
        at = context.clock()
        return Forgotten(
            jobs=spool.purge(db, before=at - timedelta(days=limits.paper_days)),
            sign_ins=access.forget_sign_ins(db, before=at - timedelta(hours=limits.session_hours)),
        )

    return replace(context.database.write(work), days=case_limits.count_again(context))


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
