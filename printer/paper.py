"""Shows the roll of the software printer in a browser, so that a hall without a printer sees what it would print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from flask import Blueprint, Response, abort, make_response, render_template, request


class PaperSlip(Protocol):
    """A piece of paper to look at."""

    @property
    def number(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def png(self) -> bytes: ...


class PaperRoll(Protocol):
    """A printer whose paper can be looked at."""

    @property
    def trouble(self) -> str: ...
    def slips(self) -> Sequence[PaperSlip]:
        """The cut slips, oldest first."""


def blueprint(roll: PaperRoll, *, name: str = "paper", title: str = "模拟打印机") -> Blueprint:
    """The page of the roll, newest slip on top; the application chooses the address."""
    site = Blueprint(name, __name__, template_folder="templates", static_folder="static", static_url_path="/static")

    def body() -> str:
        return render_template("paper/slips.html", slips=tuple(reversed(roll.slips())), trouble=roll.trouble, site=name)

    @site.get("/")
    def page() -> str:
        return render_template("paper/roll.html", body=body(), title=title, site=name)

    @site.get("/slips")
    def slips() -> Response:
        response = make_response(body())
        response.add_etag()
        response.make_conditional(request)
        return response

    @site.get("/slips/<int:number>.png")
    def slip(number: int) -> Response:
        found = next((slip.png for slip in roll.slips() if slip.number == number), None)
        if found is None:
            abort(404)
        return Response(found, mimetype="image/png", headers={"Cache-Control": "private, max-age=600"})

    return site
