"""Takes the README's pictures from a hall that really runs: `python -m tests.take_pictures`, then look at them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from printer.emulator import Emulator
from tests.conftest import CONFIG, PASSWORD, ROOT, Server, free_port

PICTURES = ROOT / "tests" / "pictures"
MORNING = (
    ("medical", 4),
    ("social", 3),
    ("civil", 5),
    ("care", 2),
    ("land", 3),
    ("affairs", 2),
    ("advice", 2),
)


def fill(server: Server) -> None:
    """A lively moment: people wait everywhere, windows are busy, one is called just now."""
    for service, people in MORNING:
        for _ in range(people):
            server.kiosk("take", service)
    for window in ("5", "4", "1", "3"):
        server.kiosk("call-next", window)
        server.kiosk("start", window)


def picture(browser: Browser, server: Server, name: str, path: str, width: int, height: int, scale: float) -> Page:
    """Open a page at its panel's size and keep its picture, made smaller for reading."""
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
    page.goto(server.url + path)
    page.wait_for_timeout(2500)
    page.screenshot(path=PICTURES / f"{name}.png")
    return page


def main() -> None:
    """Start a hall, let a morning happen, take its pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as library:
        config = Path(folder) / "config"
        shutil.copytree(CONFIG, config)
        paper = Emulator("127.0.0.1", free_port(), mm_per_second=2000)
        paper.start()
        text = (config / "hall.toml").read_text()
        (config / "hall.toml").write_text(text.replace("emulator://127.0.0.1:9100", f"tcp://127.0.0.1:{paper.port}"))
        server = Server(f"http://127.0.0.1:{free_port()}", config, Path(folder) / "data", paper)
        browser = library.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        try:
            server.start()
            server.kiosk("open", "--minutes", "600")
            for number in ("1", "2", "3", "4", "5"):
                server.kiosk("user", "add", f"clerk{number}", "--name", f"窗口{number}值班", "--password", PASSWORD)
            desks = [sign_in(browser, server, number) for number in ("1", "2", "3", "4", "5")]
            fill(server)
            desks[1].keyboard.press("n")
            desks[1].wait_for_timeout(1500)
            desks[1].screenshot(path=PICTURES / "console.png")
            picture(browser, server, "board", "/display/hall", 1920, 1080, 0.5)
            picture(browser, server, "kiosk", "/", 1080, 1920, 0.4)
            shown = picture(browser, server, "number", "/services", 1080, 1920, 0.4)
            shown.locator("button[value=medical]").click()
            shown.wait_for_timeout(3000)
            shown.screenshot(path=PICTURES / "number.png")
            paper.slips()[-1].image.convert("L").save(PICTURES / "paper.png", optimize=True)
        finally:
            browser.close()
            server.stop()
            paper.stop()


def sign_in(browser: Browser, server: Server, window: str) -> Page:
    """A clerk at a desk of their own."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}, device_scale_factor=0.6).new_page()
    page.goto(server.url + "/console")
    page.fill("#login", f"clerk{window}")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator(f"button[name=window][value='{window}']").click()
    page.locator("#move-call_next").wait_for()
    return page


if __name__ == "__main__":
    main()
