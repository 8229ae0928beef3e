"""Hostile text through every field of every form: text on every screen, slip and file, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient

from kiosk.app import Running
from kiosk.config import Settings
from kiosk.domain.cases import Kind
from kiosk.domain.people import Actor, Role
from kiosk.domain.ratings import Channel
from kiosk.domain.tickets import Ticket
from kiosk.operations import queueing, staff
from kiosk.store import access, cases
from printer import spool
from printer.render import preview
from tests.conftest import Clock, running_hall
from tests.web.test_figure_pages import CLI, served
from tests.web.test_registers import come

HOSTILE = "=1+1<i>{{7*191}}"
RUN = ("<i>", "1337")
"""What a page would show that took it for markup or for a template."""
TYPED = {"text", "search", "tel"}
STANDING = {"number": "3", "date": "2026-11-23", "time": "10:30"}
GOES_ON = ("papers_complete", "resume")
"""What lets a case go on that one of its forms has stopped."""
SIGN_OUT = "/console/sign-out"
LAST = ("stage", "answer", "close", "withdraw", "finish", "transfer", "put_back")
"""What ends a case or a visit is done when everything else was."""


@dataclass
class Form:
    """A form of a page as a browser knows it: where it goes, what stands in it, where somebody can type."""

    action: str
    post: bool
    values: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)

    @property
    def rank(self) -> int:
        verb = self.action.rsplit("/", 1)[-1]
        return LAST.index(verb) + 1 if verb in LAST else 0


class Forms(HTMLParser):
    """The forms of a page; a field may stand elsewhere and name its form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, Form] = {}
        self._now, self._select = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._now = own.get("id") or f"form {len(self.found)}"
            post = own.get("method", "get") == "post"
            self.found[self._now] = Form(action=own.get("action", ""), post=post)
        form, name = self.found.get(own.get("form") or self._now), own.get("name", "")
        if tag == "option" and self._select and form and (own.get("value") or "") and self._select not in form.values:
            form.values[self._select] = own["value"]
        if form is None or not (name or "formaction" in own):
            return
        kind = own.get("type", "text") if tag == "input" else tag
        if kind in TYPED or kind == "textarea":
            form.typed.add(name)
        elif kind == "select":
            self._select = name
        elif kind == "button" and "formaction" in own:
            self.found[own["formaction"]] = replace(form, action=own["formaction"])
        elif (
            not (kind in {"checkbox", "radio"} and not own.keys() & {"checked", "required"})
            and own.get("type") != "button"
        ):
            form.values.setdefault(name, STANDING.get(kind) or own.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._now = ""
        if tag == "select":
            self._select = ""


@dataclass
class Walk:
    """Somebody who sends every form of a page with hostile words in every field; what was refused is told apart."""

    client: FlaskClient
    known: dict[str, str]
    sent: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)

    def through(self, address: str) -> None:
        while form := self._next(address):
            values = form.values | dict.fromkeys(form.typed, HOSTILE)
            values |= {name: self.known[name] for name in self.known.keys() & values.keys()}
            answer = self.client.post(form.action, data=values, follow_redirects=True)
            words = {f"{_kind(form.action)} {name}" for name in form.typed - set(self.known)}
            told = re.search(r'(?:note--refused|role="alert")[^>]*>(.*?)</', answer.text, re.DOTALL)
            if answer.status_code != 200 or "note--refused" in answer.text:
                self.refused |= dict.fromkeys(words, f"{answer.status_code} {told and told[1][-200:]}")
            else:
                self.taken |= words
            self.sent = {one for one in self.sent if not (form.typed and one.endswith(GOES_ON))} | {form.action}

    def _next(self, address: str) -> Form | None:
        forms = Forms(self.client.get(address).text).found.values()
        left = [one for one in forms if one.post and one.action not in {"", SIGN_OUT, *self.sent}]
        return min(left, key=lambda one: one.rank, default=None)


def _kind(action: str) -> str:
    """The address of a form without what differs from hall to hall."""
    return re.sub(r"/[A-Za-z0-9_-]{22}\b|/\d+", "", action)


def _at_window(running: Running) -> tuple[FlaskClient, Ticket]:
    """A clerk at window 2 with somebody before them."""
    client = come(running, "li", Role.CLERK)
    with running.context.database.read() as db:
        person = next(one for one in access.all_staff(db) if one.login == "li")
    actor = Actor(name="clerk:li", staff=person)
    staff.take_window(running.context, window=2, actor=actor)
    for _ in range(3):
        queueing.take_ticket(running.context, actor=CLI, service="medical")
    queueing.call_next(running.context, window=2, actor=actor)
    return client, queueing.start(running.context, window=2, actor=actor)


@dataclass
class Filled:
    """A hall into which hostile words were typed wherever somebody can, and who looks at it afterwards."""

    running: Running
    walks: list[Walk]
    office: FlaskClient
    citizen: FlaskClient
    clerk: FlaskClient
    tickets: tuple[Ticket, ...]


@pytest.fixture(scope="module")
def filled(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    clock = Clock()
    with running_hall(settings, tmp_path_factory.mktemp("hall") / "data", clock) as running:
        yield _filled(running, clock)


def _filled(running: Running, clock: Clock) -> Filled:
    low, high = (served(running, level, Channel.OWN_TICKET) for level in (1, 5))
    clock.pass_(minutes=1)
    paper = served(running)
    clerk, visit = _at_window(running)
    office, citizen = come(running, "office", Role.OFFICE), running.app.test_client()
    walks = [
        Walk(one, {"identity": "", "code": paper.code, "level": "2", "outcome": "other_office"})
        for one in (citizen, office)
    ]
    for page in ("/opinion/complaint?ground=3&window=2&asked=1", "/opinion/praise?window=2&asked=1", "/write"):
        walks[0].through(page)
    for page in ("/write?kind=praise", f"/t/{low.token}", f"/t/{high.token}"):
        walks[0].through(page)
    for page in ("", "/day", "/ratings/list", "/ratings/praise", "/ratings/paper"):
        walks[1].through(f"/office{page}")
    for kind in ("inquiry", "application", "letter", "complaint"):
        walks[1].through(f"/office/cases/new/{kind}")
    with running.context.database.read() as db:
        known = cases.search(db, cases.Filter())
    for case in known:
        walks[1].through(f"/office/cases/{case.id}")
    _at_the_desk(clerk, visit)
    return Filled(running, walks, office, citizen, clerk, (low, high, paper, visit))


def _at_the_desk(clerk: FlaskClient, visit: Ticket) -> None:
    """The console's one form: a paper that is missing, and the reason of a number that goes first."""
    form = Forms(clerk.get("/console").text).found["move"]
    told = {"told": "yb-canbao", "other-yb-canbao": HOSTILE}
    first = {"chosen": str(visit.id + 2), "own_reason": HOSTILE}
    for verb, typed in (("tell", told), ("move_up", first)):
        page = clerk.post(f"/console/move/{verb}", data=form.values | typed, follow_redirects=True).text
        assert re.search(r'data-message>\s*<p class="note note--done"', page), verb


def test_every_field_takes_hostile_words_as_words(filled: Filled) -> None:
    """None is left out: a new field of these pages is walked through by itself, and a refusal would be told here."""
    taken = set().union(*(walk.taken for walk in filled.walks))

    left = {field: told for walk in filled.walks for field, told in walk.refused.items() if field not in taken}

    assert left == {}
    assert len(taken) >= 47


def test_hostile_words_are_words_on_every_screen(filled: Filled) -> None:
    with filled.running.context.database.read() as db:
        known = cases.search(db, cases.Filter())
        breaches = db.execute("SELECT id FROM breaches").fetchall()
    own = [f"/t/{one.token}" for one in filled.tickets]
    looks = {
        filled.citizen: ["/", "/services", *own, *(f"/c/{one.token}" for one in known), "/pad/2", "/display/hall"],
        filled.clerk: ["/console", "/office/cases?list=all", "/office/ratings/praise"],
        filled.office: [
            *(f"/office{one}" for one in ("", "/day", "/daily", "/cases?list=all", "/ratings", "/ratings/praise")),
            *(f"/office/registers/{one}" for one in ("promises", "notices?list=all", "breaches")),
            *(f"/office/registers/breaches/{one}" for (one,) in breaches),
            *(f"/office/cases/{one.id}" for one in known),
            "/office/ratings/list",
        ],
    }

    pages = {address: who.get(address) for who, addresses in looks.items() for address in addresses}

    assert {address for address, page in pages.items() if page.status_code != 200} == set()
    assert {address for address, page in pages.items() if any(one in page.text for one in RUN)} == set()
    assert sum("&lt;i&gt;{{7*191}}" in page.text for page in pages.values()) >= 14


def test_hostile_words_are_words_on_every_slip(filled: Filled) -> None:
    with filled.running.context.database.read() as db:
        jobs = spool.jobs(db)

    shown = {job.kind: repr(job.document) for job in jobs if HOSTILE in repr(job.document)}

    assert {preview(job.document, dots).width for job in jobs for dots in (384, 576)} == {384, 576}
    assert {"receipt", "complaint", "answer", "complete", "collect", "referral", "missing"} <= set(shown)


def test_hostile_words_are_words_in_the_file_of_every_register(filled: Filled) -> None:
    kinds = [f"cases/export.xlsx?list=all&kind={kind}" for kind in ("", *Kind)]
    others = [f"registers/{name}/export.xlsx" for name in ("promises", "notices", "breaches")]

    for path in (*kinds, *others):
        _only_words(filled.office.get(f"/office/{path}").data)


def _only_words(data: bytes) -> None:
    book = openpyxl.load_workbook(BytesIO(data))
    cells = [cell for row in book.active.iter_rows(min_row=2) for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith("="))


def test_hostile_words_are_words_in_the_platforms_file(filled: Filled) -> None:
    rows = filled.office.get("/office/ratings/export.csv").data.decode("utf-8-sig")

    assert f"'{HOSTILE}" in rows
    assert not re.search(r'(?m)(?:^|,)"?[=+@-]', rows)
