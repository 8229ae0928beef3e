"""Writes the generated parts of the README: `python -m tests.docs`; a test compares them."""

from __future__ import annotations

import ast
from pathlib import Path

from kiosk.domain.tickets import TRANSITIONS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
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


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
