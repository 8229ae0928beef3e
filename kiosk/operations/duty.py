"""A clerk's day at the window (regulations 5.6): pausing with a reason, handing over, and answering calls for help."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiosk.domain.errors import BadInput, Conflict, NotFound
from kiosk.domain.events import Name
from kiosk.domain.people import Actor, Staff
from kiosk.operations.hall import Context, record
from kiosk.operations.moving import require_colleague
from kiosk.operations.queueing import require_window
from kiosk.operations.staff import leave
from kiosk.store import access, duty
from kiosk.store.database import Connection

PLACE_LENGTH = 40


def pause(context: Context, *, window: int, reason: str, actor: Actor) -> None:
    """Close the window for a while; the hall's screens say so. The reason is one of the configuration's.

    Raises `bad_input` for another reason, `nobody_on_duty`.
    """
    if reason not in context.hall.pauses:
        raise BadInput("bad_input", f"{reason!r:.40} is no reason of this hall")
    _at(
        context,
        window,
        Name.WINDOW_PAUSED,
        actor,
        {"reason": reason},
        lambda db, at: duty.set_pause(db, window, reason, at),
    )


def go_on(context: Context, *, window: int, actor: Actor) -> None:
    """End a pause."""
    _at(context, window, Name.WINDOW_RESUMED, actor, {}, lambda db, at: duty.set_pause(db, window, None, at))


def set_auto(context: Context, *, window: int, on: bool, actor: Actor) -> None:
    """Let the next number be called by itself when a visit ends, or stop that."""
    _at(context, window, Name.WINDOW_AUTO, actor, {"on": on}, lambda db, _at: duty.set_auto(db, window, on))


def hand_over(context: Context, *, window: int, to: str, actor: Actor) -> Staff:
    """Give the window, with the visit there, to a colleague by login, who is returned; the diary names both (2.4).

    Raises `unknown_staff`, `nobody_on_duty`, or `window_busy` while somebody is at the colleague's own window.
    """

    def work(db: Connection) -> Staff:
        at = context.clock()
        require_window(context, db, window, actor, at)
        present = _present(context, db, window)
        known = access.credentials(db, to)
        if known is None or not known.active:
            raise NotFound("unknown_staff", f"no account {to!r}")
        if known.staff.id != present.staff.id:
            leave(context, db, known.staff, actor, at)
        duty.hand_over(db, window, known.staff.id, at)
        data = {"from": present.staff.login, "to": known.staff.login}
        record(context, db, Name.WINDOW_HANDED_OVER, actor=actor, subject=f"window:{window}", at=at, data=data)
        return known.staff

    return context.database.write(work)


def call_staff(context: Context, *, place: str, actor: Actor) -> None:
    """Somebody at a place asks for help; a second press changes nothing while the first is open."""
    place = " ".join(place.split())[:PLACE_LENGTH]

    def work(db: Connection) -> None:
        at = context.clock()
        number = duty.add_call(db, place, at)
        if number is not None:
            data = {"place": place}
            record(context, db, Name.STAFF_CALLED, actor=actor, subject=f"staff_call:{number}", at=at, data=data)

    context.database.write(work)


def answer_call(context: Context, *, call: int, actor: Actor) -> None:
    """A colleague goes there; nothing happens when somebody does already."""

    def work(db: Connection) -> None:
        require_colleague(actor)
        at = context.clock()
        if duty.answer_call(db, call, actor.name, at):
            record(context, db, Name.STAFF_ANSWERED, actor=actor, subject=f"staff_call:{call}", at=at)

    context.database.write(work)


def _present(context: Context, db: Connection, window: int) -> duty.Duty:
    present = duty.post(db, context.hall.day(context.clock()), window)
    if present is None:
        raise Conflict("nobody_on_duty", f"nobody is at window {window}", window=window)
    return present


def _at(
    context: Context,
    window: int,
    name: Name,
    actor: Actor,
    data: Mapping[str, object],
    change: Callable[..., None],
) -> None:
    context.hall.window(window)

    def work(db: Connection) -> None:
        at = context.clock()
        require_window(context, db, window, actor, at)
        _present(context, db, window)
        change(db, at)
        record(context, db, name, actor=actor, subject=f"window:{window}", at=at, data=data)

    context.database.write(work)
