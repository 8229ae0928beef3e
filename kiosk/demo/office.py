"""What a demonstration puts on the office's desk: cases of each kind, and visits that leave the plain course."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from kiosk.domain.cases import Form, Outcome
from kiosk.domain.catalogue import Kind
from kiosk.domain.errors import Conflict
from kiosk.domain.people import Actor
from kiosk.domain.ratings import Channel, Level
from kiosk.domain.tickets import Hold, Ticket
from kiosk.operations import answering, casework, duty, evaluation, moving, queueing
from kiosk.operations.hall import Context
from kiosk.store import records

ASKED = (
    ("在哪里办护照", Outcome.OTHER_OFFICE, "公安出入境窗口"),
    ("两家宅基地边界说不清", Outcome.LEADER, ""),
)


def open_cases(context: Context, clerk: Actor, citizen: Actor) -> None:
    """Owe answers of each kind: applications on their way, asked first, a letter, a complaint, a word of praise."""
    entrusted, promised = (_matter(context, kind) for kind in (Kind.AGENCY, Kind.PROMISED))
    in_work = casework.accept(context, matter=entrusted, name="演示群众甲", actor=clerk)
    answering.reach_stage(context, case=in_work.id, stage="in_work", actor=clerk)
    done = casework.accept(context, matter=promised, name="演示群众乙", actor=clerk)
    answering.answer(context, case=done.id, answer="已经办好，请带身份证来领取。", actor=clerk)
    casework.accept(context, matter=promised, name="演示群众丙", missing=["户口簿原件"], actor=clerk)
    for about, outcome, office in ASKED:
        casework.open_inquiry(context, about=about, outcome=outcome, office=office, name="演示群众丁", actor=clerk)
    casework.open_letter(context, about="来信反映村口路灯不亮", name="演示群众戊", actor=clerk)
    complaint = "问了两次，答复的日子过了，没有人告诉我结果"
    casework.complain(context, about=complaint, ground=6, form=Form.WRITTEN, name="演示群众己", actor=citizen)
    casework.praise(context, about="帮我填表，很耐心", name="演示群众庚", actor=citizen)


def leave_the_plain_course(context: Context, clerks: Mapping[int, Actor], citizen: Actor) -> None:
    """One visit is rated low with reasons, one is held, one transferred, one goes first; the last window pauses."""
    for number, clerk in clerks.items():
        with contextlib.suppress(Conflict):
            _scene(context, number, clerk, citizen, last=max(clerks))
    rights = context.hall.order.classes
    if rights:
        with contextlib.suppress(Conflict):
            queueing.take_ticket(context, service=_service(context, 1), priority=rights[0], actor=citizen)


def _scene(context: Context, number: int, clerk: Actor, citizen: Actor, *, last: int) -> None:
    """What the window with this number shows: the first a low rating, the second a hold, the third a transfer."""
    if number == last:
        duty.pause(context, window=number, reason=context.hall.pauses[0], actor=clerk)
        return
    if number > len((_rated_low, _held, _transferred)):
        return
    queueing.take_ticket(context, service=_service(context, number), actor=citizen)
    queueing.call_next(context, window=number, actor=clerk)
    visit = queueing.start(context, window=number, actor=clerk)
    (_rated_low, _held, _transferred)[number - 1](context, visit, number, clerk)


def _rated_low(context: Context, visit: Ticket, number: int, clerk: Actor) -> None:
    queueing.complete(context, window=number, actor=clerk)
    with context.database.read() as db:
        token = records.ticket_by_id(db, visit.id).token
    pad, level = Actor(name=f"pad:{number}"), Level(2)
    evaluation.rate(context, token=token, level=level, channel=Channel.PAD, actor=pad)
    reasons = [option.code for option in context.hall.ratings.options if option.level == level][:2]
    evaluation.explain(context, token=token, reasons=reasons, text="等得太久", actor=pad)


def _held(context: Context, _visit: Ticket, number: int, clerk: Actor) -> None:
    moving.hold(context, window=number, kind=Hold.WITHOUT_PAPERS, actor=clerk)


def _transferred(context: Context, _visit: Ticket, number: int, clerk: Actor) -> None:
    moving.transfer(context, window=number, target=1, actor=clerk)


def _service(context: Context, number: int) -> str:
    return context.hall.window(number).services[0]


def _matter(context: Context, kind: Kind) -> str:
    """A matter of this kind, or any where the catalogue has none."""
    matters = context.catalogue.matters
    return next((matter.id for matter in matters if matter.kind is kind), matters[0].id)
