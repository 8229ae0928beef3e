"""The printers without the rest of the hall: `python -m printer emulator|test|status|probe`."""

from __future__ import annotations

import json
import sys
import threading
from datetime import datetime
from functools import partial

import click

from printer import probe
from printer.delivery import Delivery, Ending
from printer.devices import LinkLostError, LinkRefusedError, PrinterSettings, ask_aside, open_link
from printer.documents import Checklist, ChecklistItem, Columns, Cut, Document, Qr, Rule, Text, Title
from printer.emulator import Emulator, blueprint
from printer.profiles import PROFILES, Renderer
from printer.render import preview, render
from printer.status import Condition, process_token

_address = click.argument("address", metavar="ADDRESS")
_profile = click.option("--profile", type=click.Choice(list(PROFILES)), default="emulator-80", show_default=True)


@click.group()
def main() -> None:
    """Thermal printers of the hall. ADDRESS is tcp://host:9100 and the like."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=9100, show_default=True, help="Where the printer listens.")
@click.option("--page", default=9180, show_default=True, help="Where a browser sees the paper.")
@click.option("--width", type=click.Choice(["576", "384"]), default="576", show_default=True, help="Dots.")
@click.option("--speed", default=150.0, show_default=True, help="Millimetres a second.")
def emulator(host: str, port: int, page: int, width: str, speed: float) -> None:
    """Runs a printer in software and shows its paper in a browser."""
    from flask import Flask  # noqa: PLC0415 - only this command serves pages

    printer = Emulator(host, port, width_dots=int(width), mm_per_second=speed)
    printer.start()
    site = Flask(__name__, static_folder=None)
    site.register_blueprint(blueprint(printer), url_prefix="/paper")
    click.echo(f"打印机 {printer.address}  纸面 http://{host}:{page}/paper/")
    site.run(host, page, threaded=True, use_reloader=False)


@main.command()
@_address
@_profile
@click.option("--large", is_flag=True, help="Large type.")
@click.option("--save", type=click.Path(dir_okay=False), help="Also write the picture here.")
def test(address: str, profile: str, large: bool, save: str | None) -> None:
    """Prints a test page and says whether the printer confirmed it."""
    settings = PrinterSettings(id="test", name="测试", address=address, profile=profile)
    page = trial_page(settings, datetime.now().astimezone(), large=large)
    if save:
        preview(page, settings.kind.width_dots).save(save)
    outcome = Delivery(
        connect=partial(open_link, address),
        aside=partial(ask_aside, address),
        profile=settings.kind,
        begin=lambda: True,
        report=_say,
        stop=threading.Event(),
        patience=10.0,
    ).run(render(page, settings.kind), process_token(datetime.now().astimezone().microsecond, 0))
    click.echo(f"{outcome.ending}  ack={outcome.ack}  bytes={outcome.sent}  {outcome.detail}".rstrip())
    sys.exit(0 if outcome.ending in (Ending.CONFIRMED, Ending.UNCONFIRMED) else 1)


@main.command("probe")
@_address
@click.option("--page/--no-page", default=True, help="Print the ruler page and ask what can be seen on it.")
@click.option("--native", is_flag=True, help="For slow wires: set slips in the printer's own type.")
def probe_printer(address: str, page: bool, native: bool) -> None:
    """Tries a printer out and prints the lines for hall.toml."""
    try:
        found = probe.listen(address)
        if page:
            click.echo("标尺页" + ("已打印。" if probe.print_ruler(address) else "已送出。"))
            _ask_eyes(found)
    except ValueError as error:
        click.echo(f"地址写得不对，请写成 tcp://打印机的地址:9100 这样。（{error}）")
        sys.exit(2)
    except (LinkRefusedError, LinkLostError) as error:
        click.echo(f"{Condition.OFFLINE.words}  {error}")
        sys.exit(1)
    near, changes = found.nearest(Renderer.NATIVE if native else Renderer.RASTER)
    for note in (found.model, *found.notes):
        if note:
            click.echo(f"# {note}")
    click.echo(f"# 打印完成的依据: {found.ack}，状态: {found.status}")
    click.echo(f'address = "{address}"\nprofile = "{near.name}"  # {near.title}')
    if changes:
        pairs = ", ".join(f"{name} = {json.dumps(value)}" for name, value in changes.items())
        click.echo(f"options = {{ {pairs} }}")


def _ask_eyes(found: probe.Findings) -> None:
    """What only a person who holds the page can tell."""
    millimetres = click.prompt("标尺最右边看得全的数字", type=int, default=70)
    found.width_dots = 576 if millimetres >= 60 else 384
    found.cutter = click.confirm("纸切了吗", default=True)
    found.native_qr = click.confirm("二维码画出来了吗", default=True)
    if not click.confirm("gbk 一行的繁体字正确吗", default=True):
        found.charset = "gb2312"


@main.command()
@_address
@_profile
def status(address: str, profile: str) -> None:
    """Asks a printer how it is."""
    settings = PrinterSettings(id="test", name="测试", address=address, profile=profile)
    delivery = Delivery(
        connect=partial(open_link, address),
        aside=partial(ask_aside, address),
        profile=settings.kind,
        begin=lambda: False,
        report=lambda _: None,
        stop=threading.Event(),
    )
    try:
        sensors = delivery.look()
    except (LinkRefusedError, LinkLostError) as error:
        click.echo(f"{Condition.OFFLINE.words}  {error}")
        sys.exit(1)
    click.echo(f"{sensors.condition.words}  {sensors}")
    sys.exit(1 if sensors.trouble else 0)


def trial_page(settings: PrinterSettings, at: datetime, *, large: bool = False) -> Document:
    """A page that shows whether type, boxes, columns and codes come out well."""
    kind = settings.kind
    return Document(
        title="测试页",
        large=large,
        blocks=(
            Title(text="打印测试页"),
            Text(text=settings.name, align="center"),
            Rule(),
            Columns(cells=("型号", kind.title)),
            Columns(cells=("纸宽", f"{kind.width_dots} 点")),
            Columns(cells=("时间", f"{at:%Y-%m-%d %H:%M}")),
            Rule(dashed=True),
            Title(text="A023", size=3),
            Text(text="大号字", align="center", size="large"),
            Text(text="正文：为人民服务。标点不在行首，数字 0123456789 对齐，生僻字 䶮㛃。"),
            Text(text="小字：请核对字迹清楚、左右无缺、裁切整齐。", size="small"),
            Checklist(
                items=(
                    ChecklistItem(text="左右两端的横线完整", right="是"),
                    ChecklistItem(text="二维码可以用手机扫出", right="是", ticked=True),
                )
            ),
            Qr(data="print test 0123456789", caption="扫码应得 print test 0123456789"),
            Cut(),
        ),
    )


def _say(condition: Condition) -> None:
    click.echo(condition.words)


if __name__ == "__main__":
    main()
