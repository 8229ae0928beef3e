"""Compares a slip with the bytes and the picture that a person has looked at and kept."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image, ImageChops

from printer.decoder import Decoder, Paper
from printer.documents import Document
from printer.profiles import PROFILES
from printer.render import render

ACCEPT = "ACCEPT_GOLDEN"
"""Set this variable to keep what is drawn now; then look at the pictures before committing them."""


def assert_golden(document: Document, name: str, folder: Path, *, profile: str, marks: tuple[str, ...] = ()) -> None:
    """Fails when the slip differs from `folder/name.profile.bin` and `.png`.

    On a difference the new picture and one that shows where the dots differ are left beside them, as `.new.png` and
    `.diff.png`. Pictures drawn in the machine's typeface differ where another edition of it is installed, so the
    bytes of drawn slips are compared through their picture only.
    """
    data = render(document, PROFILES[profile], marks)
    picture = on_paper(data, profile)
    kept = folder / f"{name}.{profile}.png"
    if os.environ.get(ACCEPT):
        folder.mkdir(parents=True, exist_ok=True)
        kept.with_suffix(".bin").write_bytes(data)
        picture.save(kept, optimize=True)
        return
    assert kept.is_file(), f"{kept.name} was never looked at: run with {ACCEPT}=1, look at it, commit it"
    same = _same(picture, Image.open(kept).convert("1"), kept)
    assert same, f"{kept.name} differs, see {kept.stem}.new.png and {kept.stem}.diff.png"
    assert kept.with_suffix(".bin").read_bytes() == data, f"{kept.stem}.bin differs though the picture does not"


def on_paper(data: bytes, profile: str) -> Image.Image:
    """The slip as the software printer would put it on paper."""
    slips: list[Paper] = []
    rest = Decoder(PROFILES[profile].width_dots, on_cut=slips.append).decode(data)
    return (slips[0] if slips else rest).image()


def _same(drawn: Image.Image, kept: Image.Image, path: Path) -> bool:
    if drawn.size == kept.size and drawn.tobytes() == kept.tobytes():
        return True
    drawn.save(path.with_suffix(".new.png"))
    size = (max(drawn.width, kept.width), max(drawn.height, kept.height))
    one, other = (Image.new("L", size, 255) for _ in range(2))
    one.paste(drawn.convert("L"), (0, 0))
    other.paste(kept.convert("L"), (0, 0))
    ImageChops.difference(one, other).save(path.with_suffix(".diff.png"))
    return False
