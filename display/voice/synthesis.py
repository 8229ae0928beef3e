"""Turns lines of text into raw readings; runs inside the throw-away workshop, whose Python has the speech packages.

Reads one JSON job from standard input (see `kit.Job`) and prints one JSON line per reading; imports nothing of ours.
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


class Reader:
    """Speaks phonemes in any of its voices; building it loads the model (some 100 MB)."""

    def __init__(self, *, model: str, vocabulary: str, voices: dict[str, str], speed: float, threads: int) -> None:
        self._np: Any = importlib.import_module("numpy")
        runtime: Any = importlib.import_module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
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
    """Writes Chinese text as the phonemes and tones that the model was taught."""

    def __init__(self) -> None:
        self._zh: Any = importlib.import_module("misaki.zh").ZHG2P
        self._g2p = self._zh()
        self._pinyin: Any = importlib.import_module("pypinyin")

    def phonemes(self, text: str, pinyin: str) -> str:
        """The phonemes of the text, or of the reading given in pinyin or, between slashes, in phonemes."""
        if not pinyin:
            return str(self._g2p(text)[0])
        if pinyin.startswith("/"):
            return pinyin.strip("/")
        return "".join(
            _OTHER_SYLLABLES.get(one) or str(self._zh.py2ipa(one)).replace(_BELOW, "") for one in pinyin.split()
        )

    def pinyin(self, text: str) -> str:
        """The text in numbered pinyin, a syllable a word, 5 for the neutral tone."""
        style = self._pinyin.Style.TONE3
        return " ".join(self._pinyin.lazy_pinyin(text, style=style, neutral_tone_with_five=True, errors="ignore"))


class EnglishSpeller:
    """Writes English text as phonemes, word by word from the model's own dictionary."""

    _PLAIN: ClassVar[dict[str, str]] = {"a": "ɐ", "the": "ðə", "to": "tə", "of": "əv", "and": "ənd"}  # said in passing
    _ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))

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
        if word in self._PLAIN:
            return self._PLAIN[word]
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
        spoken_english = line["voice"].startswith("a") and not line["pinyin"]
        phonemes = english.phonemes(line["text"]) if spoken_english else speller.phonemes(line["text"], line["pinyin"])
        raw = Path(job["out"]) / f"{line['name']}.f32"
        raw.write_bytes(reader.read(phonemes, line["voice"]).astype("<f4").tobytes())
        yield {
            "name": line["name"],
            "raw": str(raw),
            "phonemes": phonemes,
            "pinyin": line["pinyin"] or ("" if spoken_english else speller.pinyin(line["text"])),
        }


if __name__ == "__main__":
    for reading in readings(json.load(sys.stdin)):
        sys.stdout.write(json.dumps(reading) + "\n")
        sys.stdout.flush()
