"""The adapter for readers of identity cards that type like a keyboard: off until a kiosk's `card_reader` is true.

A card gives its holder's own number of the day, or opens the services so that the number to come belongs to it. What
is kept is a keyed hash with the day in it (PIPL 6, 19): no number, no name, nothing that one day tells another.
"""

from __future__ import annotations

import hashlib
import hmac
from itertools import count
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, redirect, request, url_for

from kiosk.domain.errors import NotFound
from kiosk.domain.identity import hidden
from kiosk.domain.tickets import State
from kiosk.store import records
from kiosk.web import glass
from kiosk.web.access import context

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

blueprint = Blueprint("card", __name__)
OVER = frozenset({State.COMPLETED, State.CANCELLED})
KEY_LENGTH = 64


@blueprint.post("/card")
def read() -> BaseResponse:
    """Show the number that the card's holder has today; without one, the services, whose number will be the card's.

    Raises `unknown_page` where no reader is configured, `bad_identity` for what no card says.
    """
    if not glass.kiosk().card_reader:
        raise NotFound("unknown_page", "this kiosk has no card reader")
    number = request.form.get("card", "").strip().upper()
    if not hidden(number):
        raise NotFound("unknown_page", "no card was read")
    here = context()
    day = here.hall.day(here.clock())
    with here.database.read() as db:
        for turn in count():
            key = _key(f"{day}:{number}:{turn}")
            ticket = records.ticket_by_request(db, key)
            if ticket is None:
                return redirect(url_for("touch.services", card=key), 303)
            if ticket.state not in OVER:
                return redirect(url_for("touch.taken", token=ticket.token), 303)
    raise AssertionError("the turns never end")


def key_of_page(fresh: str) -> str:
    """The request key for a page that gives numbers: that of the card which opened it, else the fresh one."""
    card = request.args.get("card", "")
    return card if glass.kiosk().card_reader and len(card) == KEY_LENGTH and card.isalnum() else fresh


def _key(text: str) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, b"card:" + text.encode(), hashlib.sha256).hexdigest()
