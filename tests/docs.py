"""Writes what is generated, parts of the README and the list of phrases: `python -m tests.docs`; tests compare it."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path

from kiosk.config_phrases import places
from kiosk.domain.tickets import TRANSITIONS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
CONFIG = ROOT / "config"
PHRASES = ROOT / "kiosk" / "phrases.toml"
PACKAGES = ("kiosk", "display", "printer")


def states() -> str:
    """The ticket's life as a Mermaid diagram, from the table of legal moves."""
    lines = [
        f"    {before or '[*]'} --> {after}: {move.partition('.')[2]}" for (before, move), after in TRANSITIONS.items()
    ]
    leaving = {before for before, _ in TRANSITIONS}
    ends = [f"    {state} --> [*]" for state in dict.fromkeys(TRANSITIONS.values()) if state not in leaving]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, *ends, "```"])


def tree() -> str:
    """Every module with the first sentence of its docstring."""
    lines = ["```"]
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            sentence = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
            name = path.relative_to(ROOT).as_posix().replace("__init__.py", "")
            lines.append(f"{name:32} {sentence}")
    return "\n".join([*lines, "```"])


PARTS = {"states": states, "tree": tree}


def written(text: str) -> str:
    """The README with its generated parts as they should be now."""
    for name, make in PARTS.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        text = before + begin + make() + "\n" + end + rest.partition(end)[2]
    return text


def phrases() -> str:
    """The places of every shipped phrase by group and key, without its words."""
    lines = ["# What the program asks for: each phrase and its places. Written by `python -m tests.docs`."]
    for group, table in tomllib.loads((CONFIG / "phrases.toml").read_text())["zh"].items():
        lines += ["", f"[{group}]", *(f"{key} = {json.dumps(sorted(places(text)))}" for key, text in table.items())]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PHRASES.write_text(phrases())
    README.write_text(written(README.read_text()))
