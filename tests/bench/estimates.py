"""How near the waiting estimate comes in halls it has never seen, beside the two naive ones: run by hand."""

from __future__ import annotations

import sys

from kiosk.domain.estimate.replay import Replay, score
from tests.domain.halls import PLACES, simulate


def main(names: list[str], *, days: int = 20, seed: int = 11, number: int = 60) -> None:
    """Print errors in minutes, their ratios to the naive ones', bias and coverage; the second ten days count."""
    print(f"{'hall':30}{'visits':>7}{'ours':>7}{'last':>7}{'naive':>7}{'/last':>7}{'/naive':>8}{'bias':>7}{'cover':>7}")
    for name in names or list(PLACES):
        told = list(Replay(number=number).run(simulate(PLACES[name], days=days, seed=seed)))
        told = [one for one in told if one.visit.day > "2026-01-10"]
        for label, group in (("", told), (", found a queue", [one for one in told if one.queued])):
            one = score(group)
            minutes = "".join(f"{value / 60:7.2f}" for value in (one.ours, one.last, one.naive))
            ratios = f"{one.ours / max(one.last, 1e-9):7.2f}{one.ours / max(one.naive, 1e-9):8.2f}"
            print(f"{name + label:30}{one.count:7}{minutes}{ratios}{one.bias / 60:7.2f}{one.coverage:7.2f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
