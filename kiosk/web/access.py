"""The door: which hosts we answer to, who is signed in, in which language, and how a refusal is told."""

from __future__ import annotations

import functools
import ipaddress
import logging
import socket
from datetime import date
from typing import TYPE_CHECKING, cast

from flask import Flask, Request, Response, current_app, g, jsonify, render_template, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from kiosk import slips
from kiosk.domain.errors import BadInput, HallError, NotFound, SignInNeeded
from kiosk.domain.people import Actor
from kiosk.operations import staff
from kiosk.operations.hall import Context

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

COOKIE = "hall_sign_in"
MAX_BODY = 64 * 1024
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " font-src 'self'; media-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "autoplay=(self), fullscreen=(self), camera=(), microphone=(), geolocation=(), usb=()",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Hosts that a browser trusts without TLS."""
log = logging.getLogger(__name__)
csrf = CSRFProtect()


def init_access(app: Flask, context: Context, *, names: tuple[str, ...] = ()) -> None:
    """Guard every request of an application: host, size, forgery, headers, language, and words for refusals."""
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, WTF_CSRF_TIME_LIMIT=None, SESSION_COOKIE_SAMESITE="Strict")
    app.url_map.converters["int"] = _Number
    app.extensions["hall"] = context
    app.extensions["hall_names"] = frozenset({"localhost", socket.gethostname().casefold(), *map(str.casefold, names)})
    app.session_interface = _Sessions()
    app.before_request(_check_host)
    app.before_request(_choose_language)
    csrf.init_app(app)
    app.after_request(_add_headers)
    app.register_error_handler(HallError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)
    app.jinja_env.globals.update(say=say, asset=asset, hall=context.hall, wait_of=wait_of, wait_for=wait_for)
    app.context_processor(lambda: {"language": language()})


def context() -> Context:
    """The running hall of this application."""
    return cast("Context", current_app.extensions["hall"])


def language() -> str:
    """The language of the page being drawn: zh, or en where the kiosk was asked for it."""
    return cast("str", g.get("language", "zh"))


def say(key: str, **values: object) -> str:
    """A phrase in the page's language."""
    return context().phrases.say(key, language(), **values)


def wait_of(ticket: int) -> str:
    """How long a waiting ticket will still wait, in words; empty where nobody knows."""
    promise = context().waits().tickets.get(ticket)
    return slips.wait_text(context().phrases, promise.told, language()) if promise else ""


def wait_for(service: str) -> str:
    """How long a newcomer to a service would wait, in words; empty where nobody knows."""
    promise = context().waits().newcomers.get(service)
    return slips.wait_text(context().phrases, promise.told, language()) if promise else ""


def asset(filename: str) -> str:
    """The address of a shared front-end file."""
    return url_for("display.static", filename=filename)


def host_is_ours(host: str) -> bool:
    """Whether a Host header names this server: any literal address, or a known name.

    A page of another site that makes its own name point at us (DNS rebinding) still sends that name.
    """
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return _is_address(name) or name.casefold() in current_app.extensions["hall_names"]


@functools.lru_cache(maxsize=256)
def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


class _Sessions(SecureCookieSessionInterface):
    """Browsers' form tokens; a request without the cookie, as a program sends it, costs no signature."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


STRANGER = "foreign_page\n请用数字地址打开，或请管理员在 hall.toml 的 [server] names 里写上这个名字。\n"


def _check_host() -> Response | None:
    """Tell a stranger nothing: no page of ours may be drawn under a foreign name."""
    if host_is_ours(request.host):
        return None
    log.warning("refused host %r", request.host[:80])
    return Response(STRANGER, status=400, mimetype="text/plain")


def _choose_language() -> None:
    wanted = request.args.get("lang", "zh")
    g.language = wanted if wanted in context().phrases.texts else "zh"


def _add_headers(response: Response) -> Response:
    response.headers.extend(HEADERS)
    if request.is_secure or request.host.rsplit(":", 1)[0] in LOOPBACK:  # elsewhere a browser only complains of it
        response.headers.add("Cross-Origin-Opener-Policy", "same-origin")
    if response.mimetype in {"text/html", "application/json"} and "Cache-Control" not in response.headers:
        response.headers.add("Cache-Control", "no-store")
    return response


def sign_in_token() -> str | None:
    """The secret of the signed-in person's browser, None where nobody is."""
    return request.cookies.get(COOKIE)


def signed_in() -> Actor:
    """The person at this browser; raises `SignInNeeded`."""
    return staff.actor_of(context(), sign_in_token(), seen=request.method not in SAFE)


def bearer() -> Actor:
    """The person whose secret a program sends as `Authorization: Bearer …`; raises `SignInNeeded`."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return staff.actor_of(context(), token.strip() if kind.casefold() == "bearer" else None)


def set_sign_in(response: BaseResponse, token: str) -> None:
    """Let a browser keep a person's secret, out of reach of scripts and other sites."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=request.is_secure, path="/")


def clear_sign_in(response: BaseResponse) -> None:
    """Let a browser forget it."""
    response.delete_cookie(COOKIE, path="/")


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return f"{request.path}/".startswith("/api/") or best == "application/json"


def words(error: HallError) -> str:
    """A refusal in the user's language; one without words of its own still apologises."""
    try:
        return say(f"error.{error.code}", **error.values)
    except KeyError:
        log.warning("phrases.toml has no words for error.%s", error.code)
        return say("error.unexpected")


def whole_number(text: str | None) -> int:
    """A whole number that a form or address carries; `bad_input` for anything else."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 12:
        raise BadInput("bad_input", "a number is expected")
    return int(text)


def day_named(text: str) -> date:
    """The day that a form or address names; `bad_input` for what is no date, and for one that no hall will see."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput("bad_input", f"{text!r:.40} is no date") from None
    if not 2000 <= day.year < 3000:
        raise BadInput("bad_input", f"{day} is far away")
    return day


class _Number(IntegerConverter):
    """A number in an address, as `whole_number` takes it: any other is a page that we do not have."""

    regex = r"[0-9]{1,12}"


def _refused(error: HallError) -> tuple[Response | str, int]:
    if _wants_json():
        return jsonify(ok=False, code=error.code, error=words(error)), error.status
    page = render_template("error.html", message=words(error), code=error.code, sign_in=isinstance(error, SignInNeeded))
    return page, error.status


def _forged(error: CSRFError) -> tuple[Response | str, int]:
    return _refused(BadInput("foreign_page", error.description or "no token"))


def _http_error(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
    if error.code == 404:
        return _refused(NotFound("unknown_page", request.path))
    if error.code is None or error.code < 400:
        return error
    refusal = BadInput("bad_request", error.description or error.name)
    refusal.status = error.code
    return _refused(refusal)


def _broken(error: Exception) -> tuple[Response | str, int]:
    """Our own fault: the log has everything, the page nothing but an apology."""
    log.error("request failed: %s %s", request.method, request.path, exc_info=error)
    return _refused(HallError("unexpected", "an unexpected fault"))
