"""What click refuses before a command begins, in the words of the hall: an unknown command or option, a wrong value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
from click.exceptions import NoArgsIsHelpError, NoSuchCommand

from kiosk.config_checks import nearest


class Mistyped(click.UsageError):
    """A command line that cannot be meant, told in Chinese; status 2, as click's own."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.secho(self.format_message(), fg="red", err=True)
        if self.ctx is not None:
            usage = (self.ctx.command_path, *self.ctx.command.collect_usage_pieces(self.ctx))
            click.echo(f"用法：{' '.join(usage)}\n说明：{self.ctx.command_path} --help", err=True)


@contextmanager
def in_chinese() -> Iterator[None]:
    """Let no refusal of click out in English; the help that a bare group shows is no refusal."""
    try:
        yield
    except (Mistyped, NoArgsIsHelpError):
        raise
    except click.UsageError as error:
        raise Mistyped(_words(error), error.ctx) from error


def _words(error: click.UsageError) -> str:
    match error:
        case NoSuchCommand(command_name=name, ctx=ctx):
            known = ctx.command.list_commands(ctx) if ctx and isinstance(ctx.command, click.Group) else ()
            return f"没有“{name}”这个命令。{nearest(name, known)}"
        case click.NoSuchOption(option_name=name, ctx=ctx):
            known = [one for param in ctx.command.params for one in param.opts if one[:2] == "--"] if ctx else []
            return f"没有 {name} 这个选项。{nearest(name, known)}"
        case click.MissingParameter(param=param) if param:
            return f"缺少 {_name(param)}。"
        case click.BadParameter(param=param) if param:
            return f"{_name(param)} 写得不对。{_remedy(param.type)}"
        case click.BadOptionUsage(option_name=name):
            return f"{name} 写得不对：它后面缺了内容，或者不该有内容。"
    return "命令写得不完整，或者多写了内容。"


def _name(param: click.Parameter) -> str:
    return param.human_readable_name if isinstance(param, click.Argument) else param.opts[0]


def _remedy(kind: click.ParamType[Any]) -> str:
    match kind:
        case click.IntRange(min=low, max=high) | click.FloatRange(min=low, max=high):
            return f"请写 {low} 到 {high} 之间的数"
        case click.Choice(choices=choices):
            return nearest("", choices)
        case click.DateTime():
            return "请写成 17:00 或 2026-01-31 17:00 这样"
        case click.Path(file_okay=False):
            return "请写一个文件夹"
        case click.Path():
            return "请写一个已有的、读得出来的文件"
    return "请写一个数"
