"""What names a person: identity numbers (GB 11643-1999) are checked and never kept whole, screens mask the rest."""

from __future__ import annotations

import re
from datetime import date

from kiosk.domain.errors import BadInput

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


def hidden(number: str, today: date = date.max) -> str:
    """An identity number with its middle hidden; empty for an empty one.

    Raises `bad_identity` for what is none: a wrong check digit, a birthday that is no day or comes after `today`.
    """
    number = number.strip().upper()
    if not number:
        return ""
    if (
        not re.fullmatch(r"[0-9]{17}[0-9X]", number)
        or not _is_birthday(number[6:14], today)
        or number[17] != _check(number)
    ):
        raise BadInput("bad_identity", "the check digit or the birthday does not fit")
    return f"{number[:6]}********{number[14:]}"


def _check(number: str) -> str:
    return CHECK[sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True)) % 11]


def _is_birthday(text: str, today: date) -> bool:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) <= today
    except ValueError:
        return False


def masked(name: str) -> str:
    """A name as a list shows it: the family name, the rest as asterisks."""
    return name[:1] + "*" * (len(name) - 1)


def masked_phone(phone: str) -> str:
    """A phone number as a list shows it: enough to tell two apart, too little to call."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) > 7 else "*" * len(phone)
