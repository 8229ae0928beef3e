"""How a document is broken into lines for two widths of paper and two ways of setting type."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from printer.clean import clean
from printer.documents import Checklist, ChecklistItem, Columns, Document, Text, Title
from printer.layout import Line, Metrics, layout, text_of
from printer.profiles import PROFILES
from printer.raster import RasterMetrics
from printer.render import NativeMetrics
from printer.wrapping import CLOSERS, OPENERS, balanced, wrap
from tests.printer.printer_cast import checklist, ticket

METRICS: list[Metrics] = [
    RasterMetrics(576),
    RasterMetrics(384),
    *(NativeMetrics(PROFILES[f"native-{mm}"]) for mm in (80, 58)),
]
CHINESE = st.text(alphabet="请带身份证，。、；（）《》“”：！？ab12 3.5元户口簿", max_size=120)


def cells(text: str) -> int:
    return sum(1 if character < "\x80" else 2 for character in text)


@given(CHINESE, st.integers(min_value=8, max_value=48))
def test_no_line_is_wider_than_the_paper_and_nothing_is_lost(text: str, columns: int) -> None:
    lines = wrap(text, columns, cells)

    assert all(cells(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(alphabet="请带好证，。、；（）《》“”！", max_size=80), st.integers(min_value=8, max_value=48))
def test_punctuation_never_starts_a_line_that_could_start_with_a_word(text: str, columns: int) -> None:
    lines = wrap(text, columns, cells)

    for before, line in pairwise(lines):
        if line[0] in CLOSERS or before[-1] in OPENERS:
            assert not any(b not in CLOSERS and a not in OPENERS for a, b in pairwise(before))


def test_a_full_stop_takes_its_word_along_to_the_next_line() -> None:
    assert wrap("请带身份证。", 10, cells) == ["请带身份", "证。"]


def test_a_bracket_opens_on_the_line_of_its_word() -> None:
    assert wrap("请带好证（原件）", 10, cells) == ["请带好证", "（原件）"]


def test_a_number_stays_whole() -> None:
    assert wrap("电话 0512-00000000 转", 16, cells) == ["电话", "0512-00000000 转"]


@settings(max_examples=60)
@given(st.lists(st.tuples(CHINESE, CHINESE, st.sampled_from(["", "原件", "复印件2份"])), max_size=5))
def test_every_run_stands_on_the_paper(items: list[tuple[str, str, str]]) -> None:
    listed = tuple(ChecklistItem(text=text, note=note, right=right) for text, note, right in items)
    document = Document(blocks=(Checklist(items=listed), Title(text="告知单"), Columns(cells=("材料", "份数"))))

    for metrics in METRICS:
        for piece in layout(document, metrics):
            if isinstance(piece, Line):
                edge = 0
                for run in piece.runs:
                    assert run.x >= edge
                    edge = run.x + metrics.advance(run.text, piece.face, bold=piece.bold)
                assert edge <= metrics.width


def test_the_number_is_large_and_the_text_is_made_for_old_eyes() -> None:
    for width in (576, 384):
        faces = {line.text: line.face.px for line in layout(ticket(), RasterMetrics(width)) if isinstance(line, Line)}

        assert faces["A023"] >= 96
        assert faces["前面等候 5 人"] >= 28
        large = layout(ticket(large=True), RasterMetrics(width))
        assert min(line.face.px for line in large if isinstance(line, Line)) >= 28


def test_items_of_a_checklist_hang_under_their_first_word() -> None:
    lines = [piece for piece in layout(checklist(), RasterMetrics(384)) if isinstance(piece, Line)]
    first = next(line for line in lines if "委托他人" in line.text)
    follower = lines[lines.index(first) + 1]

    assert follower.runs[0].x == first.runs[2].x > 0


def test_columns_stand_one_under_the_other_whatever_the_size_of_type() -> None:
    rows = (Columns(cells=("2 号", "医保"), widths=(3, 5), aligns=("left", "left")),)
    document = Document(blocks=(*rows, replace(rows[0], size="small"), replace(rows[0], size="large")))

    for metrics in METRICS:
        assert len({piece.runs[1].x for piece in layout(document, metrics) if isinstance(piece, Line)}) == 1


def test_centred_words_are_broken_where_a_reader_pauses() -> None:
    assert balanced("材料齐全请再来窗口，谢谢", 22, cells) == ["材料齐全请再来窗口，", "谢谢"]
    assert balanced("收件回执（材料待补齐）", 16, cells) == ["收件回执", "（材料待补齐）"]
    assert balanced("城乡居民基本养老保险", 16, cells) == ["城乡居民基", "本养老保险"]


def test_a_heading_too_wide_for_its_size_gets_narrow_before_it_gets_small() -> None:
    title = Document(blocks=(Title(text="一次性告知单（补正）"), Title(text="A012", size=3)))

    heading, number = layout(title, NativeMetrics(PROFILES["native-58"]))

    assert isinstance(heading, Line)
    assert isinstance(number, Line)
    assert (heading.face.wide, heading.face.tall) == (1, 2)
    assert number.face.px >= 96


def test_a_label_and_a_value_too_wide_for_one_line_stand_one_under_the_other() -> None:
    document = Document(blocks=(Columns(cells=("取号时间", "2026-11-23 09:05")),), large=True)

    assert text_of(layout(document, RasterMetrics(320))) == "取号时间\n2026-11-23 09:05"


@given(st.text(max_size=200))
def test_no_control_bidi_or_invisible_character_survives(text: str) -> None:
    cleaned = clean("\x1b@\x1dV\x00\x10\x14" + text + "\u202e\u2066\u200f\x9b")

    assert not set(cleaned) & {chr(code) for code in (*range(10), *range(11, 32), *range(0x7F, 0xA0))}
    assert not set(cleaned) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


def test_a_very_long_text_ends_in_an_ellipsis() -> None:
    lines = layout(Document(blocks=(Text(text="办" * 10_000),)), RasterMetrics(576))

    assert len(lines) < 120
    assert text_of(lines).endswith("…")
