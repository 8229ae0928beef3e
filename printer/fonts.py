"""Finds a Chinese typeface to draw with: the system's Noto Sans CJK, else the one the installation brings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts").expanduser())
_SC = 2
"""Index of the simplified Chinese face inside Noto's collection."""


class FontMissingError(RuntimeError):
    """No Chinese typeface on this machine; slips are then set in the printer's own type."""


@dataclass(frozen=True, kw_only=True)
class FontFile:
    """One face in a file."""

    path: Path
    index: int = 0


@dataclass(frozen=True, kw_only=True)
class Family:
    """A regular face and, where there is one, its bold; without it bold is drawn by doubling the strokes."""

    regular: FontFile
    bold: FontFile | None

    def font(self, px: int, *, bold: bool) -> ImageFont.FreeTypeFont:
        """The face at a height in dots."""
        return _open(self.bold if bold and self.bold else self.regular, px)


@cache
def family() -> Family:
    """The typeface used for paper; raises FontMissingError with the remedy when the machine has none."""
    for folder in SYSTEM_FOLDERS:
        found = sorted(folder.rglob("NotoSansCJK-Regular.ttc")) if folder.is_dir() else []
        if found:
            bold = found[0].with_name("NotoSansCJK-Bold.ttc")
            return Family(
                regular=FontFile(path=found[0], index=_SC),
                bold=FontFile(path=bold, index=_SC) if bold.is_file() else None,
            )
    if find_spec("pylopdf_fonts_zh_cn") is not None:
        from pylopdf_fonts_zh_cn import sans_path  # noqa: PLC0415 - only where the system has no font

        return Family(regular=FontFile(path=Path(sans_path())), bold=None)
    raise FontMissingError("no Chinese font: install the package fonts-noto-cjk or pylopdf-fonts-zh-cn")


@cache
def _open(file: FontFile, px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file.path), px, index=file.index, layout_engine=ImageFont.Layout.BASIC)
