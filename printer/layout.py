"""Breaks a document into placed lines for one width of paper, before either renderer draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from printer.clean import clean, clean_line
from printer.documents import (
    Align,
    Block,
    Checklist,
    ChecklistItem,
    Columns,
    Cut,
    Document,
    Image,
    Qr,
    Rule,
    Spacer,
    Text,
    Title,
)
from printer.wrapping import balanced, wrap


@dataclass(frozen=True, kw_only=True)
class Face:
    """A type size: `px` is the height of a hanzi in dots, `pitch` from line to line, `wide`/`tall` ROM multiples."""

    px: int
    pitch: int
    wide: int = 1
    tall: int = 1


@dataclass(frozen=True, kw_only=True)
class Run:
    """Text that starts at `x` dots from the left edge. `box` draws a tick box of one hanzi instead of its character."""

    x: int
    text: str
    box: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """Runs on one baseline."""

    runs: tuple[Run, ...]
    face: Face
    bold: bool = False
    inverse: bool = False

    @property
    def text(self) -> str:
        """What a reader sees, runs apart by one space."""
        return " ".join(run.text for run in self.runs)


@dataclass(frozen=True, kw_only=True)
class RulePiece:
    """A line across the paper."""

    dashed: bool = False


@dataclass(frozen=True, kw_only=True)
class QrPiece:
    """A code, in the middle of the paper."""

    data: str


@dataclass(frozen=True, kw_only=True)
class ImagePiece:
    """A picture (PNG), in the middle of the paper."""

    png_base64: str


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Empty paper."""

    dots: int


Piece = Line | RulePiece | QrPiece | ImagePiece | Gap


class Metrics(Protocol):
    """The type of a renderer: how wide text is and which face serves a size."""

    @property
    def width(self) -> int:
        """Printable dots."""

    @property
    def grid(self) -> int:
        """Columns start at multiples of so many dots."""

    def faces(self, size: str, *, large: bool) -> tuple[Face, ...]:
        """The face of a size, then smaller ones that may be tried before a heading is broken."""

    def advance(self, text: str, face: Face, *, bold: bool) -> int:
        """The width of the text in dots."""


def layout(document: Document, metrics: Metrics, marks: Sequence[str] = ()) -> tuple[Piece, ...]:
    """The document as pieces from top to bottom; no line is wider than the paper.

    `marks` head the slip in inverse type (补打, 备用机打印), so that a copy can never pass for the original.
    """
    page = _Page(metrics, large=document.large)
    if marks:
        page.heading("  ".join(clean_line(mark) for mark in marks), "large", inverse=True)
    blocks = document.blocks
    while blocks and isinstance(blocks[-1], Cut):
        blocks = blocks[:-1]
    for block in blocks:
        page.add(block)
    return tuple(page.pieces)


def text_of(pieces: Sequence[Piece]) -> str:
    """The lines of a layout as plain text."""
    return "\n".join(piece.text for piece in pieces if isinstance(piece, Line))


class _Page:
    """Collects the pieces of one document."""

    def __init__(self, metrics: Metrics, *, large: bool) -> None:
        self.pieces: list[Piece] = []
        self._metrics = metrics
        self._large = large

    def add(self, block: Block) -> None:
        match block:
            case Title():
                self.heading(clean(block.text), ("large", "title", "huge")[block.size - 1])
            case Text():
                self._text(block)
            case Columns():
                self._columns(block)
            case Checklist():
                self._checklist(block)
            case Rule() | Cut():
                self.pieces.append(RulePiece(dashed=isinstance(block, Cut) or block.dashed))
            case Qr():
                self._qr(block)
            case Image():
                self.pieces.append(ImagePiece(png_base64=block.png_base64))
            case Spacer():
                self.pieces.append(Gap(dots=block.dots))

    def heading(self, text: str, size: str, *, inverse: bool = False) -> None:
        """A bold centred text: made smaller before it is broken, and broken into lines of even length."""
        width = self._metrics.width
        faces = self._metrics.faces(size, large=self._large)
        for face in faces:
            if all(self._measure(face, bold=True)(line) <= width for line in text.split("\n")):
                break
        else:
            face = faces[0] if size != "huge" else faces[-1]
        for line in balanced(text, width, self._measure(face, bold=True)):
            x = self._align(line, "center", 0, width, face, bold=True)
            self.pieces.append(Line(runs=(Run(x=x, text=line),), face=face, bold=True, inverse=inverse))

    def _text(self, block: Text) -> None:
        face = self._face(block.size)
        width = self._metrics.width
        broken = balanced if block.align == "center" else wrap
        for line in broken(clean(block.text), width, self._measure(face, bold=block.bold)):
            x = self._align(line, block.align, 0, width, face, bold=block.bold)
            self.pieces.append(Line(runs=(Run(x=x, text=line),), face=face, bold=block.bold))

    def _qr(self, block: Qr) -> None:
        self.pieces.append(QrPiece(data=clean_line(block.data, 1000)))
        if block.caption:
            self._text(Text(text=block.caption, align="center", size="small"))

    def _columns(self, block: Columns) -> None:
        face = self._face(block.size)
        aligns: list[Align] = list(block.aligns or ["left"] * len(block.cells))
        if block.aligns is None and len(aligns) > 1:
            aligns[-1] = "right"
        measure = self._measure(face, bold=block.bold)
        natural = tuple(measure(clean(text)) + measure(" ") for text in block.cells)
        if block.widths is None and len(natural) == 2 and sum(natural) > self._metrics.width + measure(" "):
            self._stacked(block, aligns)
            return
        edges = self._edges(block.widths or self._shares(natural))
        gutter = measure(" ")
        cells = []
        for index, text in enumerate(block.cells):
            room = edges[index + 1] - edges[index] - (gutter if index + 1 < len(block.cells) else 0)
            cells.append(wrap(clean(text), max(room, face.px), measure))
        for row in range(max(map(len, cells))):
            runs = []
            for index, lines in enumerate(cells):
                if row < len(lines) and lines[row]:
                    right = edges[index + 1] - (gutter if index + 1 < len(block.cells) else 0)
                    x = self._align(lines[row], aligns[index], edges[index], right, face, bold=block.bold)
                    runs.append(Run(x=x, text=lines[row]))
            self.pieces.append(Line(runs=tuple(runs), face=face, bold=block.bold))

    def _stacked(self, block: Columns, aligns: list[Align]) -> None:
        """Label and value one under the other, where the paper is too narrow for both on a line."""
        for text, align in zip(block.cells, aligns, strict=True):
            if text.strip():
                self._text(Text(text=text, align=align, bold=block.bold, size=block.size))

    def _shares(self, natural: tuple[int, ...]) -> tuple[int, ...]:
        """Equal columns where every cell fits in one, else columns as wide as what they hold."""
        room = self._metrics.width // len(natural)
        return natural if max(natural) > room and min(natural) > 0 else (1,) * len(natural)

    def _edges(self, shares: Sequence[int]) -> list[int]:
        """Left edges of the columns and the right edge of the paper, the same for every size of type."""
        total, edge, edges, grid = sum(shares), 0, [0], self._metrics.grid
        for share in shares:
            edge += share
            edges.append(self._metrics.width * edge // total // grid * grid)
        edges[-1] = self._metrics.width
        return edges

    def _checklist(self, block: Checklist) -> None:
        face, small = self._face("body"), self._face("small")
        measure = self._measure(face, bold=False)
        space = measure(" ")
        number_x = (measure("□") + space) if block.boxes else 0
        text_x = number_x + (measure(f"{len(block.items)}.") + space if block.numbered else 0)
        for index, item in enumerate(block.items):
            self.pieces.append(Gap(dots=10))
            head = [Run(x=0, text="√" if item.ticked else "□", box=True)] if block.boxes else []
            if block.numbered:
                head.append(Run(x=number_x, text=f"{index + 1}."))
            self._item(item, head, text_x, face)
            if item.note:
                for line in wrap(clean(item.note), self._metrics.width - text_x, self._measure(small, bold=False)):
                    self.pieces.append(Line(runs=(Run(x=text_x, text=line),), face=small))

    def _item(self, item: ChecklistItem, head: list[Run], text_x: int, face: Face) -> None:
        """The name with its right word beside the first line, or after the last where the paper is too narrow."""
        measure, width = self._measure(face, bold=False), self._metrics.width
        word = clean_line(item.right, 40)
        taken = measure(word) + 2 * measure(" ") if word else 0
        beside = taken * 3 <= width - text_x
        names = wrap(clean(item.text), width - text_x - (taken if beside else 0), measure)
        row = 0 if beside or text_x + measure(names[-1]) + taken > width else len(names) - 1
        if not beside and row == 0:
            names.append("")
            row = len(names) - 1
        for index, name in enumerate(names):
            runs = list(head) if index == 0 else []
            if name:
                runs.append(Run(x=text_x, text=name))
            if word and index == row:
                fitting = wrap(word, width - text_x, measure)[0]
                runs.append(Run(x=self._align(fitting, "right", text_x, width, face, bold=False), text=fitting))
            self.pieces.append(Line(runs=tuple(runs), face=face))

    def _face(self, size: str) -> Face:
        return self._metrics.faces(size, large=self._large)[0]

    def _measure(self, face: Face, *, bold: bool) -> Callable[[str], int]:
        return lambda text: self._metrics.advance(text, face, bold=bold)

    def _align(self, text: str, align: Align, left: int, right: int, face: Face, *, bold: bool) -> int:
        spare = max(0, right - left - self._metrics.advance(text, face, bold=bold))
        return left + {"left": 0, "center": spare // 2, "right": spare}[align]
