"""The command that puts a line on the screens, lists the lines there, and takes one down."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from kiosk.cli.place import with_hall
from kiosk.domain.people import CLI
from kiosk.operations import notices
from kiosk.operations.hall import Context
from kiosk.store import screens


@click.command()
@click.argument("text", required=False)
@click.option(
    "--minutes", type=click.IntRange(1, 31 * 24 * 60), default=120, show_default=True, help="How long it stands."
)
@click.option("--until", type=click.DateTime(["%H:%M", "%Y-%m-%d %H:%M"]), help="Instead: when it goes, hall time.")
@click.option("--end", type=click.IntRange(1, 10**9), help="Take the notice with this number down.")
@with_hall
def notice(context: Context, text: str | None, minutes: int, until: datetime | None, end: int | None) -> None:
    """Show TEXT on every board until its time is over; without TEXT, list what stands there."""
    if end is not None:
        notices.end_notice(context, notice=end, actor=CLI)
    if text:
        now = context.hall.local(context.clock())
        ends = now + timedelta(minutes=minutes)
        if until is not None:
            day = now.date() if until.year == 1900 else until.date()  # a time without a date is today's
            ends = datetime.combine(day, until.time(), tzinfo=context.hall.tz)
        notices.post_notice(context, text=text, until=ends, actor=CLI)
    with context.database.read() as db:
        for line in screens.notices(db, context.clock()):
            click.echo(f"{line.id}  至 {context.hall.local(line.until):%m-%d %H:%M}  {line.text}")
