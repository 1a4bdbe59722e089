"""The front desk of every page: who is asking, may they post, and what they see when something fails."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from chalice.app import Request, Response

from ..core.incidents import IllegalMove
from ..core.records import Session
from ..core.staff import Staff
from ..errors import (
    ArchiveUnavailable,
    Conflict,
    KeyRefused,
    KeyUnavailable,
    NotFound,
    PassOver,
    RosterFull,
    SecretUnavailable,
    StoreError,
    VaultError,
)
from ..flows import sign_in
from ..flows.own_keys import Keys, with_own_key
from ..flows.sign_in import SignIn
from ..ports import World
from . import web
from .front import Answer, console
from .furniture import furnish as furnish
from .furniture import furniture as furniture
from .render import render
from .upload import read_form
from .web import Address, Form

# What the modules of pages declare, each by its module and its view: `table` says it all at once, and a test compares.
answers: dict[tuple[str, str], Answer] = {}
declared: list[tuple[str, str, str, str]] = []


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person. `session` is None only on the pages of signing in."""

    request: Request
    address: Address
    world: World
    form: Form
    session: Session | None = None

    @property
    def who(self) -> Staff:
        assert self.session is not None
        return replace(sign_in.person(self.session), where=self.where)

    @property
    def where(self) -> str:
        """For the trail: through the console, and from which address."""
        return f"console {web.caller_of(self.request)}".strip()

    def url(self, path: str) -> str:
        return f"{self.address.base}/console{path}"

    def show(self, template: str, status: int = 200, cookies: list[str] | None = None, **values: Any) -> Response:
        return web.page(render(template, self, **values), status, cookies)

    def go(self, path: str, cookies: list[str] | None = None) -> Response:
        return web.see_other(self.url(path), cookies)

    def query(self, name: str) -> str:
        return web.query_of(self.request, name)


View = Callable[..., Response]
# Failures that a page of their own explains (`error.html`).
SAID: dict[type[Exception], tuple[int, str]] = {
    NotFound: (404, "missing"),
    IllegalMove: (409, "moved"),
    Conflict: (409, "moved"),
    KeyRefused: (403, "key"),
    KeyUnavailable: (503, "no_key"),
    RosterFull: (409, "full"),
}


def the_sign_in() -> SignIn:
    return furniture().sign_in()


def the_keys() -> Keys:
    return furniture().keys()


def _visit(with_form: bool) -> Visit:
    stands, request = furniture(), console.current_request
    form = read_form(request) if with_form else {}
    return Visit(request, web.read_address(stands.console_url()), stands.world(), form)


def route(
    path: str, methods: tuple[str, ...] = ("GET",), *, open_door: bool = False, idle: bool = False, upload: bool = False
) -> Callable[[View], View]:
    """A page of the console: session, form token and failures seen to. The view gets a `Visit` first.

    `open_door`: for people who are not signed in. `idle`: asked by the page itself, which keeps nobody signed in.
    `upload`: its form has a file in it.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(**path_values: str) -> Response:
            return _guarded(view, path_values, open_door, idle)

        module = view.__module__.rpartition(".")[2]
        answers[module, view.__name__] = answer
        declared.extend((path, "UPLOAD" if upload else method, module, view.__name__) for method in methods)
        return view

    return wrap


def _guarded(view: View, path_values: dict[str, str], open_door: bool, idle: bool) -> Response:
    posted = console.current_request.method == "POST"
    visit = _visit(posted)
    try:
        if posted and not web.from_our_pages(visit.request, visit.address.origin):
            return _failed(visit, 403, "expired")
        if open_door:
            return view(visit, **path_values)
        token = web.cookie_of(visit.request, visit.address.cookie)
        session = sign_in.resume(visit.world, token, not idle)
        if session is None:
            return _signed_out(visit, posted, idle)
        own = with_own_key(visit.world, the_keys(), the_sign_in(), token, session)
        visit = Visit(visit.request, visit.address, own, visit.form, session)
        if posted and not hmac.compare_digest(visit.form.get("csrf", "").encode(), session.csrf.encode()):
            return _failed(visit, 403, "expired")
        return view(visit, **path_values)
    except PassOver:  # the way back is to sign in, not to load the page again
        return _signed_out(replace(visit, session=None), posted, idle)
    except tuple(SAID) as failure:
        return failed(visit, failure)
    except (StoreError, VaultError, SecretUnavailable, ArchiveUnavailable) as failure:
        return _broken(visit, failure, 503)
    except Exception as failure:  # noqa: BLE001, the last door: a page with a way on, and never a stack trace (WH-4)
        return _broken(visit, failure, 500)


def _signed_out(visit: Visit, posted: bool, idle: bool) -> Response:
    if idle:
        return web.page("", 401)
    if posted:
        return visit.show("signed_out.html", 401, why="posted")
    return visit.show("sign_in.html", 401, why="away")


def failed(visit: Visit, failure: Exception, item: str = "") -> Response:
    """What a failure's own page says. `item`: the id of the urgent item behind it, whose page needs no key."""
    return _failed(visit, *next(said for kind, said in SAID.items() if isinstance(failure, kind)), item)


def _failed(visit: Visit, status: int, why: str, item: str = "") -> Response:
    return visit.show("error.html", status, why=why, reference="", item=item)


def _broken(visit: Visit, failure: Exception, status: int) -> Response:
    """The reference is all that joins the page to the log line; a failure's own words stay out of both (N5)."""
    reference = secrets.token_hex(4).upper()
    visit.world.journal.event("console_failed", error_id=reference, error=type(failure).__name__, route=visit.request.path)
    return visit.show("error.html", status, why="broken", reference=reference)
