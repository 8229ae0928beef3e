"""What may be put on paper, as frozen values, so that a job can be stored today and drawn for any printer later."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

Align = Literal["left", "center", "right"]
Size = Literal["small", "body", "large", "title", "huge"]

ALIGNS, SIZES = get_args(Align), get_args(Size)
MAX_BLOCKS = 400
"""Longest document accepted; a slip of more blocks is a mistake in the program, not a wish of a citizen."""


class DocumentError(ValueError):
    """A document that cannot be drawn: unknown block, size, alignment, or columns that do not match."""


@dataclass(frozen=True, kw_only=True)
class Title:
    """A bold centred line. Size 1 heads a section, 2 heads the slip, 3 is the number a citizen reads from afar."""

    text: str
    size: int = 2

    def __post_init__(self) -> None:
        if self.size not in (1, 2, 3):
            raise DocumentError(f"a title has size 1, 2 or 3, not {self.size!r}")


@dataclass(frozen=True, kw_only=True)
class Text:
    """A paragraph, wrapped to the paper; a newline starts a new line."""

    text: str
    align: Align = "left"
    bold: bool = False
    size: Size = "body"

    def __post_init__(self) -> None:
        _among(self.align, ALIGNS, "alignment")
        _among(self.size, SIZES, "size")


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Cells side by side on one baseline, each wrapped in its own column.

    `widths` are shares of the paper (any unit), equal when absent; `aligns` default to left, and right for the last.
    """

    cells: tuple[str, ...]
    widths: tuple[int, ...] | None = None
    aligns: tuple[Align, ...] | None = None
    bold: bool = False
    size: Size = "body"

    def __post_init__(self) -> None:
        _among(self.size, SIZES, "size")
        if not self.cells:
            raise DocumentError("columns need at least one cell")
        if self.widths is not None and (len(self.widths) != len(self.cells) or min(self.widths) < 1):
            raise DocumentError("columns need one positive width per cell")
        if self.aligns is not None:
            if len(self.aligns) != len(self.cells):
                raise DocumentError("columns need one alignment per cell")
            for align in self.aligns:
                _among(align, ALIGNS, "alignment")


@dataclass(frozen=True, kw_only=True)
class ChecklistItem:
    """One thing to bring: its name, a note in smaller type under it, a word at the right edge (copies), a tick."""

    text: str
    note: str = ""
    right: str = ""
    ticked: bool = False


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """Items with tick boxes and numbers, wrapped with a hanging indent."""

    items: tuple[ChecklistItem, ...]
    numbered: bool = True
    boxes: bool = True


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A line across the paper."""

    dashed: bool = False


@dataclass(frozen=True, kw_only=True)
class Qr:
    """A QR code (model 2, level M) in the middle of the paper, with a caption under it."""

    data: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture (PNG, base64), centred, made narrower where the paper is; greys become black or white at half."""

    png_base64: str


@dataclass(frozen=True, kw_only=True)
class Spacer:
    """Empty paper, in dots (8 dots are a millimetre)."""

    dots: int = 24

    def __post_init__(self) -> None:
        if not 0 <= self.dots <= 800:
            raise DocumentError("a spacer is 0 to 800 dots")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Where the paper may be torn: the end of every slip is cut anyway, and one in the middle is a dashed line.

    One job is one cut (printing rule 7), so that nobody carries away half of a slip or two of them.
    """


Block = Title | Text | Columns | Checklist | Rule | Qr | Image | Spacer | Cut
_BLOCKS: dict[str, Callable[..., Block]] = {
    cls.__name__.lower(): cls for cls in (Title, Text, Columns, Checklist, Rule, Qr, Image, Spacer, Cut)
}


@dataclass(frozen=True, kw_only=True)
class Document:
    """A slip before it is drawn. `large` asks for the large-type variant for weak eyes; `title` names it in lists."""

    blocks: tuple[Block, ...]
    title: str = ""
    language: str = "zh"
    large: bool = False

    def __post_init__(self) -> None:
        if len(self.blocks) > MAX_BLOCKS:
            raise DocumentError(f"a document holds at most {MAX_BLOCKS} blocks")

    def to_json(self) -> str:
        """The document as ASCII JSON: safe to store whatever a user typed, equal documents give equal text."""
        rest = _ENCODER.encode({"title": self.title, "language": self.language, "large": self.large})
        return f'{{"blocks":[{",".join(map(_written, self.blocks))}],{rest[1:]}'

    @classmethod
    def from_json(cls, text: str) -> Document:
        """The document stored by `to_json`; raises DocumentError for anything else."""
        try:
            raw = json.loads(text)
            blocks = tuple(_block(entry) for entry in raw.pop("blocks"))
            return cls(blocks=blocks, **raw)
        except DocumentError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DocumentError(f"not a stored document: {error}") from error


_KINDS = {cls: name for name, cls in _BLOCKS.items()}
_ENCODER = json.JSONEncoder(default=vars, separators=(",", ":"))  # `vars` meets the items of a checklist


@lru_cache(maxsize=1024)
def _written(block: Block) -> str:
    """A block as JSON; most blocks of a slip stand on the slips before and after it."""
    return _ENCODER.encode({"kind": _KINDS[type(block)], **block.__dict__})


def _block(entry: Mapping[str, Any]) -> Block:
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    kind = fields.pop("kind")
    if kind not in _BLOCKS:
        raise DocumentError(f"unknown block {kind!r}")
    if kind == "checklist":
        fields["items"] = tuple(ChecklistItem(**item) for item in fields["items"])
    return _BLOCKS[kind](**fields)


def _among(value: object, allowed: tuple[object, ...], what: str) -> None:
    if value not in allowed:
        raise DocumentError(f"unknown {what} {value!r}, not one of {allowed}")
