"""The `kiosk` command: start the hall, and whatever else `kiosk.cli.commands` can do beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from kiosk.cli.mistyped import in_chinese
from kiosk.cli.place import SHIPPED, Place


class _Commands(click.Group):
    """Loads the other commands when one of them is asked for: the server's watchman would carry all they need."""

    def make_context(self, *words: Any, **options: Any) -> click.Context:
        """As click's own, but refused in Chinese; so is `invoke`."""
        with in_chinese():
            return super().make_context(*words, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with in_chinese():
            return super().invoke(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._all().get(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._all())

    def _all(self) -> Mapping[str, click.Command]:
        import_module("kiosk.cli.commands")
        return self.commands


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path, file_okay=False), envvar="KIOSK_CONFIG", default=None)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), envvar="KIOSK_DATA", default=Path("var"))
@click.pass_context
def main(ctx: click.Context, config: Path | None, data: Path) -> None:
    """The service hall: tickets, calls, paper, voice, ratings."""
    os.umask(0o077)  # the diary and its key are the server's own
    local = Path("config")
    ctx.obj = Place(config or (local if local.is_dir() else SHIPPED), data)


@main.command()
@click.option("--host", default=None, help="Address to listen on, instead of hall.toml's.")
@click.option("--port", type=int, default=None, help="Port to listen on, instead of hall.toml's.")
@click.pass_obj
def serve(place: Place, host: str | None, port: int | None) -> None:
    """Start the hall and keep it running."""
    from kiosk.server import serve as run  # noqa: PLC0415 — the web server is needed here only

    settings = place.settings()
    place.need_folder()
    run(settings, place.data, host=host, port=port)
