"""Which glass takes a citizen's rating: the pads and kiosks that the office has let in, each by one address or QR code.

Nobody else in the hall's network speaks in a citizen's name, a clerk's own computer least of all (GB/T 39734-2020;
requirements S2, S5). The hall's own machine may, and so may everybody while it prints on emulated printers alone: then
it is being tried out.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from kiosk.domain.errors import Forbidden, NotFound
from kiosk.web import lists
from kiosk.web.access import context, say
from kiosk.web.office import colleague

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

blueprint = Blueprint("devices", __name__)
COOKIE = "hall_device"
YEARS = 10 * 365 * 24 * 3600


def secret(name: str) -> str:
    """What a device proves itself by, 132 bits; it ends only with the hall's own key."""
    key = str(current_app.secret_key).encode()
    return urlsafe_b64encode(hmac.digest(key, b"device:" + name.encode(), hashlib.sha256)).decode()[:22]


def require(name: str) -> None:
    """Return if the browser that asks is this device; raise `unknown_device` for any other."""
    shown = request.cookies.get(COOKIE, "").encode()
    if not (hmac.compare_digest(shown, f"{name}.{secret(name)}".encode()) or _own_machine() or _tried_out()):
        raise Forbidden("unknown_device", f"{request.remote_addr} is not {name}")


def _own_machine() -> bool:
    here = request.remote_addr or ""
    return here == urlsplit(context().address()).hostname or (bool(here) and ip_address(here).is_loopback)


def _tried_out() -> bool:
    return all(one.address.startswith("emulator:") for one in current_app.extensions["settings"].printers)


def _faces() -> dict[str, tuple[str, str]]:
    """Every device that may be let in: its name on screens, and its first page."""
    hall = context().hall
    pads = {
        f"pad-{one.number}": (say("office.devices_pad", window=one.number), url_for("touch.own.pad", window=one.number))
        for one in hall.windows
    }
    kiosks = {f"kiosk-{one.id}": (one.name, url_for("touch.home", kiosk=one.id)) for one in hall.kiosks}
    return pads | kiosks


@blueprint.get("/devices/<name>/<proof>")
def let_in(name: str, proof: str) -> BaseResponse:
    """Make the browser that opens this address the device it names, and show its first page."""
    face = _faces().get(name)
    if face is None or not hmac.compare_digest(proof.encode(), secret(name).encode()):
        raise NotFound("unknown_page", request.path)
    answer = redirect(face[1], 303)
    answer.set_cookie(
        COOKIE, f"{name}.{proof}", max_age=YEARS, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    return answer


@blueprint.get("/office/devices")
def page() -> str:
    """The address and QR code of each device, for office and guide alone: whoever opens one is that device."""
    person, here = colleague().staff, context()
    lines = [
        (name, called, f"{here.address()}{url_for('.let_in', name=name, proof=secret(name))}")
        for name, (called, _) in _faces().items()
    ]
    now = here.hall.local(here.clock())
    return render_template("office/devices.html", lines=lines, person=person, view={"at": now})


@blueprint.get("/office/devices/<name>.svg")
def code(name: str) -> Response:
    """The address of one device as a picture for its camera."""
    colleague()
    if name not in _faces():
        raise NotFound("unknown_page", request.path)
    return lists.picture(url_for(".let_in", name=name, proof=secret(name)))
