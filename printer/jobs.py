"""The words of a print job: its states and its row, shared by the spool and everybody who shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from printer.documents import Document, DocumentError


class JobState(StrEnum):
    """Where a job is. `unknown` is honest: the wire broke after the first byte."""

    QUEUED = "queued"
    SENDING = "sending"
    WAITING_PAPER = "waiting_paper"
    WAITING_COVER = "waiting_cover"
    OFFLINE = "offline"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN = "unknown"
    REPRINTED = "reprinted"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """True when nothing more happens to the job by itself."""
        return self in _FINAL


_FINAL = frozenset({JobState.CONFIRMED, JobState.UNCONFIRMED, JobState.REPRINTED, JobState.FAILED, JobState.CANCELLED})
WAITING = frozenset({JobState.WAITING_PAPER, JobState.WAITING_COVER, JobState.OFFLINE})
"""What the first job in a printer's line waits for, and with it everything behind it."""


@dataclass(frozen=True, kw_only=True)
class JobRow:
    """One row of `print_jobs`. `copy` above 0 prints 补打; `attempts` counts how often a first byte was allowed."""

    id: int
    printer: str
    subject: str
    kind: str
    document_json: str
    state: JobState
    copy: int
    attempts: int
    printed_on: str
    ack: str
    bytes_sent: int
    detail: str
    original: int | None
    created_at: datetime
    expires_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def document(self) -> Document:
        """What to print; raises DocumentError for a row that was damaged."""
        return Document.from_json(self.document_json)

    @property
    def title(self) -> str:
        """What lists call the slip; empty for a row that was damaged, which must not take the list with it."""
        try:
            return self.document.title
        except DocumentError:
            return ""


def stamp(at: datetime) -> str:
    """An aware time as the text stored in the table: UTC, milliseconds, sorts as time does."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def parse_stamp(text: str | None) -> datetime | None:
    """The stored time, None for none."""
    return None if text is None else datetime.fromisoformat(text)
