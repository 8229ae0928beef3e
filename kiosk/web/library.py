"""The library on the kiosk (规章制度和样表): rules, promises, fees, forms, phones and posts, large enough to read.

Only files that the configuration names are ever served; a name from an address is looked up, never joined to a path.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, render_template, request, send_from_directory, url_for

from kiosk import slips
from kiosk.config_checks.matters import FORMS, REGULATIONS
from kiosk.domain.catalogue import Material, Matter, Paper
from kiosk.domain.errors import NotFound
from kiosk.domain.hall import Regulation, Window
from kiosk.domain.library import Chapter, chapters
from kiosk.domain.people import Staff
from kiosk.domain.screens import Sign
from kiosk.store import access
from kiosk.web import lists
from kiosk.web.access import context, language

if TYPE_CHECKING:
    from flask import Response

blueprint = Blueprint("shelf", __name__)


def _folder(name: str) -> Path:
    return Path(current_app.extensions["settings"].folder) / name


def page() -> str:
    """What there is to read: one tile each."""
    return render_template("touch/library.html")


@blueprint.get("/library/rules")
def rules() -> str:
    """The papers of the hall and their chapters."""
    papers = [(paper, _chapters(paper)) for paper in context().hall.regulations]
    return render_template("touch/library_rules.html", papers=papers)


@blueprint.get("/library/rules/<file>/<int:number>")
def chapter(file: str, number: int) -> str:
    """One chapter, in type to be read from the floor marks; its neighbours a tap away."""
    paper = next((one for one in context().hall.regulations if one.file == file), None)
    parts = _chapters(paper) if paper else ()
    if paper is None or not 1 <= number <= len(parts):
        raise NotFound("unknown_page", f"no chapter {number} of {file!r:.60}")
    return render_template(
        "touch/library_chapter.html", paper=paper, number=number, chapter=parts[number - 1], last=len(parts)
    )


def _chapters(paper: Regulation) -> tuple[Chapter, ...]:
    return chapters((_folder(REGULATIONS) / paper.file).read_text("utf-8"))


@blueprint.get("/library/promises")
def promises() -> str:
    """How long each matter takes and what it costs, by service (regulations 1.2.3, 1.3)."""
    here = context()
    groups = [
        (service, [_promise(one) for one in here.catalogue.of_service(service.id)]) for service in here.hall.services
    ]
    return render_template("touch/library_promises.html", groups=[group for group in groups if group[1]])


def _promise(matter: Matter) -> tuple[Matter, tuple[str, ...]]:
    here = context()
    return matter, slips.terms(here.hall, here.phrases, matter, here.clock(), language())[:2]


@blueprint.get("/library/forms")
def forms() -> str:
    """Every blank form and sample that the hall has."""
    catalogue = context().catalogue
    named: list[Paper | Material] = [*catalogue.papers]
    named += [material for matter in catalogue.matters for material in matter.materials]
    papers = {(one.blank, one.sample): one for one in reversed(named) if one.blank or one.sample}
    return render_template("touch/library_forms.html", papers=list(reversed(papers.values())))


@blueprint.get("/library/people")
def people() -> str:
    """Windows, who is there now with post, badge and photo as far as the hall tells them, phones and the address."""
    here = context()
    with here.database.read() as db:
        on_duty = access.on_duty(db, here.hall.day(here.clock()))
    there = [_at_window(window, on_duty.get(window.number)) for window in here.hall.windows]
    return render_template("touch/library_people.html", there=there)


def _at_window(window: Window, person: Staff | None) -> tuple[Window, Staff | None, Sign | None, bool]:
    """A window, who is on duty, the badge, and whether there is a photo of it."""
    sign = context().hall.sign(person.login) if person else None
    return window, person, sign, bool(sign and sign.photo and (_folder("photos") / sign.photo).is_file())


def form(file: str) -> str:
    """A form on the kiosk: its text or picture, and the way to it by phone; back to the matter it was opened from."""
    matter, answers = request.args.get("matter"), request.args.get("s")
    back = url_for("touch.matter", matter_id=matter, s=answers) if matter else url_for("touch.shelf.forms")
    return render_template("touch/form.html", **_form(file), back=back)


@blueprint.get("/f/<file>")
def form_on_phone(file: str) -> str:
    """A form on a phone, or on a desk with an office printer."""
    return render_template("touch/form_phone.html", **_form(file))


@blueprint.get("/f/<file>/qr.svg")
def form_qr(file: str) -> Response:
    """The way to a form as a picture for a phone's camera."""
    return lists.picture(f"/f/{_known(file)}")


@blueprint.get("/f/<file>/file")
def form_file(file: str) -> Response:
    """The form as a file, to be kept or printed."""
    return send_from_directory(_folder(FORMS), _known(file))


def _known(file: str) -> str:
    """The file if the catalogue names it; `unknown_page` for everything else on this machine."""
    if file not in context().catalogue.files:
        raise NotFound("unknown_page", f"no form {file!r:.60}")
    return file


def _form(file: str) -> dict[str, object]:
    known, kind = _known(file), Path(file).suffix
    text = (_folder(FORMS) / known).read_text("utf-8") if kind == ".txt" else ""
    title, _, body = text.strip().partition("\n")
    return {
        "file": known,
        "kind": {".txt": "text", ".pdf": "pdf"}.get(kind, "picture"),
        "title": title or context().catalogue.files[known],
        "body": body.strip(),
    }
