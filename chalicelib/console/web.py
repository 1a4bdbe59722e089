"""Requests and answers: forms, cookies, and the headers that every page carries."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from chalice.app import Request, Response

from .. import browser
from ..browser import Form as Form
from ..browser import caller_of as caller_of
from ..browser import cookie_of as cookie_of
from ..browser import from_our_pages as from_our_pages
from ..browser import query_of as query_of
from ..browser import whole as whole

HTML = "text/html; charset=utf-8"
MOST_FIELDS = 100  # of one form
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Type": HTML,
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
ONE_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Address:
    """Where staff reach the console, taken from the setting `console_url` and never from a request's host."""

    origin: str  # "https://host[:port]", or "" when the setting is empty
    base: str  # what stands before "/console": an API Gateway stage, or ""

    @property
    def secure(self) -> bool:
        return not self.origin.startswith("http://")

    @property
    def cookie(self) -> str:
        """`__Host-` binds it to this host, over TLS, for every path; a laptop's plain http cannot have it."""
        return "__Host-porchlight" if self.secure else "porchlight"


def read_address(console_url: str) -> Address:
    """"https://example.org/api/console" as origin "https://example.org" and base "/api"."""
    parts = urlsplit(console_url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return Address(origin, parts.path.rstrip("/").removesuffix("/console"))


def form_of(request: Request) -> Form:
    return browser.form_of(request, MOST_FIELDS)


def cookie(address: Address, token: str) -> str:
    """The session's cookie; an empty token takes it away. It ends with the browser: the server keeps the time."""
    secure = "; Secure" if address.secure else ""
    gone = "; Max-Age=0" if not token else ""
    return f"{address.cookie}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{gone}"


PROOF = "porchlight-proof"
PROOF_LASTS = 600  # seconds; the token in it ends by itself after 15 minutes


def proof(address: Address, token: str) -> str:
    """That somebody said their password just now: sent back to the pages of passkeys alone, never readable by a script."""
    secure = "; Secure" if address.secure else ""
    path = f"{address.base}/console/passkeys"
    return f"{PROOF}={token}; Path={path}; HttpOnly; SameSite=Strict; Max-Age={PROOF_LASTS}{secure}"


def preference(address: Address, name: str, value: str) -> str:
    """How a page looks on this browser: a year, no secret and nobody's content; an empty value takes it away."""
    secure = "; Secure" if address.secure else ""
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={365 * 86400 if value else 0}{secure}"


def quoted(text: str) -> str:
    """For an address: whatever a form sent stays one value."""
    return quote(text, safe="")


def page(body: str, status: int = 200, cookies: list[str] | None = None) -> Response:
    headers: dict[str, str | list[str]] = dict(HEADERS)
    if cookies:
        headers["Set-Cookie"] = cookies
    return Response(body, headers, status)


def see_other(location: str, cookies: list[str] | None = None) -> Response:
    """After a post, so that reloading a page never posts again."""
    answer = page("", 303, cookies)
    answer.headers["Location"] = location
    return answer


def nothing_new() -> Response:
    return page("", 204)


def file(body: str, content_type: str, name: str) -> Response:
    """A file to keep, under a name of ours."""
    named = f'attachment; filename="{name}"'
    return Response(body, {**HEADERS, "Content-Type": content_type, "Content-Disposition": named}, 200)


def asset(body: str, content_type: str) -> Response:
    """A file whose address changes with its content."""
    return Response(body, {**HEADERS, "Content-Type": content_type, "Cache-Control": ONE_YEAR}, 200)
