"""How a case moves: the table of legal moves, and what each brings to the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from kiosk.domain.cases import AGENCY_STAGES, AT_WORK, OPEN, Case, Form, Kind, State
from kiosk.domain.errors import Conflict
from kiosk.domain.events import Event, Name

ENDED = (State.ANSWERED, State.CLOSED)
"""Filing an answer ends nothing for the citizen: what lies ready is collected, and a case can be taken up again."""

TRANSITIONS: Mapping[tuple[State, Name], State] = {
    **{(state, Name.CASE_TAKEN): State.IN_HAND for state in (State.OPENED,)},
    **{(state, Name.CASE_HANDED_OVER): state for state in OPEN},
    **{(state, Name.CASE_PAPERS_ASKED): State.WAITING for state in AT_WORK},
    (State.WAITING, Name.CASE_PAPERS_COMPLETE): State.IN_HAND,
    **{(state, Name.CASE_PAUSED): State.PAUSED for state in AT_WORK},
    (State.PAUSED, Name.CASE_RESUMED): State.IN_HAND,
    **{(state, Name.CASE_EXTENDED): state for state in OPEN},
    **{(state, Name.CASE_STAGE_REACHED): State.IN_HAND for state in AT_WORK},
    **{(state, Name.CASE_STAGE_REACHED): state for state in ENDED},  # filed, reported, revisited: the agency goes on
    **{(state, Name.CASE_VISIT_NEEDED): state for state in AT_WORK},
    **{(state, Name.CASE_VISITED): state for state in OPEN},
    **{(state, Name.CASE_ANSWERED): State.ANSWERED for state in AT_WORK},
    **{(state, Name.CASE_VIEWED): state for state in ENDED},
    **{(state, Name.CASE_COLLECTED): state for state in ENDED},
    **{(state, Name.CASE_REOPENED): State.IN_HAND for state in ENDED},
    (State.ANSWERED, Name.CASE_CLOSED): State.CLOSED,
    **{(state, Name.CASE_WITHDRAWN): State.WITHDRAWN for state in OPEN},
}
"""Every legal move; what is missing here is refused as `illegal_case_move`."""


def destination(state: State, name: Name) -> State:
    """Where a move leads; `Conflict` `illegal_case_move` where the table has none."""
    if (state, name) not in TRANSITIONS:
        raise Conflict("illegal_case_move", f"{name} from {state}", state=state)
    return TRANSITIONS[(state, name)]


def evolve(case: Case, event: Event) -> Case:
    """The case after a legal move; what an event brings is in its data."""
    change = CHANGES.get(event.name)
    after = replace(case, state=destination(case.state, event.name))
    return change(after, event) if change else after


def _text(event: Event, key: str) -> str:
    return str(event.data.get(key, ""))


def dated(case: Case, data: Mapping[str, object]) -> Case:
    """The case with the days that the data of an event name; what they leave out stays."""

    def day(key: str, otherwise: date | None) -> date | None:
        return date.fromisoformat(str(data[key])) if data.get(key) else otherwise

    return replace(
        case,
        starts=day("starts", case.starts),
        due=day("due", case.due),
        statutory_due=day("statutory_due", case.statutory_due),
        provisional=bool(data.get("provisional", case.provisional)),
        calendar=str(data.get("calendar") or case.calendar),
        visit_due=day("visit_due", case.visit_due),
    )


def _due(case: Case, event: Event) -> Case:
    return dated(case, event.data)


def _stopped(case: Case, event: Event) -> Case:
    papers = event.data.get("papers", case.papers)
    listed = tuple(str(one) for one in papers) if isinstance(papers, list | tuple) else ()
    return replace(case, stopped_at=event.at, reason=_text(event, "reason"), papers=listed)


def _going(case: Case, event: Event) -> Case:
    stopped = case.stopped_days + int(_text(event, "stopped_days") or 0)
    return _due(replace(case, stopped_at=None, reason="", papers=(), stopped_days=stopped), event)


def _extended(case: Case, event: Event) -> Case:
    more = case.extended_days + int(_text(event, "days") or 0)
    told = "；".join(filter(None, (case.extension, _text(event, "reason"))))
    return _due(replace(case, extended_days=more, extension=told), event)


def _answered(case: Case, event: Event) -> Case:
    saved = event.data.get("saved")
    return replace(
        case,
        person=case.person or _text(event, "person"),
        answer=_text(event, "answer"),
        answer_form=Form(_text(event, "form")),
        answered_at=event.at,
        saved=saved if isinstance(saved, int) else None,
        stage=_stage_answered(case),
    )


def _stage_answered(case: Case) -> str:
    """The answer is a stage of a follow-up; an agency's result has arrived by it."""
    if case.kind is Kind.FOLLOW_UP:
        return "answered"
    arrived = case.stage in AGENCY_STAGES and AGENCY_STAGES.index(case.stage) < AGENCY_STAGES.index("delivered")
    return "delivered" if arrived else case.stage


def _reopened(case: Case, event: Event) -> Case:
    """Taken up again: its limit is counted anew, and the next answer has a view of its own."""
    fresh = replace(
        case,
        answered_at=None,
        closed_at=None,
        saved=None,
        view="",
        reason=_text(event, "reason"),
        stopped_days=0,
        extended_days=0,
        extension="",
    )
    return _due(fresh, event)


CHANGES: Mapping[Name, Callable[[Case, Event], Case]] = {
    Name.CASE_TAKEN: lambda case, event: replace(case, person=_text(event, "person") or case.person),
    Name.CASE_HANDED_OVER: lambda case, event: replace(case, person=_text(event, "to")),
    Name.CASE_PAPERS_ASKED: _stopped,
    Name.CASE_PAPERS_COMPLETE: _going,
    Name.CASE_PAUSED: _stopped,
    Name.CASE_RESUMED: _going,
    Name.CASE_EXTENDED: _extended,
    Name.CASE_STAGE_REACHED: lambda case, event: replace(case, stage=_text(event, "stage")),
    Name.CASE_VISIT_NEEDED: _due,
    Name.CASE_VISITED: lambda case, event: replace(case, visited_at=event.at),
    Name.CASE_ANSWERED: _answered,
    Name.CASE_VIEWED: lambda case, event: replace(
        case, view=_text(event, "view"), stage="viewed" if case.kind is Kind.FOLLOW_UP else case.stage
    ),
    Name.CASE_COLLECTED: lambda case, event: replace(case, collected_at=event.at),
    Name.CASE_REOPENED: _reopened,
    Name.CASE_CLOSED: lambda case, event: replace(case, closed_at=event.at),
    Name.CASE_WITHDRAWN: lambda case, event: replace(case, closed_at=event.at, reason=_text(event, "reason")),
}
