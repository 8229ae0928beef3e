"""The catalogue of matters (事项): what a citizen can have done, what to bring, how long it takes, what it costs.

A matter whose papers differ from case to case asks plain questions first; each answer is a situation (情形), and the
answers give exactly the list that applies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from kiosk.domain.errors import BadInput, NotFound
from kiosk.domain.workdays import Due, Workdays

FREE = "不收费"
"""What a matter costs unless the catalogue names a fee and its basis (regulations 1.2.3)."""


class Level(StrEnum):
    """Where a matter is decided: in the township, or by an office of the county or above (regulations 1.2)."""

    TOWNSHIP = "乡镇"
    COUNTY = "县级以上"


class Kind(StrEnum):
    """How the hall handles a matter (regulations 1.2)."""

    AT_ONCE = "即办"
    PROMISED = "承诺"
    AGENCY = "代办"


class DayUnit(StrEnum):
    """What the days of a limit are."""

    WORKING = "工作日"
    CALENDAR = "自然日"


class Form(StrEnum):
    """In which form a material is wanted; 未注明 says honestly that the source does not tell."""

    ORIGINAL = "原件"
    COPY = "复印件"
    BOTH = "原件和复印件"
    DIGITAL = "电子"
    UNSTATED = "未注明"


class Necessity(StrEnum):
    """Whether a material must be there, is wanted in some cases only, or may follow after the acceptance."""

    REQUIRED = "必要"
    OPTIONAL = "非必要"
    LATER = "可后补"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the facts of a matter come from; an empty date means that the source gives none."""

    title: str
    url: str
    date: str = ""
    quality: str = ""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One answer to a plain question; `nothing` says that no paper is wanted because of it."""

    id: str
    question: str
    name: str
    nothing: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question with the situations that answer it."""

    text: str
    answers: tuple[Situation, ...]


@dataclass(frozen=True, kw_only=True)
class Material:
    """One paper to bring; `originals` and `copies` are None where the source does not state them.

    `situations` are the answers that call for it (none: always), `where` tells who hands it out, `paper` on what it is
    written; `blank` and `sample` are files of `config/forms/`.
    """

    name: str
    form: Form = Form.UNSTATED
    originals: int | None = None
    copies: int | None = None
    necessity: Necessity = Necessity.REQUIRED
    situations: tuple[str, ...] = ()
    where: str = ""
    paper: str = ""
    blank: str = ""
    sample: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A step with its own clock, in working or in calendar days."""

    name: str
    working_days: int | None = None
    calendar_days: int | None = None
    start: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class WaitPoint:
    """Until when a stage should be over."""

    stage: Stage
    due: Due


def wait_points(stages: Sequence[Stage], starts: date, workdays: Workdays) -> tuple[WaitPoint, ...]:
    """The last day of each stage that has a clock, when they follow one another from the day the case started.

    Pauses are not in it: a stage is the plan, the due day of the case is what is owed.
    """
    points: list[WaitPoint] = []
    for stage in stages:
        begins, known = (points[-1].due.day, points[-1].due.provisional) if points else (starts, False)
        if stage.working_days is not None:
            ends = workdays.add(begins, stage.working_days)
        elif stage.calendar_days is not None:
            ends = workdays.add_calendar(begins, stage.calendar_days)
        else:
            continue
        points.append(WaitPoint(stage=stage, due=Due(day=ends.day, provisional=ends.provisional or known)))
    return tuple(points)


@dataclass(frozen=True, kw_only=True)
class Accepting:
    """The days of each month on which a matter is accepted, such as 1 to 20."""

    first: int
    last: int

    def on(self, day: date) -> bool:
        """Whether a day is among them."""
        return self.first <= day.day <= self.last

    def next_day(self, day: date, works: Callable[[date], bool]) -> date | None:
        """The first such day from `day` on that the hall works; None where half a year has none."""
        days = (day + timedelta(days=ahead) for ahead in range(184))
        return next((one for one in days if self.on(one) and works(one)), None)


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One entry of the catalogue; a limit is None where nothing states it (then 15 working days: regulations 3.2).

    `authority` tells in words who accepts and who decides;
    `effective` is the day from which the entry counts and `version` its edition; None and empty where nobody knows.
    """

    id: str
    name: str
    service: str
    level: Level
    authority: str = ""
    kind: Kind
    statutory_days: int | None = None
    statutory_unit: DayUnit | None = None
    promised_days: int | None = None
    promised_unit: DayUnit | None = None
    fee: str = FREE
    fee_basis: str = ""
    conditions: tuple[str, ...] = ()
    accepts: Accepting | None = None
    situations: tuple[Situation, ...] = ()
    materials: tuple[Material, ...] = ()
    stages: tuple[Stage, ...] = ()
    legal_basis: tuple[str, ...] = ()
    note: str = ""
    sources: tuple[Source, ...] = ()
    effective: date | None = None
    version: str = ""
    english: str = ""
    uncertain: tuple[str, ...] = ()
    demonstration: bool = True

    @property
    def limit_days(self) -> int:
        """Days until the answer: the promise, else the law, else 15; 0 means at once (regulations 1.2, 3.2)."""
        if self.promised_days is not None:
            return self.promised_days
        if self.statutory_days is not None:
            return self.statutory_days
        return 0 if self.kind is Kind.AT_ONCE else 15

    @property
    def limit_unit(self) -> DayUnit:
        """What the days of `limit_days` are."""
        if self.promised_days is not None:
            return self.promised_unit or DayUnit.WORKING
        return self.statutory_unit or DayUnit.WORKING

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What is asked before the list can be told, in the order of the catalogue; empty where nothing is."""
        texts = dict.fromkeys(situation.question for situation in self.situations)
        return tuple(
            Question(text=text, answers=tuple(one for one in self.situations if one.question == text)) for text in texts
        )

    def answers(self, ids: Sequence[str]) -> tuple[Situation, ...]:
        """The situations with these ids, in the order of the questions; `bad_situation` for an id that is not one
        of this matter's, or for two answers to one question."""
        chosen = tuple(situation for situation in self.situations if situation.id in ids)
        if len(chosen) != len(ids) or len({one.question for one in chosen}) != len(chosen):
            raise BadInput("bad_situation", f"{self.id} has no situations {ids!r:.80}")
        return chosen

    def open_question(self, chosen: Sequence[Situation]) -> Question | None:
        """The first question that the answers leave open."""
        answered = {situation.question for situation in chosen}
        return next((question for question in self.questions if question.text not in answered), None)

    def materials_for(self, chosen: Sequence[Situation]) -> tuple[Material, ...]:
        """Exactly what applies to the answers; with a question left open all that may be wanted."""
        if self.open_question(chosen):
            return self.materials
        ids = {situation.id for situation in chosen}
        return tuple(one for one in self.materials if not one.situations or ids.intersection(one.situations))

    def situations_of(self, material: Material) -> tuple[Situation, ...]:
        """The answers that call for a material."""
        return tuple(situation for situation in self.situations if situation.id in material.situations)


@dataclass(frozen=True, kw_only=True)
class LifeEvent:
    """What happens to a family, and the ids of the matters that it brings with it."""

    id: str
    name: str
    english: str
    icon: str
    matters: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A form that the hall hands out whatever the matter; `blank` and `sample` are files of `config/forms/`."""

    name: str
    blank: str = ""
    sample: str = ""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All matters of the hall, in the order of the configuration, the forms that belong to none, and life events."""

    matters: tuple[Matter, ...]
    papers: tuple[Paper, ...] = ()
    events: tuple[LifeEvent, ...] = ()

    @cached_property
    def _matters(self) -> Mapping[str, Matter]:
        return {matter.id: matter for matter in self.matters}

    def matter(self, matter_id: str) -> Matter:
        """The matter with this id; `NotFound` with code `unknown_matter` otherwise."""
        if matter_id not in self._matters:
            raise NotFound("unknown_matter", f"no matter {matter_id!r}")
        return self._matters[matter_id]

    def of_service(self, service_id: str) -> tuple[Matter, ...]:
        """The matters that a service's queue is for."""
        return tuple(matter for matter in self.matters if matter.service == service_id)

    def event(self, event_id: str) -> LifeEvent:
        """The life event with this id; `unknown_matter` otherwise."""
        for one in self.events:
            if one.id == event_id:
                return one
        raise NotFound("unknown_matter", f"no life event {event_id!r}")

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Every form and sample that the catalogue names: its file, and what it is called."""
        owners: list[Paper | Material] = [*self.papers]
        owners += [material for matter in self.matters for material in matter.materials]
        named = [(file, owner.name) for owner in owners for file in (owner.blank, owner.sample) if file]
        return dict(reversed(named))
