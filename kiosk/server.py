"""The running server: one gunicorn process with threads, which starts the followers with the first request it can take.

One process, because a hall's sockets and its one writer live in it; threads, because a blocked printer or a slow disk
then delays nobody else.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from gunicorn.app.base import BaseApplication

from kiosk.address import alone, leave
from kiosk.config import Settings
from kiosk.machine import share_one_heap, stay_on_one_core, take_short_turns
from kiosk.watch import LATE, Watch, answers, notify

if TYPE_CHECKING:
    from kiosk.app import Running

log = logging.getLogger(__name__)
THREADS = 256
"""Two hundred screens and the requests beside them: a socket keeps its thread."""
BOOT_FAILED = 4
"""gunicorn's own word for an application that cannot be loaded: it gives up instead of trying again and again."""
UNREADABLE = "{data} 里的数据读不出来。请运行 kiosk restore 看看有哪些备份，再用 kiosk restore 备份文件 恢复。"


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, settings: Settings, data: Path, *, systemd: str = "") -> None:
        self.settings, self.data, self.systemd = settings, data, systemd
        self.running: Running | None = None
        self.watch = Watch("", {})
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self.settings.server.host}:{self.settings.server.port}",
            "workers": 1,
            "worker_class": "kiosk.worker.Worker",
            "threads": THREADS,
            "worker_connections": 1000,
            "graceful_timeout": 2,
            "timeout": 30,
            "keepalive": 15,
            "loglevel": "warning",
            "forwarder_headers": "",  # nobody stands before us who may say what the path is
            "control_socket_disable": True,
            "post_worker_init": self._welcome,
            "worker_exit": self._farewell,
            "on_exit": lambda _server: notify(self.systemd, "STOPPING=1"),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        # only the worker needs the web and the memory: its watchman would carry them a second time
        from kiosk.app import create  # noqa: PLC0415
        from kiosk.store.database import StorageTrouble  # noqa: PLC0415

        stay_on_one_core()
        take_short_turns()
        try:
            self.running = create(self.settings, self.data)
        except StorageTrouble as trouble:
            log.critical("%s", trouble)
            click.secho(UNREADABLE.format(data=self.data), fg="red", err=True)
            sys.exit(BOOT_FAILED)
        self.running.start()
        gc.collect()
        gc.freeze()  # what a hall is made of stays: walking it again would stop everybody for 40 ms, now and then
        return self.running.app

    def _welcome(self, _worker: object) -> None:
        """Say where each face is, and, in a new hall, who may sign in."""
        if self.running is None:
            return
        context = self.running.context
        base, hall = context.address(), context.hall
        screens = [(screen.name, f"/display/{screen.id}") for screen in hall.screens]
        faces = [
            ("取号机", "/"),
            ("窗口工作台", "/console"),
            *screens,
            (f"窗口屏（{hall.windows[0].number}号窗口）", f"/display/window/{hall.windows[0].number}"),
            (f"评价器（{hall.windows[0].number}号窗口）", f"/pad/{hall.windows[0].number}"),
        ]
        faces.append(("中心办公室", "/office"))
        if self.running.emulators:
            faces.append(("模拟打印机", "/paper/"))
        click.secho(f"{hall.name} 已启动", fg="green", bold=True)
        for name, path in faces:
            click.echo(f"  {name:　<10}{base}{path}")
        first = self.running.first_account()
        if first:
            click.secho(
                f"首次启动。登录账号 {first[0]}，密码 {first[1]}（只显示这一次，请记下）", fg="yellow", bold=True
            )
        click.echo("按 Ctrl+C 停止。")
        sys.stdout.flush()
        self.watch = self._watch(self.running)
        self.watch.start()

    def _watch(self, running: Running) -> Watch:
        from kiosk.operations.upkeep import pass_through  # noqa: PLC0415 — as in `load`

        own = self.settings.server
        parts = {
            "writer": lambda: pass_through(running.context),
            "relay": lambda: time.monotonic() < running.relay.looped + LATE,
            "web": lambda: answers(own.host, own.port),
        }
        return Watch(self.systemd, parts)

    def _farewell(self, _server: object, _worker: object) -> None:
        self.watch.stop()
        if self.running is not None:
            self.running.stop()


def serve(settings: Settings, data: Path, *, host: str | None, port: int | None) -> None:
    """Run the hall until it is told to stop; a folder in use or a port taken ends this with words and status 1."""
    own = replace(settings.server, host=host or settings.server.host, port=port or settings.server.port)
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(alone(data))
        except BlockingIOError:
            _refuse(f"数据文件夹 {data} 已经有一个大厅在运行。请先停止它，或用 --data 另选一个文件夹。")
        try:
            with socket.create_server((own.host, own.port)):
                pass
        except (OSError, OverflowError) as error:
            _refuse(f"不能在 {own.host} 的 {own.port} 端口启动：{error}。请用 --port 换一个端口，例如 --port 8081。")
        leave(data, host=own.host, port=own.port)
        share_one_heap()
        gc.collect()
        gc.freeze()  # the worker's collector would write into each page it shares with its watchman, and so copy it
        # kept from gunicorn, which would call the hall ready before it has opened
        systemd = os.environ.pop("NOTIFY_SOCKET", "")
        _Server(replace(settings, server=own), data, systemd=systemd).run()


def _refuse(words: str) -> NoReturn:
    click.secho(words, fg="red", err=True)
    sys.exit(1)
