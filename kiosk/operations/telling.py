"""Telling a citizen at the window what is missing: all of it, once, on paper, and on record (regulations 2.2, 3.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk import slips
from kiosk.domain.breaches import Clause, omitted
from kiosk.domain.catalogue import Matter
from kiosk.domain.errors import BadInput, NotFound
from kiosk.domain.events import Event, Name
from kiosk.domain.people import Actor
from kiosk.domain.tickets import Ticket
from kiosk.operations.hall import Context, line, paper_until, record
from kiosk.operations.queueing import ticket_here
from kiosk.store import breaches, records
from kiosk.store.database import Connection
from printer import spool

NUMBER = re.compile(r"(?:(\d{4})-?(\d{2})-?(\d{2})-)?([A-Z])(\d{3,4})(?:-\d{1,2})?")
"""A notice's number, such as 20261123-A012 or 20261123-A012-2; a ticket's number alone means today's."""
LONGEST = 120


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice given: its number, its print job, and the breach that it laid open, if any."""

    number: str
    job: int
    breach: int | None = None


@dataclass(frozen=True, kw_only=True)
class _Told:
    """An earlier notice, as its event tells it."""

    event: Event
    names: tuple[str, ...]


def print_missing(
    context: Context,
    *,
    window: int,
    ticket: int,
    matter: str,
    names: Sequence[str],
    actor: Actor,
    other: str = "",
    previous: str = "",
    printer: str | None = None,
) -> Notice:
    """Print all that the ticket at the window still lacks, log it, and return the notice.

    `names` are materials of the matter, `other` what the catalogue does not know, `previous` the number of a notice
    that the citizen has from an earlier visit. When an earlier notice to the same visit or number, for the same
    matter, left out something that this one asks for, that is recorded as a breach of 3.4 with both lists.

    Raises `unknown_matter`, `unknown_ticket` (of `previous`), `nothing_ticked`, `bad_input`, `not_your_window` or
    `no_ticket_at_window`.
    """
    wanted = context.catalogue.matter(matter)
    missing = _missing(wanted, names, other)

    def work(db: Connection) -> Notice:
        at = context.clock()
        visit = ticket_here(context, db, window, actor, ticket, at)
        earlier = _ticket_named(context, db, previous, at)
        told = _told(db, visit, earlier, wanted)
        number = _number(visit, told)
        document = slips.missing(
            context.hall,
            context.phrases,
            wanted,
            at=at,
            names=missing,
            number=number,
            window=window,
            clerk=actor.staff.name if actor.staff else "",
            address=context.address(),
        )
        job = spool.enqueue(
            db,
            printer=printer or context.printer,
            document=document,
            subject=f"notice:{visit.id}",  # not the ticket's own paper: a copy of that one must stay a ticket
            kind="missing",
            at=at,
            expires_at=paper_until(context, at),
        )
        data = {"matter": wanted.id, "materials": list(missing), "window": window, "number": number, "job": job}
        if earlier and earlier.id != visit.id:
            data["follows"] = earlier.id
        event = record(
            context, db, Name.CHECKLIST_MISSING_PRINTED, actor=actor, subject=visit.subject, at=at, data=data
        )
        return Notice(number=number, job=job, breach=_judge(context, db, visit, told, event, missing, actor))

    return context.database.write(work)


def record_breach(
    context: Context,
    db: Connection,
    *,
    rule: Clause,
    subject: str,
    facts: Mapping[str, object],
    actor: Actor,
    at: datetime,
    once: str | None = None,
) -> int | None:
    """Write a line of the breach register, with its event, inside the caller's transaction; return its id.

    None where a line with the same `once` (such as `case:17 overdue`) is there already.
    """
    day = context.hall.day(at)
    breach = breaches.add(db, at=at, day=day, rule=rule, subject=subject, facts=facts, once=once)
    if breach is not None:
        data = {"rule": rule, "subject": subject, "facts": facts}
        record(context, db, Name.BREACH_RECORDED, actor=actor, subject=f"breach:{breach}", at=at, data=data)
    return breach


def _missing(matter: Matter, names: Sequence[str], other: str) -> tuple[str, ...]:
    """What is missing, each once, in the order of the catalogue, then what the clerk wrote."""
    known = [material.name for material in matter.materials]
    own = line(other, LONGEST)
    if any(name not in known for name in names):
        raise BadInput("bad_input", f"no such material of {matter.id}")
    missing = tuple(name for name in known if name in names) + ((own,) if own else ())
    if not missing:
        raise BadInput("nothing_ticked", "a notice needs one thing at least")
    return missing


def _ticket_named(context: Context, db: Connection, number: str, at: datetime) -> Ticket | None:
    """The visit of the notice that the citizen brought; None where none was named."""
    text = number.strip().upper()
    if not text:
        return None
    found = NUMBER.fullmatch(text)
    if found is None:
        raise NotFound("unknown_ticket", f"{text!r:.40} is no notice's number")
    day = "-".join(found.group(1, 2, 3)) if found[1] else context.hall.day(at)
    return records.ticket_by_code(db, day, found[4], int(found[5]))


def _told(db: Connection, visit: Ticket, earlier: Ticket | None, matter: Matter) -> list[_Told]:
    """The notices given before for this matter: to this visit, to the one named, and to those it followed."""
    told: list[_Told] = []
    seen: set[int] = set()
    todo = [visit.id, *([earlier.id] if earlier else ())]
    while todo:
        ticket = todo.pop()
        if ticket in seen:
            continue
        seen.add(ticket)
        for event in records.events_of(db, f"ticket:{ticket}"):
            if event.name is Name.CHECKLIST_MISSING_PRINTED and event.data.get("matter") == matter.id:
                names = event.data["materials"]
                told.append(_Told(event=event, names=tuple(map(str, names if isinstance(names, list) else ()))))
                if isinstance(follows := event.data.get("follows"), int):
                    todo.append(follows)
    return sorted(told, key=lambda one: one.event.seq)


def _number(visit: Ticket, told: Sequence[_Told]) -> str:
    again = sum(one.event.subject == visit.subject for one in told)
    return f"{visit.day.replace('-', '')}-{visit.code}" + (f"-{again + 1}" if again else "")


def _judge(
    context: Context,
    db: Connection,
    visit: Ticket,
    told: Sequence[_Told],
    event: Event,
    missing: Sequence[str],
    actor: Actor,
) -> int | None:
    """Record a breach where an earlier notice left something out; the facts stand beside each other, unjudged."""
    before = [name for one in told for name in one.names]
    left_out = omitted(before, missing)
    if not told or not left_out:
        return None
    facts = {
        "matter": event.data["matter"],
        "first": [_facts(one.event) for one in told],
        "second": _facts(event),
        "omitted": list(left_out),
    }
    return record_breach(
        context, db, rule=Clause.TOLD_ONCE, subject=visit.subject, facts=facts, actor=actor, at=event.at
    )


def _facts(event: Event) -> dict[str, object]:
    """One notice as the register shows it."""
    kept = {key: event.data[key] for key in ("number", "materials", "window")}
    return {"at": event.at.isoformat(), "by": event.actor, "ticket": event.subject.removeprefix("ticket:"), **kept}
