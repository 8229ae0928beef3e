"""Serves the screens: their pages, their whole state for a browser without a socket, and their clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, send_file
from flask.typing import ResponseReturnValue

from display.board import Board, render_board, render_screen

Boards = Callable[[str], Board | None]
Clips = Callable[[str], Path | None]


def shipped_clip(name: str) -> Path | None:
    """The file of a clip that comes with the package, or None; the name is a clip's name, never a path."""
    folder = Path(__file__).parent / "static" / "voice"
    return next((path for path in sorted(folder.glob("*.*")) if path.stem == name and path.suffix != ".json"), None)


def create_blueprint(*, boards: Boards, clips: Clips = shipped_clip) -> Blueprint:
    """The blueprint "display" at /display; `boards` gives a screen's state now, None for an unknown screen."""
    pages = Blueprint("display", __name__, url_prefix="/display", static_folder="static", static_url_path="/static")

    def board_of(screen: str) -> Board:
        board = boards(screen)
        if board is None:
            abort(404)
        return board

    @pages.get("/<screen>")
    def show(screen: str) -> ResponseReturnValue:
        return _fresh(Response(render_screen(board_of(screen)), mimetype="text/html"))

    @pages.get("/<screen>/state")
    def state(screen: str) -> ResponseReturnValue:
        return _fresh(jsonify(state_of(board_of(screen))))

    @pages.get("/<screen>/panel.css")
    def panel(screen: str) -> ResponseReturnValue:
        glass = board_of(screen).panel
        css = f':root[data-face="display"]{{--px-per-mm:{glass.px_per_mm:.4f};--distance-mm:{glass.distance_mm}}}\n'
        return _fresh(Response(css, mimetype="text/css"))

    @pages.get("/clips/<name>")
    def clip(name: str) -> ResponseReturnValue:
        path = clips(name)
        if path is None:
            abort(404)
        return send_file(path, max_age=3600)

    return pages


def state_of(board: Board) -> dict[str, Any]:
    """The message `state`: the whole picture and its number, never a change to an earlier one."""
    return {"seq": board.seq, "html": render_board(board)}


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
