"""An answer owed to somebody by a working day: first-asked inquiry, application, letter, complaint, follow-up.

All five are one machine (`kiosk.domain.case_moves`). The clock of a case stops while it waits for the citizen or is
paused, and every limit is stored with the rule and the calendar that it came from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.errors import BadInput, Conflict


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
COMPLAINT_STAGES = ("proposed", "instructed", "investigated")
"""拟办意见 → 领导批示 → 调查取证, as the form of a complaint has them; the answer comes after them (4.5)."""
FOLLOW_UP_STAGES = ("assigned", "contacted", "rectified", "explained", "appeal_reviewed", "answered", "viewed")
STAGES: Mapping[Kind, tuple[str, ...]] = {
    Kind.APPLICATION: AGENCY_STAGES,
    Kind.COMPLAINT: COMPLAINT_STAGES,
    Kind.FOLLOW_UP: FOLLOW_UP_STAGES,
}


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
    answer is owed, `statutory_due` the law's own day where a promise is shorter; `calendar` names the notices by which
    the days were counted, `provisional` says that they reach into a year whose notice is not published yet. `first`
    is the login of who was asked first and opened it, `person` of who owes the answer now.
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
    calendar: str = ""
    stopped_days: int = 0  # working days during which the clock stood still
    extended_days: int = 0
    stopped_at: datetime | None = None
    reason: str = ""  # why the clock stands still, or why the case was withdrawn or taken up again
    extension: str = ""  # why the limit was extended, each time
    matter: str | None = None
    service: str | None = None
    ticket: int | None = None
    window: int | None = None
    first: str = ""
    name: str = ""
    organisation: str = ""
    phone: str = ""
    home: str = ""  # 住址, where somebody wants it on the form: a written answer may go there
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
    saved: int | None = None  # working days before the due day at the answer, negative after it (regulations 5.5.4)
    view: str = ""  # what the citizen says of the answer: satisfied, dissatisfied
    collected_at: datetime | None = None
    collector: str = ""
    closed_at: datetime | None = None
    token: str = field(default="", repr=False)

    @property
    def subject(self) -> str:
        """How events name this case."""
        return f"case:{self.id}"

    @property
    def code(self) -> str:
        """Four digits that stand on the receipt, to ask for the case by number where no phone was left."""
        return f"{int(hashlib.sha256(self.token.encode()).hexdigest(), 16) % 10_000:04d}"

    @property
    def owed(self) -> bool:
        """Whether an answer is still owed."""
        return self.state in OPEN

    @property
    def stopped(self) -> bool:
        """Whether the clock stands still."""
        return self.state in (State.WAITING, State.PAUSED)


def require_stage(case: Case, stage: str) -> None:
    """Pass a stage that the case's kind has; an agency's stages and a complaint's are never gone back."""
    stages = STAGES.get(case.kind, ())
    if stage not in stages:
        raise BadInput("bad_input", f"{case.kind} has no stage {stage!r:.20}")
    passed = case.stage in stages and stages.index(stage) <= stages.index(case.stage)
    if passed and case.kind is not Kind.FOLLOW_UP:
        raise Conflict("stage_passed", f"{case.number} is at {case.stage} already")


def require_ground(kind: Kind, ground: int | None, form: Form) -> None:
    """Pass a complaint's ground; serious ones must be in writing (regulations 4.2, 4.3)."""
    if kind is not Kind.COMPLAINT:
        return
    if ground not in GROUNDS:
        raise BadInput("bad_ground", f"{ground!r} is none of the eleven grounds")
    if ground in SERIOUS and form is Form.ORAL:
        raise BadInput("write_it_down", f"ground {ground} is serious", ground=ground)
