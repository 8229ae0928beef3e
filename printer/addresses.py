"""Where a printer is and what is said about it in the settings of a hall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from printer.profiles import Profile, adjusted

STATUS_PORT = 4000
"""Where network cards of the Zijiang family tell the state of the printer."""


@dataclass(frozen=True, kw_only=True)
class PrinterSettings:
    """One printer of the hall.

    `address` is one of those of `Address`; printers that share a `group` stand in for each other; `options` change
    single fields of the profile, as `python -m printer probe` prints them.
    """

    id: str
    name: str
    address: str
    profile: str = "emulator-80"
    group: str = ""
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            adjusted(self.profile, self.options)
            parse_address(self.address)
        except (KeyError, ValueError) as error:
            raise ValueError(f"printer {self.id}: {error.args[0]}") from error

    @property
    def kind(self) -> Profile:
        """The profile itself, adjusted."""
        return adjusted(self.profile, self.options)


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a printer is: a scheme and what it needs.

    `tcp://host:9100?status=4000`, `emulator://host:9100`, `usb:/dev/usb/lp0` (the kernel's printer driver),
    `usb:04b8:0e15` (vendor and product, where there is no such driver), `serial:/dev/ttyS0?baud=115200&flow=dsrdtr`
    (`xonxoff`, `rtscts`, `none`), `file:/path`, `cups:queue`, `memory:name`.
    """

    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    status_port: int = STATUS_PORT
    baud: int = 115200
    flow: str = "none"
    vendor: int = 0
    product: int = 0


def parse_address(address: str) -> Address:
    """The parts of an address; raises ValueError naming what is wrong."""
    parts = urlsplit(address)
    if parts.scheme not in _PARSERS:
        raise ValueError(f"printer address {address!r}: unknown kind, not one of {', '.join(_PARSERS)}")
    try:
        options = {key: values[-1] for key, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        found = _PARSERS[parts.scheme](parts.netloc, parts.path, options)
    except ValueError as error:
        raise ValueError(f"printer address {address!r}: {error}") from None
    if options:
        raise ValueError(f"printer address {address!r}: unknown option {next(iter(options))!r}")
    return found


def _tcp(scheme: str, netloc: str, path: str, options: dict[str, str]) -> Address:
    parts = urlsplit(f"//{netloc}")
    if not parts.hostname or path not in ("", "/"):
        raise ValueError("expected host:port")
    status = int(options.pop("status", STATUS_PORT))
    return Address(scheme=scheme, host=parts.hostname, port=parts.port or 9100, status_port=status)


def _usb(netloc: str, path: str, options: dict[str, str]) -> Address:
    if path.startswith("/"):
        return Address(scheme="usb", path=path)
    vendor, colon, product = (netloc or path).partition(":")
    if not colon:
        raise ValueError("expected /dev/usb/lp0 or vendor:product in hexadecimal")
    return Address(scheme="usb", vendor=int(vendor, 16), product=int(product, 16))


def _serial(netloc: str, path: str, options: dict[str, str]) -> Address:
    flow = options.pop("flow", "none")
    if flow not in ("none", "xonxoff", "rtscts", "dsrdtr"):
        raise ValueError(f"unknown flow control {flow!r}")
    return Address(scheme="serial", path=_named(netloc, path), baud=int(options.pop("baud", 115200)), flow=flow)


def _named(netloc: str, path: str) -> str:
    if not (netloc or path):
        raise ValueError("names nothing")
    return netloc + path


_PARSERS: dict[str, Callable[[str, str, dict[str, str]], Address]] = {
    "tcp": lambda netloc, path, options: _tcp("tcp", netloc, path, options),
    "emulator": lambda netloc, path, options: _tcp("emulator", netloc, path, options),
    "usb": _usb,
    "serial": _serial,
    "file": lambda netloc, path, _: Address(scheme="file", path=_named(netloc, path)),
    "cups": lambda netloc, path, _: Address(scheme="cups", path=_named(netloc, path)),
    "memory": lambda netloc, path, _: Address(scheme="memory", path=_named(netloc, path)),
}
