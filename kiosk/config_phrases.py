"""Whether every phrase that the program asks for is written, in each language, with the places that it fills.

`phrases.toml` beside this module lists the phrases and their places without their words; `python -m tests.docs` writes
it from the shipped configuration, and a test compares the two.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files as files_of
from string import Formatter

from kiosk.config_checks import PHRASES, Problem, Raw, nearest

CHINESE_ONLY = frozenset({"alert", "breach", "console", "display", "job", "office", "printer", "slip", "test_page"})
"""Groups of phrases that only staff read; other languages need not have them."""
REPEATS = "voice.repeats"
Spoken = Mapping[str, frozenset[str] | None]
"""The places of each phrase of a language; None where its braces are broken."""


def flatten(table: Raw, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Dotted keys and values of nested tables."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def places(text: str) -> frozenset[str]:
    """The names of the `{places}` of a phrase; raises ValueError where the braces are broken."""
    names = {name for _, name, spec, conversion in Formatter().parse(text) if name is not None}
    plain = all(name.isidentifier() for name in names) and not any(
        spec or conversion for _, _, spec, conversion in Formatter().parse(text)
    )
    if not plain:
        raise ValueError(f"places are plain names: {text!r}")
    return frozenset(names)


@cache
def asked() -> Mapping[str, frozenset[str]]:
    """The places of every phrase that the program asks for, by dotted key."""
    table = tomllib.loads((files_of("kiosk") / "phrases.toml").read_text("utf-8"))
    return {f"{group}.{key}": frozenset(names) for group, keys in table.items() for key, names in keys.items()}


def check_phrases(raw: Raw | None) -> Iterator[Problem]:
    """Every mistake in the phrases; none where the file could not be read."""
    if raw is None:
        return
    spoken: dict[str, Spoken] = {}
    for language, table in raw.items():
        if isinstance(table, dict):
            spoken[language] = {key: _places(text) for key, text in flatten(table)}
            yield from _check_texts(language, table)
        else:
            advice = "请写成 [zh.kiosk] 这样的一组"
            yield Problem(file=PHRASES, key=language, message="不在任何语言里", suggestion=advice)
    if "zh" not in spoken:
        yield Problem(file=PHRASES, key="zh", message="没有中文", suggestion="请写上 [zh.kiosk] 这样的各组")
    for language, own in spoken.items():
        yield from _check_language(language, own, spoken.get("zh", {}))


def _places(text: object) -> frozenset[str] | None:
    try:
        return places(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _check_texts(language: str, table: Raw) -> Iterator[Problem]:
    """Each phrase by itself."""
    for key, text in flatten(table):
        here = f"{language}.{key}"
        if not isinstance(text, str) or not text.strip():
            advice = f'请写一句话：{key.rsplit(".", 1)[-1]} = "……"'
            yield Problem(file=PHRASES, key=here, message="应当是一句话", suggestion=advice)
        elif _places(text) is None:
            advice = "花括号要成对，里面只写填空的名字，例如 {ticket}"
            yield Problem(file=PHRASES, key=here, message="花括号写得不对", suggestion=advice)
        elif key == REPEATS and text.strip() not in {"1", "2", "3", "4", "5"}:
            advice = '请写 1 到 5 的数字，例如 repeats = "2"'
            yield Problem(file=PHRASES, key=here, message=f"“{text}”不是念几遍", suggestion=advice)


def _check_language(language: str, own: Spoken, chinese: Spoken) -> Iterator[Problem]:
    """One language against what the program asks for."""
    strange = own.keys() - asked().keys()
    for key, wanted in asked().items():
        here = f"{language}.{key}"
        if key in own:
            mine = own[key]
            if mine is not None and mine != wanted:
                names = "、".join(f"{{{name}}}" for name in sorted(wanted)) or "没有填空"
                yield Problem(file=PHRASES, key=here, message="填空不对", suggestion=f"应当是：{names}")
        elif language == "zh":
            guess = nearest(key, strange) if strange else ""
            advice = f"请补上中文。{guess}" if guess.startswith("是不是") else "请补上中文"
            yield Problem(file=PHRASES, key=here, message="缺少这一句", suggestion=advice)
        elif key.split(".", 1)[0] not in CHINESE_ONLY:
            yield Problem(file=PHRASES, key=here, message="缺少这一句", suggestion=f"请对照 zh.{key} 补上")
    if language != "zh" and (badge := f"console.language_{language}") not in chinese:
        advice = f"窗口人员要看到群众选了这种语言，请写 language_{language} = “……”"
        yield Problem(file=PHRASES, key=f"zh.{badge}", message="缺少这一句", suggestion=advice)
    for key in sorted(strange - chinese.keys()):
        missing = asked().keys() - own.keys()
        advice = nearest(key, missing) if missing else "请删去"
        yield Problem(file=PHRASES, key=f"{language}.{key}", message=f"中文里没有 zh.{key}", suggestion=advice)
