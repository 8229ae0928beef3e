"""Whether the screens, kiosks and printers of `hall.toml` fit each other and what their drivers know."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import fields
from enum import StrEnum

from kiosk.config_checks import HALL, Problem, Raw, items, nearest, outside, tables
from printer.addresses import parse_address
from printer.profiles import PROFILES, Profile, adjusted

OPTIONS = {"width_dots": (96, 1024), "tail_lines": (0, 30), "slice_rows": (8, 255), "slice_pause": (0, 2)}
"""Lowest and highest sensible value of a printer's options that are numbers: dots, lines, rows, seconds."""
PHOTO = re.compile(r"[\w-]+\.(jpe?g|png|webp)")
TAKEN = r"static|clips|photos|window(-.*)?"
"""Addresses below `/display/` that are no configured screen's."""
CHARSETS = ("gb2312", "gbk", "gb18030")


def check_devices(hall: Raw | None) -> Iterator[Problem]:
    """Every mistake in the screens, kiosks and printers; none where the file could not be read."""
    numbers = [row["number"] for _, row in tables(hall, "windows") if isinstance(row.get("number"), int)]
    printers = [row["id"] for _, row in tables(hall, "printers") if isinstance(row.get("id"), str)]
    for key, screen in tables(hall, "screens"):
        if re.fullmatch(TAKEN, str(screen.get("id"))):
            advice = "请换一个名字，例如 hall、door、upstairs"
            yield Problem(file=HALL, key=f"{key}.id", message="这个名字是程序自己用的地址", suggestion=advice)
        for item, number in items(screen, "windows"):
            if isinstance(number, int) and number not in numbers:
                message = f"没有 {number} 号窗口"
                yield Problem(file=HALL, key=f"{key}.{item}", message=message, suggestion=nearest(number, numbers))
    yield from _check_voice(hall or {})
    yield from _check_signs(hall)
    for key, kiosk in tables(hall, "kiosks"):
        name = kiosk.get("printer")
        if isinstance(name, str) and name not in printers:
            message = f"没有“{name}”这台打印机"
            yield Problem(file=HALL, key=f"{key}.printer", message=message, suggestion=nearest(name, printers))
    places: dict[object, str] = {}
    for key, printer in tables(hall, "printers"):
        yield from _check_printer(key, printer)
        yield from _check_place(f"{key}.address", printer.get("address"), places)


def _check_voice(hall: Raw) -> Iterator[Problem]:
    voice = hall.get("voice")
    if not isinstance(voice, dict):
        return
    yield from outside("voice.percent", voice.get("percent"), 10, 100)
    for key, row in tables(voice, "softer"):
        yield from outside(f"voice.{key}.percent", row.get("percent"), 0, 100)
        starts, ends = str(row.get("starts", "")), str(row.get("ends", "~"))
        if ends <= starts:
            advice = "跨过半夜的请写成两段"
            yield Problem(file=HALL, key=f"voice.{key}.ends", message="结束不晚于开始", suggestion=advice)


def _check_signs(hall: Raw | None) -> Iterator[Problem]:
    for key, row in tables(hall, "signs"):
        photo = row.get("photo")
        if isinstance(photo, str) and photo and not PHOTO.fullmatch(photo):
            advice = "只写文件名，例如 007.jpg，照片放进 config/photos/"
            yield Problem(file=HALL, key=f"{key}.photo", message=f"“{photo}”不能作照片", suggestion=advice)


def _check_place(key: str, address: object, taken: dict[object, str]) -> Iterator[Problem]:
    """A printer takes one client at a time, so two of ours at one place would cut each other's slips short."""
    try:
        found = parse_address(address) if isinstance(address, str) else None
    except ValueError:
        return
    if found is None:
        return
    place = ("tcp" if found.host else found.scheme, found.host, found.port, found.path, found.vendor, found.product)
    if place in taken:
        advice = "每台打印机写各自的地址；同一台只写一次"
        yield Problem(file=HALL, key=key, message=f"和 {taken[place]} 是同一个地方", suggestion=advice)
    taken.setdefault(place, key)


def _check_printer(key: str, printer: Raw) -> Iterator[Problem]:
    profile, address = printer.get("profile"), printer.get("address")
    if isinstance(profile, str) and profile not in PROFILES:
        message = f"不认识“{profile}”这种打印机"
        yield Problem(file=HALL, key=f"{key}.profile", message=message, suggestion=nearest(profile, PROFILES))
    options = printer.get("options")
    if isinstance(options, dict) and profile in PROFILES:
        for name, value in options.items():
            yield from _check_option(f"{key}.options.{name}", str(profile), name, value)
    if isinstance(address, str):
        try:
            parse_address(address)
        except ValueError:
            advice = '请写成 "tcp://192.168.1.50:9100"，没有打印机时写 "emulator://127.0.0.1:9100"'
            yield Problem(file=HALL, key=f"{key}.address", message=f"打印机地址“{address}”写得不对", suggestion=advice)


def _check_option(key: str, profile: str, name: str, value: object) -> Iterator[Problem]:
    """One field of a printer's profile that is changed, as `python -m printer probe` prints it."""
    known = {field.name: getattr(PROFILES[profile], field.name) for field in fields(Profile)}
    known = {field: usual for field, usual in known.items() if field not in {"name", "title"}}
    if name not in known:
        yield Problem(file=HALL, key=key, message=f"打印机没有“{name}”这一项", suggestion=nearest(name, known))
        return
    words: Collection[object] = CHARSETS if name == "charset" else ()
    words = known[name].__class__.__members__.values() if isinstance(known[name], StrEnum) else words
    if words and value not in words:
        yield Problem(file=HALL, key=key, message=f"不能写“{value}”", suggestion=nearest(value, words))
    elif name in OPTIONS and isinstance(value, int | float) and not OPTIONS[name][0] <= value <= OPTIONS[name][1]:
        yield from outside(key, value, *OPTIONS[name])
    elif not isinstance(value, str | int | float) or not _adjusts(profile, name, value):
        advice = f"请照 .venv/bin/python -m printer probe 打印的写，例如 {name} = {json.dumps(known[name])}"
        yield Problem(file=HALL, key=key, message=f"不能写“{value}”", suggestion=advice)


def _adjusts(profile: str, name: str, value: str | float) -> bool:
    try:
        adjusted(profile, {name: value})
    except ValueError:
        return False
    return True
