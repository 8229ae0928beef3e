"""Every courteous word the hall speaks, shows or prints, by dotted key and language (regulations 5.1, 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)
class Phrases:
    """Texts by language and key; another language falls back to Chinese where it has no words of its own."""

    texts: Mapping[str, Mapping[str, str]]

    def say(self, key: str, language: str = "zh", /, **values: object) -> str:
        """The phrase with its `{places}` filled; raises KeyError for a key the configuration lacks."""
        own = self.texts.get(language, {})
        text = own[key] if key in own else self.texts["zh"][key]
        return text.format(**values) if values else text

    def group(self, prefix: str, language: str = "zh") -> Mapping[str, str]:
        """All phrases below a dotted prefix, keys without it."""
        start = prefix + "."
        merged = {**self.texts["zh"], **self.texts.get(language, {})}
        return {key.removeprefix(start): text for key, text in merged.items() if key.startswith(start)}
