"""The one writer: each operation stands or falls alone, and nobody waits for what can be done later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.operations.hall import Context
from kiosk.store.database import FOLD_AFTER, Connection, StorageTrouble
from tests.conftest import Citizen, until


class _Refused(Exception):
    pass


def _note(place: str, *, refuse: bool) -> Callable[[Connection], str]:
    def work(db: Connection) -> str:
        db.execute("INSERT INTO staff_calls (place, at) VALUES (?, '2026-11-23T01:00:00.000Z')", (place,))
        if refuse:
            raise _Refused(place)
        return place

    return work


def test_nothing_is_promised_once_the_file_was_taken_away(hall: Context, tmp_path: Path) -> None:
    """Everything done on a deleted file would be gone with the next stop, and nobody would know."""
    file = hall.database.path
    file.rename(tmp_path / "elsewhere")

    with pytest.raises(StorageTrouble):
        hall.database.write(_note("first", refuse=False))
    told = hall.database.trouble
    (tmp_path / "elsewhere").rename(file)
    hall.database.write(_note("second", refuse=False))

    assert "taken away" in told
    assert hall.database.trouble == ""


@pytest.mark.parametrize("refused", [{"first"}, {"second"}, {"first", "third"}, {"first", "second", "third"}])
def test_whoever_is_refused_undoes_nobody_else_of_the_group(hall: Context, refused: set[str]) -> None:
    begun, go_on = threading.Event(), threading.Event()
    answers: dict[str, object] = {}

    def hold(_: Connection) -> None:
        begun.set()
        go_on.wait(20)

    def ask(place: str) -> None:
        try:
            answers[place] = hall.database.write(_note(place, refuse=place in refused))
        except _Refused as error:
            answers[place] = error

    before = threading.Thread(target=hall.database.write, args=(hold,))
    before.start()
    begun.wait(20)
    askers = [threading.Thread(target=ask, args=(place,)) for place in ("first", "second", "third")]
    for asker in askers:
        asker.start()
    until(lambda: hall.database._jobs.qsize() == 3)
    go_on.set()
    for thread in (before, *askers):
        thread.join()

    with hall.database.read() as db:
        kept = {place for (place,) in db.execute("SELECT place FROM staff_calls")}
    assert kept == {"first", "second", "third"} - refused
    assert {place for place, answer in answers.items() if isinstance(answer, _Refused)} == refused


def test_a_number_has_no_statement_parsed_that_an_earlier_one_needed(
    hall: Context, citizen: Callable[[], Citizen]
) -> None:
    parsed: list[int] = []

    def watch(action: int, *_: object) -> int:
        parsed.append(action)
        return 0

    hall.database.write(lambda db: db.set_authorizer(watch))
    citizen().take("medical")
    first, parsed[:] = list(parsed), []
    citizen().take("medical")

    assert first
    assert parsed == []


def test_the_log_is_folded_into_the_file_once_nobody_asks_for_anything(hall: Context) -> None:
    def behind() -> bool:
        with hall.database.read() as db:
            pages, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        return bool(hall.database.path.stat().st_size < pages * size)

    assert behind()

    for number in range(FOLD_AFTER):
        hall.database.write(_note(f"place {number}", refuse=False))

    until(lambda: not behind(), timeout=30)
