"""Requests and answers of patients' pages: forms, the cookie, and headers by which nothing is kept, framed, followed or told."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from chalice.app import Request, Response

MOST_BYTES = 64 * 1024
Form = Mapping[str, str]


def policy(style: str, script: str, leave_for: str) -> str:
    """What a page may load: its own two blocks, by their hashes, and nothing from anywhere. A form may lead away from here."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; connect-src 'self'; "
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
    """The fields of a posted form, blank ones kept, the first of each name; too large a body is an empty form."""
    raw = request.raw_body
    body = raw if isinstance(raw, bytes) else raw.encode()
    if len(body) > MOST_BYTES:
        return {}
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=30)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def query_of(request: Request, name: str) -> str:
    params = request.query_params
    return str(params[name]) if params is not None and name in params else ""


def caller_of(request: Request) -> str:
    """The address that API Gateway saw, for the trail; "" where none is known."""
    seen = str((request.context or {}).get("identity", {}).get("sourceIp", ""))
    return seen if re.fullmatch(r"[0-9A-Fa-f.:]{2,45}", seen) else ""


def cookie_name(pages_url: str) -> str:
    """`__Host-` binds it to this host, over TLS; a laptop's plain http cannot have it."""
    return "p" if pages_url.startswith("http://") else "__Host-p"


def cookie_of(request: Request, pages_url: str) -> str:
    try:
        jar = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    name = cookie_name(pages_url)
    return jar[name].value if name in jar else ""


def cookie(pages_url: str, token: str) -> str:
    """The visitor's cookie; an empty token takes it away. It ends with the browser, and sooner: the server keeps the time."""
    secure = "" if pages_url.startswith("http://") else "; Secure"
    gone = "; Max-Age=0" if not token else ""
    return f"{cookie_name(pages_url)}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{gone}"


def base_of(pages_url: str) -> str:
    """What stands before "/p" in an address: an API's stage, or ""."""
    return urlsplit(pages_url).path.rstrip("/")
