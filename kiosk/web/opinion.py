"""Complaints and praise: by touch alone at the kiosk, written on a phone; a complaint gets a numbered receipt."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for

from kiosk.domain.cases import GROUNDS, SERIOUS, Form
from kiosk.domain.errors import BadInput, HallError
from kiosk.operations import casework
from kiosk.store import cases, records
from kiosk.web import glass
from kiosk.web.access import context, say, whole_number, words
from kiosk.web.own import CITIZEN

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

blueprint = Blueprint("opinion", __name__)
KINDS = ("complaint", "praise")
PHONE_DIGITS = 11
ANYWHERE = "0"
WORDS_MOST = 200
"""Characters of what somebody types at the kiosk (requirements 3.3)."""


@blueprint.get("/opinion")
def ask() -> str:
    """Two answers: a complaint or a word of praise."""
    return render_template("touch/opinion.html")


@blueprint.get("/opinion/<any(complaint, praise):kind>")
def step(kind: str) -> str:
    """The next question that has no answer yet: the ground of a complaint, the window, the phone, own words."""
    ground, window = request.args.get("ground", ""), request.args.get("window", "")
    if kind == "complaint" and not ground:
        return render_template("touch/opinion_grounds.html", grounds=GROUNDS)
    if kind == "complaint" and _ground(ground) in SERIOUS:
        return render_template("touch/opinion_serious.html", ground=_ground(ground))
    if not window:
        return render_template("touch/opinion_windows.html", kind=kind, ground=ground)
    known = {"kind": kind, "ground": ground, "window": window, "phone": glass.digits("phone", PHONE_DIGITS)}
    if "asked" in request.args:
        return render_template("touch/opinion_words.html", **known, most=WORDS_MOST, token=_new())
    return render_template("touch/opinion_phone.html", **known)


def _new() -> str:
    """What makes two sendings of a form one: issued with the page, it becomes the secret of the case."""
    return secrets.token_urlsafe(16)


def _ground(text: str) -> int:
    ground = whole_number(text)
    if ground not in GROUNDS:
        raise BadInput("bad_ground", text)
    return ground


def _window() -> int | None:
    chosen = request.form.get("window", ANYWHERE)
    return None if chosen == ANYWHERE else context().hall.window(whole_number(chosen)).number


def _typed_words() -> str:
    """What was typed at the kiosk, empty for nothing; `bad_input` for more than fits."""
    typed = "" if "silent" in request.form else request.form.get("about", "").strip()
    if len(typed) > WORDS_MOST:
        raise BadInput("bad_input", f"more than {WORDS_MOST} characters")
    return typed


@blueprint.post("/opinion/praise")
def praise() -> BaseResponse:
    """Keep a word of praise for a window or the hall."""
    said = _typed_words() or say("opinion.praise_words")
    phone, token = request.form.get("phone", ""), request.form.get("token", "")
    casework.praise(context(), about=said, phone=phone, window=_window(), token=token, actor=glass.actor())
    return redirect(url_for(".thanks"), 303)


@blueprint.get("/opinion/thanks")
def thanks() -> str:
    """Thanks for the praise, then home by itself."""
    return render_template("touch/thanks.html", praised=True)


@blueprint.post("/opinion/complaint")
def complain() -> BaseResponse:
    """Register an oral complaint and show its number; the receipt is printed beside it."""
    ground = _ground(request.form.get("ground", ""))
    token = request.form.get("token", "")
    with glass.unhurried("paper", token):
        case = casework.complain(
            context(),
            about="：".join(filter(None, (say(f"case.ground_{ground}"), _typed_words()))),
            ground=ground,
            form=Form.ORAL,
            phone=request.form.get("phone", ""),
            window=_window(),
            token=token,
            actor=glass.actor(),
            printer=glass.kiosk().printer,
        )
    return redirect(url_for(".done", token=case.token), 303)


@blueprint.get("/opinion/done/<token>")
def done(token: str) -> str:
    """Number, day of the answer, and who answers."""
    with context().database.read() as db:
        case = cases.case_by_token(db, token)
    return render_template("touch/opinion_done.html", case=case)


@blueprint.get("/write")
def write() -> str:
    """The form on a phone, for whoever wants to write it down: own words, name and phone as wished.

    `?kind=praise` is the form for praise; `?visit=` is the secret of the own ticket, which names window and visit.
    """
    return _write(request.args.to_dict())


def _write(typed: dict[str, str], message: str = "") -> str:
    kind = typed["kind"] if typed.get("kind") in KINDS else KINDS[0]
    return render_template("touch/write.html", grounds=GROUNDS, typed=typed, kind=kind, message=message, token=_new())


@blueprint.post("/write")
def send() -> BaseResponse | tuple[str, int]:
    """Register what was written on a phone and lead to its own page; a refusal keeps every word."""
    typed = request.form.to_dict()
    try:
        if typed.get("kind") == "praise":
            casework.praise(context(), about=typed.get("about", ""), **_own_words(typed))
            return redirect(url_for(".praised", visit=typed.get("visit") or None), 303)
        case = casework.complain(
            context(),
            about=typed.get("about", ""),
            ground=_ground(typed.get("ground", "")),
            form=Form.WRITTEN,
            paper=False,
            **_own_words(typed),
        )
    except HallError as refusal:
        return _write(typed, words(refusal)), refusal.status
    return redirect(url_for("touch.status.page", token=case.token), 303)


@blueprint.get("/write/thanks")
def praised() -> str:
    """Thanks on a phone."""
    return render_template("touch/praised.html")


def _own_words(typed: dict[str, str]) -> dict[str, Any]:
    """What both forms say besides what they are about: who, whom, which visit."""
    told: dict[str, Any] = {name: typed.get(name, "") for name in ("name", "phone", "target", "token")}
    if typed.get("visit"):
        with context().database.read() as db:
            visit = records.ticket_by_token(db, typed["visit"])
        told |= {"ticket": visit.id, "window": visit.window}
    return told | {"actor": CITIZEN}
