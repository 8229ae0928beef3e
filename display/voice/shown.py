"""Every configured text that the kiosk's pages read out: rules, forms, windows, terms, choices, as the pages show it.

Read straight from the configuration, for the clips are made where the hall itself does not run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import Any

Table = Mapping[str, Any]
Shown = tuple[str, str]
"""A language and a text in it."""

PHRASES: Mapping[str, str] = {
    "case": r"page_(state_.*|collect|overdue)|stage_.*|light_.*|due_open|provisional|papers_missing|ground_\d+"
    r"|complaint_county",
    "checklist": "limit_at_once|if_applies|later|no_materials",
    "form": "original|copy|both|digital",
    "library": "free_rule|nobody|forms_more|pdf|nothing",
    "opinion": "anywhere",
    "rating": r"[1-5]|why_note",
    "touch": "voluntary|right_note|right_ask",
    "wait": "soon|unknown",
    "error": "unknown_(case|priority|appointment|service|matter|ticket|page)|too_many_tries|queue_full|storage_trouble"
    "|bad_(input|level|request|situation|ground)|foreign_page|already_rated|not_ratable|rated_just_now|unexpected",
}
"""Which phrases pages read out, a pattern of names for each group."""
_FORMS: Mapping[str, str] = {"原件": "original", "复印件": "copy", "原件和复印件": "both", "电子": "digital"}
_DAYS: Mapping[str, int] = {"default": 15, "inquiry": 15, "letter": 15, "complaint": 5, "follow_up": 5}
"""Working days of the hall's own rules where `[cases]` sets none (regulations 2, 3, 4)."""


def shown(config: Path) -> Iterator[Shown]:
    """Every text with its language; some come more than once."""
    phrases, hall = read(config / "phrases.toml"), read(config / "hall.toml")
    catalogue = read(config / "services.toml")
    for language in ("zh", "en"):
        say = phrases.get(language, {})
        texts = (_phrases(say), _hall(say, hall, language), _hours(say, hall), _matters(say, catalogue, hall))
        yield from ((language, text) for some in texts for text in some)
    yield from _names(catalogue, hall)
    yield from (("zh", text) for text in _papers(config, hall))
    negative = (one for one in read(config / "ratings.toml").get("options", ()) if one["level"] <= 2)
    for one in negative:
        yield "zh", one["text"]
        yield "en", one.get("english", "")


def read(path: Path) -> Table:
    """A file of the configuration as it is; empty where it is not there."""
    return tomllib.loads(path.read_text("utf-8-sig")) if path.is_file() else {}


def _phrases(say: Table) -> Iterator[str]:
    for group, wanted in PHRASES.items():
        yield from (text for name, text in say.get(group, {}).items() if re.fullmatch(wanted, name))


def _hall(say: Table, hall: Table, language: str) -> Iterator[str]:
    """The lines of the page of windows and phones, and each window by its number and name."""
    words = say.get("checklist", {})
    if "phone" in words:
        yield words["phone"].format(phone=hall.get("phone", ""))
        office, phone = hall.get("complaint_office", ""), hall.get("complaint_phone", "")
        yield words["complaint"].format(office=office, phone=phone)
    for window in hall.get("windows", ()):
        if "window" in say.get("touch", {}):
            name = window["name"] if language == "zh" else window.get("english", "")
            yield f"{say['touch']['window'].format(number=window['number'])}　{name}"


def _matters(say: Table, catalogue: Table, hall: Table) -> Iterator[str]:
    """How long matters take and by which rule, what they cost, under which conditions, where, and their papers."""
    words = say.get("checklist", {})
    if "fee" not in words:
        return
    days = {name: hall.get("cases", {}).get(f"{name}_days", usual) for name, usual in _DAYS.items()}
    yield words["limit_default"].format(days=days["default"])
    rules = [(name, many, words["unit_working"]) for name, many in days.items()]
    for matter in catalogue.get("matters", ()):
        for kind in ("promised", "statutory"):
            if many := matter.get(f"{kind}_days"):
                unit = words["unit_working" if matter.get(f"{kind}_unit", "工作日") == "工作日" else "unit_calendar"]
                yield words[kind].format(days=many, unit=unit)
                rules.append((kind, many, unit))
        fee = words["free"] if matter["fee"] == "不收费" else matter["fee"]
        basis = words["basis"].format(basis=matter["fee_basis"]) if matter.get("fee_basis") else ""
        yield f"{words['fee'].format(fee=fee)}{basis}"
        yield from (words["condition"].format(text=text) for text in matter.get("conditions", ()))
        yield from _windows(say, hall, matter["service"])
        yield from (text for one in matter.get("materials", ()) for text in _material(say, one))
    yield from (text.format(days=many, unit=unit) for name, many, unit in rules if (text := _rule(say, name)))
    yield _rule(say, "at_once")


def _rule(say: Table, name: str) -> str:
    return str(say.get("case", {}).get(f"rule_{name}", ""))


def _windows(say: Table, hall: Table, service: str) -> Iterator[str]:
    words = say.get("checklist", {})
    if "windows" in words and "window" in say.get("kiosk", {}):
        numbers = [str(one["number"]) for one in hall.get("windows", ()) if service in one["services"]]
        yield words["windows"].format(windows=say["kiosk"]["window"].format(number=words["and"].join(numbers)))


def _material(say: Table, material: Table) -> Iterator[str]:
    """In which form and how many times a paper is wanted, and what is noted of it."""
    words, forms = say.get("checklist", {}), say.get("form", {})
    yield material.get("note", "")
    if not {"copies", "and"} <= words.keys() or not {"original", "copy"} <= forms.keys():
        return
    named = forms.get(_FORMS.get(material.get("form", ""), "unstated"), "")
    originals, copies = material.get("originals"), material.get("copies")
    many = [
        f"{name} {words['copies'].format(count=count)}"
        for name, count in ((forms["original"], originals), (forms["copy"], copies))
        if count is not None
    ]
    if originals is None and copies is not None and not named.startswith(forms["original"]):
        many = [f"{named} {words['copies'].format(count=copies)}"]
    elif originals is None and copies is not None:
        many = [forms["original"], *many]
    elif originals is not None and copies is None:
        many = [f"{named} {words['copies'].format(count=originals)}"]
    yield words["and"].join(many) or named


def _hours(say: Table, hall: Table) -> Iterator[str]:
    """When the hall opens again: a time, today's and tomorrow's."""
    words = say.get("hours", {})
    for at in dict.fromkeys(one["opens"] for one in hall.get("hours", ())):
        opens = f"{at:%H:%M}" if isinstance(at, time) else at  # written without quotation marks
        yield opens
        yield from (words[day].format(time=opens) for day in ("today", "tomorrow") if day in words)


def _names(catalogue: Table, hall: Table) -> Iterator[Shown]:
    """What is chosen or shown by its name, in both languages where it has an English one."""
    named = [*catalogue.get("services", ()), *catalogue.get("events", ()), *hall.get("windows", ())]
    for one in (*named, *hall.get("priorities", ())):
        yield "zh", one["name"]
        if one.get("english"):
            yield "en", one["english"]
    yield from (("zh", one["name"]) for one in catalogue.get("papers", ()))
    yield from (("zh", one["direction"]) for one in hall.get("windows", ()) if one.get("direction"))
    yield from (("zh", one["post"]) for one in hall.get("signs", ()) if one.get("post"))
    yield "zh", hall.get("address", "")
    for matter in catalogue.get("matters", ()):
        yield "zh", matter.get("note", "")
        for material in matter.get("materials", ()):
            yield from (("zh", material["name"]) for kind in ("blank", "sample") if material.get(kind))


def _papers(config: Path, hall: Table) -> Iterator[str]:
    """The rules chapter by chapter, and the forms that are text, line by line; rows of tables are left out."""
    files = [config / "regulations" / one["file"] for one in hall.get("regulations", ())]
    yield from (one["title"] for one in hall.get("regulations", ()))
    for path in [*files, *sorted((config / "forms").glob("*.txt"))]:
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
        yield from (line.strip().lstrip("#").strip() for line in lines if not line.rstrip().endswith("|"))
