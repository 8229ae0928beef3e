"""A low rating on its way to an answer (差评整改): which stage may follow, and what the person rated may know."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.domain.cases import Case, Kind
from kiosk.domain.errors import Conflict, Forbidden
from kiosk.domain.events import Name
from kiosk.domain.people import Role, Staff

OUTCOMES = ("rectified", "explained", "appeal_reviewed")
"""What came of it: one of them goes before the answer."""
NEXT: Mapping[str, tuple[str, ...]] = {
    "assigned": ("contacted",),
    "contacted": OUTCOMES,
    **{one: tuple(other for other in OUTCOMES if other != one) for one in OUTCOMES},
    **dict.fromkeys(("answered", "viewed"), ("contacted", *OUTCOMES)),  # of one that was taken up again
}
"""assigned → contacted → rectified, explained or appeal reviewed; the answer and the citizen's view follow."""
OFFICE_ONLY = frozenset({Name.CASE_PAUSED, Name.CASE_EXTENDED, Name.CASE_WITHDRAWN, Name.CASE_REOPENED})


def next_stages(case: Case, staff: Staff) -> tuple[str, ...]:
    """The stages that may be noted now; an appeal is reviewed by the office alone."""
    stages = NEXT.get(case.stage, ()) if case.owed else ()
    return tuple(one for one in stages if one != "appeal_reviewed" or staff.role is Role.OFFICE)


def require_stage(case: Case, stage: str, staff: Staff) -> None:
    """Pass a stage that may follow; `stage_missing` for one too early, `not_allowed` for a review by others."""
    if case.kind is not Kind.FOLLOW_UP or stage in next_stages(case, staff):
        return
    if stage == "appeal_reviewed" and staff.role is not Role.OFFICE:
        raise Forbidden("not_allowed", "the office reviews appeals (GB/T 39734-2020 9.2)")
    raise Conflict("stage_missing", f"{case.number} is at {case.stage}, not before {stage}")


def require_outcome(case: Case) -> None:
    """Pass an answer once something came of it; `stage_missing` before."""
    if case.kind is Kind.FOLLOW_UP and case.stage not in OUTCOMES:
        raise Conflict("stage_missing", f"{case.number} is at {case.stage}: nothing came of it yet")


def require_move(case: Case, name: Name, staff: Staff) -> None:
    """Pass a move; whoever was rated neither stops the clock nor does away with it: `not_allowed`.

    Nor do they take an answer back that the citizen has judged, or file one before that: `view_missing`.
    """
    if case.kind is not Kind.FOLLOW_UP or staff.role is Role.OFFICE:
        return
    if name in OFFICE_ONLY:
        raise Forbidden("not_allowed", f"{name} of a low rating is the office's")
    if name is Name.CASE_CLOSED and not case.view:
        raise Conflict("view_missing", f"{case.number} waits for what the citizen says of the answer")


def shielded(case: Case, staff: Staff) -> bool:
    """Whether the times of a case are kept from somebody: only the office may know when a rating was given (E8)."""
    return case.kind is Kind.FOLLOW_UP and staff.role is not Role.OFFICE


def require_settled(case: Case, staff: Staff, today: str) -> None:
    """Pass what the day after shows; `not_your_case` for a low rating of today, which would tell who gave it."""
    if shielded(case, staff) and case.day >= today:
        raise Forbidden("not_your_case", f"{case.number} is of today")
