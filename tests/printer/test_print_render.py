"""The bytes a document becomes, read back the way a printer reads them."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from printer import fonts
from printer import render as renderer
from printer.decoder import Decoder, Paper
from printer.documents import Checklist, ChecklistItem, Columns, Document, DocumentError, Image, Qr, Text, Title
from printer.layout import layout, text_of
from printer.profiles import PROFILES, Profile, Renderer
from printer.render import NativeMetrics, preview, render
from tests.printer.printer_cast import QR_DATA, checklist, ticket

RASTER = [PROFILES["emulator-80"], PROFILES["emulator-58"]]
NATIVE = [PROFILES["native-80"], PROFILES["native-58"]]
GBK = "".join(
    text
    for lead in range(0x81, 0xFF)
    for trail in range(0x40, 0xFF)
    if (text := bytes([lead, trail]).decode("gbk", "ignore")) and len(text) == 1
)


def decode(data: bytes, profile: Profile) -> Paper:
    slips: list[Paper] = []
    decoder = Decoder(profile.width_dots, on_cut=slips.append)
    rest = decoder.decode(data)
    assert decoder.unknown == []
    assert decoder.buffer == b""
    return slips[0] if slips else rest


def words(text: str) -> str:
    return "".join(text.split())


def scan(image: Picture.Image, folder: Path) -> str:
    image.convert("L").save(folder / "slip.png")
    found = subprocess.run(["zbarimg", "-q", "--raw", folder / "slip.png"], check=False, capture_output=True, text=True)
    return found.stdout.strip()


@pytest.mark.parametrize("profile", RASTER, ids=lambda profile: profile.name)
@pytest.mark.parametrize("document", [ticket(), checklist(), ticket(large=True)], ids=["ticket", "checklist", "large"])
def test_a_drawn_slip_arrives_dot_for_dot(profile: Profile, document: Document) -> None:
    paper = decode(render(document, profile), profile)

    assert paper.image().tobytes() == preview(document, profile.width_dots).tobytes()


@pytest.mark.parametrize("profile", NATIVE, ids=lambda profile: profile.name)
@pytest.mark.parametrize("document", [ticket(), checklist()], ids=["ticket", "checklist"])
def test_a_slip_in_the_printers_own_type_reads_as_it_was_laid_out(profile: Profile, document: Document) -> None:
    paper = decode(render(document, profile), profile)

    expected = text_of(layout(document, NativeMetrics(profile))).replace("–", "-")
    assert words("".join(line for line in paper.text().splitlines() if line.strip("- "))) == words(expected)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(alphabet=st.sampled_from(GBK) | st.characters(codec="ascii"), max_size=60), max_size=6))
def test_random_documents_read_back_as_laid_out(texts: list[str]) -> None:
    document = Document(
        blocks=(
            *(Text(text=text) for text in texts),
            *(Title(text=text) for text in texts[:1]),
            *(Columns(cells=(text, "1份")) for text in texts[1:3]),
            Checklist(items=tuple(ChecklistItem(text=text, note=text, right="1份") for text in texts)),
        )
    )
    for profile in NATIVE:
        paper = decode(render(document, profile), profile)

        expected = text_of(layout(document, NativeMetrics(profile)))
        assert words(paper.text()) == words(expected.translate(renderer.SUBSTITUTES))


def test_every_character_of_gbk_is_printed_in_the_printers_own_type() -> None:
    profile = PROFILES["native-80"]
    for start in range(0, len(GBK), 1000):
        part = GBK[start : start + 1000]

        paper = decode(render(Document(blocks=(Text(text=part),)), profile), profile)

        expected = text_of(layout(Document(blocks=(Text(text=part),)), NativeMetrics(profile)))
        assert words(paper.text()) == words(expected.translate(renderer.SUBSTITUTES))


@pytest.mark.parametrize("profile", [*RASTER, *NATIVE, PROFILES["sprt-58"]], ids=lambda profile: profile.name)
@pytest.mark.parametrize("document", [ticket(), checklist(), ticket(large=True)], ids=["ticket", "checklist", "large"])
def test_the_code_on_paper_can_be_scanned(profile: Profile, document: Document, tmp_path: Path) -> None:
    paper = decode(render(document, profile), profile)

    assert scan(paper.image(), tmp_path) == QR_DATA


def test_a_rare_name_is_drawn_and_never_replaced() -> None:
    profile = PROFILES["native-80"]
    document = Document(blocks=(Text(text="申请人 李䶮"), Text(text="请带身份证")))

    paper = decode(render(document, profile), profile)

    assert paper.text() == "请带身份证"
    assert paper.strips[0].getextrema()[0] == 0


@pytest.mark.parametrize("large", [False, True])
def test_a_line_with_a_rare_name_looks_like_the_lines_around_it(large: bool) -> None:
    lines = (Document(blocks=(Text(text=f"申请人 李{name} WWW 十五号房"),), large=large) for name in "䶮明")

    drawn, printed = (decode(render(document, NATIVE[1]), NATIVE[1]).image() for document in lines)

    for picture in (drawn, printed):
        picture.paste(1, (108, 0, 132, 64))  # the name itself
    assert drawn.crop((0, 0, 384, 48)).tobytes() == printed.crop((0, 0, 384, 48)).tobytes()


def test_a_code_drawn_quickly_is_read_whatever_its_address(tmp_path: Path) -> None:
    for number in range(12):
        address = QR_DATA[: -len(str(number)) - 4] + f"{number}{number * 7919 % 9973:04d}"

        paper = decode(render(Document(blocks=(Qr(data=address),)), NATIVE[1]), NATIVE[1])

        assert scan(paper.image(), tmp_path) == address


def test_the_same_document_always_gives_the_same_bytes() -> None:
    for profile in (*RASTER, *NATIVE):
        assert render(checklist(), profile) == render(Document.from_json(checklist().to_json()), profile)


@settings(max_examples=60)
@given(st.text(alphabet=st.sampled_from("\x1b@\x1d\x1c\x10\x04\x05\x14V\x00p!&\x07\x9b\u202e人a"), max_size=40))
def test_nothing_a_user_typed_becomes_a_command(text: str) -> None:
    typed = Document(blocks=(Text(text=text), Columns(cells=(text, text)), Title(text=text)))
    for profile in NATIVE:
        reached = render(typed, profile)

        clean = Document(blocks=tuple(replace(block) for block in typed.blocks))
        assert reached == render(clean, profile)
        decode(reached, profile)
        for command in (b"\x1bp", b"\x10\x14", b"\x10\x04", b"\x10\x05", b"\x07"):
            assert command not in reached


@settings(max_examples=25)
@given(st.binary(min_size=400, max_size=400))
def test_no_picture_holds_the_bytes_that_printers_execute_at_once(noise: bytes) -> None:
    page = Picture.frombytes("1", (64, 50), noise + b"\x10\x04\x01\x10\x14\x01"[: 400 - len(noise)], "raw", "1;I")
    printer = renderer.commands()

    renderer.send_picture(printer, page, PROFILES["native-58"])

    body = bytes(printer.output)[8:]
    assert not any(pair in body for pair in (b"\x10\x04", b"\x10\x05", b"\x10\x14"))


def test_a_machine_without_a_chinese_typeface_sets_the_slip_in_the_printers_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> fonts.Family:
        raise fonts.FontMissingError("no Chinese font")

    monkeypatch.setattr(renderer, "family", missing)

    data = render(ticket(), replace(RASTER[0], renderer=Renderer.RASTER))

    assert "临江镇政务服务中心".encode("gbk") in data


def test_what_cannot_be_drawn_is_refused_by_name() -> None:
    for block in (Image(png_base64="bm8="), Image(png_base64="?"), Qr(data="办" * 999)):
        with pytest.raises(DocumentError):
            render(Document(blocks=(block,)), RASTER[0])


def test_no_document_is_stored_that_cannot_be_read() -> None:
    for text in (
        "{}",
        "[]",
        "no",
        '{"blocks":[{"kind":"ticket"}]}',
        '{"blocks":[{"kind":"title","text":"A","size":9}]}',
    ):
        with pytest.raises(DocumentError):
            Document.from_json(text)
