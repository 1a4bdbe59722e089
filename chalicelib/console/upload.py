"""A form with a file in it (multipart/form-data), for the one page that takes one."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP

from chalice.app import Request

from . import web

MOST_BYTES = 2_000_000  # five thousand rows are far below it; Lambda takes six million


def read_form(request: Request) -> web.Form:
    """The fields of a posted form, with a file in it or without; what cannot be read is an empty form."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return read_upload(request) or {}
    return web.form_of(request)


def read_upload(request: Request) -> dict[str, str] | None:
    """Fields by name, a file's text as its value. None for what is too large, no such form, or not UTF-8."""
    raw = request.raw_body
    body = raw if isinstance(raw, bytes) else raw.encode()
    kind = request.headers.get("content-type", "")
    if len(body) > MOST_BYTES or not kind.startswith("multipart/form-data"):
        return None
    whole = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n" + body)
    fields: dict[str, str] = {}
    for part in whole.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            try:
                fields.setdefault(name, content.decode("utf-8"))
            except UnicodeDecodeError:
                return None
    return fields
