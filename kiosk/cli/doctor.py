"""The commands that look whether all is in order: the configuration alone, or the whole machine with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import click

from kiosk.address import LOCK, listening, served
from kiosk.cli.place import Place
from kiosk.cli.voice import unspoken
from kiosk.clock import SMALL
from kiosk.config import ConfigError, Settings, load
from kiosk.store import backups, records
from kiosk.store.database import StorageTrouble, sqlite3
from kiosk.watch import answers
from printer.addresses import PrinterSettings, parse_address

YEARS = range(2026, 2100)
"""Years in which a hall can stand; a machine without a battery wakes up in 1970 or in the year it was made."""
FREE_BYTES, FREE_SHARE = 10**9, 0.05
BACKUP_DAYS = 2
PRINTER_SECONDS = 2.0
POLICIES = Path("/etc/chromium/policies/managed")


class Mark(StrEnum):
    """What a line says: all is well, something is wrong, or something is worth a thought."""

    WELL = "✓"
    WRONG = "✗"
    HINT = "！"


COLOURS = {Mark.WELL: "green", Mark.WRONG: "red", Mark.HINT: "yellow"}
Line = tuple[Mark, str]


@click.command()
@click.pass_obj
def check(place: Place) -> None:
    """Check the configuration and name every mistake."""
    settings = place.settings()
    hall = settings.hall
    click.secho(f"✓ {hall.name}：配置正确", fg="green")
    click.echo(f"  窗口 {len(hall.windows)}，业务 {len(hall.services)}，事项 {len(settings.catalogue.matters)}，")
    click.echo(f"  屏 {len(hall.screens)}，取号机 {len(hall.kiosks)}，打印机 {len(settings.printers)}")
    for warning in _warnings(settings):
        click.secho(f"！ {warning}", fg="yellow")


def _warnings(settings: Settings) -> Iterator[str]:
    """What a hall can open with, but should put right."""
    hall = settings.hall
    yield from unspoken(settings)
    for kiosk in hall.kiosks:
        if not kiosk.in_reach:
            yield f"{kiosk.name} 装得太高或太低，有人够不着：能点的地方要离地 380 到 1220 毫米，请调整后改 bottom_mm"
    for sign in hall.signs:
        if sign.photo and not (settings.folder / "photos" / sign.photo).is_file():
            yield f"{sign.login} 的照片 {sign.photo} 不在 config/photos/ 里：窗口屏先显示人像图"


@click.command()
@click.pass_obj
def doctor(place: Place) -> None:
    """Look at the whole machine and name what is wrong, with status 1; nothing is changed."""
    wrong = 0
    for mark, words in _lines(place):
        click.secho(f"{mark} {words}", fg=COLOURS[mark])
        wrong += mark is Mark.WRONG
    if wrong:
        click.echo(f"共 {wrong} 处有问题。")
        sys.exit(1)
    click.echo("没有发现问题。")


def _lines(place: Place) -> Iterator[Line]:
    from kiosk.app import utc_now  # noqa: PLC0415 — `kiosk check` needs no web

    settings, now = None, utc_now()
    try:
        settings = load(place.config)
    except ConfigError as error:
        yield from ((Mark.WRONG, f"配置：{problem}") for problem in error.problems)
    else:
        yield Mark.WELL, f"配置：{settings.hall.name}，没有错误"
        yield from ((Mark.HINT, f"配置：{warning}") for warning in _warnings(settings))
    yield _judged(now.year in YEARS, f"时钟：{now.astimezone():%Y-%m-%d %H:%M}", "年份不对，请校准主机的时间")
    runs = False
    if place.data.is_dir():
        yield _space(place.data)
        yield _folder(place.data)
        yield from _memory(place.data, now, settings.hall.local if settings else datetime.astimezone)
        with contextlib.suppress(OSError):
            runs = (place.data / LOCK).exists() and served(place.data)
        yield _server(place.data) if runs else (Mark.HINT, "服务：大厅没有在运行")
    else:
        yield (
            Mark.WRONG,
            f"数据：没有文件夹 {place.data}。请用 --data 指明；新大厅请先启动一次",
        )
    for printer in settings.printers if settings else ():
        yield _printer(printer, runs=runs)
    yield _font()
    if any(map(shutil.which, ("chromium", "chromium-browser"))) and not any(POLICIES.glob("*.json")):
        yield Mark.HINT, f"浏览器：{POLICIES} 里没有策略文件；这台电脑当大屏用的，请照说明放好，否则可能没有声音"


def _judged(well: bool, words: str, advice: str) -> Line:
    return (Mark.WELL, words) if well else (Mark.WRONG, f"{words}。{advice}")


def _space(data: Path) -> Line:
    disk = shutil.disk_usage(data)
    well = disk.free >= FREE_BYTES and disk.free >= disk.total * FREE_SHARE
    share = disk.free / max(disk.total, 1)
    return _judged(well, f"磁盘：剩余 {disk.free / 1e9:.1f} GB（{share:.0%}）", "空间不够，请清理或换大一点的磁盘")


def _folder(data: Path) -> Line:
    try:
        with tempfile.TemporaryFile(dir=data) as file:
            file.write(b"x")
    except OSError as error:
        return Mark.WRONG, f"数据：{data} 写不进去（{error.strerror}）。请检查权限和磁盘空间"
    return Mark.WELL, f"数据：{data} 可以写"


def _memory(data: Path, now: datetime, local: Callable[[datetime], datetime]) -> Iterator[Line]:
    """The hall's file, its last event and its newest copy."""
    from kiosk.app import FILE  # noqa: PLC0415 — `kiosk check` needs no web

    if not (data / FILE).exists():
        yield Mark.HINT, "数据库：还没有，第一次启动时会建"
        return
    if fault := backups.damage_of(data / FILE):
        yield Mark.WRONG, f"数据库：坏了或打不开（{fault}）。请运行 kiosk restore 看看有哪些备份"
        return
    yield Mark.WELL, "数据库：完整"
    try:
        with backups.opened(data / FILE) as db:
            yield _judged(backups.keeps_log(db), "数据库：WAL 模式", "没有打开，请重新启动大厅")
            last = records.last_seq(db)
            written = records.events_after(db, last - 1, limit=1)
            first = records.first_instant(db) if written else None
    except (sqlite3.Error, StorageTrouble) as error:
        yield Mark.WRONG, f"数据库：读不出来（{error}）。请运行 kiosk restore 看看有哪些备份"
        return
    if written and written[-1].at > now + SMALL:
        yield Mark.WRONG, f"时钟：最后一条记录在将来（{local(written[-1].at):%Y-%m-%d %H:%M}）。请校准主机的时间"
    yield _copy(data / backups.FOLDER, local(now).date(), local(first).date() if first else None)


def _copy(folder: Path, today: date, first: date | None) -> Line:
    newest = next(iter(backups.copies(folder)), None)
    oldest = today - timedelta(days=BACKUP_DAYS)
    needed = first is not None and first < oldest
    words = f"备份：最新一份是 {newest.name}" if newest else "备份：还没有"
    advice = "太旧了，请运行 kiosk backup，并让大厅一直开着（每天自动备份）"
    return _judged(not needed or (newest is not None and backups.day_of(newest) >= oldest), words, advice)


def _server(data: Path) -> Line:
    host, port = listening(data, configured="127.0.0.1 8080")
    well = answers(host, port)
    return _judged(well, f"服务：{port} 端口" + ("有回答" if well else "没有回答"), "请重新启动大厅")


def _printer(printer: PrinterSettings, *, runs: bool) -> Line:
    where, name = parse_address(printer.address), f"打印机：{printer.name}（{printer.address}）"
    if where.scheme == "tcp" or (where.scheme == "emulator" and runs):
        try:
            socket.create_connection((where.host, where.port), PRINTER_SECONDS).close()
        except OSError:
            return Mark.WRONG, f"{name}连不上。请看看电源、网线和地址"
        return Mark.WELL, f"{name}连得上"
    if where.scheme in {"usb", "serial"} and where.path:
        return _judged(os.access(where.path, os.W_OK), name, "没有接好，或没有权限")
    return Mark.HINT, f"{name}不能这样试，请运行 kiosk print-test"


def _font() -> Line:
    from printer.render import has_font  # noqa: PLC0415 — loads all that draws paper

    return _judged(has_font(), "字体：号票用的中文字体", "没有装，请运行 sudo apt install fonts-noto-cjk")
