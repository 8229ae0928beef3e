"""Brings one slip to one printer over one connection, and says honestly how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Event

from printer.devices import Link, LinkLostError, LinkRefusedError, seconds
from printer.profiles import DOTS_PER_MM, Ack, Cutter, Profile, StatusRoute
from printer.status import ASB_ON, BARRIER, Condition, Sensors, StatusReader, process_request

ASK_EVERY = 0.5
ANSWER_WITHIN = 1.5
STATE_WITHIN = 4 * ANSWER_WITHIN
"""How long a slow printer may take to answer every question once."""
ACK_WITHIN = 20.0
"""How long a well printer may keep its acknowledgement before the slip counts as unconfirmed."""
WAITS = 3
"""How many times as long for one that answers every question meanwhile: it is slow, and who hangs up misses its end."""
ASIDE_EVERY = 1.0
SETTLE, SETTLE_WITHIN = 0.4, 30.0
"""Silence after which old answers are over, and the longest wait for the first of them."""
STALLED = 3.0
"""A printer that takes no byte for so long has stopped, whatever it says."""
CHUNK = 4096


class Ending(StrEnum):
    """How an attempt to print a slip ended, as far as anybody can know."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    NOT_STARTED = "not_started"
    """Not one byte of the slip was sent; it may safely go elsewhere."""
    LOST = "lost"
    """The connection died after the first byte; nobody knows what is on paper."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a delivery ended, by which acknowledgement, and how many bytes the wire had taken."""

    ending: Ending
    ack: Ack = Ack.NONE
    sent: int = 0
    detail: str = ""


@dataclass(kw_only=True)
class Delivery:
    """One attempt. `begin` is called right before the first byte and answers whether the slip may still be sent;

    `report` is called with every change of the printer's condition; `stop` ends the wait between bytes.
    """

    connect: Callable[[], Link]
    aside: Callable[[], bytes] = bytes
    """Asks a separate status port, where the profile has one."""
    profile: Profile
    begin: Callable[[], bool]
    report: Callable[[Condition], None]
    stop: Event
    patience: float = 0.0
    """Seconds to wait for an unready printer before giving the slip back unsent."""
    ack_within: float = ACK_WITHIN
    believed: bool = True
    """False once the printer has left a slip unacknowledged though it was well."""

    def __post_init__(self) -> None:
        self._reader = StatusReader()
        self._asked = -1e9
        self._reported: Condition | None = None
        self._sent, self._begun = 0, False
        self._believes = True

    def run(self, payload: bytes, token: bytes, *, flush: bool = False, settle: bool = False) -> Outcome:
        """Sends the slip once.

        `flush` first frees the printer from a half-received slip and cuts it off; `settle` first waits for answers it
        may still owe to an earlier one.
        """
        try:
            link = self.connect()
        except LinkRefusedError as error:
            self._tell(Condition.OFFLINE)
            return Outcome(ending=Ending.NOT_STARTED, detail=str(error))
        try:
            return self._over(link, payload, token, flush=flush, settle=settle)
        except LinkLostError as error:
            self._tell(Condition.OFFLINE)
            ending = Ending.LOST if self._begun else Ending.NOT_STARTED
            return Outcome(ending=ending, sent=self._sent, detail=str(error))
        finally:
            link.close()

    def look(self) -> Sensors:
        """What the printer says of itself now, without printing; raises LinkRefusedError or LinkLostError."""
        link = self.connect()
        try:
            self._ready(link)
        finally:
            link.close()
        return self._reader.sensors

    def _over(self, link: Link, payload: bytes, token: bytes, *, flush: bool, settle: bool) -> Outcome:
        if not self._ready(link):
            return Outcome(ending=Ending.NOT_STARTED, detail=self._reader.sensors.condition)
        if flush:
            self._flush(link)
        if (flush or settle) and self.profile.ack is Ack.BARRIER and self._reader.heard:
            self._believes = self._settle(link)
        if not self.begin():
            return Outcome(ending=Ending.NOT_STARTED, detail="withdrawn")
        self._begun = True
        self._tell(Condition.PRINTING)
        request = {Ack.PROCESS_ID: process_request(token), Ack.BARRIER: BARRIER * 2}.get(self.profile.ack, b"")
        greeting = ASB_ON if self._inband else b""
        if not self._send(link, payload[:2] + greeting + payload[2:], counted=True):
            return Outcome(ending=Ending.LOST, sent=self._sent, detail="stopped")
        self._reader.forget_barriers()
        if not self._send(link, request, counted=True):
            return Outcome(ending=Ending.LOST, sent=self._sent, detail="stopped")
        link.finish()
        return self._await_ack(link, token, len(payload))

    @property
    def _inband(self) -> bool:
        return self.profile.status is StatusRoute.INBAND

    def _ready(self, link: Link) -> bool:
        """Waits until the printer says that it is well; a mute one counts as well, for only paper can tell."""
        if self.profile.status is StatusRoute.NONE:
            return True
        started = seconds()
        while not self.stop.is_set():
            self._turn(link, b"", 0.05)
            waited = seconds() - started
            trouble = self._reader.sensors.trouble
            if not self._reader.heard:
                if waited >= ANSWER_WITHIN:
                    return True
            elif not self._answered:
                if waited >= STATE_WITHIN:
                    return trouble is None
            elif trouble is None:
                return True
            else:
                self._tell(trouble)
                if waited >= self.patience:
                    return False
        return False

    @property
    def _answered(self) -> bool:
        """True when the whole state is known."""
        return self._reader.answers > 0

    def _flush(self, link: Link) -> None:
        """Feeds NULs into a slip that may be half received and cuts it off."""
        cut = b"" if self.profile.cutter is Cutter.NONE else b"\x1dVB\x00"
        self._send(link, bytes(self.profile.flush_bytes) + b"\x1b@\n" + cut, counted=False)

    def _settle(self, link: Link) -> bool:
        """Waits until the answers to barriers of an earlier slip have come in, for they look like this one's.

        False when not even a new barrier is answered; then no barrier can be believed on this connection.
        """
        self._reader.forget_barriers()
        self._send(link, BARRIER, counted=False)
        seen, since = 0, seconds()
        while not self.stop.is_set():
            self._turn(link, b"", 0.05)
            trouble = self._reader.sensors.trouble
            if self._reader.barriers != seen or trouble:
                seen, since = self._reader.barriers, seconds()
                self._tell(trouble or Condition.PRINTING)
            elif seconds() - since > (SETTLE if seen else SETTLE_WITHIN):
                return seen > 0
        return False

    def _send(self, link: Link, data: bytes, *, counted: bool) -> bool:
        """Pushes all bytes however long the printer is busy; False when stopped between them."""
        done, moved = 0, seconds()
        pause = self.profile.slice_pause
        while done < len(data):
            taken = self._turn(link, data[done : done + CHUNK], 0.25)
            done += taken
            if taken:
                moved = seconds()
            elif seconds() - moved > STALLED:
                self._tell(self._reader.sensors.trouble or Condition.OFFLINE)
            if counted:
                self._sent += taken
            if self.stop.is_set():
                return False
            if pause and taken:
                self.stop.wait(pause)
        return True

    def _await_ack(self, link: Link, token: bytes, size: int) -> Outcome:
        acknowledges = self.profile.ack in (Ack.PROCESS_ID, Ack.BARRIER)
        allowed = _printing_time(size) + (self.ack_within if acknowledges else 1.0)
        waits = WAITS if acknowledges and self.believed else 1
        well_since, answers = seconds(), self._reader.answers
        heard, heard_at = answers, well_since
        while not self.stop.is_set():
            self._turn(link, b"", 0.05)
            if self._reader.answers != heard:
                heard, heard_at = self._reader.answers, seconds()
            if self._acknowledged(token):
                self._tell(Condition.READY)
                return Outcome(ending=Ending.CONFIRMED, ack=self.profile.ack, sent=self._sent)
            condition = self._reader.sensors.condition
            if condition in (Condition.READY, Condition.UNKNOWN):
                # one that answered before and no longer does has stopped with its memory full: no paper, or broken
                stopped = self._inband and self._answered and seconds() - heard_at > _printing_time(size) + STALLED
                self._tell(Condition.OFFLINE if stopped else Condition.PRINTING)
                if seconds() - well_since < allowed:
                    continue
                if (waits := waits - 1) == 0 or self._reader.answers == answers:
                    level = Ack.STATUS if self._reader.heard else Ack.NONE
                    return Outcome(ending=Ending.UNCONFIRMED, ack=level, sent=self._sent, detail="no acknowledgement")
            else:
                self._tell(condition)
            well_since, answers = seconds(), self._reader.answers
        return Outcome(ending=Ending.LOST, sent=self._sent, detail="stopped")

    def _acknowledged(self, token: bytes) -> bool:
        if self.profile.ack is Ack.PROCESS_ID:
            return token in self._reader.processes
        if self.profile.ack is not Ack.BARRIER or self._reader.barriers < 2 or not self._believes:
            return False
        # Two stray zero bytes look like two answers, so the printer must also say that it is well.
        return self.profile.status is StatusRoute.NONE or self._reader.sensors.condition is Condition.READY

    def _turn(self, link: Link, data: bytes, wait: float) -> int:
        """One exchange, with a status question whenever one is due between commands; returns the bytes taken."""
        if not data and self._inband and self._question_due():
            self._asked = seconds()
            _, received = link.exchange(self._reader.ask(), 0.0)
            self._reader.feed(received)
        if self.profile.status is StatusRoute.TCP_4000 and seconds() - self._asked >= ASIDE_EVERY:
            self._reader.feed(self.aside())
            self._asked = seconds()
        taken, received = link.exchange(data, wait)
        self._reader.feed(received)
        if data and self._reader.sensors.trouble:
            self._tell(self._reader.sensors.trouble)
        return taken

    def _question_due(self) -> bool:
        since = seconds() - self._asked
        if self._reader.waiting:
            return since >= ANSWER_WITHIN
        return since >= (ASK_EVERY if self._reader.rounds else 0.0)

    def _tell(self, condition: Condition) -> None:
        if condition is not self._reported:
            self._reported = condition
            self.report(condition)


def _printing_time(size: int) -> float:
    """Seconds a slow mechanism (100 mm/s) may need for a picture of that many bytes."""
    return size / 72 / DOTS_PER_MM / 100
