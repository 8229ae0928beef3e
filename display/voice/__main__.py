"""Makes and checks the voice clips: `python -m display.voice make` and `python -m display.voice check`.

After a service was added or renamed, `make` adds its clip on any workstation that reaches PyPI and npm; a hall that
has a better voice puts recordings named like the clips into its `config/voice/` and needs none of this.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import click

from display.voice import FOLDER, MANIFEST, Clip, bank, english, missing
from display.voice.check import problems
from display.voice.kit import SPEED, Workshop, made_with, open_workshop, sha256
from display.voice.lines import BREATH, VOICE, Line, lines
from display.voice.sound import LEAD_MS, LOUDNESS_DB, RATE, chime, dress, keep

CHIME = Line(name="chime", text="")
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def main() -> None:
    """The hall's voice: clips made once on a workstation, played in the hall without any network."""


@main.command()
@click.option("--config", type=_FOLDER, default=Path("config"), show_default=True, help="the hall's configuration")
@click.option("--folder", type=_FOLDER, default=FOLDER, help="where the clips go")
@click.option("--work", type=_FOLDER, help="folder of the workshop, kept for the next time; else a temporary one")
@click.option("--only", multiple=True, help="make these clips even if they are there")
def make(config: Path, folder: Path, work: Path | None, only: tuple[str, ...]) -> None:
    """Make every clip that is missing or whose text has changed, drop what nothing says (needs pip, npm and ffmpeg)."""
    wanted = {line.name: line for line in (CHIME, *lines(config))}
    unknown = [name for name in only if name not in wanted]
    if unknown:
        raise click.BadParameter(f"no such clip: {', '.join(unknown)}", param_hint="--only")
    _drop(folder, wanted)
    due = [wanted[name] for name in only or _due(wanted.values(), folder)]
    folder.mkdir(parents=True, exist_ok=True)
    shop = work or Path(tempfile.mkdtemp(prefix="voice-"))
    try:
        for clip in _made(due, folder, shop):
            _record(folder, [clip])
            click.echo(f"{clip.name}\t{clip.text}\t{clip.pinyin}\t{clip.ms} ms")
    finally:
        if work is None:
            shutil.rmtree(shop, ignore_errors=True)


@main.command()
@click.option("--config", type=_FOLDER, default=Path("config"), show_default=True, help="the hall's configuration")
@click.option("--folder", type=_FOLDER, default=FOLDER, help="where the clips are")
@click.argument("names", nargs=-1)
def check(config: Path, folder: Path, names: tuple[str, ...]) -> None:
    """Prove the clips by hash and by their sound, and name those that the configuration needs but the bank lacks."""
    lacking = [] if names else missing([line.name for line in (CHIME, *lines(config))], folder)
    clips = [clip for name, clip in bank(folder).items() if not names or name in names]
    found = [*(f"{name}: missing" for name in lacking), *(text for clip in clips for text in problems(clip, folder))]
    click.echo("\n".join(found) or f"{len(clips)} clips, all well")
    raise SystemExit(1 if found else 0)


def _drop(folder: Path, wanted: Collection[str]) -> None:
    """Take out the clips of texts that the configuration no longer has."""
    known = bank(folder)
    gone = known.keys() - set(wanted)
    for name in gone:
        (folder / known[name].file).unlink(missing_ok=True)
    if gone:
        _write(folder, {name: clip for name, clip in known.items() if name not in gone})


def _due(wanted: Iterable[Line], folder: Path) -> list[str]:
    have = bank(folder)
    return [line.name for line in wanted if line.name not in have or _differs(line, have[line.name])]


def _differs(line: Line, clip: Clip) -> bool:
    """Whether the clip speaks something else than the line now asks for."""
    return (line.text, line.gap_ms) != (clip.text, clip.gap_ms) or line.pinyin not in {"", clip.pinyin}


def _made(due: list[Line], folder: Path, shop: Path) -> Iterator[Clip]:
    spoken = {line.name: line for line in due if line is not CHIME}
    if len(spoken) < len(due):
        yield _kept(CHIME, dress(chime(), gap_ms=BREATH), folder)
    if not spoken:
        return
    workshop: Workshop = open_workshop(shop)
    for reading in workshop.read(list(spoken.values())):
        line = spoken[reading.name]
        samples = dress(array("f", reading.raw.read_bytes()), gap_ms=line.gap_ms)
        yield _kept(line, samples, folder, pinyin=reading.pinyin, phonemes=reading.phonemes)


def _kept(line: Line, samples: array[float], folder: Path, *, pinyin: str = "", phonemes: str = "") -> Clip:
    path = folder / f"{line.name}.ogg"
    heard = keep(samples, path, kbps=line.kbps)
    return Clip(
        name=line.name,
        file=path.name,
        text=line.text,
        pinyin=pinyin,
        phonemes=phonemes,
        ms=heard.ms,
        gap_ms=line.gap_ms,
        rms_db=heard.rms_db,
        sha256=sha256(path),
    )


def _record(folder: Path, clips: Iterable[Clip]) -> None:
    """Write the manifest anew after each clip, so that a maker stopped half-way goes on where it stood."""
    _write(folder, {**bank(folder), **{clip.name: clip for clip in clips}})


def _write(folder: Path, known: Mapping[str, Clip]) -> None:
    manifest = {
        "voice": VOICE,
        "english_voice": english.VOICE,
        "speed": SPEED,
        "licence": "Apache-2.0, see NOTICE",
        "made_with": made_with(),
        "sound": {"rate_hz": RATE, "channels": 1, "codec": "opus", "lead_ms": LEAD_MS, "rms_db": LOUDNESS_DB},
        "clips": {
            name: {key: value for key, value in asdict(clip).items() if key != "name"} for name, clip in known.items()
        },
    }
    scratch = folder / f"{MANIFEST}.new"
    scratch.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    scratch.replace(folder / MANIFEST)


if __name__ == "__main__":
    main()
