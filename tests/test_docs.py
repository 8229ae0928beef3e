"""README and configuration cannot rot: what they claim is compared with what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Collection
from itertools import chain
from pathlib import Path

import click
import pytest

from display.board import default_words
from kiosk.cli import main
from kiosk.config import load
from kiosk.domain import errors
from kiosk.domain.breaches import Clause
from kiosk.domain.cases import STAGES
from kiosk.domain.cases import Form as CaseForm
from kiosk.domain.cases import Kind as CaseKind
from kiosk.domain.cases import Outcome as CaseOutcome
from kiosk.domain.cases import Rule as CaseRule
from kiosk.domain.cases import State as CaseState
from kiosk.domain.catalogue import Form
from kiosk.domain.dispatch import Rule
from kiosk.domain.events import Name
from kiosk.domain.figures import Standing
from kiosk.domain.hall import Weekday
from kiosk.domain.lights import Light
from kiosk.domain.ratings import Channel, Level
from kiosk.domain.tickets import Hold, Outcome
from kiosk.store.registers import WHOSE
from kiosk.web.casebook import VERBS
from kiosk.web.columns import ALL, COLUMNS
from kiosk.web.ledger_lines import BREACH, KEPT, NOTICE, ORDER
from kiosk.web.ledgers import LEDGERS
from kiosk.web.registers import LISTS, ORDERS
from kiosk.web.reviews import FILTERS
from printer.jobs import JobState
from printer.status import Condition
from tests.conftest import CONFIG, ROOT
from tests.docs import PACKAGES, PHRASES, README, phrases, written

TEXT = README.read_text()


def commands(group: click.Group, above: str = "kiosk") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    within = click.Context(group)
    for name in group.list_commands(within):
        command = group.get_command(within, name)
        assert command
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


def test_everything_a_hall_may_change_is_named() -> None:
    there = {path.name for path in CONFIG.iterdir()}

    assert there
    assert {name for name in there if f"](config/{name})" not in TEXT} == set()


GUIDE = TEXT[TEXT.index("# 使用指南") :]
INSTALL = next(line for line in TEXT.splitlines() if line.startswith("sudo apt update"))


def named(line: str) -> list[click.Command]:
    """The commands that a line of the README tells to type; one that is not there ends the test."""
    found = []
    for code in re.findall(r"(?:`|\.venv/bin/)kiosk ([a-z][a-z -]*)", line):
        command: click.Command = main
        for word in code.split():
            if isinstance(command, click.Group):
                known = command.get_command(click.Context(command), word)
                command = known or pytest.fail(f"{line}: there is no {word}")
        found.append(command)
    return found


def test_every_command_the_readme_tells_to_type_is_there_with_its_options() -> None:
    lines = {line: commands for line in TEXT.splitlines() if (commands := named(line))}
    known = {
        line: {name for command in (main, *commands) for option in command.params for name in option.opts}
        for line, commands in lines.items()
    }

    assert len(lines) > 20
    assert {line: wrong for line in lines if (wrong := set(re.findall(r"--[a-z]+", line)) - known[line])} == {}


def test_the_chinese_guide_repeats_the_line_that_installs_and_runs() -> None:
    assert INSTALL.endswith(" && .venv/bin/kiosk serve")
    assert f"   {INSTALL}\n" in GUIDE


def test_what_the_chinese_guide_quotes_stands_on_a_page() -> None:
    """Somebody who follows it looks for these very words; what stands in no phrase is no button."""
    phrases = [text for key, text in load(CONFIG).phrases.texts["zh"].items() if not key.startswith("spoken.")]
    chapters = re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)
    quoted = re.findall("“([^”]+)”", GUIDE)

    assert len(quoted) > 20
    assert [words for words in quoted if not any(words in text for text in [*phrases, *chapters])] == []


def test_the_chinese_guide_explains_every_key_of_the_console() -> None:
    pages = "".join(path.read_text() for path in (ROOT / "kiosk/web/templates/console").glob("_console.html"))
    keys = re.findall(r'\b(?:move|panel)\("[a-z_]+", "([A-Z])"|data-key="([A-Z])"', pages)

    assert set(re.findall(r"\*\*([A-Z])\*\*", GUIDE)) == {one or other for one, other in keys}


def test_the_unit_the_readme_tells_to_write_is_understood_by_systemd(tmp_path: Path) -> None:
    program = tmp_path / ".venv/bin/kiosk"
    program.parent.mkdir(parents=True)
    program.symlink_to(sys.executable)
    (tells,) = re.findall(
        r"^sudo (tee /etc/systemd/system/hall\.service <<END\n.*?^END)$", TEXT, re.DOTALL | re.MULTILINE
    )
    unit = tmp_path / "hall.service"

    writes = tells.replace("/etc/systemd/system/hall.service", str(unit))
    subprocess.run(["bash", "-ec", writes], cwd=tmp_path, check=True, capture_output=True, env={"USER": "root"})
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )

    assert f'ExecStart="{program}" serve' in unit.read_text()
    assert [line for line in checked.stderr.splitlines() if "hall.service" in line] == []


MOVES = ("recall", "start", "complete", "miss")
CASE_SLIPS = ("receipt", "complete", "collect", "referral", "complaint", "answer")
AT_WINDOW = ("called", "serving")
BUILT: dict[str, Collection[object]] = {
    "error.": re.findall(r"\b[a-z]+_[a-z_]+\b|\bunexpected\b", errors.__doc__ or ""),  # words(): a refusal's code
    "form.": [form.name.lower() for form in Form],  # slips.material_form: how a paper is wanted
    "hours.": list(Weekday),  # touch/_parts.html: the days of a period
    "rating.": [level.value for level in Level],  # touch/_parts.html: the five answers
    "own.": ("completed", "missed", "cancelled"),  # touch/_own.html: how a number ended
    "checklist.": (
        "printing",
        "printed",
        "printed_beside",
        "paper_out",
        "trouble",
        "unit_working",
        "unit_calendar",
    ),  # touch/matter.html: where the list of papers is
    "library.": [name + end for name in ("rules", "promises", "forms", "people") for end in ("", "_note")],
    "printer.": list(Condition),  # office and console: how a printer is
    "job.": list(JobState),  # office: where a slip is
    "slip.": (
        "ticket",
        "checklist",
        "missing",
        "test",
        "receipt",
        "complete",
        "collect",
        "referral",
        "complaint",
        "answer",
        "rating",
    ),  # office: the kind of a slip, as operations enqueue it
    "console.": ("call_next", *MOVES),  # console/_console.html: the buttons
    "console.done_": MOVES,  # web.console: what was done
    "console.state_": AT_WINDOW,  # console/_console.html: the ticket at the window,
    "console.clock_": AT_WINDOW,  # since when,
    "console.hint_": AT_WINDOW,  # and the courtesy that is due now
    "console.language_": ("en",),  # the language a visitor chose
    "console.panel_": (
        "finish",
        "tell",
        "case",
        "hold",
        "transfer",
        "issue",
        "pause",
        "window",
    ),  # console/_panels.html
    "console.outcome_": list(Outcome),
    "console.hold_": list(Hold),
    "touch.": ("printing", "printed", "printed_beside", "sent", "paper_out", "paper_trouble"),  # touch/_taken.html
    "console.held_": list(Hold),
    "alert.": ("wait_long", "queue_long", "window_idle", "pause_long"),  # console/_console.html: domain.alerts
    "office.duty_": ("window", "person", "from", "until", "pauses", "paused"),  # office/day.html: columns
    "office.appointment_": ("time", "service", "name", "phone", "code", "state"),
    "office.kind_": ("all", *CaseKind),  # office/cases.html
    "office.new_": ("inquiry", "application", "letter", "complaint"),
    "office.list_": LISTS,
    "office.column_": {
        *chain(ALL, KEPT, NOTICE, ORDER, BREACH, *COLUMNS.values()),
        *("light", "left", "days", "answer", "reason", "to_window", "office_address", "office_phone"),
    },
    "office.order_": (*ORDERS, "called", "moved_up", "priority_judged"),
    "office.": ("opened_days", "due_days"),  # office/_register.html: days
    "office.note_": LEDGERS,
    "office.choose_": ("whose", "list", "rule"),
    "office.whose_": WHOSE,
    "office.told_": ("missing", "all"),
    "office.daily_": ("late", "near", "untaken", "stopped", "results"),  # office/daily.html
    "office.by_": ("kiosk", "citizen", "upkeep", "watch", "cli", "demo", "clerk", "guide", "office", "pad"),
    "office.outcome_note_": list(CaseOutcome),
    "breach.rule_": [one.name.lower() for one in Clause],
    "breach.facts_": [one.name.lower() for one in Clause],
    "office.outcome_": list(CaseOutcome),
    "office.state_": list(CaseState),
    "office.do_": set(VERBS),  # office/case.html
    "office.event_": [name.partition(".")[2] for name in Name if name.startswith("case.")],
    "case.page_": ("satisfied", "dissatisfied"),
    "office.page_": ("hall", "day", "cases", "daily", *LEDGERS),  # office/frame.html: tabs
    "office.standing_": list(Standing),  # office/figures.html, office/ratings.html
    "office.ratings_": ("figures", "ratings", "paper", "praise"),  # office/_ratings.html: tabs
    "office.answering_": ("replied", "in_time", "rectified", "satisfied"),
    "office.figures_": ("window", "person", "matter", "month"),
    "office.group_": ("window", "person", "matter", "month"),
    "office.show_": ("all", *filter(None, FILTERS)),
    "office.rating_": ("time", "number", "window", "person", "about", "level", "why", "standing"),
    "office.review_": ("exclude", "readmit"),
    "office.channel_": list(Channel),
    "office.praise_": ("time", "window", "target", "about", "name", "phone"),
    "opinion.window_": ("complaint", "praise"),  # touch/opinion_windows.html
    "case.rule_": list(CaseRule),  # slips.cases and the citizen's own page
    "case.ground_": range(1, 12),
    "case.form_": list(CaseForm),
    "case.complaint_": list(CaseForm),
    "case.light_": list(Light),
    "case.page_state_": list(CaseState),
    "case.stage_": [one for stages in STAGES.values() for one in stages],
    "case.title_": ("waiting", *CASE_SLIPS),
    "dispatch.": list(Rule),  # console/_console.html: why a ticket is next
    "spoken.window_": ("complaint", "praise"),  # touch/opinion_windows.html
    "touch.loud_": ("soft", "on", "loud"),  # touch/kiosk.html
    "display.": list(default_words()),  # faces: phrases.group("display") for the screens' own templates
}
"""Keys that programs put together: what stands before the part that varies, and what it may be."""


def phrases_asked_for() -> dict[str, str]:
    """Every key that pages and programs ask for, with the place that does."""
    asked = {f"{start}{end}": start for start, ends in BUILT.items() for end in ends}
    files = [path for package in PACKAGES for kind in ("*.py", "*.html") for path in (ROOT / package).rglob(kind)]
    for path in files:
        place, text = path.relative_to(ROOT).as_posix(), path.read_text()
        asked |= dict.fromkeys(
            re.findall(r"""\b(?:say|_done|_told)\(\s*["']([a-z_]+\.[a-z0-9_]+)["']\s*[,)]""", text), place
        )
        asked |= dict.fromkeys(re.findall(r"""\bsay\(\s*"([a-z_]+\.[a-z0-9_]+)" if """, text), place)
        asked |= dict.fromkeys(re.findall(r"""\bsay\([^)]* else "([a-z_]+\.[a-z0-9_]+)"\)""", text), place)
        # a screen names the clips it reads aloud: say-home speaks [zh.spoken] home
        asked |= {f"spoken.{name}": place for name in re.findall(r"\bsay-([a-z_]*[a-z])\b", text)}
    for path in (ROOT / "kiosk/slips").glob("*.py"):  # slips shorten `say` to their own table
        if table := re.search(r"""\bsay\(f"(\w+)\.\{key\}\"""", path.read_text()):
            keys = re.findall(r"""\b(?:say|row|words)\(["'](\w+)["']""", path.read_text())
            asked |= {f"{table[1]}.{key}": path.name for key in keys}
    return asked


def test_every_phrase_a_page_or_program_asks_for_is_written() -> None:
    known = load(CONFIG).phrases.texts["zh"]

    assert {key: place for key, place in phrases_asked_for().items() if key not in known} == {}


def test_every_written_phrase_is_asked_for() -> None:
    """A hall that changes a sentence must see the change."""
    asked, texts = phrases_asked_for(), load(CONFIG).phrases.texts

    assert {language: [key for key in own if key not in asked] for language, own in texts.items()} == {
        "zh": [],
        "en": [],
    }


def test_the_list_of_phrases_that_every_hall_must_write_is_fresh() -> None:
    """Run `python -m tests.docs` after adding, renaming or deleting a phrase or one of its places."""
    assert PHRASES.read_text() == phrases()


def test_a_hall_finds_every_word_of_its_screens_in_one_file() -> None:
    assert load(CONFIG).phrases.group("display").keys() == default_words().keys()


def test_every_refusal_has_words_in_every_language() -> None:
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


SOUNDS_AND_PICTURES = {".ogg", ".png", ".bin"}


def test_the_repository_names_no_machine_and_no_registry() -> None:
    wrong = re.compile(r"/work/|/root/|pypi\.org|registry\.npmjs|files\.pythonhosted|deb\.debian", re.IGNORECASE)
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    names = [name for name in tracked.splitlines() if Path(name).suffix not in SOUNDS_AND_PICTURES]

    strangers = [name for name in names if name != "tests/test_docs.py" and wrong.search((ROOT / name).read_text())]

    assert len(names) > 400
    assert strangers == []
