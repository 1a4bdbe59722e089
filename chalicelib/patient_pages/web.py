"""Requests and answers of patients' pages: forms, the cookie, and headers by which nothing is kept, framed, followed or told."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from urllib.parse import urlsplit

from chalice.app import Request, Response

from .. import browser
from ..browser import Form as Form
from ..browser import caller_of as caller_of
from ..browser import query_of as query_of
from ..browser import whole as whole

MOST_FIELDS = 30  # of one form


def policy(style: str, scripts: Iterable[str], leave_for: str) -> str:
    """What a page may load: its own blocks, by their hashes, and nothing from anywhere. A form may lead away from here."""
    hashes = " ".join(f"'{_hash(each)}'" for each in scripts if each)
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src {hashes}; img-src data:; connect-src 'self'; "
        f"form-action 'self' {leave_for}; base-uri 'none'; frame-ancestors 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store, max-age=0",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def answer(body: str, csp: str, status: int = 200, cookie: str = "", more: Mapping[str, str] | None = None) -> Response:
    headers: dict[str, str | list[str]] = {**HEADERS, "Content-Security-Policy": csp, **(more or {})}
    if cookie:
        headers["Set-Cookie"] = [cookie]
    return Response(body, headers, status)


def form_of(request: Request) -> Form:
    return browser.form_of(request, MOST_FIELDS)


def cookie_name(pages_url: str) -> str:
    """`__Host-` binds it to this host, over TLS; a laptop's plain http cannot have it."""
    return "p" if pages_url.startswith("http://") else "__Host-p"


def cookie_of(request: Request, pages_url: str) -> str:
    return browser.cookie_of(request, cookie_name(pages_url))


def cookie(pages_url: str, token: str) -> str:
    """The visitor's cookie; an empty token takes it away. It ends with the browser, and sooner: the server keeps the time."""
    secure = "" if pages_url.startswith("http://") else "; Secure"
    gone = "; Max-Age=0" if not token else ""
    return f"{cookie_name(pages_url)}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{gone}"


def origin_of(pages_url: str) -> str:
    """"https://host[:port]", or "" when the setting is empty."""
    parts = urlsplit(pages_url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def base_of(pages_url: str) -> str:
    """What stands before "/p" in an address: an API's stage, or ""."""
    return urlsplit(pages_url).path.rstrip("/")
