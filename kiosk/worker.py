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

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers import gthread

SILENCE = 0.1
"""Seconds that a thread waits for the first byte; a connection that stays silent then waits without one."""
PATIENCE = 15
"""Seconds without a byte after which a request that has begun, or an answer that is not taken, is given up."""
REFUSALS = {
    LimitRequestLine: "414 URI Too Long",
    LimitRequestHeaders: "431 Request Header Fields Too Large",
    ParseException: "400 Bad Request",
}
"""What is no request of HTTP, and the status it gets."""
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

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Refuse what is no request in the hall's words, since the application never sees it."""
        status = next((status for kind, status in REFUSALS.items() if isinstance(exc, kind)), None)
        if status is None:
            super().handle_error(req, client, addr, exc)
            return
        logging.getLogger(__name__).warning("no request from %s: %.80r", (addr or ("?",))[0], str(exc))
        words = self.wsgi.extensions["hall"].phrases.say("error.bad_request", "zh")
        body = f"{words}（bad_request）\n".encode()
        head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
        with contextlib.suppress(OSError):
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """Wait for a connection's next request, or count one less."""
        if not fs.cancelled() and not fs.exception() and not fs.result():
            self.nr_conns -= 1
        else:
            super().finish_request(conn, fs)


def _is_news(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))
