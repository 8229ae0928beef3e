"""How long paper takes: run it by hand, `python tests/bench/bench_printer.py`; it asserts nothing."""

from __future__ import annotations

import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path[:1] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1] / "printer")]

from printer.devices import PrinterSettings  # noqa: E402
from printer.documents import Document, Qr  # noqa: E402
from printer.emulator import Emulator  # noqa: E402
from printer.jobs import JobState  # noqa: E402
from printer.profiles import PROFILES  # noqa: E402
from printer.render import render, warm  # noqa: E402
from printer.spool import Spool, enqueue  # noqa: E402
from tests.printer.printer_cast import Desk, checklist, ticket  # noqa: E402


def measure(run: Callable[[], object], rounds: int = 30) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), sorted(times)[int(rounds * 0.95)]


def row(what: str, numbers: tuple[float, float], extra: str = "") -> None:
    print(f"{what:44}{numbers[0]:10.3f}{numbers[1]:10.3f}  {extra}")


def another(document: Document) -> Document:
    """The slip with an address of its own, as every ticket has one: no code on it was drawn before."""
    code = Qr(data=f"http://192.168.1.10:8080/t/{secrets.token_urlsafe(16)}", caption="手机扫码查看排队进度")
    return replace(document, blocks=tuple(code if isinstance(block, Qr) else block for block in document.blocks))


def rendering() -> None:
    for document in (ticket(), ticket(large=True), checklist()):
        for name in ("emulator-80", "emulator-58", "native-80", "native-58"):
            profile = PROFILES[name]
            size = len(render(document, profile))
            what = f"{document.title}{' 大字' if document.large else ''}, {name}"
            fresh = iter([another(document) for _ in range(30)])
            row(what, measure(lambda f=fresh, p=profile: render(next(f), p)), f"{size} bytes")  # type: ignore[misc]


def spooling(folder: Path) -> None:
    desk, document = Desk(folder / "bench.db"), ticket()
    reference = measure(lambda: sum(range(1000)), 200)
    row("floor: sum(range(1000))", reference)

    def hundred(conn: object) -> None:
        for _ in range(100):
            enqueue(conn, printer="x", document=document, subject="T", kind="ticket", at=desk.now)  # type: ignore[arg-type]

    total = measure(lambda: desk.write(hundred), 20)
    row("enqueue, one of a hundred in a transaction", (total[0] / 100, total[1] / 100))
    printer = Emulator(port=0, mm_per_second=0)
    printer.start()
    settings = PrinterSettings(id="hall", name="hall", address=printer.address)
    spool = Spool(
        printers=[settings], write=desk.write, connect_reader=desk.reader, clock=desk.clock, on_change=desk.on_change
    )
    spool.start()

    def one() -> None:
        number = desk.print(document)
        spool.wake()
        desk.wait(number, JobState.CONFIRMED)

    one()
    row("commit to confirmed, printer without motor", measure(one, 15))
    start = time.process_time()
    time.sleep(5)
    print(f"{'idle, one printer and its emulator':44}{(time.process_time() - start) / 5 * 100:9.2f}% of a core")
    spool.stop()
    printer.stop()
    desk.close()


def main() -> None:
    print(f"{'':44}{'median ms':>10}{'p95 ms':>10}")
    warm()
    rendering()
    with tempfile.TemporaryDirectory() as folder:
        spooling(Path(folder))


if __name__ == "__main__":
    main()
