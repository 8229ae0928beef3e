"""Says what each clip of the bank speaks, and in which sounds: the one list that the maker works through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from display.announcements import Call, chinese_clips
from display.voice import english
from display.voice.reading import FIGURES, clip_name, counted, one_by_one, pieces, plain, sayable
from display.voice.shown import read, shown

WINDOWS = range(1, 21)
WAITS = (*range(11), *range(15, 100, 5))  # minutes that an estimate can have (beyond ten they are told by five)
AHEAD = range(1, 51)  # people ahead of a number as the kiosk says it; more are "many"
NUMBERS = range(1, 200)  # more than one service of a township gives out on a day; beyond, figures are glued

# How Mandarin speakers in a public hall say Latin letters, in pinyin, or between slashes in the phonemes of the model,
# which itself drops most letters. Where both were tried, a speech recogniser told the one here better from the rest.
LETTERS: Mapping[str, str] = {
    "A": "ei1",
    "B": "bi4",
    "C": "xi1",
    "D": "/dˈi/",
    "E": "yi4",
    "F": "ai4 fu2",
    "G": "ji4",
    "H": "ei1 chi3",
    "I": "ai4",
    "J": "/ʤˈA/",
    "K": "/kˈA/",
    "L": "ai4 le5",
    "M": "ai4 mu3",
    "N": "/ˈɛn/",
    "O": "ou1",
    "P": "pi4",
    "Q": "kiu4",
    "R": "/ˈɑɻ/",
    "S": "ai4 si1",
    "T": "ti4",
    "U": "you1",
    "V": "/vˈi/",
    "W": "da2 bu4 liu4",
    "X": "ai4 ke4 si1",
    "Y": "wai4",
    "Z": "zei4",
}

VOICE = "zf_xiaoxiao"
PAUSE = 40  # ms of rest after a clip that the sentence runs on from
BREATH = 160  # ms of rest where the sentence has its comma
PAGE_KBPS = 20  # the many sentences of pages: enough for one voice near the ear, a third smaller
SENTENCE = 350  # ms of rest where it has its stop and another follows


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one clip says: `text` as written, `pinyin` only where we fix the reading, `gap_ms` of rest after it.

    `voice` is the voice of the model that reads it, `kbps` how finely it is kept.
    """

    name: str
    text: str
    pinyin: str = ""
    gap_ms: int = BREATH
    voice: str = VOICE
    kbps: int = 32


def lines(config: Path) -> Iterator[Line]:
    """Every spoken clip: the fixed words, then what the hall's configuration in folder `config` adds.

    Raises OSError or tomllib.TOMLDecodeError if a file of it is there but cannot be read.
    """
    # the marks shape the reading: said bare, a recogniser heard 请 as 一切 and 号 as 靠
    yield Line(name="qing", text="请，", gap_ms=PAUSE)
    yield Line(name="hao", text="，号。")
    yield Line(name="dao", text="到", gap_ms=PAUSE)
    yield Line(name="hao_chuangkou", text="号窗口")
    yield Line(name="banli_yewu", text="办理业务")
    yield Line(name="recall", text="请再次注意")
    for value, figure in enumerate(FIGURES):
        yield Line(name=str(value), text=figure, gap_ms=PAUSE)
    for letter, pinyin in LETTERS.items():
        yield Line(name=letter, text=letter, pinyin=pinyin, gap_ms=PAUSE)
    for number in sorted({*WINDOWS, *(window["number"] for window in read(config / "hall.toml").get("windows", ()))}):
        yield Line(name=f"window-{number}", text=f"到{counted(number)}号窗口办理业务")
    for service in read(config / "services.toml").get("services", ()):
        yield Line(name=f"service-{service['id']}", text=service["name"])
    for number in NUMBERS:
        yield Line(name=f"n-{number:03}", text=f"{one_by_one(f'{number:03}')}号")
    yield from _english()
    yield from _own_words(read(config / "phrases.toml"))
    yield from guidance(config)


def guidance(config: Path) -> Iterator[Line]:
    """What the kiosk reads aloud in both languages: `[zh.spoken]` of the phrases, matters, dates, and its pages' texts.

    Raises OSError or tomllib.TOMLDecodeError if a file is there but cannot be read.
    """
    phrases = read(config / "phrases.toml")
    for language, prefix, voice in (("zh", "", VOICE), ("en", "en-", english.VOICE)):
        for name, text in phrases.get(language, {}).get("spoken", {}).items():
            if "{count}" not in text:
                yield Line(name=f"{prefix}say-{name}", text=text, voice=voice)
                continue
            for count in AHEAD:
                counting = english.counted(count) if prefix else "两" if count == 2 else counted(count)
                yield Line(name=f"{prefix}say-{name}-{count}", text=text.format(count=counting), voice=voice)
    for matter in read(config / "services.toml").get("matters", ()):
        yield from _matter(matter)
    yield from _joined()
    yield from _texts(config)


def _matter(matter: Mapping[str, Any]) -> Iterator[Line]:
    """A matter's name, its questions with their answers, and its papers, in the order of the catalogue."""
    name = matter["id"]
    yield Line(name=f"matter-{name}", text=plain(matter["name"]))
    if matter.get("english"):
        yield Line(name=f"en-matter-{name}", text=f"{matter['english']}.", voice=english.VOICE)
    answers: dict[str, list[str]] = {}
    for one in matter.get("situations", ()):
        answers.setdefault(one["question"], []).append(one["name"])
    for number, (question, given) in enumerate(answers.items(), 1):
        yield Line(name=f"ask-{name}-{number}", text=_question(question, given))
    for number, paper in enumerate(matter.get("materials", ()), 1):
        yield Line(name=f"paper-{name}-{number}", text=f"{plain(paper['name'])}。")


def _question(question: str, answers: list[str]) -> str:
    """A question with its answers, which follow after a pause."""
    asked = plain(question)
    return f"{asked}{'' if asked[-1] in '。？！' else '。'}{'；'.join(map(plain, answers))}。"


def _texts(config: Path) -> Iterator[Line]:
    """The pieces of every configured text that a page reads out, each once; what the voice cannot speak is left out."""
    texts = dict.fromkeys((piece, language) for language, text in shown(config) for piece in pieces(text, language))
    for piece, language in texts:
        if sayable(piece, language):
            voice = english.VOICE if language == "en" else VOICE
            yield Line(name=clip_name(piece, language), text=piece, gap_ms=SENTENCE, voice=voice, kbps=PAGE_KBPS)


def _joined() -> Iterator[Line]:
    """Months and days, of which a date is joined, and minutes, of which a wait is."""
    for month, name in enumerate(english.MONTHS, 1):
        yield Line(name=f"month-{month}", text=f"{counted(month)}月", gap_ms=PAUSE)
        yield Line(name=f"en-month-{month}", text=name, gap_ms=PAUSE, voice=english.VOICE)
    for minutes in WAITS:
        number, english_number = "两" if minutes == 2 else counted(minutes), english.counted(minutes)
        yield Line(name=f"from-{minutes}", text=f"{number}到", gap_ms=PAUSE)
        yield Line(name=f"en-from-{minutes}", text=f"{english_number} to", gap_ms=PAUSE, voice=english.VOICE)
        yield Line(name=f"minutes-{minutes}", text=f"{number}分钟。")
        unit = "minute" if minutes == 1 else "minutes"
        yield Line(name=f"en-minutes-{minutes}", text=f"{english_number} {unit}.", voice=english.VOICE)
    for day in range(1, 32):
        yield Line(name=f"day-{day}", text=f"{counted(day)}日。")
        yield Line(name=f"en-day-{day}", text=f"{english.ordinal(day)}.", voice=english.VOICE)


def _english() -> Iterator[Line]:
    """What a call in English is joined from; it follows the Chinese one."""
    yield _spoken("number", "Number", english.NUMBER, BREATH)
    for letter, sounds in english.LETTERS.items():
        yield _spoken(letter, letter, f"{sounds},", PAUSE)
    for figure, sounds in enumerate(english.NUMBERS[:10]):
        yield _spoken(str(figure), str(figure), f"{sounds},", PAUSE)
    for number in WINDOWS:
        sounds = f"{english.TO_WINDOW} {english.NUMBERS[number]}."
        yield _spoken(f"window-{number}", f"please go to window {number}", sounds, BREATH)
    yield _spoken("window", "please go to window", english.TO_WINDOW, PAUSE)


def _spoken(name: str, text: str, sounds: str, gap_ms: int) -> Line:
    return Line(name=f"en-{name}", text=text, pinyin=f"/{sounds}/", gap_ms=gap_ms, voice=english.VOICE)


def _own_words(phrases: Mapping[str, Any]) -> Iterator[Line]:
    """The words of the hall's own wording of a call that no other clip says: such a clip's name is what it says."""
    voice = phrases.get("zh", {}).get("voice", {})
    call = Call(seq=1, ticket="A001", window=1)
    clips = (chinese_clips(voice[key], call) for key in ("call", "recall") if key in voice)
    for word in dict.fromkeys(clip for said in clips for clip in said if not clip.isascii()):
        yield Line(name=word, text=word)
