"""The columns of the registers as the official forms have them (受理通知书, 首问登记, 信函, 投诉登记), for export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from kiosk import slips
from kiosk.domain.cases import COMPLAINT_STAGES, Case, Kind
from kiosk.operations.hall import Context
from kiosk.store import registers
from kiosk.store.database import Connection
from kiosk.web.access import say

if TYPE_CHECKING:
    from kiosk.web.registers import CaseLine

ALL = ("number", "kind", "opened", "about", "name", "phone", "first", "person", "state", "due", "answered", "saved")
COLUMNS: dict[Kind, tuple[str, ...]] = {
    Kind.INQUIRY: (
        "number", "name", "organisation", "phone", "opened", "asked", "first", "way", "office", "person", "result",
        "answered",
    ),
    Kind.APPLICATION: (
        "receipt_number", "matter", "name", "organisation", "identity", "home", "phone", "accepted_by", "person",
        "hall_phone", "fee", "received", "accepted", "statutory", "promised", "rule", "calendar", "stopped", "extended",
        "inquire", "delivery", "place", "stage", "answered", "saved", "collected", "collector", "state", "seal",
    ),
    Kind.LETTER: (
        "number", "opened", "about", "name", "sender", "phone", "person", "rule", "due", "extended", "result",
        "answered", "saved", "state",
    ),
    Kind.COMPLAINT: (
        "number", "opened", "form", "name", "phone", "home", "target", "fact", "ground", "person", "proposed",
        "instructed", "investigated", "due", "extended", "reply", "answer_form", "answered", "view", "state", "seal",
    ),
    Kind.FOLLOW_UP: (
        "number", "opened", "level", "window", "person", "stage", "due", "extended", "result", "answered", "view",
    ),
}  # fmt: skip
"""The columns of each register in its form's order, in words under `office.column_<name>`; the seal's is left free."""
AT_ONCE = 500


def headings(kind: Kind | None) -> list[str]:
    """The headings of a register, or of all cases together."""
    return [say(f"office.column_{one}") for one in (COLUMNS[kind] if kind else ALL)]


def rows(
    here: Context, db: Connection, kind: Kind | None, lines: Sequence[CaseLine], names: Mapping[str, str]
) -> Iterator[list[object]]:
    """The cells of a register, line by line; None leaves one empty."""
    wanted, left = COLUMNS[kind] if kind else ALL, iter(lines)
    while some := list(islice(left, AT_ONCE)):
        noted = registers.stages(db, [line.case.subject for line in some]) if kind is Kind.COMPLAINT else {}
        for line in some:
            cells = _cells(here, line, names) | _stages(noted.get(line.case.subject, {}))
            yield [cells.get(one) for one in wanted]


def _cells(here: Context, line: CaseLine, names: Mapping[str, str]) -> dict[str, object]:
    case, local = line.case, here.hall.local
    opened: date = local(case.opened_at)
    level = ""
    if case.kind is Kind.FOLLOW_UP:  # the hour would tell who rated (requirements E8)
        opened, level = local(case.opened_at).date(), say(f"rating.{case.about}")
    return {
        "number": case.number,
        "receipt_number": case.number,
        "kind": say(f"office.kind_{case.kind}"),
        "opened": opened,
        "received": opened,
        "accepted": case.starts,
        "about": level or case.about,
        "asked": case.about,
        "fact": case.about,
        "matter": case.about,
        "level": level,
        "name": case.name,
        "organisation": case.organisation,
        "identity": case.identity,
        "phone": case.phone,
        "home": case.home,
        "first": names.get(case.first, case.first),
        "person": names.get(case.person, case.person),
        "window": case.window,
        "state": say(f"office.state_{case.state}"),
        "rule": slips.rule_text(here.phrases, case.limit),
        "calendar": case.calendar,
        "due": case.due,
        "promised": case.due,
        "statutory": case.statutory_due,
        "stopped": case.stopped_days or None,
        "extended": case.extension,
        "answered": local(case.answered_at) if case.answered_at else None,
        "saved": case.saved,
        "way": say(f"office.outcome_{case.outcome}") if case.outcome else "",
        "office": case.office or (say("console.window_number", window=case.window) if case.window else ""),
        "sender": case.office,
        "form": say(f"case.form_{case.form}"),
        "target": case.target,
        "ground": say(f"case.ground_{case.ground}") if case.ground else "",
        "result": case.answer,
        "reply": case.answer,
        "answer_form": say(f"case.form_{case.answer_form}") if case.answer_form else "",
        "view": say(f"case.page_{case.view}") if case.view else "",
        "stage": say(f"case.stage_{case.stage}") if case.stage else "",
        "collected": local(case.collected_at) if case.collected_at else None,
        "collector": case.collector,
    } | (_receipt(here, case) if case.kind is Kind.APPLICATION else {})


def _receipt(here: Context, case: Case) -> dict[str, object]:
    """What the receipt says of the hall itself."""
    fee = next((one.fee for one in here.catalogue.matters if one.id == case.matter), "")
    return {
        "accepted_by": here.hall.name,
        "hall_phone": here.hall.phone,
        "fee": fee,
        "inquire": say("office.inquire"),
        "delivery": say("office.delivery"),
        "place": here.hall.address,
    }


def _stages(noted: Mapping[str, str]) -> dict[str, object]:
    """The stages of a complaint's form; one reached without a word is only named."""
    return {one: noted[one] or say(f"case.stage_{one}") for one in COMPLAINT_STAGES if one in noted}
