"""An answer owed to somebody by a working day: first-asked inquiry, application, letter, complaint, follow-up.

All five are one machine. A case moves by `TRANSITIONS`; the clock of its limit stops while it waits for the citizen or
is paused, and every limit is stored with the rule that it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.errors import BadInput, Conflict
from kiosk.domain.events import Event, Name


class Kind(StrEnum):
    """Why an answer is owed."""

    INQUIRY = "inquiry"  # 首问登记 (regulations 2)
    APPLICATION = "application"  # 办件 (regulations 1.2, 3)
    LETTER = "letter"  # 信函 (regulations 3.5)
    COMPLAINT = "complaint"  # 投诉 (regulations 4)
    FOLLOW_UP = "follow_up"  # 差评整改


LETTERS = {
    Kind.INQUIRY: "首问",
    Kind.APPLICATION: "受理",
    Kind.LETTER: "信函",
    Kind.COMPLAINT: "投诉",
    Kind.FOLLOW_UP: "回访",
}
"""What stands before a case's number."""


class State(StrEnum):
    """Where a case stands."""

    OPENED = "opened"
    IN_HAND = "in_hand"
    WAITING = "waiting"  # for papers of the citizen: no clock runs
    PAUSED = "paused"  # for a reason outside the hall: no clock runs
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OPEN = (State.OPENED, State.IN_HAND, State.WAITING, State.PAUSED)
"""An answer is still owed."""
AT_WORK = (State.OPENED, State.IN_HAND)

TRANSITIONS: Mapping[tuple[State, Name], State] = {
    **{(state, Name.CASE_TAKEN): State.IN_HAND for state in (State.OPENED,)},
    **{(state, Name.CASE_HANDED_OVER): state for state in OPEN},
    **{(state, Name.CASE_PAPERS_ASKED): State.WAITING for state in AT_WORK},
    (State.WAITING, Name.CASE_PAPERS_COMPLETE): State.IN_HAND,
    **{(state, Name.CASE_PAUSED): State.PAUSED for state in AT_WORK},
    (State.PAUSED, Name.CASE_RESUMED): State.IN_HAND,
    **{(state, Name.CASE_EXTENDED): state for state in OPEN},
    **{(state, Name.CASE_STAGE_REACHED): State.IN_HAND for state in AT_WORK},
    (State.ANSWERED, Name.CASE_STAGE_REACHED): State.ANSWERED,
    **{(state, Name.CASE_VISITED): state for state in OPEN},
    **{(state, Name.CASE_ANSWERED): State.ANSWERED for state in AT_WORK},
    (State.ANSWERED, Name.CASE_VIEWED): State.ANSWERED,
    (State.ANSWERED, Name.CASE_REOPENED): State.IN_HAND,
    (State.ANSWERED, Name.CASE_CLOSED): State.CLOSED,
    **{(state, Name.CASE_WITHDRAWN): State.WITHDRAWN for state in OPEN},
}
"""Every legal move; what is missing here is refused as `illegal_case_move`."""


class Form(StrEnum):
    """In which form a case came and is answered: oral → orally, written → in writing (regulations 4.5)."""

    ORAL = "oral"
    WRITTEN = "written"


class Outcome(StrEnum):
    """The four ways of the person asked first (regulations 2.1, 2.3)."""

    HANDLED = "handled"  # own matter: handled
    OTHER_WINDOW = "other_window"  # taken to another window, and helped there
    OTHER_OFFICE = "other_office"  # not ours: explained, the right office named
    LEADER = "leader"  # hard: the leader is asked, the answer is owed


class Unit(StrEnum):
    """What a limit counts."""

    WORKING = "working"
    CALENDAR = "calendar"


class Rule(StrEnum):
    """Where a limit comes from; said in words under `case.rule_<rule>`."""

    PROMISED = "promised"
    STATUTORY = "statutory"
    AT_ONCE = "at_once"  # regulations 1.2.1
    DEFAULT = "default"  # regulations 3.2, 3.3: 15 working days
    INQUIRY = "inquiry"
    LETTER = "letter"  # regulations 3.5: its own limit, else 15 working days
    OWN_LIMIT = "own_limit"
    COMPLAINT = "complaint"  # regulations 4.5: 5 working days
    FOLLOW_UP = "follow_up"


GROUNDS = tuple(range(1, 12))
"""The eleven grounds for a complaint (regulations 4.2), in the order of the text."""
SERIOUS = frozenset({4, 5, 7, 8, 9})
"""Grounds that call for writing (regulations 4.3): money, powers, false papers, breaches of law."""
AGENCY_STAGES = ("entrusted", "accepted", "in_work", "delivered", "filed", "reported", "revisited")
"""委托 → 受理 → 办理 → 送达 → 归档 → 上报 → 回访: the hall forwards to the county and follows through (1.2.2)."""
FOLLOW_UP_STAGES = ("assigned", "contacted", "rectified", "explained", "appeal_reviewed", "answered", "viewed")


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How long there is, in which unit, and by which rule."""

    days: int
    rule: Rule
    unit: Unit = Unit.WORKING


@dataclass(frozen=True, kw_only=True)
class Case:
    """One answer owed; `name` and `phone` are for staff only, `token` opens the citizen's own page.

    `starts` is the day on which the clock starts (None until the papers are complete), `due` the day by which the
    answer is owed, `statutory_due` the law's own day where a promise is shorter; `provisional` says that a day
    reaches into a year whose holidays are not published yet.
    """

    id: int
    number: str
    kind: Kind
    state: State = State.OPENED
    opened_at: datetime
    day: str
    about: str
    person: str  # login of who owes the answer; empty while nobody does
    limit: Limit
    starts: date | None = None
    due: date | None = None
    statutory_due: date | None = None
    provisional: bool = False
    stopped_days: int = 0  # working days during which the clock stood still
    extended_days: int = 0
    stopped_at: datetime | None = None
    reason: str = ""  # why the clock stands still, or why it was extended
    matter: str | None = None
    service: str | None = None
    ticket: int | None = None
    window: int | None = None
    name: str = ""
    phone: str = ""
    identity: str = ""  # an identity number with its middle hidden; the whole is never kept
    form: Form = Form.ORAL
    ground: int | None = None
    target: str = ""  # whom a complaint is about: window or person, as told
    outcome: Outcome | None = None
    office: str = ""  # the right office of an inquiry that is not ours
    stage: str = ""
    papers: tuple[str, ...] = ()  # what is missing
    visit_due: date | None = None
    visited_at: datetime | None = None
    answer: str = ""
    answer_form: Form | None = None
    answered_at: datetime | None = None
    view: str = ""  # what the citizen says of the answer: satisfied, dissatisfied
    closed_at: datetime | None = None
    token: str = field(default="", repr=False)

    @property
    def subject(self) -> str:
        """How events name this case."""
        return f"case:{self.id}"

    @property
    def owed(self) -> bool:
        """Whether an answer is still owed."""
        return self.state in OPEN

    @property
    def stopped(self) -> bool:
        """Whether the clock stands still."""
        return self.state in (State.WAITING, State.PAUSED)


class Light(StrEnum):
    """How near the due day is; grey while the clock stands still, none once the answer is given."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"
    NONE = "none"


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


def _day(event: Event, key: str, otherwise: date | None) -> date | None:
    return date.fromisoformat(_text(event, key)) if event.data.get(key) else otherwise


def _due(case: Case, event: Event) -> Case:
    """The days that an event names."""
    return replace(
        case,
        starts=_day(event, "starts", case.starts),
        due=_day(event, "due", case.due),
        statutory_due=_day(event, "statutory_due", case.statutory_due),
        provisional=bool(event.data.get("provisional", case.provisional)),
    )


def _stopped(case: Case, event: Event) -> Case:
    papers = event.data.get("papers", case.papers)
    listed = tuple(str(one) for one in papers) if isinstance(papers, list | tuple) else ()
    return replace(case, stopped_at=event.at, reason=_text(event, "reason"), papers=listed)


def _going(case: Case, event: Event) -> Case:
    stopped = case.stopped_days + int(_text(event, "stopped_days") or 0)
    return _due(replace(case, stopped_at=None, reason="", papers=(), stopped_days=stopped), event)


def _extended(case: Case, event: Event) -> Case:
    more = case.extended_days + int(_text(event, "days") or 0)
    return _due(replace(case, extended_days=more, reason=_text(event, "reason")), event)


def _answered(case: Case, event: Event) -> Case:
    return replace(
        case,
        answer=_text(event, "answer"),
        answer_form=Form(_text(event, "form")),
        answered_at=event.at,
        stage="answered",
    )


CHANGES: Mapping[Name, Callable[[Case, Event], Case]] = {
    Name.CASE_TAKEN: lambda case, event: replace(case, person=_text(event, "person") or case.person),
    Name.CASE_HANDED_OVER: lambda case, event: replace(case, person=_text(event, "to")),
    Name.CASE_PAPERS_ASKED: _stopped,
    Name.CASE_PAPERS_COMPLETE: _going,
    Name.CASE_PAUSED: _stopped,
    Name.CASE_RESUMED: _going,
    Name.CASE_EXTENDED: _extended,
    Name.CASE_STAGE_REACHED: lambda case, event: replace(case, stage=_text(event, "stage")),
    Name.CASE_VISITED: lambda case, event: replace(case, visited_at=event.at),
    Name.CASE_ANSWERED: _answered,
    Name.CASE_VIEWED: lambda case, event: replace(case, view=_text(event, "view")),
    Name.CASE_REOPENED: lambda case, event: _due(replace(case, answered_at=None, reason=_text(event, "reason")), event),
    Name.CASE_CLOSED: lambda case, event: replace(case, closed_at=event.at),
    Name.CASE_WITHDRAWN: lambda case, event: replace(case, closed_at=event.at, reason=_text(event, "reason")),
}


def require_ground(kind: Kind, ground: int | None, form: Form) -> None:
    """Pass a complaint's ground; serious ones must be in writing (regulations 4.2, 4.3)."""
    if kind is not Kind.COMPLAINT:
        return
    if ground not in GROUNDS:
        raise BadInput("bad_ground", f"{ground!r} is none of the eleven grounds")
    if ground in SERIOUS and form is Form.ORAL:
        raise BadInput("write_it_down", f"ground {ground} is serious", ground=ground)


def light(case: Case, left: int | None, *, yellow_days: int, yellow_share: float) -> Light:
    """The traffic light of a case with `left` working days to its due day (negative: overdue; None: no due day)."""
    if not case.owed:
        return Light.NONE
    if case.stopped or left is None:
        return Light.GREY
    if left < 0:
        return Light.RED
    total = max(1, case.limit.days + case.extended_days)
    near = left <= yellow_days or (total - left) / total >= yellow_share
    return Light.YELLOW if near and case.limit.days > 0 else Light.GREEN


def masked(name: str) -> str:
    """A name as a public page shows it: the family name, the rest as asterisks."""
    return name[:1] + "*" * (len(name) - 1) if name else ""
