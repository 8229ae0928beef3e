"""What to bring, on the kiosk and on a phone: plain questions first, then exactly the list that applies.

The address carries the answers (`?s=remarried.agent`) and nothing about a person, so that paper, phone and kiosk show
the same list.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import segno
from flask import Blueprint, Response, render_template, request

from kiosk import slips
from kiosk.domain.catalogue import Matter, Situation
from kiosk.domain.errors import BadInput
from kiosk.store.queries import HallView
from kiosk.web.access import context, language
from printer.jobs import JobRow

blueprint = Blueprint("lists", __name__)


def answers(matter: Matter, text: str | None = None) -> tuple[Situation, ...]:
    """The situations that the address or a form names, joined by dots; `bad_situation` for any that are not ours."""
    named = request.args.get("s", "") if text is None else text
    if len(named) > 400:
        raise BadInput("bad_situation", "too long")
    return matter.answers([one for one in named.split(".") if one])


def joined(chosen: Sequence[Situation]) -> str | None:
    """The answers as an address carries them; None without any."""
    return ".".join(situation.id for situation in chosen) or None


def kiosk_page(matter: Matter, *, view: HallView, key: str, job: JobRow | None) -> str:
    """The next question, or the list with the ways to paper, phone and a number."""
    chosen = answers(matter)
    if question := matter.open_question(chosen):
        return render_template("touch/ask.html", matter=matter, question=question, chosen=chosen, joined=joined)
    service = context().hall.service(matter.service)
    return render_template(
        "touch/matter.html", **_shown(matter, chosen), service=service, view=view, key=key, job=job, joined=joined
    )


def _shown(matter: Matter, chosen: tuple[Situation, ...]) -> dict[str, object]:
    """What a list shows, wherever it stands."""
    here, phrases = context(), context().phrases
    whole = bool(matter.open_question(chosen))
    lines = [
        (
            material,
            slips.material_form(phrases, material, language()),
            slips.material_facts(phrases, matter, material, language(), situations=whole),
        )
        for material in matter.materials_for(chosen)
    ]
    terms = slips.terms(here.hall, phrases, matter, here.clock(), language())
    return {"matter": matter, "chosen": chosen, "lines": lines, "terms": terms}


@blueprint.get("/m/<matter_id>")
def phone(matter_id: str) -> str:
    """The list on a phone; questions first where it depends on the answers."""
    matter = context().catalogue.matter(matter_id)
    chosen = answers(matter)
    question = matter.open_question(chosen)
    return render_template("touch/list.html", **_shown(matter, chosen), question=question, joined=joined)


@blueprint.get("/m/<matter_id>/qr.svg")
def qr(matter_id: str) -> Response:
    """The way to the same list as a picture for a phone's camera."""
    matter = context().catalogue.matter(matter_id)
    return picture(slips.phone_path(matter, answers(matter)))


def picture(path: str) -> Response:
    """A QR code of a page of ours."""
    drawn = BytesIO()
    code = segno.make(f"{context().address()}{path}", error="m", micro=False)
    code.save(drawn, kind="svg", border=2, omitsize=True, svgclass=None, lineclass=None)
    return Response(drawn.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})
