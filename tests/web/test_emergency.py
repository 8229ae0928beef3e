"""Everything works with kiosk, printer and displays dead: a clerk's browser and the server are enough (Q8)."""

from __future__ import annotations

import re
from html import unescape

import requests

from tests.conftest import PASSWORD, Server


class Browser:
    """A clerk's browser without scripts, over the network."""

    def __init__(self, server: Server) -> None:
        self.url, self.session = server.url + "/console", requests.Session()

    def page(self) -> str:
        return unescape(self.session.get(self.url, timeout=20).text)

    def post(self, path: str, **fields: object) -> str:
        """Send a form as the page has it: with its secret, window and ticket; the page that follows."""
        page = self.page()
        shown = dict(re.findall(r'type="hidden" name="(csrf_token|window|ticket)" value="([^"]*)"', page))
        answer = self.session.post(f"{self.url}/{path}", data={**shown, **fields}, timeout=20)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def heading(self) -> str:
        """What stands at the window now."""
        found = re.search(r'<h1 class="ticket__heading".*?</h1>', self.page(), re.DOTALL)
        assert found is not None
        return found[0]


def test_a_morning_goes_on_with_kiosk_printer_and_displays_dead(server: Server) -> None:
    server.paper.stop()
    server.kiosk("user", "add", "li", "--name", "小李", "--password", PASSWORD)
    clerk = Browser(server)
    clerk.post("sign-in", login="li", password=PASSWORD)
    clerk.post("window", window=2)

    told = [clerk.post("move/issue", service="medical", issue_quantity=quantity) for quantity in (1, 3)]
    elder = clerk.post("move/issue", service="medical", issue_priority="elderly")
    assert ["A001" in told[0], "A002" in told[1], "A003" in elder] == [True, True, True]

    clerk.post("call-next")
    assert "A003" in clerk.heading()  # the elder goes first, by the hall's own rule
    clerk.post("start")
    clerk.post("move/hold", kind="outside_step")
    clerk.post("call-next")
    assert "A001" in clerk.heading()
    clerk.post("miss")
    clerk.post("call-next")
    clerk.post("start")
    clerk.post("move/finish", outcome="accepted", quantity=3)
    again = re.search(r'formaction="[^"]*/move/readmit"[^>]*value="(\d+)"', clerk.page())
    assert again is not None
    clerk.post("move/readmit", chosen=again[1])
    clerk.post("call-next")
    assert "A001" in clerk.heading()

    assert "完整无改动" in server.kiosk("verify")


def test_a_power_cut_in_the_emergency_loses_no_number(server: Server) -> None:
    server.paper.stop()
    server.kiosk("user", "add", "li", "--name", "小李", "--password", PASSWORD)
    clerk = Browser(server)
    clerk.post("sign-in", login="li", password=PASSWORD)
    clerk.post("window", window=2)
    clerk.post("move/issue", service="medical")
    clerk.post("call-next")

    server.stop(kill=True)
    server.start()
    clerk.post("move/issue", service="medical")

    assert "A001" in clerk.heading()
    assert "A002" in clerk.page()
