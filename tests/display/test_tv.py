"""The TV PC: its files make the hall's real browser speak; without them it is silent and says so (requirements D7).

A browser driven by a test tool plays sound that a TV's browser refuses, so this browser is started as the TV starts it.
"""

from __future__ import annotations

import array
import configparser
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import display
from display.announcements import Call, Wording, announcement
from display.health import Sound
from tests.display.display_cast import Stage, Wire, board, until

TV = Path(display.__file__).parent / "tv"
RATE = 48_000
# what a TV's sound card gets goes through a pipe instead, at the pace of a sound card
ALSA = """</usr/share/alsa/alsa.conf>
pcm.!null {{ type null }}
pcm.pipe {{ type file file "{pipe}" format raw slave {{ pcm "null" }} }}
pcm.loudspeaker {{ type plug slave {{ pcm "pipe" rate 48000 channels 2 format S16_LE }} }}
"""


class Loudspeaker:
    """Takes what the browser sends to the sound card, at the pace of hearing, and remembers the loudest sample."""

    def __init__(self, folder: Path) -> None:
        self.pipe = folder / "pipe"
        os.mkfifo(self.pipe)
        self.configuration = folder / "alsa.conf"
        self.configuration.write_text(ALSA.format(pipe=self.pipe))
        self.peak = 0
        self._ended = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        # read and write, so that opening does not wait for the browser and reading never ends
        end = os.open(self.pipe, os.O_RDWR | os.O_NONBLOCK)
        while not self._ended.is_set():
            with suppress(BlockingIOError):
                sound = os.read(end, RATE * 4 // 20)
                samples = array.array("h", sound[: len(sound) // 2 * 2])
                self.peak = max(self.peak, max(samples, default=0))
            time.sleep(1 / 20)
        os.close(end)

    def close(self) -> None:
        self._ended.set()


@pytest.fixture
def loudspeaker(tmp_path: Path) -> Iterator[Loudspeaker]:
    speaker = Loudspeaker(tmp_path)
    yield speaker
    speaker.close()


def ended(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def glass() -> Iterator[str]:
    """A display without a panel; gives its name."""
    read, write = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(write)
    with os.fdopen(read) as line:
        yield f":{line.readline().strip()}"
    ended(xvfb)


@pytest.fixture
def tv(tmp_path: Path, stage: Stage, glass: str, loudspeaker: Loudspeaker) -> Iterator[Callable[..., None]]:
    """Switches a TV on: the shipped start script with the real browser; `folder` holds the files it is started with."""
    running: list[subprocess.Popen[bytes]] = []

    def switch_on(folder: Path = TV, server: str = f"http://127.0.0.1:{stage.port}") -> None:
        environment = {
            **os.environ,
            "HOME": str(tmp_path),
            "DISPLAY": glass,
            "ALSA_CONFIG_PATH": str(loudspeaker.configuration),
            "HALL_URL": f"{server}/display/hall",
            "HALL_PROFILE": str(tmp_path / "profile"),
            # a test machine has no sound card to be found, no GPU, and may run as root
            "HALL_FLAGS": "--alsa-output-device=loudspeaker --disable-gpu --no-sandbox",
        }
        running.append(
            subprocess.Popen(
                [str(folder / "hall-screen")],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )

    yield switch_on
    for process in running:
        ended(process)


def test_a_tv_started_with_our_files_plays_the_call(
    stage: Stage, tv: Callable[..., None], loudspeaker: Loudspeaker
) -> None:
    stage.show(board())

    tv()

    until(lambda: [report for report in stage.reports if report.sound is Sound.ON], 90)
    loudspeaker.peak = 0
    stage.say(announcement(Call(seq=8, ticket="A012", window=3), Wording(text="{ticket} {window}", repeats=1)))
    until(lambda: [report for report in stage.reports if report.announced == 8], 60)
    assert loudspeaker.peak > 1000


def test_a_tv_without_our_flags_is_silent_and_says_so(
    stage: Stage, tv: Callable[..., None], loudspeaker: Loudspeaker, tmp_path: Path
) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(TV, plain)
    (plain / "chromium.flags").write_text("--kiosk\n--no-first-run\n")
    stage.show(board())

    tv(plain)

    until(lambda: [report for report in stage.reports if report.sound is Sound.BLOCKED], 90)
    assert loudspeaker.peak == 0


def test_a_tv_switched_on_before_the_server_finds_it_later(
    stage: Stage, wire: Wire, tv: Callable[..., None], tmp_path: Path
) -> None:
    stage.show(board(seq=5))
    wire.cut()
    tv(server=wire.url)
    until((tmp_path / "profile" / "Local State").exists, 90)  # the browser is up, on its waiting page

    wire.mend()

    assert until(lambda: [report for report in stage.reports if report.seq == 5], 90)


def test_the_policy_allows_sound_and_opens_the_hall_of_this_screen_only(tmp_path: Path) -> None:
    """Requirements S1, 5.2: the address differs from hall to hall."""
    written = tmp_path / "managed" / "hall-screen.json"
    address = "http://192.168.1.10:8080/devices/kiosk-kiosk/secret?kiosk=kiosk"

    subprocess.run(
        [TV / "hall-policy"], env={**os.environ, "HALL_URL": address, "HALL_POLICY": str(written)}, check=True
    )

    policy = json.loads(written.read_text(encoding="utf-8"))
    assert policy["AutoplayAllowed"] is True
    assert {"*", "chrome://*"} <= set(policy["URLBlocklist"])  # the first alone leaves the browser's own pages open
    assert policy["URLAllowlist"] == ["http://192.168.1.10:8080", (TV / "wait.html").as_uri()]
    assert policy["DeveloperToolsAvailability"] == 2


def test_no_key_leads_from_the_screen_to_a_console() -> None:
    """Requirements S1."""
    options = (TV / "xorg.conf").read_text(encoding="utf-8")

    assert 'Option "DontVTSwitch" "true"' in options
    assert 'Option "DontZap" "true"' in options


def test_the_unit_starts_the_script_and_starts_it_again() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(TV / "hall-screen.service")

    assert "/hall-screen/hall-screen " in unit["Service"]["ExecStart"]
    assert unit["Service"]["ExecStartPre"].endswith("/hall-screen/hall-policy")
    assert unit["Service"]["Restart"] == "always"
    assert all(os.access(TV / name, os.X_OK) for name in ("hall-screen", "hall-policy"))


def test_the_unit_is_understood_by_systemd() -> None:
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(TV / "hall-screen.service")],
        capture_output=True,
        text=True,
        check=False,
    )

    # programs of the TV PC are not installed on this machine; everything else must be right
    complaints = [
        line for line in checked.stderr.splitlines() if "hall-screen" in line and "not executable" not in line
    ]
    assert complaints == []
