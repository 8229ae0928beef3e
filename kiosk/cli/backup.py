"""The commands that copy the hall's memory somewhere safe, and bring a copy back on the same or a new machine."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from kiosk.address import alone
from kiosk.cli.place import Place, refuse
from kiosk.domain.errors import HallError
from kiosk.operations import upkeep
from kiosk.store import backups
from kiosk.store.database import StorageTrouble


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def backup(place: Place, folder: Path | None) -> None:
    """Copy the hall's memory into FOLDER (a USB disk, say), while the hall runs on."""
    with place.hall() as context:
        try:
            copy = upkeep.back_up(context, folder)
        except StorageTrouble as trouble:
            where = folder or place.data / backups.FOLDER
            refuse(
                f"没有备份成：{where} 写不进去。请检查磁盘插好没有、权限和空间够不够。", f"[{trouble.code}] {trouble}"
            )
        click.secho(f"✓ 已备份到 {copy}", fg="green")


@click.command()
@click.argument("copy", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def restore(place: Place, copy: Path | None) -> None:
    """Bring the hall back to COPY; without COPY, list what there is. The server must be stopped."""
    from kiosk.app import FILE  # noqa: PLC0415 — `kiosk check` needs no web

    if copy is None:
        for path in backups.copies(place.data / backups.FOLDER):
            click.echo(path)
        return
    settings = place.settings()
    place.need_folder()
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(alone(place.data))
        except BlockingIOError:
            refuse("大厅正在运行。请先停止服务，再恢复备份。")
        try:
            aside = backups.restore(copy, place.data / FILE, hall=settings.hall.code)
        except HallError as error:
            refuse(settings.phrases.say(f"error.{error.code}", **error.values), f"[{error.code}] {error}")
    click.secho(f"✓ 已恢复 {copy.name}", fg="green")
    if aside:
        click.echo(f"  原来的数据留在 {aside}")
