"""`kiosk estimate`: how good the promised waits are, on any log and in this hall."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from kiosk.domain.errors import BadInput
from kiosk.domain.estimate.logs import Visit, read
from kiosk.domain.estimate.replay import Forecast, Replay, score

WORK = 1_500_000
"""Plays in all that a replay makes: a short log gets more for each visit than a long one."""


@click.group()
def estimate() -> None:
    """Waiting estimates."""


@estimate.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay(file: Path) -> None:
    """Replay FILE causally and compare what would have been told with what came.

    Columns: day,arrival_s,start_s,end_s,service,server,abandoned (seconds since midnight; service and server may be
    empty; abandoned is 0 or 1).
    """
    visits = _visits(file)
    number = max(20, min(150, WORK // max(1, len(visits))))
    told = list(Replay(number=number).run(visits))
    click.echo(f"{len(visits)} visits, {len(told)} served, {len({one.day for one in visits})} days; minutes")
    click.echo(f"{'':22}{'visits':>8}{'MAE':>8}{'last':>8}{'naive':>8}{'bias':>8}{'coverage':>10}")
    _line("all", told)
    _line("found a queue", [one for one in told if one.queued])
    click.echo("last: last to enter service.  naive: (queue+1)·mean service/active servers, 0 when nobody waits and a")
    click.echo("server is free.  bias: ours − truth.  coverage: of the 80 % range.")


def _visits(file: Path) -> list[Visit]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return list(read(lines))
    except BadInput as error:
        click.secho(f"{file.name}: {error.message}", fg="red", err=True)
    except (UnicodeDecodeError, OSError) as error:
        click.secho(f"{file.name}: {error}", fg="red", err=True)
    sys.exit(2)


def _line(name: str, told: Sequence[Forecast]) -> None:
    one = score(told)
    ours, last, naive, bias = (value / 60 for value in (one.ours, one.last, one.naive, one.bias))
    click.echo(f"{name:22}{one.count:8}{ours:8.2f}{last:8.2f}{naive:8.2f}{bias:8.2f}{one.coverage:10.1%}")
