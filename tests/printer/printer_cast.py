"""The cast of the paper tests: a desk with a real database, and slips as the hall prints them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from printer.documents import Checklist, ChecklistItem, Columns, Cut, Document, Qr, Rule, Text, Title
from printer.jobs import JobRow, JobState
from printer.spool import MIGRATIONS, enqueue, job

QR_DATA = "http://192.168.1.10:8000/t/0123456789abcdef0123456789abcdef"


class Desk:
    """The caller's side: one database with one writer, a clock that the test moves."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
        self.broken: Exception | None = None
        self.refused = 0
        self._lock = threading.Lock()
        self._conn = self._open()
        self._conn.execute("PRAGMA journal_mode=WAL")
        MIGRATIONS.apply(Database(self._conn))
        self.changed = threading.Condition()
        self.changes = 0

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, timeout=5)

    def write(self, run: Callable[[sqlite3.Connection], Any]) -> Any:
        with self._lock:
            if self.broken is not None:
                self.refused += 1
                raise self.broken
            self._conn.execute("BEGIN IMMEDIATE")
            try:
                result = run(self._conn)
            except BaseException:
                self._conn.execute("ROLLBACK")
                raise
            self._conn.execute("COMMIT")
            return result

    def reader(self) -> sqlite3.Connection:
        conn = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, check_same_thread=False, isolation_level=None)
        conn.execute("PRAGMA query_only=ON")
        return conn

    def clock(self) -> datetime:
        return self.now

    def on_change(self) -> None:
        with self.changed:
            self.changes += 1
            self.changed.notify_all()

    def print(self, document: Document, printer: str = "hall", *, subject: str = "T1", lives: float = 600) -> int:
        expires = self.now + timedelta(seconds=lives)
        number: int = self.write(
            lambda conn: enqueue(
                conn, printer=printer, document=document, subject=subject, kind="ticket", at=self.now,
                expires_at=expires,
            )
        )  # fmt: skip
        return number

    def job(self, number: int) -> JobRow:
        conn = self.reader()
        try:
            found = job(conn, number)
        finally:
            conn.close()
        assert found is not None
        return found

    def wait(self, number: int, *states: JobState, timeout: float = 20.0) -> JobRow:
        """The job as soon as it is in one of the states."""
        self.until(lambda: self.job(number).state in states, lambda: f"wanted {states}, is {self.job(number)}", timeout)
        return self.job(number)

    def until(
        self, happened: Callable[[], bool], what: Callable[[], object] = lambda: "", timeout: float = 20.0
    ) -> None:
        """Returns as soon as it happened; raises TimeoutError saying what is there instead."""
        deadline = time.monotonic() + timeout
        while not happened():
            if time.monotonic() > deadline:
                raise TimeoutError(str(what()))
            with self.changed:
                self.changed.wait(0.05)

    def close(self) -> None:
        self._conn.close()


def ticket(number: str = "A023", *, large: bool = False) -> Document:
    return Document(
        title="号票",
        large=large,
        blocks=(
            Title(text="临江镇政务服务中心"),
            Title(text=number, size=3),
            Text(text="社会保险", align="center", size="large", bold=True),
            Rule(),
            Columns(cells=("前面等候", "5 人")),
            Columns(cells=("大约等候", "10–20 分钟")),
            Columns(cells=("取号时间", "2026-11-23 09:05")),
            Rule(dashed=True),
            Text(text="请留意叫号屏幕和广播。过号不作废，请到导办台重新排队，谢谢您的耐心。"),
            Qr(data=QR_DATA, caption="手机扫码查看排队进度"),
            Cut(),
        ),
    )


def checklist(*, large: bool = False) -> Document:
    return Document(
        title="一次性告知单",
        large=large,
        blocks=(
            Title(text="一次性告知单"),
            Text(text="城乡居民养老保险参保登记", align="center", bold=True, size="large"),
            Rule(),
            Checklist(
                items=(
                    ChecklistItem(text="居民身份证", note="原件当场核验后退还", right="原件", ticked=True),
                    ChecklistItem(text="户口簿（首页、户主页、本人页）", right="复印件2份"),
                    ChecklistItem(text="近期免冠一寸彩色照片", note="白底，六个月以内，不戴帽子", right="2张"),
                    ChecklistItem(text="参加城乡居民基本养老保险登记表", note="窗口可领取", right="1份"),
                    ChecklistItem(text="委托他人办理的：授权委托书和受托人身份证", right="各1份", ticked=True),
                    ChecklistItem(text="银行卡（社保卡金融账户已激活的可不带）"),
                )
            ),
            Rule(),
            Columns(cells=("承诺时限", "5 个工作日")),
            Columns(cells=("收费", "不收费")),
            Text(text="办理地点：临江镇政务服务中心 3 号窗口。工作日 8:30–17:00。", size="small"),
            Qr(data=QR_DATA, caption="扫码看样表"),
        ),
    )
