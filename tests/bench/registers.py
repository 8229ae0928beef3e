"""The office's registers over a hundred thousand cases: each page whole, as the browser gets it, in under 100 ms."""

from __future__ import annotations

import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from kiosk.app import create, open_hall
from kiosk.config import load
from kiosk.domain.breaches import Clause
from kiosk.domain.cases import Case, Form, Kind, Limit, Rule, State
from kiosk.domain.people import Actor, Role
from kiosk.operations import staff
from kiosk.operations.hall import Context
from kiosk.store import breaches, cases
from kiosk.store.database import Connection
from tests.bench.hall import PASSWORD
from tests.bench.processes import ROOT
from tests.bench.table import Line, Note, below, percentile

CASES, OWED = 100_000, 3_000
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CLI = Actor(name="cli")
ABOUT = ("城乡居民基本医疗保险参保登记", "村口路灯坏了没人修", "窗口等了很久", "老房子翻建要哪些手续", "失业登记")
PAGES = {
    "today's hall": "/office",
    "all that is owed": "/office/cases",
    "one kind, the last page": f"/office/cases?kind=application&list=all&page={CASES // 5 // 50}",
    "everything, page 1000": "/office/cases?list=all&page=1000",
    "a light": "/office/cases?light=red",
    "a search that finds": "/office/cases?list=all&q=路灯",
    "a search that finds nothing": "/office/cases?list=all&q=没有这几个字",
    "a person, by days": "/office/cases?list=done&person=li&from=2026-01-01&to=2026-06-30",
    "one case": f"/office/cases/{CASES}",
    "promises of a year": "/office/registers/promises",
    "promises by matter": "/office/registers/promises?whose=matter",
    "breaches": "/office/registers/breaches",
    "notices": "/office/registers/notices",
    "the head's daily list": "/office/daily",
}


def case_number(number: int, chance: random.Random) -> Case:
    """A case of the last two years; the latest ones are still owed."""
    opened = NOW - timedelta(minutes=(CASES - number) * 10)
    owed, kind = number > CASES - OWED, list(Kind)[number % 5]
    starts = opened.date()
    return Case(
        id=number,
        number=f"{number:07d}",
        kind=kind,
        state=chance.choice([State.OPENED, State.IN_HAND, State.PAUSED]) if owed else State.CLOSED,
        opened_at=opened,
        day=starts.isoformat(),
        about="1" if kind is Kind.FOLLOW_UP else chance.choice(ABOUT),
        person=chance.choice(["li", "wang", "bench"]),
        limit=Limit(days=15, rule=Rule.DEFAULT),
        starts=starts,
        due=starts + timedelta(days=21),
        matter=f"m{number % 25}" if kind is Kind.APPLICATION else None,
        name="张三",
        phone=f"138{number:08d}",
        form=Form.ORAL,
        answer="" if owed else "已经办理完毕，结果已告知群众。",
        answered_at=None if owed else opened + timedelta(days=chance.randint(1, 30)),
        saved=None if owed else chance.randint(-3, 14),
        token=str(number),
    )


def fill(here: Context) -> None:
    """A hundred thousand cases, and a breach for each hundredth."""
    chance = random.Random(20261123)

    def some(db: Connection, first: int) -> None:
        for number in range(first, first + 5000):
            cases.add_case(db, case_number(number, chance))
            if number % 100 == 0:
                facts = {"number": str(number), "opened": "2026-01-01", "due": date(2026, 2, 1).isoformat()}
                breaches.add(db, at=NOW, day="2026-11-23", rule=Clause.OVERDUE, subject=f"case:{number}", facts=facts)

    for first in range(1, CASES + 1, 5000):
        here.database.write(lambda db, first=first: some(db, first))  # type: ignore[misc]


def sign_in(client: FlaskClient) -> None:
    """Let the office in, as its browser does."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/console").text)
    form = {"login": "bench", "password": PASSWORD, "csrf_token": found[1] if found else ""}
    if client.post("/console/sign-in", data=form).status_code != 303:
        raise RuntimeError("the office was not let in")


def timed(client: FlaskClient, path: str, rounds: int) -> list[float]:
    """Milliseconds of each of some requests for a page; raises RuntimeError for a refusal."""
    taken = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        answer = client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    return taken[1:]


def measure(*, rounds: int = 20) -> Iterator[Line]:
    """Every page of the registers, median over some requests, drawn whole."""
    with tempfile.TemporaryDirectory() as name:
        settings, data = load(ROOT / "config"), Path(name) / "data"
        here = open_hall(settings, data, clock=lambda: NOW)
        staff.add_staff(here, login="bench", name="办公室", role=Role.OFFICE, password=PASSWORD, actor=CLI)
        fill(here)
        here.database.close()
        running = create(settings, data, clock=lambda: NOW)
        client = running.app.test_client()
        sign_in(client)
        yield Note(
            text=f"{CASES:,} cases, {OWED:,} of them owed; median of {rounds} requests, slowest of 20 in brackets"
        )
        for page, path in PAGES.items():
            taken = timed(client, path, rounds)
            yield below(f"{page} ({percentile(taken, 0.95):.0f} ms)", statistics.median(taken), "ms", 100)
        running.context.database.close()
