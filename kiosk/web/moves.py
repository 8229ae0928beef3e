"""The console's moves besides calling and finishing: hold, pass on, pick, let back in, pause, issue for a person."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response as BaseResponse

from kiosk.domain.errors import BadInput, NotFound
from kiosk.domain.people import Actor
from kiosk.domain.tickets import Hold, Outcome, Ticket
from kiosk.operations import duty, moving, paper, queueing, reviewing, telling
from kiosk.web.access import context, say, signed_in, whole_number
from kiosk.web.console import answer

blueprint = Blueprint("moves", __name__, url_prefix="/console/move")
Verb = Callable[[int, Actor], str]


def _seen() -> int:
    """The ticket at the window that the page showed."""
    return whole_number(request.form.get("ticket"))


def _chosen() -> int:
    """The ticket that was chosen from a list."""
    return whole_number(request.form.get("chosen"))


def _choice(kind: type[Hold] | type[Outcome], field: str) -> Hold | Outcome:
    try:
        return kind(request.form.get(field, ""))
    except ValueError:
        raise BadInput("bad_input", f"{field} is none of {list(kind)}") from None


def _reason() -> str:
    """A reason from the list, else the one typed."""
    return request.form.get("reason") or request.form.get("own_reason", "")


def _told(key: str, ticket: Ticket, **values: object) -> str:
    return say(key, number=ticket.code, **values)


def _hold(window: int, actor: Actor) -> str:
    kind = _choice(Hold, "kind")
    held = moving.hold(context(), window=window, kind=Hold(kind), ticket=_seen(), actor=actor)
    return _told("console.done_hold", held)


def _resume(window: int, actor: Actor) -> str:
    back = moving.resume(context(), window=window, ticket=_chosen(), actor=actor)
    return _told("console.done_start", back)


def _call_held(window: int, actor: Actor) -> str:
    back = moving.resume(context(), window=window, ticket=_chosen(), call=True, actor=actor)
    return _told("console.done_call_next", back)


def _transfer(window: int, actor: Actor) -> str:
    service, target = request.form.get("service") or None, request.form.get("target")
    number = whole_number(target) if target else None
    sent = moving.transfer(context(), window=window, service=service, target=number, ticket=_seen(), actor=actor)
    where = say("console.window_number", window=number) if number else context().hall.service(sent.service).name
    return _told("console.done_transfer", sent, where=where)


def _put_back(window: int, actor: Actor) -> str:
    return _told("console.done_put_back", moving.put_back(context(), window=window, ticket=_seen(), actor=actor))


def _finish(window: int, actor: Actor) -> str:
    outcome, matter = _choice(Outcome, "outcome"), request.form.get("matter")
    ended = queueing.complete(
        context(),
        window=window,
        actor=actor,
        ticket=_seen(),
        outcome=Outcome(outcome),
        matters=[matter] if matter else (),
        quantity=whole_number(request.form.get("quantity") or "1"),
    )
    return _told("console.done_complete", ended)


def _tell(window: int, actor: Actor) -> str:
    matter = request.form.get("told", "")
    notice = telling.print_missing(
        context(),
        window=window,
        ticket=_seen(),
        matter=matter,
        names=request.form.getlist(f"missing-{matter}"),
        other=request.form.get(f"other-{matter}", ""),
        previous=request.form.get("previous", ""),
        actor=actor,
    )
    if notice.breach is None:
        return say("console.done_tell", number=notice.number)
    return say("console.done_tell_again", number=notice.number)


def _tell_all(_window: int, actor: Actor) -> str:
    paper.print_checklist(context(), matter=request.form.get("told", ""), ticket=_seen(), actor=actor)
    return say("console.done_tell_all")


def _pick(window: int, actor: Actor) -> str:
    called = moving.pick(context(), window=window, ticket=_chosen(), reason=_reason(), actor=actor)
    return _told("console.done_call_next", called)


def _move_up(_window: int, actor: Actor) -> str:
    return _told("console.done_move_up", moving.move_up(context(), ticket=_chosen(), reason=_reason(), actor=actor))


def _judge(_window: int, actor: Actor) -> str:
    priority = request.form.get("priority") or None
    judged = moving.judge_priority(context(), ticket=_chosen(), priority=priority, actor=actor)
    return _told("console.done_judge", judged)


def _readmit(_window: int, actor: Actor) -> str:
    return _told("console.done_readmit", moving.readmit(context(), ticket=_chosen(), actor=actor))


def _issue(_window: int, actor: Actor) -> str:
    ticket = queueing.take_ticket(
        context(),
        service=request.form.get("service"),
        quantity=whole_number(request.form.get("issue_quantity") or "1"),
        priority=request.form.get("issue_priority") or None,
        actor=actor,
    )
    return _told("console.done_issue", ticket)


def _pause(window: int, actor: Actor) -> str:
    duty.pause(context(), window=window, reason=request.form.get("reason", ""), actor=actor)
    return say("console.done_pause")


def _go_on(window: int, actor: Actor) -> str:
    duty.go_on(context(), window=window, actor=actor)
    return say("console.done_go_on")


def _auto(window: int, actor: Actor) -> str:
    on = request.form.get("on") == "1"
    duty.set_auto(context(), window=window, on=on, actor=actor)
    return say("console.done_auto_on" if on else "console.done_auto_off")


def _hand_over(window: int, actor: Actor) -> str:
    colleague = duty.hand_over(context(), window=window, to=request.form.get("to", ""), actor=actor)
    flash(say("console.done_hand_over", window=window, name=colleague.name), "done")  # the next page tells it
    return ""


def _answer_call(_window: int, actor: Actor) -> str:
    duty.answer_call(context(), call=_chosen(), actor=actor)
    return say("console.done_answer_call")


def _invite(window: int, actor: Actor) -> str:
    reviewing.invite(context(), window=window, actor=actor)
    return say("console.done_invite")


def _rating_form(window: int, actor: Actor) -> str:
    return _told("console.done_rating_form", reviewing.print_form_at_window(context(), window=window, actor=actor))


VERBS: dict[str, Verb] = {
    "invite": _invite,
    "rating_form": _rating_form,
    "hold": _hold,
    "resume": _resume,
    "call_held": _call_held,
    "transfer": _transfer,
    "put_back": _put_back,
    "finish": _finish,
    "tell": _tell,
    "tell_all": _tell_all,
    "pick": _pick,
    "move_up": _move_up,
    "judge": _judge,
    "readmit": _readmit,
    "issue": _issue,
    "pause": _pause,
    "go_on": _go_on,
    "auto": _auto,
    "hand_over": _hand_over,
    "answer_call": _answer_call,
}


@blueprint.post("/<verb>")
def make(verb: str) -> BaseResponse:
    """Make one move at the window that the page showed, and tell what came of it in one line."""
    if verb not in VERBS:
        raise NotFound("unknown_page", verb)
    return answer(lambda: VERBS[verb](whole_number(request.form.get("window")), signed_in()))
