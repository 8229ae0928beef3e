"""Which kiosk a page is on, and what its links carry from page to page: language and kiosk, in the address alone."""

from __future__ import annotations

from flask import request

from kiosk.domain.hall import Kiosk
from kiosk.domain.people import Actor
from kiosk.web.access import context, language


def kiosk() -> Kiosk:
    """The kiosk that `?kiosk=` names; the hall's first one where none or an unknown one is named."""
    kiosks = context().hall.kiosks
    return next((one for one in kiosks if one.id == request.args.get("kiosk")), kiosks[0])


def actor() -> Actor:
    """Who stands in the events of what is done at this kiosk."""
    return Actor(name=f"kiosk:{kiosk().id}")


def carry(endpoint: str, values: dict[str, object]) -> None:
    """Add to a link what the next page must know, too; `lang=None` goes back to Chinese."""
    if endpoint.endswith(".static"):
        return
    if language() != "zh":
        values.setdefault("lang", language())
    if kiosk() != context().hall.kiosks[0]:
        values.setdefault("kiosk", kiosk().id)
