"""Which kiosk a page is on, what it reads aloud, and what links carry along: language, size of type, voice, kiosk."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import cast

from flask import current_app, request, url_for

from display.voice import number_clips
from display.voice.reading import clip_name, pieces
from kiosk.domain.hall import Kiosk, Window
from kiosk.domain.people import Actor
from kiosk.web.access import context, language
from kiosk.web.pace import Pace

KEPT = (
    "lang",
    "type",
    "voice",
    "kiosk",
    "by",
    "event",
    "service",
    "typed",
    "done",
    "number",
    "phone",
    "ground",
    "window",
    "right",
    "code",
    "asked",
    "card",
    "s",
    "matter",
    "job",
    "kind",
    "visit",
)
"""What of a page's address is kept when only its language or size changes."""
LOUDNESS = {"soft": 0.4, "on": 0.7, "loud": 1.0}
"""Steps of the reading voice that a citizen can choose, as parts of the hall's loudness; `on` is the first."""
QUIET = 0.4
"""The volume for somebody who asks to be read to in an hour when the hall itself is silent."""


def kiosk() -> Kiosk:
    """The kiosk that `?kiosk=` names; the hall's first one where none or an unknown one is named."""
    kiosks = context().hall.kiosks
    return next((one for one in kiosks if one.id == request.args.get("kiosk")), kiosks[0])


def actor() -> Actor:
    """Who stands in the events of what is done at this kiosk."""
    return Actor(name=f"kiosk:{kiosk().id}")


def unhurried(what: str, key: str) -> AbstractContextManager[None]:
    """What this kiosk gives or prints inside counts towards its pace; raises `too_fast` where it is no person's."""
    pace = cast("Pace", current_app.extensions["pace"])
    place = f"{what} {kiosk().id} {request.remote_addr}"
    return pace.one(place, key, context().clock(), most=context().hall.limits.numbers_per_minute)


def digits(name: str, most: int) -> str:
    """So many digits at most of a field of the address, with the key pressed after them; `back` takes one away."""
    typed, key = re.sub(r"[^0-9]", "", request.args.get(name, ""))[:most], request.args.get("key", "")
    if key == "back":
        return typed[:-1]
    return (typed + key)[:most] if re.fullmatch("[0-9]", key) else typed


def large() -> bool:
    """Whether the page is wanted in large type (长者模式)."""
    return request.args.get("type") == "large"


def reads() -> bool:
    """Whether the pages read themselves aloud, as somebody asked for in this session."""
    return request.args.get("voice") in LOUDNESS


def volume() -> float:
    """How loud the kiosk reads, 0 to 1: the citizen's step of the hall's voice at this hour, never mute when asked."""
    here = context()
    hall = here.hall.voice.loudness(here.hall.local(here.clock()).time()) or QUIET
    return round(hall * LOUDNESS.get(request.args.get("voice", ""), LOUDNESS["on"]), 2)


def aloud(names: str) -> str:
    """The clips that read these names in the page's language; what the hall has no recording of is left out."""
    has: Callable[[str], object] = current_app.extensions["clips"]
    foreign = "en-" if language() == "en" else ""
    found = (f"{foreign}{name}" if has(f"{foreign}{name}") else name for name in names.split())
    return " ".join(name for name in found if has(name))


def heard(text: str) -> str:
    """The clips that read a shown text; where one is missing, the one that asks to look at the screen or call staff."""
    has: Callable[[str], object] = current_app.extensions["clips"]
    spoken = "zh" if re.search("[一-鿿]", text) else language()
    names = [clip_name(piece, spoken) for piece in pieces(text, spoken)]
    return " ".join(names) if all(map(has, names)) else aloud("say-on_screen")


def figures_aloud(number: str) -> str:
    """The clips that say a case's number, figure by figure."""
    return aloud(f"say-case_code {' '.join(sign for sign in number if sign.isdigit())}")


def window_aloud(window: Window) -> str:
    """The clips that say a window's number and name."""
    number = context().phrases.say("touch.window", language(), number=window.number)
    return heard(f"{number}\u3000{window.english if language() == 'en' else window.name}")


def day_aloud(day: date) -> str:
    """The clips that say a day, with its year where it is not this one."""
    here = context()
    years = day.year - here.hall.local(here.clock()).year
    year = {1: "say-next_year ", -1: "say-last_year "}.get(years, "")
    return aloud(f"{year}month-{day.month} day-{day.day}")


def opening_aloud(opens: datetime | None, shown: str) -> str:
    """The clips that say when numbers are given again: by today or tomorrow, else by the day and the time."""
    if opens is None:
        return heard(shown)
    here = context()
    if (opens.date() - here.hall.local(here.clock()).date()).days < 2:
        return f"{aloud('say-opens')} {heard(shown)}"
    return f"{aloud('say-opens')} {day_aloud(opens.date())} {heard(f'{opens:%H:%M}')}"


def wait_aloud(shown: str) -> str:
    """The clips that say how long it takes, from the words that are shown."""
    has: Callable[[str], object] = current_app.extensions["clips"]
    minutes = re.findall(r"\d+", shown)
    if len(minutes) != 2:
        return heard(shown)
    names = (f"from-{minutes[0]}", f"minutes-{minutes[1]}")
    return aloud(f"say-wait {' '.join(names)}") if all(map(has, names)) else ""


def number_aloud(code: str) -> str:
    """The names of the clips that say a ticket's number."""
    if language() == "en":
        return " ".join(code)
    return " ".join(number_clips(code, lambda name: bool(current_app.extensions["clips"](name))))


def again(**changes: str | None) -> str:
    """The address of this page with another language or size of type; None takes one away."""
    kept = {name: request.args[name] for name in KEPT if name in request.args}
    return url_for(request.endpoint or "touch.home", **{**kept, **(request.view_args or {}), **changes})


def carry(endpoint: str, values: dict[str, object]) -> None:
    """Add to a link what the next page must know, too; None for `lang`, `type` or `voice` goes back to the usual."""
    if endpoint.endswith(".static"):
        return
    if language() != "zh":
        values.setdefault("lang", language())
    if large():
        values.setdefault("type", "large")
    if reads():
        values.setdefault("voice", request.args["voice"])
    if kiosk() != context().hall.kiosks[0]:
        values.setdefault("kiosk", kiosk().id)


SPOKEN = (aloud, heard, number_aloud, figures_aloud, window_aloud, day_aloud, opening_aloud, wait_aloud)
"""What templates name the clips of their words by."""
