"""README and configuration cannot rot: what they claim is compared with what the program does."""

from __future__ import annotations

import re

import click
import pytest

from kiosk.cli import main
from kiosk.domain import errors
from tests.conftest import CONFIG, ROOT
from tests.docs import PACKAGES, README, written

TEXT = README.read_text()


def commands(group: click.Group, above: str = "kiosk") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        found += (
            commands(command, f"{above} {name}") if isinstance(command, click.Group) else [(f"{above} {name}", command)]
        )
    return found


def test_the_generated_parts_of_the_readme_are_fresh() -> None:
    """Run `python -m tests.docs` after changing the moves or a module's first sentence."""
    assert written(TEXT) == TEXT


@pytest.mark.parametrize(("name", "command"), commands(main), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_is_explained(name: str, command: click.Command) -> None:
    assert command.help
    assert name in TEXT


def test_every_picture_and_file_the_readme_shows_is_there() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", TEXT)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_phrase_a_page_or_program_asks_for_is_written() -> None:
    phrases = (CONFIG / "phrases.toml").read_text()
    from kiosk.config import load  # noqa: PLC0415

    known = load(CONFIG).phrases.texts["zh"]
    asked = {
        (path.relative_to(ROOT).as_posix(), key)
        for package in PACKAGES
        for kind in ("*.py", "*.html")
        for path in (ROOT / package).rglob(kind)
        for key in re.findall(r"""\bsay\(\s*["']([a-z_]+\.[a-z0-9_.]+)["']\s*[,)]""", path.read_text())
    }

    assert phrases
    assert asked
    assert sorted((path, key) for path, key in asked if key not in known) == []


def test_every_refusal_has_words_in_every_language() -> None:
    from kiosk.config import load  # noqa: PLC0415

    texts = load(CONFIG).phrases.texts
    codes = set(re.findall(r"\b[a-z]+_[a-z_]+\b", (errors.__doc__ or "").split("The words")[0]))
    raised = {
        code
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for code in re.findall(
            r"(?:Conflict|NotFound|BadInput|Forbidden|SignInNeeded|HallError)\(\s*\"([a-z_]+)\"", path.read_text()
        )
    }

    assert raised
    assert raised - codes == {"unexpected"} - codes
    for language in ("zh", "en"):
        assert sorted(code for code in raised if f"error.{code}" not in texts[language]) == []


def test_the_repository_names_no_machine_and_no_registry() -> None:
    wrong = re.compile(r"/work/|/root/|pypi\.org|registry\.npmjs|files\.pythonhosted|deb\.debian", re.IGNORECASE)
    files = [
        ROOT / "README.md",
        ROOT / "pyproject.toml",
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "tests").glob("run"),
    ]
    files += [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]

    strangers = [path.name for path in files if path.name != "test_docs.py" and wrong.search(path.read_text())]

    assert strangers == []
