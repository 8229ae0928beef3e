"""The commands beside a running hall: look after it, and do by hand whatever a screen can do."""

from __future__ import annotations

import signal
import sys
import threading

import click

from kiosk.address import served
from kiosk.cli import main
from kiosk.cli.backup import backup, restore
from kiosk.cli.calendar import calendar
from kiosk.cli.doctor import check, doctor
from kiosk.cli.estimate import estimate
from kiosk.cli.notice import notice
from kiosk.cli.place import Place, with_hall
from kiosk.domain.people import CLI, Role
from kiosk.operations import hall as opening
from kiosk.operations import paper, queueing, staff
from kiosk.operations.hall import Context
from kiosk.store import access, records


@main.command()
@click.option("--minutes", type=click.FloatRange(0.1, 240), default=10.0, show_default=True, help="How long it lasts.")
@click.option(
    "--speed", type=click.FloatRange(0.2, 100), default=1.0, show_default=True, help="Faster than a lively hall."
)
@click.option("--yes", is_flag=True, help="Run although this hall has real visits.")
@click.pass_obj
def demo(place: Place, minutes: float, speed: float, yes: bool) -> None:
    """Play a lively morning on the running server, to see the hall at work."""
    from kiosk.demo import play  # noqa: PLC0415 — not needed by any other command

    if not served(place.data):
        click.secho(
            "大厅还没有启动。请先在另一个终端里、同一个文件夹下运行 kiosk serve，再来演示。", fg="red", err=True
        )
        sys.exit(1)
    over = threading.Event()
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # Ctrl+C, or the terminal was closed
        signal.signal(stop, lambda *_: over.set())
    with place.hall() as context:
        play(context, minutes=minutes, speed=speed, force=yes, say=click.echo, stopped=over.is_set)


@main.command("take")
@click.argument("service")
@with_hall
def take(context: Context, service: str) -> None:
    """Take a number for SERVICE and print its slip."""
    ticket = queueing.take_ticket(context, service=service, actor=CLI)
    click.echo(f"{ticket.code}  {context.address()}/t/{ticket.token}")


def _window_command(name: str, help_text: str) -> None:
    ticket_move = name.replace("-", "_")

    @main.command(name, help=help_text)
    @click.argument("window", type=int)
    @with_hall
    def run(context: Context, window: int) -> None:
        ticket = getattr(queueing, ticket_move)(context, window=window, actor=CLI)
        done = context.phrases.say(f"console.done_{ticket_move}", number=ticket.code, calls=ticket.calls)
        click.echo(f"{window} 号窗口：{done}")


for _name, _help in (
    ("call-next", "Call the next number to WINDOW."),
    ("recall", "Call the number at WINDOW once more."),
    ("start", "The person called has come to WINDOW."),
    ("complete", "The visit at WINDOW is over."),
    ("miss", "The person called to WINDOW did not come."),
):
    _window_command(_name, _help)


@main.command("print-test")
@click.argument("printer", required=False)
@click.pass_obj
def print_test(place: Place, printer: str | None) -> None:
    """Print a test page on PRINTER (the first one when not named), by the running server."""
    known = [one.id for one in place.settings().printers]
    with place.hall() as context:
        job = paper.print_test_page(context, printer=printer or context.printer, known=known, actor=CLI)
    click.echo(f"任务 {job} 已排队")


@main.command("open")
@click.option("--minutes", type=click.IntRange(1, 24 * 60), default=120, show_default=True, help="For how long.")
@with_hall
def open_(context: Context, minutes: int) -> None:
    """Issue numbers outside the published hours."""
    until = context.hall.local(opening.open_hall(context, minutes=minutes, actor=CLI))
    click.echo(f"取号开放至 {until:%m-%d %H:%M}")


@main.command("close")
@with_hall
def close(context: Context) -> None:
    """Go back to the published hours."""
    opening.close_hall(context, actor=CLI)
    click.echo("已恢复公布的取号时间")


@main.command()
@with_hall
def verify(context: Context) -> None:
    """Check the diary's chain of hashes; status 1 names the first event that was tampered with."""
    with context.database.read() as db:
        broken, count = records.broken_link(db), records.last_seq(db)
    if broken is not None:
        click.secho(f"✗ 第 {broken} 条记录被改动过", fg="red", err=True)
        sys.exit(1)
    click.secho(f"✓ {count} 条记录完整无改动", fg="green")


for _command in (check, doctor, backup, restore, calendar, estimate, notice):
    main.add_command(_command)


@main.group()
def user() -> None:
    """Accounts of the hall's people."""


@user.command("add")
@click.argument("login")
@click.option("--name", default=None, help="The name colleagues see.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.CLERK.value, show_default=True)
@click.option("--password", default=None, help="Generated and printed when not given.")
@with_hall
def user_add(context: Context, login: str, name: str | None, role: str, password: str | None) -> None:
    """Open an account for LOGIN."""
    chosen = password or staff.fresh_password()
    staff.add_staff(context, login=login, name=name or login, role=Role(role), password=chosen, actor=CLI)
    click.echo(f"{login}" if password else f"{login}  密码 {chosen}")


@user.command("password")
@click.argument("login")
@click.option("--password", default=None, help="Generated and printed when not given.")
@with_hall
def user_password(context: Context, login: str, password: str | None) -> None:
    """Give LOGIN a new password; lift its lock, and open its account again if it was closed."""
    chosen = password or staff.fresh_password()
    staff.change_password(context, login=login, password=chosen, actor=CLI)
    click.echo(f"{login}" if password else f"{login}  新密码 {chosen}")


@user.command("close")
@click.argument("login")
@with_hall
def user_close(context: Context, login: str) -> None:
    """Let nobody in as LOGIN any more; what was done keeps its name."""
    staff.close_account(context, login=login, actor=CLI)
    click.echo(f"{login} 已停用，不能再登录。重新启用：kiosk user password {login}")


@user.command("list")
@with_hall
def user_list(context: Context) -> None:
    """Every account."""
    with context.database.read() as db:
        for person in access.all_staff(db):
            click.echo(f"{person.login:20} {person.role:8} {person.name}")
