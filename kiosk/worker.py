"""gunicorn's worker with threads, made so that none waits long for a browser that has vanished.

A browser that loses its power in the middle says no farewell: whoever reads its request, writes its answer or waits for
it to hang up would do so for ever, or for two seconds on the one thread that lets everybody else in.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
from concurrent.futures import Future
from typing import Any

from gunicorn.workers import gthread

SILENCE = 0.1
"""Seconds that a thread waits for the first byte; a connection that stays silent then waits without one."""
PATIENCE = 15
"""Seconds without a byte after which a request that has begun, or an answer that is not taken, is given up."""
_OPTIONS = (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO)

gthread.DEFAULT_WORKER_DATA_TIMEOUT = SILENCE


class Worker(gthread.ThreadWorker):  # type: ignore[misc]
    """Lets each request's own thread see its browser off."""

    def init_process(self) -> None:
        """As gunicorn's own; a browser that was given up is no news for the log."""
        self.log.error_log.addFilter(_is_news)
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Answer a request; what is not kept for another one is closed here."""
        if not conn.initialized:
            for option in _OPTIONS:
                conn.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", PATIENCE, 0))
        kept = super().handle(conn)
        if not kept:
            with contextlib.suppress(OSError):
                conn.close(graceful=True)
        return kept

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """Wait for a connection's next request, or count one less."""
        if not fs.cancelled() and not fs.exception() and not fs.result():
            self.nr_conns -= 1
        else:
            super().finish_request(conn, fs)


def _is_news(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))
