"""The hall's recorded voice as others use it: which clips there are, which are missing, which speak a ticket's number.

The clips lie in `static/voice/` beside a `manifest.json`; `python -m display.voice` makes and checks them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static" / "voice"
MANIFEST = "manifest.json"
SUFFIXES = frozenset({".mp3", ".ogg", ".wav", ".m4a"})
"""Kinds of sound files that a browser plays."""
SOUND_ALIKE = ("BCDEGPTV", "AJKZ", "MN", "FSX", "IY", "QU")
"""Letters that are taken for each other across a hall: they share their vowel and differ by a breath."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One recorded clip: what it says, the phonemes that made it ("" for the chime), and its measured sound.

    `ms` is the whole length, of which the last `gap_ms` are the pause before the next clip; `rms_db` is in dBFS.
    """

    name: str
    file: str
    text: str
    pinyin: str
    phonemes: str
    ms: int
    gap_ms: int
    rms_db: float
    sha256: str


def bank(folder: Path = FOLDER) -> dict[str, Clip]:
    """The clips of a folder by name, from its manifest; empty where there is no manifest."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return {}
    entries: dict[str, dict[str, str | int | float]] = json.loads(manifest.read_text("utf-8"))["clips"]
    return {name: _clip(name, entry) for name, entry in entries.items()}


def _clip(name: str, entry: dict[str, str | int | float]) -> Clip:
    return Clip(
        name=name,
        file=str(entry["file"]),
        text=str(entry["text"]),
        pinyin=str(entry["pinyin"]),
        phonemes=str(entry["phonemes"]),
        ms=int(entry["ms"]),
        gap_ms=int(entry["gap_ms"]),
        rms_db=float(entry["rms_db"]),
        sha256=str(entry["sha256"]),
    )


def recordings(folder: Path) -> dict[str, Path]:
    """The sound files of a folder by clip name; empty where there is no such folder."""
    if not folder.is_dir():
        return {}
    return {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES}


def missing(names: Iterable[str], folder: Path = FOLDER, own: Path | None = None) -> list[str]:
    """Those of `names` that neither the bank nor the hall's own recordings in `own` can speak, each once, in order."""
    known = bank(folder).keys() | (recordings(own).keys() if own else set())
    return [name for name in dict.fromkeys(names) if name not in known]


def alike(letters: Iterable[str]) -> list[str]:
    """The groups of these letters that are easily misheard for each other, such as "BD"."""
    given = sorted(set(letters))
    groups = ("".join(letter for letter in given if letter in group) for group in SOUND_ALIKE)
    return [group for group in groups if len(group) > 1]


def number_clips(ticket: str, has_clip: Callable[[str], bool]) -> tuple[str, ...]:
    """The clips that speak a ticket's number up to and including 号: "A012" is `A`, `n-012`.

    A number spoken in one breath (零一二号) sounds far better than glued figures, so that clip is taken where the
    bank has it; any other number is glued from single figures and `hao`. Hyphens and blanks are not spoken.
    """
    signs = "".join(sign for sign in ticket.upper() if sign.isascii() and sign.isalnum())
    letters = signs.rstrip("0123456789")
    whole = f"n-{signs[len(letters) :]}"
    if has_clip(whole):
        return (*letters, whole)
    return (*signs, "hao")
