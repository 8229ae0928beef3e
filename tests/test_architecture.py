"""The rules of the house that no import contract can express."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, BaseConverter, NumberConverter
from werkzeug.test import TestResponse

from kiosk.app import Running
from kiosk.domain.breaches import Clause
from kiosk.domain.cases import Case, Form
from kiosk.domain.people import Actor, Role
from kiosk.domain.tickets import Ticket
from kiosk.operations import casework, queueing, staff, telling
from kiosk.operations.hall import Context
from kiosk.web import devices
from kiosk.web.access import COOKIE
from printer import spool
from tests.conftest import PASSWORD, ROOT, until

PACKAGES = ("kiosk", "display", "printer")
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|BEGIN\s+IMMEDIATE)\b", re.IGNORECASE
)


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def texts(path: Path) -> Iterator[str]:
    """The string literals of a module that are no docstrings."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_sql_stands_in_the_store_and_the_spool_alone() -> None:
    strangers = [
        name(path)
        for path in sources()
        if not name(path).startswith("kiosk/store/") and name(path) != "printer/spool.py"
        if any(SQL.search(text) for text in texts(path))
    ]

    assert strangers == []


def test_write_transactions_are_opened_by_operations_and_the_spool_alone() -> None:
    allowed = ("kiosk/operations/", "kiosk/store/database.py", "printer/spool.py")
    strangers = [
        name(path)
        for path in sources()
        if not name(path).startswith(allowed) and re.search(r"\b(database|db)\.write\(", path.read_text())
    ]

    assert strangers == []


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("flask_socketio", {"kiosk/app.py", "kiosk/push.py", "display/web.py"}),
        ("escpos", {"printer/render.py", "printer/devices.py"}),
        ("argon2", {"kiosk/operations/staff.py"}),
    ],
)
def test_a_library_stays_where_it_lives(library: str, homes: set[str]) -> None:
    users = {name(path) for path in sources() if any(used.split(".")[0] == library for used in imports(path))}

    assert users <= homes


def test_there_is_one_sqlite_in_the_process() -> None:
    """Two copies of the library in one process lose data."""
    importers = [name(path) for path in sources() if "sqlite3" in set(imports(path))]

    assert importers == ["kiosk/store/database.py"]  # for types only
    assert "if TYPE_CHECKING:\n    import sqlite3" in (ROOT / "kiosk/store/database.py").read_text()


def test_the_domain_imports_the_standard_library_alone() -> None:
    outside = {
        (name(path), used)
        for path in sorted((ROOT / "kiosk/domain").rglob("*.py"))
        for used in imports(path)
        if used.split(".")[0] not in sys.stdlib_module_names and not used.startswith("kiosk.domain")
    }

    assert outside == set()


def test_the_domain_never_asks_for_the_time() -> None:
    strangers = [
        name(path)
        for path in sorted((ROOT / "kiosk/domain").rglob("*.py"))
        if re.search(r"\.(now|today|utcnow)\(|time\.time\(|\bopen\(", path.read_text())
    ]

    assert strangers == []


def test_the_top_level_is_as_designed() -> None:
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split(
        "\n"
    )

    top = {path.split("/")[0] for path in tracked if path and not path.startswith(".")}
    assert top <= {"pyproject.toml", "README.md", "kiosk", "display", "printer", "tests", "config"}


def test_pages_have_no_inline_script_or_style_and_load_nothing_from_outside() -> None:
    wrong = re.compile(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|(src|href)=[\"'](https?:)?//", re.IGNORECASE
    )
    pages = [page for package in PACKAGES for page in sorted((ROOT / package).rglob("*.html"))]

    assert pages
    assert [name(page) for page in pages if wrong.search(page.read_text())] == []


@dataclass(frozen=True, kw_only=True)
class Things:
    """What the addresses of a hall can name: a visit, a case, a line of the breach register, papers, devices."""

    running: Running
    ticket: Ticket
    case: Case
    breach: int

    def address(self, rule: Rule) -> str:
        """An address that the rule matches, naming what is there."""
        case = rule.endpoint in {"touch.status.page", "touch.opinion.done"}
        hall = self.running.context.hall
        with self.running.app.test_request_context():
            known = {
                "screen": "hall",
                "window": 1,
                "matter": self.running.context.catalogue.matters[0].id,
                "matter_id": self.running.context.catalogue.matters[0].id,
                "token": self.case.token if case else self.ticket.token,
                "case_id": self.case.id,
                "kind": "csv" if rule.endpoint == "figures.table" else "complaint",
                "file": hall.regulations[0].file if rule.endpoint == "touch.shelf.chapter" else "tousu.txt",
                "number": self.breach,
                "name": {"display.clips": "chime", "ledgers": "notices", "devices": "pad-1"}.get(
                    rule.endpoint if rule.endpoint == "display.clips" else rule.endpoint.partition(".")[0], "x"
                ),
                "proof": devices.secret("pad-1"),
                "filename": {"display.static": "base.css", "paper.static": "paper.css"}.get(rule.endpoint, "touch.css"),
            }
            filled = {key: known.get(key) or _fitting(rule._converters[key]) for key in rule.arguments}
            asked = {"window": 1} if rule.endpoint == "console.state" else {}
            return self.running.app.url_for(rule.endpoint, **filled, **asked)  # type: ignore[arg-type]


def _fitting(converter: BaseConverter) -> str | int:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, NumberConverter) else "x"


@pytest.fixture
def things(running: Running) -> Things:
    """A hall in which something has happened, its slips on paper."""
    here, citizen = running.context, Actor(name="citizen")
    ticket = queueing.take_ticket(here, service=here.hall.services[0].id, actor=citizen)
    case = casework.complain(here, about="等了很久", ground=1, form=Form.ORAL, actor=citizen)
    facts = {"number": case.number, "opened": "2026-11-13", "due": "2026-11-20", "extended": 0}
    breach = here.database.write(
        lambda db: telling.record_breach(
            here, db, rule=Clause.UNANSWERED, subject=case.subject, facts=facts, actor=citizen, at=here.clock()
        )
    )
    until(lambda: not _under_way(here))
    assert breach
    return Things(running=running, ticket=ticket, case=case, breach=breach)


def _under_way(here: Context) -> dict[str, int]:
    with here.database.read() as db:
        return spool.open_jobs(db)


NOTHING_THERE = {"display.photos", "static"}
"""Where a fresh hall has nothing to show: no photos, and no files but those of its faces."""


def test_no_page_that_is_only_read_changes_the_hall(things: Things) -> None:
    """Every GET route is walked by somebody who may see it all; every row of every table stays as it is."""
    running = things.running
    here, client = running.context, running.app.test_client()
    staff.add_staff(here, login="boss", name="主任", role=Role.OFFICE, password=PASSWORD, actor=Actor(name="cli"))
    signed_in = staff.sign_in(here, login="boss", password=PASSWORD, address="127.0.0.1")
    staff.take_window(here, window=1, actor=Actor(name="office:boss", staff=signed_in.staff))
    client.set_cookie(COOKIE, signed_in.token)

    def rows() -> dict[str, list[tuple[object, ...]]]:
        with here.database.read() as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in tables}

    before, answers = rows(), {}
    for rule in running.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            with client.get(things.address(rule)) as answer:
                answers[rule.endpoint] = answer.status_code

    assert rows() == before
    assert {endpoint for endpoint, status in answers.items() if status >= 400} == NOTHING_THERE


def refusal_of(running: Running, answer: TestResponse) -> str:
    """The code of a refusal: programs get it as such, a citizens' page has its words."""
    if answer.is_json:
        return str((answer.json or {})["code"])
    said = [code for code in GUARDS if running.context.phrases.say(f"error.{code}") in answer.text]
    return said[0] if said else answer.status


GUARDS = ("foreign_page", "sign_in_needed")


def test_every_unsafe_route_asks_for_a_token_or_a_persons_secret(things: Things) -> None:
    """The refusal must be the guard's own: any other one would come from behind it."""
    running = things.running
    client = running.app.test_client()
    answers = {}
    for rule in running.app.url_map.iter_rules():
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            answer = client.open(things.address(rule), method=method, headers={"Accept": "application/json"})
            answers[f"{method} {rule.endpoint}"] = refusal_of(running, answer)

    assert answers.pop("POST api.sign_in") == "sign_in_refused"  # where a program gets its secret for a password
    assert answers
    assert {route: code for route, code in answers.items() if code not in GUARDS} == {}


def test_every_answer_carries_the_security_headers(running: Running) -> None:
    client = running.app.test_client()

    for address in ("/", "/console", "/display/hall", "/api/hall", "/nothing-here"):
        headers = client.get(address).headers

        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("origin", "sealed"),
    [
        ("https://192.168.1.10", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        ("http://192.168.1.10:8080", False),
    ],
)
def test_only_an_origin_that_a_browser_trusts_is_sealed_off_from_its_openers(
    running: Running, origin: str, sealed: bool
) -> None:
    """A browser ignores the header of a page on plain HTTP in a LAN, and says so as an error on every page."""
    headers = running.app.test_client().get("/", base_url=origin).headers

    assert ("Cross-Origin-Opener-Policy" in headers) is sealed


@pytest.mark.parametrize("host", ["evil.example", "hall.evil.example:8080"])
def test_a_foreign_name_that_points_at_us_gets_nothing(running: Running, host: str) -> None:
    answer = running.app.test_client().get("/", headers={"Host": host})

    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["192.168.1.10:8080", "localhost:8080", "[::1]:8080"])
def test_addresses_of_the_hall_are_answered(running: Running, host: str) -> None:
    answer = running.app.test_client().get("/api/health", headers={"Host": host})

    assert answer.status_code == 200
