"""The clips that speak the hall's calls: all there, unharmed, cleanly cut, equally loud and rightly pronounced."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from display.voice import FOLDER, Clip, bank, missing, number_clips
from display.voice.check import GUIDANCE, problems
from display.voice.kit import sha256
from display.voice.lines import LETTERS, NUMBERS, WINDOWS, lines
from display.voice.sound import LOUDEST_PEAK_DB, decode, dress, encode, keep, measure

CONFIG = Path(__file__).parents[2] / "config"
CLIPS = bank()
CALLS = [clip for name, clip in CLIPS.items() if not name.startswith(GUIDANCE)]
HEARD = [
    *(clip for clip in CALLS if not clip.name.startswith("n-") or clip.name.endswith("9")),
    *[clip for name, clip in CLIPS.items() if name.startswith(GUIDANCE)][::25],  # `voice check` hears all of them
]


def test_every_clip_that_the_shipped_configuration_can_call_for_is_in_the_bank() -> None:
    needed = ["chime", *(line.name for line in lines(CONFIG))]

    lacking = missing(needed)

    assert lacking == []


def test_all_figures_letters_windows_and_fixed_words_have_a_clip() -> None:
    words = ["chime", "qing", "hao", "dao", "hao_chuangkou", "banli_yewu", "recall"]
    names = [*words, *"0123456789", *LETTERS, *(f"window-{n}" for n in WINDOWS), *(f"n-{n:03}" for n in NUMBERS)]

    lacking = missing(names)

    assert lacking == []
    assert len(LETTERS) == 26


def test_every_clip_is_the_file_that_was_recorded_and_no_other_file_lies_beside_them() -> None:
    recorded = {clip.file: clip.sha256 for clip in CLIPS.values()}

    found = {path.name: sha256(path) for path in FOLDER.glob("*.ogg")}

    assert found == recorded


def test_the_licences_of_model_and_voices_lie_beside_the_clips() -> None:
    notice = (FOLDER / "NOTICE").read_text("utf-8")

    assert "Kokoro-82M" in notice
    assert "Apache License" in (FOLDER / "LICENSE").read_text("utf-8")


def test_the_whole_bank_stays_small_enough_to_be_carried_on_any_stick() -> None:
    size = sum(path.stat().st_size for path in FOLDER.iterdir())

    assert size < 12_000_000


@pytest.mark.parametrize("clip", HEARD, ids=lambda clip: clip.name)
def test_a_clip_sounds_cleanly_from_its_start_to_its_end_and_as_loud_as_the_others(clip: Clip) -> None:
    found = list(problems(clip, FOLDER))

    assert found == []


def test_figures_are_spoken_one_by_one_and_one_is_always_yi_in_the_first_tone() -> None:
    said = ["ling2", "yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3"]

    for number in NUMBERS:
        figures = [said[int(figure)] for figure in f"{number:03}"]
        assert CLIPS[f"n-{number:03}"].pinyin.split() == [*figures, "hao4"]


def test_window_numbers_are_counted_as_people_say_them() -> None:
    texts = {name: CLIPS[name].text for name in ("window-2", "window-10", "window-11", "window-20")}

    assert texts == {
        "window-2": "到二号窗口办理业务",
        "window-10": "到十号窗口办理业务",
        "window-11": "到十一号窗口办理业务",
        "window-20": "到二十号窗口办理业务",
    }


def test_a_number_is_spoken_in_one_breath_where_there_is_a_clip_and_glued_where_not() -> None:
    whole = number_clips("A012", CLIPS.__contains__)
    glued = number_clips("a-1203", CLIPS.__contains__)

    assert whole == ("A", "n-012")
    assert glued == ("A", "1", "2", "0", "3", "hao")


def test_a_recording_of_the_hall_fills_a_gap_in_the_bank(tmp_path: Path) -> None:
    (tmp_path / "service-market.mp3").write_bytes(b"a recording of our own")

    lacking = missing(["qing", "service-market", "service-none", "service-none"], own=tmp_path)

    assert lacking == ["service-none"]


def test_a_hall_without_any_bank_is_told_every_clip(tmp_path: Path) -> None:
    lacking = missing(["qing", "hao"], folder=tmp_path)

    assert lacking == ["qing", "hao"]


def test_the_check_finds_an_exchanged_a_lost_and_a_broken_clip(tmp_path: Path) -> None:
    for name in ("1", "2"):
        shutil.copy(FOLDER / CLIPS[name].file, tmp_path / f"{name}.ogg")
    shutil.copy(FOLDER / CLIPS["window-3"].file, tmp_path / "1.ogg")
    (tmp_path / "2.ogg").write_bytes(b"no sound")

    exchanged, broken, lost = (list(problems(CLIPS[name], tmp_path)) for name in ("1", "2", "3"))

    assert exchanged[0] == "1: the file is not the one that was recorded"
    assert len(exchanged) > 1
    assert len(broken) == 2
    assert lost == ["3: the file 3.ogg is missing"]


def test_dressing_cuts_long_silence_and_brings_a_quiet_reading_to_the_common_loudness(tmp_path: Path) -> None:
    tone = [0.01 * ((n // 24) % 2 * 2 - 1) for n in range(12_000)]
    raw = [0.0] * 9_600 + tone + [0.0] * 9_600

    encode(dress(raw, gap_ms=100), tmp_path / "tone.ogg")
    heard = measure(decode(tmp_path / "tone.ogg"))

    assert heard.lead_ms <= 30
    assert 100 <= heard.tail_ms <= 200
    assert abs(heard.rms_db + 18) < 1


def test_a_vowel_that_the_codec_makes_too_loud_is_kept_softer(tmp_path: Path) -> None:
    vowel = [0.89 * (1 if n % 150 < 40 else -0.3) for n in range(12_000)]
    encode(vowel, tmp_path / "as-it-is.ogg", kbps=12)

    heard = keep(vowel, tmp_path / "kept.ogg", kbps=12)

    assert measure(decode(tmp_path / "as-it-is.ogg")).peak_db > LOUDEST_PEAK_DB >= heard.peak_db
    assert heard == measure(decode(tmp_path / "kept.ogg"))


def test_a_stray_blip_of_the_voice_model_beside_the_word_is_cut_away() -> None:
    blip, word, rest = [0.2, -0.2] * 480, [0.3, -0.3] * 3_600, [0.0] * 4_800

    cut = dress([*rest, *blip, *rest, *word, *rest, *blip, *rest], gap_ms=0)

    assert measure(cut).ms == 20 + 300 + 60
