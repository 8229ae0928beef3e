"""The floor under a request: the hall's gunicorn, on one core like it, around an application that only says `ok`."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from kiosk.machine import stay_on_one_core
from tests.bench.processes import ROOT, beside

SHARED = (
    "workers",
    "worker_class",
    "threads",
    "worker_connections",
    "graceful_timeout",
    "timeout",
    "keepalive",
    "loglevel",
    "control_socket_disable",
)


def words() -> str:
    """The settings the hall gives its gunicorn, as JSON for the floor's command line."""
    from kiosk.config import load  # noqa: PLC0415 — the floor's own process must not carry the hall
    from kiosk.server import _Server  # noqa: PLC0415

    cfg = _Server(load(ROOT / "config"), Path("unused")).cfg
    return json.dumps({name: cfg.settings[name].get() for name in SHARED})


@contextlib.contextmanager
def running(port: int, what: str = "nothing") -> Iterator[subprocess.Popen[str]]:
    """The bare server on a port for as long as the block lasts; `what` is in it (`APPLICATIONS`)."""
    with beside("bare", port, words(), what) as process:
        yield process


def ok(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Read what was sent, as any server must, and answer."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def plain_flask() -> Any:
    """A Flask application whose one route reads the same JSON and answers with the shortest there is."""
    from flask import Flask, Response, jsonify, request  # noqa: PLC0415 — the other floor must not carry it

    app = Flask("bare")

    @app.post("/api/tickets")
    def answer() -> Response:
        request.get_json()
        return jsonify(ok=True)

    return app


APPLICATIONS: dict[str, Callable[[], Any]] = {"nothing": lambda: ok, "flask": plain_flask}


class Bare(BaseApplication):  # type: ignore[misc]
    """The same server with nothing of ours in it."""

    def __init__(self, options: dict[str, Any], what: str) -> None:
        self.options, self.what = options, what
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        stay_on_one_core()
        return APPLICATIONS[self.what]()


def main() -> None:
    """`bare.py PORT SETTINGS [nothing | flask]`."""
    port, settings, what = (*sys.argv[1:], "nothing")[:3]
    Bare(json.loads(settings) | {"bind": f"127.0.0.1:{port}"}, what).run()


if __name__ == "__main__":
    main()
