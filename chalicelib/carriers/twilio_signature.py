"""Twilio's request signature: what it covers, and whether a request carries it (RULES 1.8, WH-2, C57)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha1, sha256
from itertools import permutations
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from chalicelib.errors import BadSignature, SecretUnavailable
from chalicelib.ports import WebhookRequest

HEADER = "x-twilio-signature"
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 500  # Twilio sends about thirty; a stranger may send millions before we know who it is
MOST_REORDERED = 3  # parameters of a query whose order we are ready to guess: 3! addresses

Pairs = list[tuple[bytes, bytes]]


def verify(public_url: str, request: WebhookRequest, tokens: Callable[[], Sequence[str]], fragment: str = "") -> None:
    """Nothing, or `BadSignature`; `SecretUnavailable` when there is no token to check with.

    `tokens`: the primary and, during a rotation, the secondary; a request without a signature costs no look at
    them. The address is the configured one (WH-2), with or without the `fragment` that we gave Twilio with it.
    """
    given = request.headers.get(HEADER, "").encode()
    if not given or not _body_is_bound(request):
        raise BadSignature("no signature over this request")
    keys = [token.encode() for token in tokens() if token]
    if not keys:
        raise SecretUnavailable("no signing token")
    tail = _tail(request)
    urls = [url + end for url in _urls(public_url, request) for end in {"", fragment}]
    if not any(hmac.compare_digest(sign(key, url.encode() + tail), given) for url in urls for key in keys):
        raise BadSignature("signature does not match")


def sign(token: bytes, text: bytes) -> bytes:
    """base64(HMAC-SHA1(token, text))."""
    return base64.b64encode(hmac.new(token, text, sha1).digest())


def pairs(form: bytes) -> Pairs:
    """The fields of a form in their order, decoded once; blank ones are kept. Raises `BadSignature` past 500.

    Bytes, not text: the signature covers what was sent, even where it is not UTF-8.
    """
    if form.count(b"&") >= MOST_FIELDS:
        raise BadSignature("more fields than a carrier sends")
    cut = (field.replace(b"+", b" ").partition(b"=") for field in form.split(b"&") if field)
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in cut]


def is_form(request: WebhookRequest) -> bool:
    """Anything that does not say it is something else."""
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    return kind in (FORM, "")


def _body_is_bound(request: WebhookRequest) -> bool:
    """JSON: the signature covers the address alone, so the address must carry the body's hash."""
    if is_form(request):
        return True
    named = parse_qs(request.query).get("bodySHA256", [""])[0]
    return hmac.compare_digest(sha256(request.body).hexdigest().encode(), named.encode())


def _tail(request: WebhookRequest) -> bytes:
    return _sorted(pairs(request.body)) if is_form(request) else b""


def _sorted(fields: Pairs) -> bytes:
    """Repeated keys: each different value once, sorted, each with its key. That is what `set` does here."""
    return b"".join(name + value for name, value in sorted(set(fields)))


def _urls(public_url: str, request: WebhookRequest) -> Iterator[str]:
    """The addresses Twilio may have signed: with and without the port, parameters in any order.

    API Gateway's REST events hold no raw query string, so that a framework may have reordered it (C57).
    """
    for query in _orders(request.query):
        address = public_url + request.path + (f"?{query}" if query else "")
        yield from _ports(address)


def _orders(query: str) -> Iterator[str]:
    parts = query.split("&")
    many: Iterable[Sequence[str]] = permutations(parts) if 1 < len(parts) <= MOST_REORDERED else [parts]
    yield from ("&".join(order) for order in many)


def _ports(address: str) -> tuple[str, str]:
    """Twilio adds or drops the port as it likes."""
    parts = urlsplit(address)
    host = parts.netloc.partition(":")[0]
    port = parts.port or (443 if parts.scheme == "https" else 80)
    _, _, rest = address.partition(parts.netloc)
    scheme = f"{parts.scheme}://"
    return scheme + host + rest, f"{scheme}{host}:{port}{rest}"
