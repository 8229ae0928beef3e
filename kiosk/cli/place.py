"""What every command works on: the folders of the hall, opened beside a running server."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kiosk.address import LOCK
from kiosk.config import ConfigError, Settings, load
from kiosk.domain.errors import HallError
from kiosk.domain.hall import Hall

if TYPE_CHECKING:
    from kiosk.operations.hall import Context

SHIPPED = Path(__file__).resolve().parent.parent.parent / "config"


UNREADABLE = "{data} 里的数据打不开。请检查权限和磁盘空间；数据坏了的，请运行 kiosk restore 看看有哪些备份。"
NOWHERE = "这里没有大厅的数据（找不到文件夹 {data}）。请先 cd 到装本软件的文件夹，新装的大厅先运行 kiosk serve。"


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

    def need_folder(self) -> None:
        """Make the data folder where it is missing; where nothing can be kept in it, say so and end with status 1."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            with (self.data / LOCK).open("a"):
                pass
        except OSError as error:
            advice = "请检查权限和磁盘空间，或用 --data 另选一个文件夹。"
            refuse(f"数据文件夹 {self.data} 用不了（{error.strerror}）。{advice}")

    @contextmanager
    def hall(self) -> Iterator[Context]:
        """The hall, opened by this process beside a running server."""
        from kiosk.app import open_hall  # noqa: PLC0415 — `kiosk check` needs no web

        settings = self.settings()
        if not self.data.is_dir():
            refuse(NOWHERE.format(data=self.data))
        self.need_folder()
        try:
            context = open_hall(settings, self.data)
        except HallError as error:
            refuse(UNREADABLE.format(data=self.data), f"[{error.code}] {error.message}")
        try:
            yield context
        except HallError as error:
            words = context.phrases.say(f"error.{error.code}", **error.values)
            refuse(words, f"[{error.code}] {error.message}", *_known(context.hall, error.code))
        finally:
            context.database.close()


def refuse(words: str, *details: str) -> NoReturn:
    """Say why not, then the details, and end the command with status 1."""
    click.secho(words, fg="red", err=True)
    for line in details:
        click.echo(line, err=True)
    sys.exit(1)


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
