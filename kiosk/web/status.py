"""A citizen follows the own case: on the phone by the receipt's QR code, at the kiosk by its number and the phone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from kiosk.domain.cases import Case
from kiosk.domain.errors import HallError, NotFound
from kiosk.domain.lights import Light
from kiosk.operations import answering
from kiosk.store import cases
from kiosk.web import glass
from kiosk.web.access import context, words
from kiosk.web.own import CITIZEN
from kiosk.web.registers import lamps_of
from kiosk.web.tries import Tries

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState
    from werkzeug.wrappers import Response as BaseResponse

blueprint = Blueprint("status", __name__)
NUMBER_DIGITS, PHONE_DIGITS = 11, 4
BACK = "back"


@blueprint.record
def _remember_tries(state: BlueprintSetupState) -> None:
    state.app.extensions["case_tries"] = Tries()


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case as its citizen sees it, with its light; `overdue` while the answer is late and nothing stops the clock."""

    case: Case
    light: Light
    at: datetime

    @property
    def overdue(self) -> bool:
        """Whether the answer is late (regulations 4.5: then the county office is named)."""
        return self.light is Light.RED


def _view(case: Case) -> CaseView:
    here = context()
    return CaseView(case=case, light=lamps_of(here).light(case), at=here.hall.local(here.clock()))


@blueprint.get("/c/<token>")
def page(token: str) -> str:
    """Stage, due day and light of one case; no name and no phone, for a screen may be seen by others."""
    with context().database.read() as db:
        return render_template("touch/case.html", view=_view(cases.case_by_token(db, token)))


@blueprint.post("/c/<token>/view")
def view(token: str) -> BaseResponse:
    """What the citizen says of the answer."""
    answering.view(context(), token=token, view=request.form.get("view", ""), actor=CITIZEN)
    return redirect(url_for(".page", token=token), 303)


@dataclass(frozen=True, kw_only=True)
class Digits:
    """What has been typed of number and phone, and what was wrong with it."""

    number: str = ""
    phone: str = ""
    message: str = ""

    @property
    def complete(self) -> bool:
        """Whether all digits are there."""
        return len(self.number) == NUMBER_DIGITS and len(self.phone) == PHONE_DIGITS


def press(typed: Digits, key: str) -> Digits:
    """What stands there after a key: first the number's digits, then the phone's; `back` takes one away."""
    if key == BACK:
        if typed.phone:
            return Digits(number=typed.number, phone=typed.phone[:-1])
        return Digits(number=typed.number[:-1])
    if not re.fullmatch(r"[0-9]", key):
        return typed
    if len(typed.number) < NUMBER_DIGITS:
        return Digits(number=typed.number + key)
    return Digits(number=typed.number, phone=(typed.phone + key)[:PHONE_DIGITS])


def _typed() -> Digits:
    number, phone = (re.sub(r"[^0-9]", "", request.args.get(name, "")) for name in ("number", "phone"))
    typed = Digits(number=number[:NUMBER_DIGITS], phone=phone[:PHONE_DIGITS])
    return press(typed, request.args["key"]) if "key" in request.args else typed


def _find_own(typed: Digits) -> Case:
    """The case of these digits; else `unknown_case`, and after five wrong tries `too_many_tries` for a minute."""
    tries, at = cast("Tries", current_app.extensions["case_tries"]), context().clock()
    place = f"{glass.kiosk().id} {request.remote_addr}"
    tries.check(place, at)
    try:
        with context().database.read() as db:
            found = cases.find_own(db, typed.number, typed.phone)
    except NotFound:
        tries.wrong(place, at)
        raise
    tries.right(place)
    return found


@blueprint.get("/case")
def find() -> tuple[str, int]:
    """The keypad until number and phone are known, then the case: no GET changes anything, no name is shown."""
    typed, status = _typed(), 200
    if "done" in request.args:
        try:
            found = _find_own(typed)
            return render_template("touch/case_here.html", view=_view(found)), 200
        except HallError as error:
            typed, status = Digits(number=typed.number, phone=typed.phone, message=words(error)), error.status
    return render_template("touch/case_find.html", typed=typed), status
