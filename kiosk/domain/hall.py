"""The configured place: windows, services, hours and devices, as `config/hall.toml` and `services.toml` give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from kiosk.domain.errors import NotFound
from kiosk.domain.ratings import Options, Report
from kiosk.domain.rules import Cases, Limits, Order, Queue, Thresholds
from kiosk.domain.screens import Panel, Screen, Sign, Voice, WindowScreens
from kiosk.domain.workdays import Workdays


class Weekday(StrEnum):
    """Days as the configuration writes them, Monday first like `date.weekday()`."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


@dataclass(frozen=True, kw_only=True)
class Period:
    """Opening hours of some weekdays, hall time; after `last_ticket` (else `closes`) no number is issued."""

    days: tuple[Weekday, ...]
    opens: time
    closes: time
    last_ticket: time | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a queue is for (业务); its prefix stands before the numbers, its id in URLs, events and clip names."""

    id: str
    prefix: str
    name: str
    english: str
    icon: str = "file-text"
    unsure: bool = False  # the desk for "I don't know: give me a number"
    minutes: float = 8.0  # how long a visit takes, as far as the hall knows before it has measured any
    quota: int | None = None  # numbers a half-day at most
    hours: tuple[Period, ...] = ()  # where this service keeps hours of its own; empty: the hall's


@dataclass(frozen=True, kw_only=True)
class Window:
    """A counter (窗口) of the hall; `services` are ids, first come over all of them; `direction` helps to find it."""

    number: int
    name: str
    english: str
    services: tuple[str, ...]
    direction: str = ""
    preferred: tuple[str, ...] = ()  # of these services first, the others when nobody waits for them; empty: all alike


@dataclass(frozen=True, kw_only=True)
class Regulation:
    """A paper for everybody to read (regulations 5.4.1): a file of `config/regulations/`, and where it comes from."""

    file: str
    title: str
    source: str = ""


REACH_MM = (380.0, 1220.0)
UNTOUCHED = 0.125


@dataclass(frozen=True, kw_only=True)
class Kiosk:
    """A touchscreen that issues numbers, and the printer beside it."""

    id: str
    name: str
    panel: Panel
    printer: str
    bottom_mm: float = 700.0  # how high above the floor the glass begins
    card_reader: bool = False  # whether a reader of identity cards types here like a keyboard

    def above_floor(self, px: float) -> float:
        """How many millimetres above the floor a point `px` below the top of the glass is."""
        return self.bottom_mm + (self.panel.height_px - px) / self.panel.px_per_mm

    @property
    def in_reach(self) -> bool:
        """Whether all that is touched can be reached standing and seated: 380 to 1220 mm (EN 301 549 8.3.3.1).

        The top eighth of the glass shows whose hall it is and the question, and is never touched.
        """
        highest = self.above_floor(self.panel.height_px * UNTOUCHED)
        return REACH_MM[0] <= self.bottom_mm and highest <= REACH_MM[1]


@dataclass(frozen=True, kw_only=True)
class Priority:
    """People who are called first (elderly, disabled, pregnant …), in the order of the configuration."""

    id: str
    name: str
    english: str


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Days that differ from the plain week: public holidays and make-up working days (国务院办公厅 notices)."""

    off: frozenset[date] = field(default_factory=frozenset)
    make_up: frozenset[date] = field(default_factory=frozenset)
    years: frozenset[int] = field(default_factory=frozenset)
    notices: Mapping[int, str] = field(default_factory=dict)

    def notice(self, first: date, last: date) -> str:
        """The notices of the years that a stretch of days touches, as they are named; a missing year has none."""
        years = range(first.year, last.year + 1)
        return "；".join(self.notices[year] for year in years if year in self.notices)


@dataclass(frozen=True, kw_only=True, eq=False)
class Hall:
    """The whole configured hall; look-ups raise `NotFound` with the code of the thing that is missing."""

    code: str
    name: str
    english: str
    zone: str
    address: str
    phone: str
    complaint_office: str
    complaint_phone: str
    services: tuple[Service, ...]
    windows: tuple[Window, ...]
    hours: tuple[Period, ...]
    screens: tuple[Screen, ...]
    kiosks: tuple[Kiosk, ...]
    window_screens: WindowScreens = field(default_factory=WindowScreens)
    signs: tuple[Sign, ...] = ()
    voice: Voice = field(default_factory=Voice)
    priorities: tuple[Priority, ...] = ()
    calendar: Calendar = Calendar()
    queue: Queue = field(default_factory=Queue)
    alerts: Thresholds = field(default_factory=Thresholds)
    cases: Cases = field(default_factory=Cases)
    regulations: tuple[Regulation, ...] = ()
    pauses: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    ratings: Options = field(default_factory=Options)
    report: Report = field(default_factory=Report)

    @cached_property
    def tz(self) -> ZoneInfo:
        """The zone that decides the hall's business day."""
        return ZoneInfo(self.zone)

    @cached_property
    def workdays(self) -> Workdays:
        """The calendar by which answers are owed."""
        return Workdays(off=self.calendar.off, make_up=self.calendar.make_up, years=self.calendar.years)

    @cached_property
    def _services(self) -> Mapping[str, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def _windows(self) -> Mapping[int, Window]:
        return {window.number: window for window in self.windows}

    def service(self, service_id: str) -> Service:
        """The service with this id."""
        if service_id not in self._services:
            raise NotFound("unknown_service", f"no service {service_id!r}")
        return self._services[service_id]

    def window(self, number: int) -> Window:
        """The window with this number."""
        if number not in self._windows:
            raise NotFound("unknown_window", f"no window {number}", window=number)
        return self._windows[number]

    def sign(self, login: str) -> Sign:
        """The badge of an account; an empty one where the hall has written none."""
        return next((sign for sign in self.signs if sign.login == login), Sign(login=login))

    def windows_for(self, service_id: str) -> tuple[Window, ...]:
        """The windows that serve a service, in hall order."""
        return tuple(window for window in self.windows if service_id in window.services)

    @cached_property
    def order(self) -> Order:
        """The rules by which windows choose."""
        return Order(classes=tuple(one.id for one in self.priorities), passed_most=self.queue.passed_most)

    def priority(self, priority_id: str) -> Priority:
        """The priority class with this id; `unknown_priority` otherwise."""
        for one in self.priorities:
            if one.id == priority_id:
                return one
        raise NotFound("unknown_priority", f"no priority class {priority_id!r}")

    def priority_name(self, priority_id: str | None) -> str:
        """What a class is called, also one that the configuration has lost meanwhile; empty for none."""
        names = {one.id: one.name for one in self.priorities}
        return names.get(priority_id, priority_id) if priority_id else ""

    def line_of(self, service_id: str) -> tuple[str, ...]:
        """The services that stand in one line with this one: its windows call first come, first served over all."""
        return tuple(dict.fromkeys(one for window in self.windows_for(service_id) for one in window.services))

    def service_or_gone(self, service_id: str, prefix: str) -> Service:
        """The service of a ticket, also when the configuration has lost it meanwhile: then the prefix must do."""
        gone = Service(id=service_id, prefix=prefix, name=prefix, english=prefix)
        return self._services.get(service_id, gone)

    def local(self, at: datetime) -> datetime:
        """The hall's wall clock at an aware instant."""
        return at.astimezone(self.tz)

    def day(self, at: datetime) -> str:
        """The business day an instant belongs to, `YYYY-MM-DD` in the hall's zone."""
        return self.local(at).date().isoformat()

    def periods(self, day: date) -> tuple[Period, ...]:
        """The opening periods of a calendar day: none on a holiday, Monday's on a make-up working day."""
        if day not in self._days:
            self._days[day] = self._periods_of(day)
        return self._days[day]

    @cached_property
    def _days(self) -> dict[date, tuple[Period, ...]]:
        """The days asked for so far: every ticket asks for its own."""
        return {}

    def _periods_of(self, day: date) -> tuple[Period, ...]:
        if day in self.calendar.off:
            return ()
        return tuple(sorted((p for p in self.hours if self._weekday(day) in p.days), key=lambda p: p.opens))

    def _weekday(self, day: date) -> Weekday:
        """A make-up working day counts as a Monday."""
        return list(Weekday)[0 if day in self.calendar.make_up else day.weekday()]

    def issues_at(self, at: datetime, service: Service | None = None) -> bool:
        """Whether the published hours allow a number now (regulations 3.6: windows serve on after it).

        A service with hours of its own keeps those, on days that the hall works.
        """
        return self.period_at(at, service) is not None

    @staticmethod
    def kept_open(at: datetime, until: datetime | None) -> bool:
        """Whether the office keeps the hall open outside its hours; `until` is how long, None where it does not."""
        return until is not None and at < until

    def period_at(self, at: datetime, service: Service | None = None) -> Period | None:
        """The half-day in which numbers are issued now; None outside of all."""
        local = self.local(at)
        found = self.periods(local.date())
        if service is not None and service.hours and found:
            weekday = self._weekday(local.date())
            found = tuple(period for period in service.hours if weekday in period.days)
        return next((p for p in found if p.opens <= local.time() < (p.last_ticket or p.closes)), None)

    def minutes_left(self, at: datetime) -> int | None:
        """Whole minutes until the windows close by the published hours; None outside them."""
        local = self.local(at)
        for period in self.periods(local.date()):
            if period.opens <= local.time() < period.closes:
                closes = datetime.combine(local.date(), period.closes, tzinfo=self.tz)
                return int((closes - local).total_seconds() // 60)
        return None

    def minutes_after(self, at: datetime) -> int:
        """Whole minutes since the last half-day of this day closed (extended service, regulations 3.6); 0 before."""
        local = self.local(at)
        closed = [period.closes for period in self.periods(local.date()) if period.closes <= local.time()]
        if not closed or self.minutes_left(at) is not None:
            return 0
        closes = datetime.combine(local.date(), max(closed), tzinfo=self.tz)
        return int((local - closes).total_seconds() // 60)

    def next_opening(self, at: datetime) -> datetime | None:
        """When numbers are next issued after `at`, within a month; None if never."""
        local = self.local(at)
        for ahead in range(32):
            day = local.date() + timedelta(days=ahead)
            for period in self.periods(day):
                opens = datetime.combine(day, period.opens, tzinfo=self.tz)
                if opens > local:
                    return opens
        return None
