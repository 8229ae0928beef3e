"""Who acts in the hall: staff with their role, and the actor that stands in every event."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.errors import BadInput, Forbidden


class Role(StrEnum):
    """What a member of staff may do; each role may do what the ones before it may."""

    CLERK = "clerk"
    GUIDE = "guide"
    OFFICE = "office"


@dataclass(frozen=True, kw_only=True)
class Staff:
    """A member of staff (窗口人员, 导办, 中心办公室); `login` is what they type, `name` what colleagues see."""

    id: int
    login: str
    name: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever causes an event: `clerk:zhang`, `kiosk:kiosk`, `citizen`, `cli`; staff where somebody is signed in."""

    name: str
    staff: Staff | None = None


CLI = Actor(name="cli")
"""A command on the server itself, which whoever may start it may use like staff."""


def require_staff(actor: Actor) -> Staff:
    """The signed-in person behind an actor; `Forbidden` `not_allowed` for a device or a citizen."""
    if actor.staff is None:
        raise Forbidden("not_allowed", f"{actor.name} is not staff")
    return actor.staff


def require_office(actor: Actor) -> Staff:
    """The person of the center office behind an actor; `Forbidden` `not_allowed` for everybody else."""
    staff = require_staff(actor)
    if staff.role is not Role.OFFICE:
        raise Forbidden("not_allowed", f"{actor.name} is not of the office")
    return staff


COMMON_PASSWORDS = """
password 12345678 123456789 1234567890 11111111 00000000 88888888 66666666 87654321 qwertyui qwerty123 abc12345
abcd1234 a1234567 aa123456 password1 iloveyou woaini1314 5201314520 admin123 admin888 administrator 1q2w3e4r
"""


def require_password(password: str, login: str) -> None:
    """Pass a password of 8 to 128 characters that is neither common nor the login (ASVS 6.2.1, 6.2.4, 6.2.9)."""
    weak = (
        password.casefold() in COMMON_PASSWORDS.split()
        or password.casefold() == login.casefold()
        or len(set(password)) < 4
    )
    if not 8 <= len(password) <= 128 or weak:
        raise BadInput("bad_password", "a password has 8 to 128 characters and is not a common one")
