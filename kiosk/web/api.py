"""The JSON door for programs: the same operations and queries, a person's secret as `Authorization: Bearer …`.

Answers are `{"ok": true, …}` or `{"ok": false, "code", "error"}`. Cookies count for nothing here, so a foreign page
can do nothing in a signed-in person's name. Instants are ISO 8601 in the hall's zone, durations whole seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from kiosk.domain.errors import BadInput
from kiosk.domain.hall import Hall, Service, Window
from kiosk.domain.people import Actor, Role, require_staff
from kiosk.domain.ratings import Channel, level
from kiosk.domain.tickets import Hold, Ticket
from kiosk.operations import evaluation, moving, paper, queueing, staff
from kiosk.store import queries, records
from kiosk.web.access import bearer, context, csrf

blueprint = Blueprint("api", __name__, url_prefix="/api")
csrf.exempt(blueprint)  # no cookie is looked at: see `_identify`

MOST = 10**12
"""Above every id that a hall will ever have."""
Move = Callable[..., Ticket]
MOVES: dict[str, Move] = {
    "recall": queueing.recall,
    "start": queueing.start,
    "complete": queueing.complete,
    "miss": queueing.miss,
}


@blueprint.before_request
def _identify() -> None:
    """Everything that changes the hall needs a person's secret, but signing in, and all of what was sent with it."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if request.endpoint != "api.sign_in":
        g.actor = bearer()
    _body()


def _actor() -> Actor:
    actor: Actor = g.actor
    return actor


def _body() -> dict[str, Any]:
    """The JSON object that was sent, empty when there was none."""
    if not request.get_data(cache=True):
        return {}
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        raise BadInput("bad_request", "a JSON object is expected")
    return body


def _text(body: dict[str, Any], key: str, *, limit: int = 128) -> str | None:
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > limit or not value.isprintable():
        raise BadInput("bad_input", f"{key} is a printable text of at most {limit} characters")
    return value


def ticket_json(hall: Hall, ticket: Ticket, *, secret: bool = False, public: bool = False) -> dict[str, object]:
    """A ticket for programs; `secret` adds the token of its own page, `public` leaves out what it was taken for."""
    at = {
        key: hall.local(value).isoformat() if value else None
        for key, value in (
            ("issued_at", ticket.issued_at),
            ("called_at", ticket.called_at),
            ("started_at", ticket.started_at),
            ("ended_at", ticket.ended_at),
        )
    }
    shown: dict[str, object] = {
        "id": ticket.id,
        "number": ticket.code,
        "service": ticket.service,
        "matter": ticket.matter,
        "state": ticket.state,
        "window": ticket.window,
        "calls": ticket.calls,
        **at,
    }
    if public:
        del shown["matter"]
    return shown | {"token": ticket.token} if secret else shown


def _service_json(service: Service, windows: tuple[Window, ...], waiting: int) -> dict[str, object]:
    numbers = [window.number for window in windows]
    return {
        "id": service.id,
        "prefix": service.prefix,
        "name": service.name,
        "english": service.english,
        "windows": numbers,
        "waiting": waiting,
    }


@blueprint.get("/hall")
def hall() -> Response:
    """The hall now: whether it is open, its windows, its services and who waits."""
    here = context()
    with here.database.read() as db:
        view = queries.hall_view(db, here.hall, here.clock())
    return jsonify(
        ok=True,
        seq=view.seq,
        at=view.at.isoformat(),
        hall=here.hall.code,
        name=here.hall.name,
        open=view.open,
        services=[_service_json(line.service, line.windows, line.waiting) for line in view.services],
        windows=[
            {
                "number": line.window.number,
                "name": line.window.name,
                "on_duty": line.staff is not None,
                "ticket": ticket_json(here.hall, line.ticket, public=True) if line.ticket else None,
            }
            for line in view.windows
        ],
        calls=[{"seq": call.seq, "number": call.ticket.code, "window": call.window.number} for call in view.calls],
    )


@blueprint.post("/sign-in")
def sign_in() -> Response:
    """Exchange login and password for a secret to send as Bearer."""
    body = _body()
    known = staff.sign_in(
        context(),
        login=_text(body, "login") or "",
        password=_text(body, "password") or "",
        address=request.remote_addr or "",
    )
    return jsonify(ok=True, token=known.token, name=known.staff.name, role=known.staff.role)


@blueprint.post("/tickets")
def take_ticket() -> tuple[Response, int]:
    """Take a number: `{"service" or "matter", "key", "language"}`; the same key gives the same ticket.

    A clerk gets it without its secret, which opens what the citizen says of the visit (requirements E8).
    """
    here, body, actor = context(), _body(), _actor()
    ticket = queueing.take_ticket(
        here,
        actor=actor,
        service=_text(body, "service"),
        matter=_text(body, "matter"),
        request_key=_text(body, "key"),
        language=_text(body, "language") or "zh",
    )
    trusted = require_staff(actor).role is not Role.CLERK
    return jsonify(ok=True, ticket=ticket_json(here.hall, ticket, secret=trusted)), 201


@blueprint.get("/tickets/<token>")
def ticket(token: str) -> Response:
    """One visit as its citizen sees it."""
    here = context()
    with here.database.read() as db:
        view = queries.ticket_view(db, here.hall, records.ticket_by_token(db, token), here.clock())
    return jsonify(ok=True, ticket=ticket_json(here.hall, view.ticket), ahead=view.ahead, level=view.level)


@blueprint.post("/tickets/<token>/cancel")
def cancel(token: str) -> Response:
    """Give a waiting number back."""
    here = context()
    ticket = queueing.cancel(here, token=token, actor=_actor())
    return jsonify(ok=True, ticket=ticket_json(here.hall, ticket))


@blueprint.post("/tickets/<token>/rating")
def rate(token: str) -> Response:
    """Rate a completed visit: `{"level": 1…5}`."""
    here = context()
    given = level(_body().get("level"))
    rated = evaluation.rate(here, token=token, level=given, channel=Channel.API, actor=_actor())
    return jsonify(ok=True, ticket=ticket_json(here.hall, rated), level=int(given))


@blueprint.post("/windows/<int:window>/take")
def take_window(window: int) -> Response:
    """Go on duty at a window."""
    staff.take_window(context(), window=window, actor=_actor())
    return jsonify(ok=True, window=window)


@blueprint.post("/windows/<int:window>/call-next")
def call_next(window: int) -> Response:
    """Call whoever is next."""
    here = context()
    ticket = queueing.call_next(here, window=window, actor=_actor())
    return jsonify(ok=True, ticket=ticket_json(here.hall, ticket))


@blueprint.post("/windows/<int:window>/<any(recall, start, complete, miss):move>")
def at_window(window: int, move: str) -> Response:
    """Move the ticket at a window; `{"ticket": id}` makes sure that it is the one that was meant."""
    here = context()
    meant = _whole(_body(), "ticket")
    ticket = MOVES[move](here, window=window, actor=_actor(), ticket=meant)
    return jsonify(ok=True, ticket=ticket_json(here.hall, ticket))


@blueprint.post("/windows/<int:window>/<any(hold, resume, transfer, put_back, pick):move>")
def leave_order(window: int, move: str) -> Response:
    """Hold `{"kind"}`, resume or pick `{"ticket", "reason"}`, transfer `{"service" or "window"}`, or undo a call."""
    here, body, actor = context(), _body(), _actor()
    ticket, target = _whole(body, "ticket"), _whole(body, "window")
    match move:
        case "hold":
            moved = moving.hold(here, window=window, kind=_hold(body), ticket=ticket, actor=actor)
        case "resume":
            moved = moving.resume(here, window=window, ticket=ticket or 0, call=body.get("call") is True, actor=actor)
        case "transfer":
            service = _text(body, "service")
            moved = moving.transfer(here, window=window, service=service, target=target, ticket=ticket, actor=actor)
        case "pick":
            reason = _text(body, "reason") or ""
            moved = moving.pick(here, window=window, ticket=ticket or 0, reason=reason, actor=actor)
        case _:
            moved = moving.put_back(here, window=window, ticket=ticket, actor=actor)
    return jsonify(ok=True, ticket=ticket_json(here.hall, moved))


def _whole(body: dict[str, Any], key: str) -> int | None:
    value = body.get(key)
    if value is not None and (type(value) is not int or not 0 <= value < MOST):
        raise BadInput("bad_input", f"{key} is a whole number")
    return value


def _hold(body: dict[str, Any]) -> Hold:
    try:
        return Hold(str(body.get("kind")))
    except ValueError:
        raise BadInput("bad_input", f"kind is one of {', '.join(Hold)}") from None


@blueprint.post("/matters/<matter>/checklist")
def checklist(matter: str) -> tuple[Response, int]:
    """Print a matter's material checklist."""
    job = paper.print_checklist(context(), matter=matter, actor=_actor())
    return jsonify(ok=True, job=job), 201


@blueprint.get("/health")
def health() -> Response:
    """Whether the server answers, and whether what is done is kept."""
    here = context()
    with here.database.read() as db:
        return jsonify(ok=not here.database.trouble, hall=here.hall.code, seq=records.last_seq(db))
