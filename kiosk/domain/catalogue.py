"""The catalogue of matters (事项): what a citizen can have done, what to bring, how long it takes, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from kiosk.domain.errors import NotFound


class Kind(StrEnum):
    """How the hall handles a matter (regulations 1.2)."""

    AT_ONCE = "即办"
    PROMISED = "承诺"
    AGENCY = "代办"


class Form(StrEnum):
    """In which form a material is wanted; 未注明 says honestly that the source does not tell."""

    ORIGINAL = "原件"
    COPY = "复印件"
    BOTH = "原件和复印件"
    DIGITAL = "电子"
    UNSTATED = "未注明"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the facts of a matter come from; an empty date means that the source gives none."""

    title: str
    url: str
    date: str = ""
    quality: str = ""


@dataclass(frozen=True, kw_only=True)
class Material:
    """One paper to bring; `copies` is None where the source does not state it."""

    name: str
    form: Form = Form.UNSTATED
    copies: int | None = None
    required: bool = True
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
class Matter:
    """One entry of the catalogue; limits are working days, None where unstated (then 15: regulations 3.2)."""

    id: str
    name: str
    service: str
    level: str
    kind: Kind
    statutory_days: int | None = None
    promised_days: int | None = None
    fee: str = "不收费"
    materials: tuple[Material, ...] = ()
    stages: tuple[Stage, ...] = ()
    note: str = ""
    sources: tuple[Source, ...] = ()
    uncertain: tuple[str, ...] = ()
    demonstration: bool = True

    @property
    def limit_days(self) -> int:
        """Working days until the answer: the promise, else the law, else 15; 0 means at once (regulations 1.2, 3.2)."""
        if self.promised_days is not None:
            return self.promised_days
        if self.statutory_days is not None:
            return self.statutory_days
        return 0 if self.kind is Kind.AT_ONCE else 15


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All matters of the hall, in the order of the configuration."""

    matters: tuple[Matter, ...]

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
