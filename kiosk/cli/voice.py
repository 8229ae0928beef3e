"""Names what the hall's voice cannot say: every clip that a call or a page of this configuration would miss."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from display.announcements import Call, Wording, announcement
from display.voice import alike, bank, missing, recordings
from display.voice.lines import guidance, lines
from kiosk.config import Settings
from kiosk.domain.screens import English

NUMBERS = range(1, 1000)
ADVICE = "请录好放进 config/voice/，或运行 .venv/bin/python -m display.voice make"


def unspoken(settings: Settings) -> Iterator[str]:
    """A line for each clip that is missing, with the words it should say; for names that changed; for letters alike."""
    own = settings.folder / "voice"
    recorded, halls_own = bank(), recordings(own)
    spoken = {line.name: line.text for line in lines(settings.folder)}
    read = (line.name for line in guidance(settings.folder))
    for name in missing([*_needed(settings, {*recorded, *halls_own}.__contains__), *read], own=own):
        yield f"缺语音 {name}“{spoken.get(name, name)}”：这一段会不出声，或一个字一个字念。{ADVICE}"
    for name, text in spoken.items():
        clip = recorded.get(name)
        if clip and clip.text != text and name not in halls_own:
            yield f"语音 {name} 念的还是“{clip.text}”，不是“{text}”。{ADVICE}"
    for letters in alike(service.prefix for service in settings.hall.services):
        yield f"号码字母 {letters} 念起来很像，老人容易听错。请在 services.toml 里换开"


def _needed(settings: Settings, has_clip: Callable[[str], bool]) -> Iterator[str]:
    """The clips of every call that this hall can make, and the names of its services."""
    hall, say = settings.hall, settings.phrases.say
    prefixes = [service.prefix for service in hall.services]
    windows = [window.number for window in hall.windows]
    calls = [
        *((f"{prefix}001", windows[0]) for prefix in prefixes),
        *((f"{prefixes[0]}{number:03}", windows[0]) for number in NUMBERS),
        *((f"{prefixes[0]}001", window) for window in windows),
    ]
    for phrase in ("voice.call", "voice.recall"):
        wording = Wording(text=say(phrase), english="" if hall.voice.english is English.NEVER else say(phrase, "en"))
        for ticket, window in calls:
            # a window's own phrase is wanted even where it can be joined from pieces
            call = Call(seq=1, ticket=ticket, window=window)
            yield from announcement(call, wording, lambda name: "window-" in name or has_clip(name)).clips
    yield from (f"service-{service.id}" for service in hall.services)
