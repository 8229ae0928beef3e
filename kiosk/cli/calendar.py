"""`kiosk calendar`: the holidays of a year, taken from the published notice, and the days counted again by them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from kiosk.cli.place import Place
from kiosk.config import calendar_problems
from kiosk.config_checks import CALENDAR, Problem
from kiosk.config_checks.notice import Notice, merged, read_notice
from kiosk.operations import case_limits


@click.group()
def calendar() -> None:
    """Holidays and make-up working days."""


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_(place: Place, file: Path) -> None:
    """Take a year's notice from FILE: its text as published, or a [[years]] part as calendar.toml has it.

    Nothing changes unless all of it agrees. Due days that waited for the year are counted again at once.
    """
    place.settings()  # a configuration that is wrong already is to be put right first
    notice, path = _read(file), place.config / CALENDAR
    before = path.read_text("utf-8-sig")
    text = merged(before, notice)
    if problems := calendar_problems(text):
        _refuse(problems)
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(text, "utf-8")
        fresh.replace(path)
    except OSError as error:
        message = f"写不进去（{error.strerror}）"
        _refuse((Problem(file=path.name, key="", message=message, suggestion="请检查文件夹的权限和磁盘空间"),))
    click.secho(f"✓ 已写入 {notice.year} 年：放假 {len(notice.off)} 天，补班 {len(notice.make_up)} 天", fg="green")
    if text.count("[[years]]") == before.count("[[years]]"):
        click.echo(f"  原来的 {notice.year} 年已换掉。本镇自己的停办日如有，请再写进 off。")
    if not place.data.is_dir():
        return  # a hall that has not begun owes nobody an answer
    with place.hall() as context:
        changed = case_limits.count_again(context)
    click.echo(f"  重新计算了 {changed} 件的预计日期。大厅正在运行的，请重启服务，新办的件就按新的放假安排计算。")


def _read(file: Path) -> Notice:
    try:
        found = read_notice(file.read_text("utf-8-sig"), file.name)
    except UnicodeDecodeError:
        found = (Problem(file=file.name, key="", message="文字编码不对", suggestion="请用 UTF-8 编码保存"),)
    if not isinstance(found, Notice):
        _refuse(found)
    return found


def _refuse(problems: tuple[Problem, ...]) -> NoReturn:
    for problem in problems:
        click.secho(f"✗ {problem}", fg="red", err=True)
    click.echo("放假安排没有改动。", err=True)
    sys.exit(2)
