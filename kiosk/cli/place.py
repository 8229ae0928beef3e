"""What every command works on: the folders of the hall, opened beside a running server."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk.config import ConfigError, Settings, load
from kiosk.domain.errors import HallError
from kiosk.domain.hall import Hall

if TYPE_CHECKING:
    from kiosk.operations.hall import Context

SHIPPED = Path(__file__).resolve().parent.parent.parent / "config"


class Place:
    """The folders a command works on: the configuration and the data."""

    def __init__(self, config: Path, data: Path) -> None:
        self.config, self.data = config, data

    def settings(self) -> Settings:
        """The validated configuration; on mistakes all of them are printed and the command ends with status 2."""
        try:
            return load(self.config)
        except ConfigError as error:
            for problem in error.problems:
                click.secho(f"✗ {problem}", fg="red", err=True)
            click.echo(f"共 {len(error.problems)} 处配置需要修改。", err=True)
            sys.exit(2)

    @contextmanager
    def hall(self) -> Iterator[Context]:
        """The hall, opened by this process beside a running server."""
        from kiosk.app import open_hall  # noqa: PLC0415 — `kiosk check` needs no web

        context = open_hall(self.settings(), self.data)
        try:
            yield context
        except HallError as error:
            click.secho(context.phrases.say(f"error.{error.code}", **error.values), fg="red", err=True)
            click.echo(f"[{error.code}] {error.message}", err=True)
            for line in _known(context.hall, error.code):
                click.echo(line, err=True)
            sys.exit(1)
        finally:
            context.database.close()


def _known(hall: Hall, code: str) -> list[str]:
    """What there is instead of a name that the hall does not have."""
    match code:
        case "unknown_service":
            return [f"  {service.id:12} {service.name}" for service in hall.services]
        case "unknown_window":
            return [f"  {window.number:<12} {window.name}" for window in hall.windows]
    return []


def with_hall(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the opened hall as its first argument."""

    @click.pass_obj
    @functools.wraps(command)
    def run(place: Place, *args: Any, **kwargs: Any) -> None:
        with place.hall() as context:
            command(context, *args, **kwargs)

    return run
