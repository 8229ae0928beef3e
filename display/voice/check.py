"""Finds what is wrong with a clip: another file than the recorded one, a clipped start, a wrong length or loudness."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from display.voice import Clip
from display.voice.kit import sha256
from display.voice.sound import LOUDEST_PEAK_DB, LOUDNESS_DB, RATE, decode, measure

LATEST_START_MS = 100
CLICK = 0.02  # of full scale in the first 2 ms: a cut into a sound
REST_MS = 120  # silence after the sound beyond the wanted gap: the faded tail, and the codec's frames
LOUDNESS_TOLERANCE_DB = 1.0
SHORTEST_MS, LONGEST_MS = 200, 6_000
LONGEST_GUIDANCE_MS = 20_000  # several sentences that the kiosk reads aloud
GUIDANCE = ("say-", "en-say-", "paper-", "ask-", "matter-", "en-matter-", "read-", "en-read-")


def problems(clip: Clip, folder: Path) -> Iterator[str]:
    """What is wrong with a clip, a sentence each; nothing if all is well."""
    path = folder / clip.file
    if not path.is_file():
        yield f"{clip.name}: the file {clip.file} is missing"
        return
    if sha256(path) != clip.sha256:
        yield f"{clip.name}: the file is not the one that was recorded"
    try:
        samples = decode(path)
        heard = measure(samples)
    except (ValueError, subprocess.CalledProcessError) as error:
        yield f"{clip.name}: {error}"
        return
    if heard.lead_ms > LATEST_START_MS:
        yield f"{clip.name}: {heard.lead_ms} ms of silence before the first sound"
    if max(abs(sample) for sample in samples[: RATE * 2 // 1000]) >= CLICK:
        yield f"{clip.name}: begins in the middle of a sound, which clicks"
    if heard.tail_ms > clip.gap_ms + REST_MS:
        yield f"{clip.name}: {heard.tail_ms} ms of silence at the end, {clip.gap_ms} ms wanted"
    if abs(heard.rms_db - LOUDNESS_DB) > LOUDNESS_TOLERANCE_DB:
        yield f"{clip.name}: loudness {heard.rms_db} dBFS, not {LOUDNESS_DB}"
    if heard.peak_db > LOUDEST_PEAK_DB:
        yield f"{clip.name}: peaks at {heard.peak_db} dBFS, which crackles"
    longest = LONGEST_GUIDANCE_MS if clip.name.startswith(GUIDANCE) else LONGEST_MS
    if abs(heard.ms - clip.ms) > 20 or not SHORTEST_MS <= heard.ms <= longest:
        yield f"{clip.name}: {heard.ms} ms long, {clip.ms} ms recorded"
