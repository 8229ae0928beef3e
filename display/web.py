"""Serves the screens: their pages, their clips, and the socket namespace that brings every screen its whole state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Response, abort, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from flask_socketio import SocketIO, join_room
from flask_socketio import emit as answer

from display.announcements import Announcement
from display.board import Board, render_board, render_screen

NAMESPACE = "/display"

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


def register(socketio: SocketIO, boards: Boards) -> None:
    """Open the namespace: a screen joins the room of its id and gets its whole state; an unknown one is refused."""

    @socketio.on("connect", namespace=NAMESPACE)
    def connect(auth: object = None) -> bool:
        screen = auth.get("room") if isinstance(auth, dict) else None
        if not isinstance(screen, str):
            return False
        # joined before the state is read: whatever is pushed from now on reaches this screen, nothing falls between
        join_room(screen)
        board = boards(screen)
        if board is None:
            return False
        answer("state", state_of(board), to=_sid())
        return True


def push(socketio: SocketIO, board: Board) -> None:
    """Send a screen its whole state; nothing is drawn for a screen that nobody looks at."""
    if has_listeners(socketio, board.screen):
        socketio.emit("state", state_of(board), namespace=NAMESPACE, to=board.screen)


def announce(socketio: SocketIO, screen: str, announcement: Announcement) -> None:
    """Let a screen speak; a screen that is away now will not hear it later."""
    socketio.emit("announce", asdict(announcement), namespace=NAMESPACE, to=screen)


def has_listeners(socketio: SocketIO, screen: str) -> bool:
    """Whether at least one browser shows this screen now."""
    server: Any = cast("Any", socketio).server  # the type stubs know only the methods
    try:
        return any(True for _ in server.manager.get_participants(NAMESPACE, screen))
    except KeyError:  # nobody has ever joined this room
        return False


def state_of(board: Board) -> dict[str, Any]:
    """The message `state`: the whole picture and its number, never a change to an earlier one."""
    return {"seq": board.seq, "html": render_board(board)}


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO adds it to the request


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
