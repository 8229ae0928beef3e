"""Four ways to a matter without typing its name: by picture, by window, by life event, by pinyin initials."""

from __future__ import annotations

import re

from flask import render_template, request

from kiosk.domain.catalogue import Matter
from kiosk.web.access import context, whole_number
from kiosk.web.pinyin import initials

KEYS = ("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ")
"""The letters of the eight keys, as on a telephone; the ninth key deletes (requirements 3.3)."""
TYPED_MOST = 10
FOUND_MOST = 4


def page() -> str:
    """The way that the address asks for, or the matters found on it."""
    way = {"letters": _by_letters, "event": _by_event, "window": _by_window}.get(request.args.get("by", ""))
    return _found() or (way or _by_topic)()


def _found() -> str | None:
    """The matters of the service, life event or window that the address names; None where it names none."""
    ask, catalogue, hall = request.args, context().catalogue, context().hall
    if service_id := ask.get("service"):
        service = hall.service(service_id)
        return _list(catalogue.of_service(service.id), service=service)
    if event_id := ask.get("event"):
        event = catalogue.event(event_id)
        return _list(tuple(catalogue.matter(one) for one in event.matters), event=event)
    if number := ask.get("window"):
        window = hall.window(whole_number(number))
        found = tuple(matter for one in window.services for matter in catalogue.of_service(one))
        return _list(found, window=window)
    return None


def _by_topic() -> str:
    groups = [(service, len(context().catalogue.of_service(service.id))) for service in context().hall.services]
    return render_template("touch/topics.html", groups=[group for group in groups if group[1]])


def _by_window() -> str:
    return render_template("touch/by_window.html")


def _by_event() -> str:
    return render_template("touch/by_event.html", events=context().catalogue.events)


def _list(matters: tuple[Matter, ...], **where: object) -> str:
    return render_template("touch/matters.html", matters=matters, **where)


def _by_letters() -> str:
    typed = pressed(re.sub("[^2-9]", "", request.args.get("typed", ""))[:TYPED_MOST], request.args.get("key", ""))
    matters = {matter.name: matter for matter in context().catalogue.matters}
    spelt = initials(tuple(matters))
    found = [matters[name] for name in matching(typed, spelt)]
    shown = [KEYS[int(digit) - 2] for digit in typed]
    return render_template("touch/by_letters.html", typed=typed, shown=shown, keys=KEYS, found=found, most=FOUND_MOST)


def pressed(typed: str, key: str) -> str:
    """What stands there after a key, as digits 2 to 9; `back` takes one away."""
    if key == "back":
        return typed[:-1]
    return (typed + key)[:TYPED_MOST] if re.fullmatch("[2-9]", key) else typed


def matching(typed: str, spelt: dict[str, str]) -> list[str]:
    """The names whose initials have the typed keys in this order, those that begin with them first; none for none.

    The characters need not be neighbours: 医保 finds 城乡居民基本医疗保险参保登记.
    """
    if not typed:
        return []
    keys = {letter: str(place) for place, letters in enumerate(KEYS, 2) for letter in letters}
    pressed_for = {name: "".join(keys.get(letter, "") for letter in letters) for name, letters in spelt.items()}
    found = [(_rank(typed, digits), name) for name, digits in pressed_for.items()]
    return [name for rank, name in sorted(found, key=lambda one: one[0]) if rank < _NOT]


_NOT = 3


def _rank(typed: str, digits: str) -> int:
    """0 where the name begins so, 1 where it holds the keys together, 2 where it holds them in this order."""
    if digits.startswith(typed):
        return 0
    if typed in digits:
        return 1
    rest = iter(digits)
    return 2 if all(digit in rest for digit in typed) else _NOT
