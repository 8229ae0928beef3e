"""Replays a log causally: each arrival is told a wait from what was known then, and the truth is compared later.

The plays of the hall are one voice; simple estimators are others. What is told is their mean, each weighed by how
near it has come lately, so that a hall unlike any that was thought of is still told no worse than by its best voice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import groupby
from math import exp
from random import Random
from statistics import fmean, median, pvariance

from kiosk.domain.estimate.logs import Visit
from kiosk.domain.estimate.playing import Server, plays
from kiosk.domain.estimate.ranges import HIGH, LOW, Spread, quantile
from kiosk.domain.estimate.watching import Crowd, Learned, Place, Watcher, nameless

Voices = tuple[float, ...]
VOICES = ("plays", "middle", "gamma", "last", "oldest", "share", "whole")
TRUST = (1.0, 1.0, 1.0, 1.6, 1.6, 1.4, 1.5)
"""The error each voice is believed to have before it has spoken, beside the best."""
BELIEVED = 15
KEPT = 400
SHARPNESS = 25.0
DOUBT = 60
CALLS = 1200
"""Calls in all plays of a moment, or twenty in each where many plays are asked for; longer plays are fewer."""
NEVER = 6 * 3600.0
"""Seconds in which a window comes back of which nobody knows that it will."""
FLOOR = 60.0
"""Seconds below which a voice's proportion to the truth says nothing."""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What an arrival was told, in seconds, beside the two naive estimators; `queued` if somebody waited then."""

    visit: Visit
    point: float
    low: float
    high: float
    last: float
    naive: float
    queued: bool
    voices: Voices = ()
    played: tuple[float, float] = (0.0, 0.0)

    @property
    def actual(self) -> float:
        """The wait as it came to be."""
        return (self.visit.start or self.visit.arrival) - self.visit.arrival


class Chorus:
    """The voices' mean, each as it speaks and once more in proportion, weighed by their recent errors."""

    def __init__(self) -> None:
        self._errors = [deque[float](maxlen=KEPT) for _ in (*VOICES, *VOICES)]
        self._ratios = [deque[float](maxlen=400) for _ in VOICES]
        self._scales = [1.0 for _ in VOICES]

    def _all(self, voices: Voices) -> Voices:
        return (*voices, *(said * scale for said, scale in zip(voices, self._scales, strict=True)))

    def weights(self) -> list[float]:
        """How much each voice counts now."""
        known = [error for errors in self._errors for error in errors]
        usual = fmean(known) if known else 1.0
        mean = [
            (sum(errors) + trust * usual * BELIEVED) / (len(errors) + BELIEVED)
            for errors, trust in zip(self._errors, (*TRUST, *(1.1 * trust for trust in TRUST)), strict=True)
        ]
        best = min(mean) or 1e-9
        return [exp(-SHARPNESS * (error / best - 1)) for error in mean]

    def say(self, voices: Voices) -> float:
        """What they say together, in seconds."""
        weights = self.weights()
        return sum(weight * said for weight, said in zip(weights, self._all(voices), strict=True)) / sum(weights)

    def learn(self, voices: Voices, actual: float) -> None:
        """Compare what they said with what came."""
        for errors, said in zip(self._errors, self._all(voices), strict=True):
            errors.append(abs(said - actual))
        for place, said in enumerate(voices):
            ratios = self._ratios[place]
            if said > FLOOR:
                ratios.append(actual / said)
            self._scales[place] = 1 + (median(ratios or [1.0]) - 1) * len(ratios) / (len(ratios) + DOUBT)


class Replay:
    """One pass over a log; `number` plays are made for each arrival that finds a queue or no free window."""

    def __init__(self, *, number: int = 60, seed: int = 1) -> None:
        self._number, self._dice = number, Random(seed)  # noqa: S311 — dice, not secrets
        self._watcher, self._chorus = Watcher(), Chorus()
        self._spread, self._calm = Spread(), Spread()
        self._told: dict[int, Forecast] = {}

    def run(self, visits: Iterable[Visit]) -> Iterator[Forecast]:
        """The forecasts of all visits that were not abandoned, day by day, in the order of arrival."""
        for _, day in groupby(visits, key=lambda visit: visit.day):
            self._watcher.begin_day()
            self._told.clear()
            yield from self._day(sorted(day, key=lambda visit: visit.arrival))

    def _day(self, visits: list[Visit]) -> Iterator[Forecast]:
        coming: list[tuple[float, int, int, Visit]] = []  # what happens next: ends before leavings before starts
        for number, visit in enumerate(visits):
            self._until(coming, visit.arrival)
            forecast = self._forecast(visit)
            self._watcher.arrive(visit)
            if visit.abandoned:
                if visit.left is not None:
                    heappush(coming, (visit.left, 1, number, visit))
                continue
            self._told[id(visit)] = forecast
            heappush(coming, (visit.start or visit.arrival, 2, number, visit))
            heappush(coming, (visit.end or visit.arrival, 0 if visit.end != visit.start else 3, number, visit))
            yield forecast
        self._until(coming, float("inf"))

    def _until(self, coming: list[tuple[float, int, int, Visit]], at: float) -> None:
        """Let happen what had happened by the time of an arrival; a call in the same second has not."""
        while coming and coming[0][0] <= at and (coming[0][0] < at or coming[0][1] == 0):
            moment, kind, _, visit = heappop(coming)
            if kind == 1:
                self._watcher.leave(visit, moment)
            elif kind == 2:
                self._learn(visit)
                self._watcher.start(visit, moment)
            else:
                self._watcher.end(visit, moment)

    def _learn(self, visit: Visit) -> None:
        told = self._told.pop(id(visit), None)
        if told is not None:
            if told.queued or told.point > 0:
                self._chorus.learn(told.voices, told.actual)
            (self._spread if told.queued else self._calm).learn(told.point, *told.played, told.actual)

    def _forecast(self, visit: Visit) -> Forecast:
        watcher, at = self._watcher, visit.arrival
        working = watcher.at_work(at)
        queued = bool(watcher.waiting)
        able = [(name, there) for name, there in working if watcher.may_serve(name, visit.service)]
        free = any(there is None for _, there in able)
        mine = [one for one in watcher.waiting.values() if one.service == visit.service]
        mean = watcher.durations.mean(visit.service)
        last = watcher.last.get(visit.service, watcher.last.get("", 0.0))
        naive = 0.0 if free and not watcher.waiting else (len(mine) + 1) * mean / max(1, len(able))
        if free and not watcher.waiting:
            point, low, high, voices = 0.0, 0.0, 0.0, (0.0,) * len(VOICES)
        else:
            samples = self._samples(visit, able or working, at)
            oldest = max((at - one.arrival for one in mine), default=0.0)
            whole = (len(watcher.waiting) + 1) * mean / max(1, len(working))
            mean_wait = fmean(samples)
            voices = (
                mean_wait,
                quantile(samples, 0.5),
                gamma_median(mean_wait, pvariance(samples)),
                last,
                oldest,
                naive,
                whole,
            )
            point = self._chorus.say(voices)
            low, high = quantile(samples, LOW), quantile(samples, HIGH)
        wide = (self._spread if queued else self._calm).widen(point, low, high)
        return Forecast(
            visit=visit,
            point=point,
            low=wide[0],
            high=wide[1],
            last=last,
            naive=naive,
            queued=queued,
            voices=voices,
            played=(low, high),
        )

    def _samples(self, visit: Visit, working: list[tuple[str, Visit | None]], at: float) -> list[float]:
        """The sorted waits of this arrival in all plays."""
        watcher, dice = self._watcher, self._dice
        samplers = {one: watcher.durations.sampler(one) for one in {visit.service, *watcher.arrived}}
        gaps, shifts = watcher.gaps.sampler(), watcher.shifts

        waited_for = watcher.paused(at)

        def back(key: str, later: float) -> float:
            away = shifts.away(key, at, at + later)
            return later + (NEVER if away is None else away)

        def rest(key: str, there: Visit | None, dice: Random) -> float:
            if there is None or there.start is None:
                return gaps.rest(idle, dice) if (idle := waited_for.get(key, 0.0)) else 0.0
            speed = watcher.speeds.of(there.server)
            return back(key, samplers[there.service].rest((at - there.start) / speed, dice) * speed + gaps.draw(dice))

        def length(window: Place, called: tuple[str, Visit | None], now: float, dice: Random) -> float:
            return (
                back(
                    window.key,
                    now + samplers[called[0]].draw(dice) * watcher.speeds.of(window.server) + gaps.draw(dice),
                )
                - now
            )

        places = [
            (Place(name, name if there is None or there.server else nameless(number)), there)
            for number, (name, there) in enumerate(watcher.at_work(at) or working, start=1)
        ]
        places += [(Place(name, name), None) for name in waited_for]
        present = {place.key for place, _ in places} | {place.server for place, _ in places}
        soon = {name: later for name, later in shifts.coming(at).items() if name not in present}
        servers = [
            Server(
                name=place,
                rest=lambda dice, place=place, there=there: rest(place.key, there, dice),  # type: ignore[misc]
                serves=lambda service, place=place: watcher.may_serve(place.server, service),  # type: ignore[misc]
            )
            for place, there in places
        ] or [
            Server(name=Place("", ""), rest=lambda dice: samplers[visit.service].draw(dice) / 2, serves=lambda _: True)
        ]
        servers += [
            Server(
                name=Place(name, name),
                rest=lambda _dice, later=later: later,  # type: ignore[misc]
                serves=lambda service, name=name: watcher.may_serve(name, service),  # type: ignore[misc]
            )
            for name, later in soon.items()
        ]
        watcher.waiting[id(visit)] = visit
        crowd = Crowd(watcher, at, visit)
        number = max(12, min(self._number, max(CALLS, 20 * self._number) // (len(watcher.waiting) + 1)))
        played = plays(
            servers,
            lambda dice: Learned(crowd, dice),
            length,
            (),
            number=number,
            dice=dice,
            until=(visit.service, visit),
        )
        del watcher.waiting[id(visit)]
        found = sorted(one.called[visit.service, visit] for one in played if (visit.service, visit) in one.called)
        return found or [samplers[visit.service].draw(dice) * (len(watcher.waiting) + 1)]


def gamma_median(mean: float, variance: float) -> float:
    """The median of waits that are spread like a gamma distribution (Wilson and Hilferty): of few plays it is nearer
    than the middle one of them."""
    return mean * max(0.0, 1 - variance / (9 * mean * mean)) ** 3 if mean > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Score:
    """Mean absolute errors in seconds of ours, last-to-enter-service and the naive share; bias; coverage 0..1."""

    count: int
    ours: float
    last: float
    naive: float
    bias: float
    coverage: float


def score(forecasts: Iterable[Forecast]) -> Score:
    """How near forecasts came; an empty log scores nothing."""
    found = list(forecasts)
    if not found:
        return Score(count=0, ours=0.0, last=0.0, naive=0.0, bias=0.0, coverage=0.0)
    return Score(
        count=len(found),
        ours=fmean(abs(one.point - one.actual) for one in found),
        last=fmean(abs(one.last - one.actual) for one in found),
        naive=fmean(abs(one.naive - one.actual) for one in found),
        bias=fmean(one.point - one.actual for one in found),
        coverage=fmean(one.low - 0.5 <= one.actual <= one.high + 0.5 for one in found),
    )
