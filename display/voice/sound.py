"""Trims, levels, measures and encodes sound, so that clips joined without a seam start clean and are equally loud."""

from __future__ import annotations

import math
import subprocess
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

RATE = 24_000  # samples a second, one channel
LOUDNESS_DB = -18.0  # dBFS, RMS over the frames in which something sounds
LOUDEST_PEAK_DB = -0.1  # dBFS, of what is played: above it a cheap speaker crackles
LEAD_MS = 20
FADE_MS = 25
TAIL_MS = 60
_FRAME = RATE // 100  # 10 ms
_AUDIBLE_DB = -42.0  # below the loudest frame: a soft s or h still counts as sound
_SPOKEN_DB = -25.0  # below the loudest frame: what carries the loudness
_REST = 8  # frames of silence that part two sounds; the closure of a k or t inside a word is shorter
_BLIP = 10  # frames; a parted sound shorter than this is a slip of the voice model, never a syllable
_CEILING = 0.89  # -1 dBFS
_KNEE = 0.7


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a clip sounds like: length, silence before the first and after the last sound (ms), RMS and peak (dBFS)."""

    ms: int
    lead_ms: int
    tail_ms: int
    rms_db: float
    peak_db: float


def decode(path: Path) -> array[float]:
    """The samples of a sound file, -1 to 1, at `RATE`; raises CalledProcessError if ffmpeg cannot read it."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"]
    return array("f", subprocess.run(command, check=True, capture_output=True).stdout)


def encode(samples: Sequence[float], path: Path, *, kbps: int = 32) -> None:
    """Write samples as Opus in Ogg, which every Chromium plays and which adds no silence at the joints."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-i", "-"]
    # bit-exact: the same samples give the same file, whatever day it is made
    exact = ["-application", "audio", "-fflags", "+bitexact", "-flags", "+bitexact"]
    options = ["-c:a", "libopus", "-b:a", f"{kbps}k", *exact]
    subprocess.run([*command, *options, str(path)], check=True, input=array("f", samples).tobytes())


def keep(samples: Sequence[float], path: Path, *, kbps: int = 32) -> Measure:
    """Write a clip and measure what is played of it; where the codec overshoots a loud vowel, write it softer."""
    gain = 1.0
    while True:
        encode([sample * gain for sample in samples], path, kbps=kbps)
        heard = measure(decode(path))
        if heard.peak_db <= LOUDEST_PEAK_DB:
            return heard
        gain *= 10 ** ((LOUDEST_PEAK_DB - 0.1 - heard.peak_db) / 20)


def measure(samples: Sequence[float]) -> Measure:
    """Measure samples at `RATE`; raises ValueError if there is no sound in them."""
    powers = _powers(samples)
    first, last = _sounding(powers)
    peak = max(abs(sample) for sample in samples)
    return Measure(
        ms=round(len(samples) * 1000 / RATE),
        lead_ms=first * 10,
        tail_ms=(len(powers) - 1 - last) * 10,
        rms_db=round(_spoken_db(powers), 2),
        peak_db=round(20 * math.log10(peak), 2),
    )


def dress(samples: Sequence[float], *, gap_ms: int) -> array[float]:
    """The clip made of a raw reading: 20 ms lead-in, a faded 60 ms tail, equal loudness, then `gap_ms` of silence."""
    first, last = _syllables(_powers(samples))
    start = max(0, first * _FRAME - LEAD_MS * RATE // 1000)
    end = min(len(samples), (last + 1) * _FRAME + TAIL_MS * RATE // 1000)
    cut = samples[start:end]
    gain = 10 ** ((LOUDNESS_DB - _spoken_db(_powers(cut))) / 20)
    clip = array("f", (_limited(sample * gain) for sample in cut))
    _fade(clip, LEAD_MS // 2, FADE_MS)
    clip.extend([0.0] * (gap_ms * RATE // 1000))
    return clip


def chime() -> array[float]:
    """Three soft bell tones going down a major chord, long enough to make people look up, in samples at `RATE`."""
    tones = ((0.0, 783.99), (0.38, 659.26), (0.76, 523.25))  # g'', e'', c''
    return array("f", (sum(_bell(n / RATE - at, pitch) for at, pitch in tones) for n in range(int(1.9 * RATE))))


def _bell(seconds: float, pitch: float) -> float:
    """One struck tone: a fundamental and two quieter partials that die sooner; the attack is rounded, not a click."""
    if seconds < 0:
        return 0.0
    attack = min(1.0, seconds / 0.012)
    partials = ((1.0, 1.0, 3.2), (2.0, 0.28, 5.5), (3.0, 0.09, 8.0))
    turn = 2 * math.pi * pitch * seconds
    return attack * sum(level * math.exp(-decay * seconds) * math.sin(turn * part) for part, level, decay in partials)


def _powers(samples: Sequence[float]) -> list[float]:
    """Mean square of each 10 ms frame; silence is a tiny number, so that decibels exist."""
    edges = range(0, len(samples) + 1, _FRAME)
    return [sum(sample * sample for sample in samples[a:b]) / _FRAME + 1e-12 for a, b in pairwise(edges)]


def _sounding(powers: Sequence[float]) -> tuple[int, int]:
    loudest = max(powers, default=0.0)
    if loudest < 1e-8:
        raise ValueError("no sound in the clip")
    heard = [frame for frame, power in enumerate(powers) if power > loudest * 10 ** (_AUDIBLE_DB / 10)]
    return heard[0], heard[-1]


def _syllables(powers: Sequence[float]) -> tuple[int, int]:
    """First and last frame of the speech, without the short blips that the model now and then adds at either end."""
    floor = max(powers, default=0.0) * 10 ** (_AUDIBLE_DB / 10)
    first, last = _sounding(powers)
    sounds = [[first, first]]
    for frame in range(first, last + 1):
        if powers[frame] <= floor:
            continue
        if frame - sounds[-1][1] > _REST:
            sounds.append([frame, frame])
        sounds[-1][1] = frame
    kept = [sound for sound in sounds if sound[1] - sound[0] >= _BLIP] or sounds
    return kept[0][0], kept[-1][1]


def _spoken_db(powers: Sequence[float]) -> float:
    floor = max(powers) * 10 ** (_SPOKEN_DB / 10)
    spoken = [power for power in powers if power > floor]
    return 10 * math.log10(sum(spoken) / len(spoken))


def _limited(sample: float) -> float:
    """Rounds off the rare peak above the knee, so that a loud vowel never crackles in a cheap speaker."""
    size = abs(sample)
    if size <= _KNEE:
        return sample
    return math.copysign(_KNEE + (_CEILING - _KNEE) * math.tanh((size - _KNEE) / (_CEILING - _KNEE)), sample)


def _fade(clip: array[float], rise_ms: int, fall_ms: int) -> None:
    for length, edge in ((rise_ms * RATE // 1000, 0), (fall_ms * RATE // 1000, -1)):
        for step in range(min(length, len(clip))):
            clip[step if edge == 0 else -1 - step] *= step / length
