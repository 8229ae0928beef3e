"""People: accounts, signing in and out, and who stands at which window (regulations 5.6: the duty log)."""

from __future__ import annotations

import functools
import hashlib
import re
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from kiosk.domain.errors import BadInput, Conflict, Forbidden, NotFound, SignInNeeded
from kiosk.domain.events import Name
from kiosk.domain.people import CLI, Actor, Role, Staff, require_password, require_staff
from kiosk.operations.hall import Context, record
from kiosk.operations.queueing import close_yesterday
from kiosk.store import access, records
from kiosk.store.database import Connection

ATTEMPTS = 5
LOCK = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
_one_attempt = threading.Lock()
"""Attempts are judged and counted one after the other: forty guesses at once are forty guesses, not one."""
PLAIN = "23456789abcdefghjkmnpqrstuvwxyz"
"""What a generated password is made of: nothing that looks like something else when it is written down by hand."""
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")

_hasher = PasswordHasher(time_cost=3, memory_cost=19456, parallelism=1)  # a mini-PC signs five clerks in at 8:30


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A new sign-in: the person, and the secret that stands for them from now on."""

    staff: Staff
    token: str


@functools.cache
def _nobody() -> str:
    """The hash that an unknown login is compared with, so that it costs as much time as a known one."""
    return _hasher.hash(secrets.token_urlsafe(16))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add_staff(context: Context, *, login: str, name: str, role: Role, password: str, actor: Actor) -> Staff:
    """Open an account; raises `bad_input`, `bad_password` or `already_exists`."""
    name = name.strip()
    if not LOGIN.fullmatch(login) or not 1 <= len(name) <= 40 or not name.isprintable():
        raise BadInput("bad_input", "a login is a-z, 0-9, . _ -; a name has 1 to 40 characters")
    require_password(password, login)
    hashed = _hasher.hash(password)

    def work(db: Connection) -> Staff:
        staff_id = access.add_staff(db, login=login, name=name, role=role, password=hashed)
        if staff_id is None:
            raise Conflict("already_exists", f"{login} has an account", login=login)
        at, subject = context.clock(), f"staff:{staff_id}"
        record(context, db, Name.STAFF_ADDED, actor=actor, subject=subject, at=at, data={"login": login, "role": role})
        return Staff(id=staff_id, login=login, name=name, role=role)

    return context.database.write(work)


def change_password(context: Context, *, login: str, password: str, actor: Actor) -> None:
    """Give an account a new password; all its sign-ins end, and a closed account is open again.

    Raises `unknown_staff` or `bad_password`.
    """
    require_password(password, login)
    hashed = _hasher.hash(password)

    def work(db: Connection) -> None:
        known = _account(db, login)
        access.set_password(db, known.id, hashed)
        record(context, db, Name.PASSWORD_CHANGED, actor=actor, subject=f"staff:{known.id}", at=context.clock())

    context.database.write(work)


def close_account(context: Context, *, login: str, actor: Actor) -> None:
    """Let nobody in by an account any more; its sign-ins end, its window is left, what was done keeps its name.

    Raises `unknown_staff`, or `window_busy` while a ticket is still at the person's window.
    """

    def work(db: Connection) -> None:
        known, at = _account(db, login), context.clock()
        leave(context, db, known, actor, at)
        access.close_account(db, known.id)
        record(context, db, Name.STAFF_CLOSED, actor=actor, subject=f"staff:{known.id}", at=at)

    context.database.write(work)


def _account(db: Connection, login: str) -> Staff:
    found = access.credentials(db, login)
    if found is None:
        raise NotFound("unknown_staff", f"no account {login!r}")
    return found.staff


def fresh_password() -> str:
    """A password to be copied by hand, with 59 random bits: three groups of four letters and digits."""
    return "-".join("".join(secrets.choice(PLAIN) for _ in range(4)) for _ in range(3))


def first_account(context: Context) -> tuple[str, str] | None:
    """Open the first account of a new hall and return login and generated password; None when there is one already."""
    with context.database.read() as db:
        if access.staff_count(db):
            return None
    password = fresh_password()
    office = context.phrases.say("console.office")
    add_staff(context, login="admin", name=office, role=Role.OFFICE, password=password, actor=CLI)
    return "admin", password


def sign_in(context: Context, *, login: str, password: str, address: str) -> SignedIn:
    """Let a person in, and return the secret that stands for them from now on.

    Raises `locked_out` after five wrong passwords, per account and per address, for a time that doubles each time;
    `sign_in_refused` otherwise, without telling whether the login exists.
    """
    login = login.strip().casefold()[:32]
    with _one_attempt:
        return _attempt(context, login, password, address)


def _attempt(context: Context, login: str, password: str, address: str) -> SignedIn:
    with context.database.read() as db:
        known = access.credentials(db, login)
        tries, address_lock = access.address_failures(db, address)
    at = context.clock()
    lock = max(filter(None, (address_lock, known.locked_until if known else None)), default=None)
    if lock is not None and at < lock:
        raise Forbidden("locked_out", f"{login!r} is locked", minutes=ceil((lock - at).total_seconds() / 60))
    if not _matches(known, password):
        _refuse(context, login, address, known, tries, at)
        raise Forbidden("sign_in_refused", "wrong login or password")
    assert known is not None  # noqa: S101 — no hash matched otherwise
    return _let_in(context, known.staff, address, at)


def _matches(known: access.Credentials | None, password: str) -> bool:
    try:
        _hasher.verify(known.password if known else _nobody(), password[:128])
    except VerificationError:
        return False
    return known is not None and known.active


def _locked_until(failures: int, at: datetime) -> datetime | None:
    rounds, rest = divmod(failures, ATTEMPTS)
    return None if rest or not rounds else at + LOCK * 2 ** min(rounds - 1, 5)


def _refuse(
    context: Context, login: str, address: str, known: access.Credentials | None, tries: int, at: datetime
) -> None:
    def work(db: Connection) -> None:
        access.set_address_failures(db, address, tries + 1, _locked_until(tries + 1, at))
        if known:
            failures = known.failures + 1
            access.set_failures(db, known.staff.id, failures, _locked_until(failures, at))
        subject = f"staff:{known.staff.id}" if known else "staff"
        data = {"login": login, "address": address}
        record(context, db, Name.SIGN_IN_REFUSED, actor=Actor(name="console"), subject=subject, at=at, data=data)

    context.database.write(work)


def _let_in(context: Context, staff: Staff, address: str, at: datetime) -> SignedIn:
    token = secrets.token_urlsafe(32)

    def work(db: Connection) -> SignedIn:
        access.set_failures(db, staff.id, 0, None)
        access.set_address_failures(db, address, 0, None)
        access.add_sign_in(db, _digest(token), staff.id, at)
        record(context, db, Name.SIGNED_IN, actor=_actor(staff), subject=f"staff:{staff.id}", at=at)
        return SignedIn(staff=staff, token=token)

    return context.database.write(work)


def _actor(staff: Staff) -> Actor:
    return Actor(name=f"{staff.role}:{staff.login}", staff=staff)


def actor_of(context: Context, token: str | None, *, seen: bool = True) -> Actor:
    """The person a secret stands for; `sign_in_needed` when there is none or it has run out.

    Only where `seen` does this count as a sign of life: a page that merely refreshes itself is nobody.
    """
    if not token:
        raise SignInNeeded("sign_in_needed", "nobody is signed in")
    at, limits = context.clock(), context.hall.limits
    with context.database.glance() as db:
        found = access.sign_in(db, _digest(token))
    idle, whole = timedelta(minutes=limits.idle_minutes), timedelta(hours=limits.session_hours)
    if found is None or at - found.seen_at > idle or at - found.at > whole:
        raise SignInNeeded("sign_in_needed", "the sign-in has run out")
    if seen and at - found.seen_at > SEEN_EVERY:
        context.database.write(lambda db: access.touch_sign_in(db, _digest(token), at))
    return _actor(found.staff)


def sign_out(context: Context, *, token: str, actor: Actor) -> None:
    """End a sign-in and leave the window."""
    staff = require_staff(actor)

    def work(db: Connection) -> None:
        at = context.clock()
        access.end_sign_in(db, _digest(token))
        leave(context, db, staff, actor, at)
        record(context, db, Name.SIGNED_OUT, actor=actor, subject=f"staff:{staff.id}", at=at)

    context.database.write(work)


def take_window(context: Context, *, window: int, actor: Actor) -> None:
    """Go on duty at a window; `window_taken` while a signed-in colleague is there."""
    staff = require_staff(actor)
    context.hall.window(window)

    def work(db: Connection) -> None:
        at = context.clock()
        day = context.hall.day(at)
        present = access.on_duty(db, day).get(window)
        since = at - timedelta(minutes=context.hall.limits.idle_minutes)
        if present and present.id != staff.id and access.has_sign_in(db, present.id, since):
            raise Conflict("window_taken", f"{present.login} is at window {window}", name=present.name, window=window)
        if present and present.id == staff.id:
            return
        leave(context, db, staff, actor, at)
        close_yesterday(context, db, window=window, actor=actor, at=at)
        access.take_duty(db, window, staff.id, day, at)
        record(context, db, Name.WINDOW_TAKEN, actor=actor, subject=f"window:{window}", at=at, data={"staff": staff.id})

    context.database.write(work)


def leave_window(context: Context, *, actor: Actor) -> None:
    """Go off duty; `window_busy` while a ticket is still at the window."""
    staff = require_staff(actor)
    context.database.write(lambda db: leave(context, db, staff, actor, context.clock()))


def leave(context: Context, db: Connection, staff: Staff, actor: Actor, at: datetime) -> None:
    """Take a person off duty, in the caller's transaction; `window_busy` while a ticket is still at the window."""
    window = access.leave_duty(db, staff.id)
    if window is None:
        return
    ticket = records.ticket_at_window(db, window)
    if ticket is not None and ticket.day == context.hall.day(at):
        raise Conflict("window_busy", f"{ticket.code} is at window {window}", number=ticket.code)
    record(context, db, Name.WINDOW_LEFT, actor=actor, subject=f"window:{window}", at=at, data={"staff": staff.id})
