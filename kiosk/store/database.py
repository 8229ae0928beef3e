"""One SQLite file: one thread writes it, in groups, first come first served; readers only read.

Under many writers SQLite's own busy handler sleeps without a queue and starves the unlucky; a queue does not. Each
operation that is refused is undone alone, and each caller is answered after the commit that holds its work is on disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from sqlite_utils import Database as Schema
from sqlite_utils.migrations import Migrations

from kiosk.domain.errors import HallError

if TYPE_CHECKING:
    import sqlite3  # the same interface, with types
else:
    from sqlite_utils.utils import sqlite3  # one SQLite for the whole process: two copies lose data

__all__ = ["Connection", "Database", "StorageTrouble", "sqlite3"]

Connection = sqlite3.Connection
T = TypeVar("T")
log = logging.getLogger(__name__)

GROUP = 64
STATEMENTS = 400
"""Statements a connection keeps ready. The migrations fill the library's own 100 for good, and it would parse every
statement anew, each time."""
READER_CACHE = 512
"""Kibibytes a reader keeps of the file: each commit makes them stale, and the system has the file in memory anyway."""
IDLE = 0.25
"""Seconds without a job after which the writer folds the log back into the file, so that nobody waits for that."""
FOLD_AFTER = 64
"""Commits after which folding is worth its flushes."""
FOLD_AT_LAST = 25_000
"""Pages of log (100 MB) at which SQLite folds by itself although somebody waits."""
SAFE_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))  # releases without the WAL-reset bug (sqlite.org/wal.html)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the hall's door while the file is prepared: two processes that start at once must not both migrate it."""
    with path.with_suffix(".lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


class StorageTrouble(HallError):
    """The disk is full, locked or gone; what was asked did not happen."""

    status = 503

    def __init__(self, cause: BaseException) -> None:
        super().__init__("storage_trouble", f"the database refused: {cause}")


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    done: threading.Lock = field(default_factory=threading.Lock)
    result: Any = None
    error: BaseException | None = None


def sqlite_is_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite release is free of the bug that can corrupt a WAL file under two connections."""
    newest = SAFE_SQLITE[0]
    return version >= newest or any(version[:2] == safe[:2] and version >= safe for safe in SAFE_SQLITE[1:])


class Database:
    """The hall's file, open for this process; `write` and `read` are the only ways in."""

    def __init__(self, path: Path, migrations: Sequence[Migrations]) -> None:
        """Open or create the file and bring its schema up to date; raises `StorageTrouble` when that fails."""
        self.path = path
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._readers: list[Connection] = []
        self._followers: list[Callable[[], None]] = []
        self._closed = False
        self.trouble = ""
        """Why the last commit failed; empty while what is done is kept."""
        self._door = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(path):
                self._writer = self._open_writer(path, migrations)
            self._file = path.stat().st_ino
        except (sqlite3.Error, OSError) as error:
            raise StorageTrouble(error) from error
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    @staticmethod
    def _open_writer(path: Path, migrations: Sequence[Migrations]) -> Connection:
        writer = sqlite3.connect(
            path, timeout=10, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
        )
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY")
        for pragma in (*pragmas, f"wal_autocheckpoint={FOLD_AT_LAST}"):
            writer.execute(f"PRAGMA {pragma}").fetchall()
        schema = Schema(writer)
        for migration in migrations:
            if migration.pending(schema):
                migration.apply(schema)
        return writer

    def on_commit(self, follower: Callable[[], None]) -> None:
        """Let a follower be told after each commit of this process; it must return at once."""
        self._followers.append(follower)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a write transaction and return its result once that is durable; its exceptions undo it."""
        job = _Job(work)
        job.done.acquire()
        with self._door:  # nothing may queue up behind the closing mark, where nobody would answer it
            if self._closed:
                raise StorageTrouble(RuntimeError("the database is closed"))
            self._jobs.put(job)
        job.done.acquire()
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result

    def connect_reader(self) -> Connection:
        """A new read-only connection, to be closed by the caller."""
        reader = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=10,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS,
        )
        reader.execute("PRAGMA query_only=1")
        reader.execute(f"PRAGMA cache_size=-{READER_CACHE}")
        return reader

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection that sees one moment of the hall for as long as the block lasts."""
        with self.glance() as reader:
            reader.execute("BEGIN")
            yield reader
            reader.execute("ROLLBACK")

    @contextlib.contextmanager
    def glance(self) -> Iterator[Connection]:
        """A read-only connection for one statement: each statement sees a moment of its own."""
        try:
            reader = self._readers.pop() if self._readers else self.connect_reader()
        except (IndexError, sqlite3.Error):
            reader = self._fresh_reader()
        try:
            yield reader
        except sqlite3.Error as error:
            reader.close()
            raise StorageTrouble(error) from error
        except BaseException:
            reader.rollback()
            self._readers.append(reader)
            raise
        self._readers.append(reader)

    def _fresh_reader(self) -> Connection:
        try:
            return self.connect_reader()
        except sqlite3.Error as error:
            raise StorageTrouble(error) from error

    def empty_log(self) -> None:
        """Bring the log into the file and cut it off, so that nothing forgotten stays in it; if busy, tomorrow."""
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(self.path, timeout=1)) as own:
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Finish what was queued, fold the WAL back into the file and let go of it."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._thread.join(timeout=10)
        while self._readers:
            self._readers.pop().close()
        with contextlib.suppress(sqlite3.Error):
            self._writer.execute("PRAGMA optimize").fetchall()
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._writer.close()

    def _run(self) -> None:
        going, commits = True, 0
        while going:
            try:
                job = self._jobs.get(timeout=IDLE if commits >= FOLD_AFTER else None)
            except Empty:
                self._fold()
                commits = 0
                continue
            if job is None:
                return
            going = self._commit_group(job)
            commits += 1

    def _fold(self) -> None:
        """Bring what the log holds into the file, as far as no reader still looks at it."""
        try:
            self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error:
            log.exception("the log could not be folded; after the next commits again")

    def _commit_group(self, first: _Job) -> bool:
        """Commit the first job and all that queued up behind it; False when the queue has been closed."""
        group, going = [first], True
        before = self._writer.total_changes
        try:
            self._require_file()
            self._writer.execute("BEGIN IMMEDIATE")
            if not self._attempt(first):  # alone as yet, so that it needs no savepoint
                self._writer.rollback()
                self._writer.execute("BEGIN IMMEDIATE")
            while len(group) < GROUP:
                try:
                    job = self._jobs.get_nowait()
                except Empty:
                    break
                if job is None:
                    going = False
                    break
                group.append(job)
                self._writer.execute("SAVEPOINT job")
                if not self._attempt(job):
                    self._writer.execute("ROLLBACK TO job")
                self._writer.execute("RELEASE job")
            self._writer.execute("COMMIT")
            self.trouble = "" if self._writer.total_changes > before else self.trouble  # nothing kept proves nothing
        except sqlite3.Error as error:
            self.trouble = str(error)
            log.error("commit failed: %s", error)  # noqa: TRY400 — the disk fails, not we: a trace tells nobody more
            with contextlib.suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
            for job in group:
                job.error = StorageTrouble(error)
        for follower in self._followers:
            follower()
        for job in group:
            job.done.release()
        return going

    def _require_file(self) -> None:
        """A file that was deleted or moved away under a running hall would take everything along at the next stop."""
        try:
            known = self.path.stat().st_ino == self._file
        except OSError:
            known = False
        if not known:
            raise sqlite3.OperationalError(f"{self.path} was taken away")

    def _attempt(self, job: _Job) -> bool:
        """Run one job; False when it was refused and must be undone, but no other."""
        try:
            job.result = job.work(self._writer)
        except sqlite3.OperationalError as error:
            job.error = StorageTrouble(error)
        except Exception as error:
            job.error = error
        return job.error is None
