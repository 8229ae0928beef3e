"""Turns lines of text into raw readings; runs inside the throw-away workshop, whose Python has the speech packages.

Reads one JSON job from standard input (`kit.Workshop.read`), prints one JSON line per reading; imports nothing of ours.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

_BELOW = chr(815)  # the mark under a non-syllabic vowel; the model's vocabulary has no such sign
# sounds that no Mandarin syllable has, but the names of letters do
_OTHER_SYLLABLES = {"kiu4": "kʰjou↘", "kei4": "kʰei↘"}
_HAN = "[一-鿿]"
_NUMERALS = "零一二三四五六七八九十百千"
READINGS = {
    "照片": "zhao4 pian4",
    "电子": "dian4 zi3",
    "为准": "wei2 zhun3",
    "供养": "gong1 yang3",
}
"""Words that the dictionaries read wrongly or cut in the wrong place, as a person reads them."""


class Reader:
    """Speaks phonemes in any of its voices; building it loads the model (some 100 MB)."""

    def __init__(self, *, model: str, vocabulary: str, voices: dict[str, str], speed: float, threads: int) -> None:
        self._np: Any = importlib.import_module("numpy")
        runtime: Any = importlib.import_module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting costs nothing
        self._session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._signs: dict[str, int] = json.loads(Path(vocabulary).read_text("utf-8"))["vocab"]
        self._styles = {name: self._np.fromfile(path, "<f4").reshape(-1, 1, 256) for name, path in voices.items()}
        self._speed = self._np.array([speed], "f4")

    def read(self, phonemes: str, voice: str) -> Any:
        """The raw reading as 32-bit samples; raises KeyError for a sound that the model does not know."""
        tokens = [self._signs[sign] for sign in phonemes]
        given = {
            "tokens": self._np.array([[0, *tokens, 0]], dtype="int64"),
            "style": self._styles[voice][len(tokens)],  # the model has one style for each length of text
            "speed": self._speed,
        }
        return self._session.run(None, given)[0].reshape(-1)


class Speller:
    """Writes Chinese text as the syllables a person says, and those as the phonemes that the model was taught."""

    def __init__(self) -> None:
        self._zh: Any = importlib.import_module("misaki.zh").ZHG2P
        self._pinyin: Any = importlib.import_module("pypinyin")
        self._words: Any = importlib.import_module("jieba")
        marked: Any = importlib.import_module("pypinyin.contrib.tone_convert").to_tone
        for word, said in READINGS.items():
            self._words.add_word(word, freq=1_000_000)
            self._pinyin.load_phrases_dict({word: [[marked(one)] for one in said.split()]})

    def spell(self, text: str, pinyin: str) -> tuple[str, str]:
        """Phonemes and pinyin of the text, or of the reading given in pinyin or, between slashes, in phonemes."""
        if pinyin.startswith("/"):
            return pinyin.strip("/"), pinyin
        if pinyin:
            return "".join(map(self._phonemes, pinyin.split())), pinyin
        phonemes: list[str] = []
        said: list[str] = []
        for run in re.findall(f"{_HAN}+|[^一-鿿]+", self._zh.map_punctuation(text)):
            if not re.match(_HAN, run):
                phonemes.append(run)
                continue
            words = self._words.lcut(run)
            syllables = changed(run, [one for word in words for one in self._syllables(word)])
            said += syllables
            ready = iter(syllables)
            phonemes.append(" ".join("".join(self._phonemes(next(ready)) for _ in word) for word in words))
        return "".join(phonemes), " ".join(said)

    def _syllables(self, word: str) -> list[str]:
        style = self._pinyin.Style.TONE3
        return list(self._pinyin.lazy_pinyin(word, style=style, neutral_tone_with_five=True))

    def _phonemes(self, syllable: str) -> str:
        return _OTHER_SYLLABLES.get(syllable) or str(self._zh.py2ipa(syllable)).replace(_BELOW, "")


def changed(run: str, syllables: list[str]) -> list[str]:
    """The syllables with the tones that 不 and 一 take beside others; a run of characters has no mark inside.

    Two third tones in a row are left alone: the model raises the first by itself (its pitch was measured).
    """
    said = list(syllables)
    for place, sign in enumerate(run):
        following = syllables[place + 1] if place + 1 < len(run) else ""
        if sign == "不":
            said[place] = "bu2" if following.endswith("4") else "bu4"
        elif sign == "一":
            said[place] = _one(run[:place], run[place + 1 :], following)
    return said


def _one(before: str, after: str, following: str) -> str:
    """The tone of 一: yī as a figure, in an order or at an end; else by what follows."""
    ordinal = before.endswith(tuple(f"第{_NUMERALS}统唯单任之")) or after.startswith(tuple(f"{_NUMERALS}月日号点"))
    measured = after.startswith("个")
    if ordinal or not following or (following.endswith("5") and not measured):
        return "yi1"
    return "yi2" if following.endswith("4") or measured else "yi4"


class EnglishSpeller:
    """Writes English text as phonemes, word by word from the model's own dictionary."""

    _PLAIN: ClassVar[dict[str, str]] = {"a": "ɐ", "the": "ðə", "to": "tə", "of": "əv", "and": "ənd"}  # said in passing
    _MISSING: ClassVar[dict[str, str]] = {"centre": "sˈɛntəɹ", "went": "wˈɛnt"}
    _ENDINGS = (("'s", ""), ("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))

    def __init__(self) -> None:
        data: Any = importlib.import_module("importlib.resources")
        text = (data.files("misaki") / "data" / "us_gold.json").read_text("utf-8")
        self._words: dict[str, Any] = json.loads(text)

    def phonemes(self, text: str) -> str:
        """The phonemes of the text with its stops and commas; raises KeyError for a word that the dictionary lacks."""
        parts = re.findall(r"[A-Za-z']+|[,.?!:]", text)
        said = "".join(part.replace(":", ",") if part in ",.?!:" else f" {self._word(part.lower())}" for part in parts)
        return said.strip()

    def _word(self, word: str) -> str:
        if word in self._PLAIN or word in self._MISSING:
            return self._PLAIN.get(word) or self._MISSING[word]
        for spelt in (word, word.capitalize()):
            if spelt in self._words:
                found = self._words[spelt]
                return str(found["DEFAULT"] if isinstance(found, dict) else found)
        for ending, stem in self._ENDINGS:
            if word.endswith(ending) and word.removesuffix(ending) + stem in self._words:
                return self._ended(self._word(word.removesuffix(ending) + stem), ending)
        raise KeyError(word)

    @staticmethod
    def _ended(said: str, ending: str) -> str:
        """A word with -s, -ed or -ing as its last sound wants it."""
        if ending == "ing":
            return f"{said}ɪŋ"
        if ending == "ed":
            return said + ("ᵻd" if said[-1] in "td" else "t" if said[-1] in "pkfθsʃʧ" else "d")
        if said[-1] in "szʃʒʧʤ":
            return f"{said}ᵻz"
        return said + ("s" if said[-1] in "ptkfθ" else "z")


def readings(job: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Write a raw file for each line of the job and say how it was made."""
    speller, english = Speller(), EnglishSpeller()
    reader = Reader(**job["reader"])
    for line in job["lines"]:
        text, pinyin = line["text"], line["pinyin"]
        spoken_english = line["voice"].startswith("a") and not pinyin
        try:
            said = (english.phonemes(text), "") if spoken_english else speller.spell(text, pinyin)
        except KeyError as unknown:
            sys.stderr.write(f"{line['name']}: no dictionary has {unknown}, nothing was recorded\n")
            continue
        raw = Path(job["out"]) / f"{line['name']}.f32"
        raw.write_bytes(reader.read(said[0], line["voice"]).astype("<f4").tobytes())
        yield {
            "name": line["name"],
            "raw": str(raw),
            "phonemes": said[0],
            "pinyin": said[1],
        }


if __name__ == "__main__":
    for reading in readings(json.load(sys.stdin)):
        sys.stdout.write(json.dumps(reading) + "\n")
        sys.stdout.flush()
