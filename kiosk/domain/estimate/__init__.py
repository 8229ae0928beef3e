"""How long somebody will wait: the hall played forward many times from what is known now (performance.md 4)."""

from kiosk.domain.estimate.learning import Durations, Gaps, Speeds
from kiosk.domain.estimate.playing import Play, Server, plays
from kiosk.domain.estimate.ranges import Spread, Told, rounded

__all__ = ["Durations", "Gaps", "Play", "Server", "Speeds", "Spread", "Told", "plays", "rounded"]
