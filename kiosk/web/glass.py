"""Which kiosk a page is on, and what links carry along in the address alone: language, size of type, kiosk."""

from __future__ import annotations

from flask import request, url_for

from kiosk.domain.hall import Kiosk
from kiosk.domain.people import Actor
from kiosk.web.access import context, language

KEPT = ("lang", "type", "kiosk", "service", "typed", "done", "number", "phone", "ground", "window", "right", "code")
"""What of a page's address is kept when only its language or size changes."""


def kiosk() -> Kiosk:
    """The kiosk that `?kiosk=` names; the hall's first one where none or an unknown one is named."""
    kiosks = context().hall.kiosks
    return next((one for one in kiosks if one.id == request.args.get("kiosk")), kiosks[0])


def actor() -> Actor:
    """Who stands in the events of what is done at this kiosk."""
    return Actor(name=f"kiosk:{kiosk().id}")


def large() -> bool:
    """Whether the page is wanted in large type (长者模式)."""
    return request.args.get("type") == "large"


def again(**changes: str | None) -> str:
    """The address of this page with another language or size of type; None takes one away."""
    kept = {name: request.args[name] for name in KEPT if name in request.args}
    return url_for(request.endpoint or "touch.home", **{**kept, **(request.view_args or {}), **changes})


def carry(endpoint: str, values: dict[str, object]) -> None:
    """Add to a link what the next page must know, too; None for `lang` or `type` goes back to the usual one."""
    if endpoint.endswith(".static"):
        return
    if language() != "zh":
        values.setdefault("lang", language())
    if large():
        values.setdefault("type", "large")
    if kiosk() != context().hall.kiosks[0]:
        values.setdefault("kiosk", kiosk().id)
