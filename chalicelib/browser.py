"""What a browser sent, read alike for staff's pages and for patients': a form, a query, a cookie, the address it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from chalice.app import Request

MOST_BYTES = 64 * 1024  # the largest form here is far below it
Form = Mapping[str, str]


def form_of(request: Request, most_fields: int) -> Form:
    """The fields of a posted form, blank ones kept, the first of each name; too large a body is an empty form."""
    raw = request.raw_body
    body = raw if isinstance(raw, bytes) else raw.encode()
    if len(body) > MOST_BYTES:
        return {}
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=most_fields)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def query_of(request: Request, name: str) -> str:
    params = request.query_params
    return str(params[name]) if params is not None and name in params else ""


def caller_of(request: Request) -> str:
    """The address that API Gateway saw: never a header, which anybody can write. "" where none is known."""
    seen = str((request.context or {}).get("identity", {}).get("sourceIp", ""))
    return seen if re.fullmatch(r"[0-9A-Fa-f.:]{2,45}", seen) else ""


def from_our_pages(request: Request, ours: str) -> bool:
    """Whether a post came from a page of ours, at "https://host[:port]".

    With `Referrer-Policy: no-referrer` a browser sends `Origin: null` for our own forms, so its own word on the
    matter (`Sec-Fetch-Site`) is asked first; the form's token is checked besides.
    """
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site in ("same-origin", "none")
    return request.headers.get("origin", "") in ("", "null", ours)


def cookie_of(request: Request, name: str) -> str:
    try:
        jar = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""


def whole(text: str, otherwise: int = -1, digits: int = 8) -> int:
    """A number out of a form, such as the version a page was made of; `otherwise` for what is none, or longer than `digits`.

    ASCII alone: other digits exist ("\u00b2") that `isdigit` takes and `int` refuses.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else otherwise
