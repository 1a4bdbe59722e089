"""A form with a file in it (multipart/form-data), for the pages that take one.

It is read before anybody is known to be signed in, so it must cost little whatever is sent. The standard library's reader of
mail takes half a minute for two megabytes of tiny parts, and minutes for one head of a hundred thousand parameters; what browsers
send is far simpler (RFC 7578), and read here in one pass. `tests/attacks/test_bombs.py` sends it the worst.
"""

from __future__ import annotations

import re

from chalice.app import Request

from . import web

MOST_BYTES = 2_000_000  # five thousand rows are far below it; Lambda takes six million
MOST_PARTS = 100
LONGEST_HEAD = 2_000  # bytes of one part's headers: a name, a file's name and its type
BOUNDARY = re.compile(r'multipart/form-data\s*;\s*boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?\s*\Z', re.IGNORECASE)
NAME = re.compile(rb'content-disposition:[ \t]*form-data;[ \t]*name="([^"\r\n]{1,200})"', re.IGNORECASE)


def read_form(request: Request) -> web.Form:
    """The fields of a posted form, with a file in it or without; what cannot be read is an empty form."""
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return read_upload(request) or {}
    return web.form_of(request)


def read_upload(request: Request) -> dict[str, str] | None:
    """Fields by name, a file's text as its value. None for what is too large, no such form, or not UTF-8."""
    raw = request.raw_body
    body = raw if isinstance(raw, bytes) else raw.encode()
    found = BOUNDARY.match(request.headers.get("content-type", ""))
    if len(body) > MOST_BYTES or found is None:
        return None
    mark = b"\r\n--" + found[1].encode("ascii")
    _, *parts = (b"\r\n" + body).split(mark, MOST_PARTS + 2)
    if len(parts) > MOST_PARTS + 1:
        return None
    try:
        return _fields(parts)
    except UnicodeDecodeError:
        return None


def _fields(parts: list[bytes]) -> dict[str, str]:
    """Each part is what follows a boundary; the last one, "--", is the end. The first of a name counts."""
    fields: dict[str, str] = {}
    for part in parts:
        if part.startswith(b"--"):
            break
        head, _, content = part.partition(b"\r\n\r\n")
        name = NAME.search(head) if len(head) <= LONGEST_HEAD else None
        if name:
            fields.setdefault(name[1].decode(), content.decode())
    return fields
