"""Serves the screens: their pages, their whole state for a browser without a socket, their clips, and their reports."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from display.board import Board, default_words, render_board, template
from display.health import Report, parse_report
from display.voice import FOLDER, recordings
from display.window import WindowBoard, render_window

View = Board | WindowBoard
Boards = Callable[[str], Board | None]
Windows = Callable[[int], WindowBoard | None]
Files = Callable[[str], Path | None]
OnReport = Callable[[Report], None]


@cache
def shipped_clips() -> dict[str, Path]:
    """The clips that come with the package, by name."""
    return recordings(FOLDER)


def shipped_clip(name: str) -> Path | None:
    """The file of a clip that comes with the package, or None; the name is a clip's name, never a path."""
    return shipped_clips().get(name)


def create_blueprint(
    *,
    boards: Boards,
    windows: Windows = lambda _: None,
    clips: Files = shipped_clip,
    photos: Files = lambda _: None,
    on_report: OnReport = lambda _: None,
    token: Callable[[], str] = lambda: "",
    version: str = "",
) -> Blueprint:
    """The blueprint "display" at /display.

    `boards` and `windows` give a screen's state now, None for one that is not configured; `clips` and `photos` find
    files by name; `on_report` takes what screens say of themselves; `token` proves to the application's forgery guard
    that a report comes from our page; a screen that shows another `version` of the page than this loads it anew.
    """
    pages = Blueprint("display", __name__, url_prefix="/display", static_folder="static", static_url_path="/static")

    def view_or_none(screen: str) -> View | None:
        number = re.fullmatch(r"window-(\d{1,3})", screen)
        return windows(int(number[1])) if number else boards(screen)

    def view_of(screen: str) -> View:
        return view_or_none(screen) or abort(404)

    @pages.get("/<screen>")
    def show(screen: str) -> ResponseReturnValue:
        view = view_or_none(screen)
        if view is None:  # a TV that hangs on a name not yet configured must come alive without a hand on it
            return _fresh(Response(template("unknown.html").render(w=default_words()), 404, mimetype="text/html"))
        return _fresh(Response(render_screen(view, token(), version), mimetype="text/html"))

    @pages.get("/window/<int:number>")
    def show_window(number: int) -> ResponseReturnValue:
        return show(f"window-{number}")

    @pages.get("/<screen>/state")
    def state(screen: str) -> ResponseReturnValue:
        return _fresh(jsonify(state_of(view_of(screen))))

    @pages.get("/<screen>/panel.css")
    def panel(screen: str) -> ResponseReturnValue:
        glass = view_of(screen).panel
        css = f':root[data-face="display"]{{--px-per-mm:{glass.px_per_mm:.4f};--distance-mm:{glass.distance_mm}}}\n'
        return _fresh(Response(css, mimetype="text/css"))

    @pages.post("/<screen>/report")
    def report(screen: str) -> ResponseReturnValue:
        view = view_of(screen)
        on_report(_said_by(screen))
        return _fresh(jsonify({"at": view.at.isoformat(timespec="milliseconds"), "version": version}))

    for kind, find in (("clips", clips), ("photos", photos)):
        pages.add_url_rule(f"/{kind}/<name>", kind, _server(find))
    return pages


def _server(find: Files) -> Callable[[str], Response]:
    def serve(name: str) -> Response:
        return send_file(find(name) or abort(404), max_age=3600)

    return serve


def _said_by(screen: str) -> Report:
    try:
        return parse_report(screen, request.get_json(silent=True))
    except ValueError:
        abort(400)


def render_screen(view: View, token: str = "", version: str = "") -> str:
    """The whole page of a screen, with its state already painted in it."""
    words = {**default_words(), **view.words}
    return template("screen.html").render(board=view, w=words, picture=render(view), token=token, version=version)


def render(view: View) -> str:
    """The state of a screen as markup, whichever kind of screen it is."""
    return render_window(view) if isinstance(view, WindowBoard) else render_board(view)


def state_of(view: View) -> dict[str, Any]:
    """The message `state`: the whole picture and its number, never a change to an earlier one."""
    return {"seq": view.seq, "html": render(view)}


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
