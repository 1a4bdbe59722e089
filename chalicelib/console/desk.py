"""The front desk of every page: who is asking, may they post, and what they see when something fails."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, wraps
from typing import Any

from chalice.app import Request, Response

from ..core.incidents import IllegalMove
from ..core.records import Session
from ..core.staff import Staff
from ..errors import ArchiveUnavailable, Conflict, NotFound, RosterFull, SecretUnavailable, StoreError, VaultError
from ..flows import sign_in
from ..flows.directory import Directory
from ..flows.passkeys import Passkeys
from ..flows.propose import Rehearses
from ..flows.sign_in import SignIn
from ..ports import AccountTrail, World
from . import web
from .front import Answer, console
from .render import render
from .upload import read_form
from .web import Address, Form

# What the modules of pages declare, each by its module and its view: `table` says it all at once, and a test compares.
answers: dict[tuple[str, str], Answer] = {}
declared: list[tuple[str, str, str, str]] = []


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands behind the console, each fetched at its first use: nothing is read at import."""

    world: Callable[[], World]
    sign_in: Callable[[], SignIn]
    console_url: Callable[[], str]
    directory: Callable[[], Directory]
    changed: Callable[[], None]  # somebody changed a setting: look again soon
    rehearsal: Callable[[], Rehearses]  # where a proposal for the screen's rules is tried
    account: Callable[[], AccountTrail]  # what AWS itself wrote down of openings
    passkeys: Callable[[], Passkeys]  # where one's own are kept


_furniture: list[Furniture] = []


def furniture() -> Furniture:
    """What `furnish` was given; otherwise the real things, loaded now."""
    if not _furniture:
        from .. import wiring

        parts = (_directory, wiring.settings_changed, _rehearsal, _account, _passkeys)
        furnish(wiring.world, _cognito, lambda: wiring.settings().console_url, *parts)
    return _furniture[0]


@cache
def _cognito() -> SignIn:
    from .. import wiring
    from .cognito import CognitoSignIn

    now = wiring.settings()
    return CognitoSignIn(now.user_pool, now.user_pool_client, now.region, now.aws_endpoint)


@cache
def _passkeys() -> Passkeys:
    from .. import wiring
    from .cognito_passkeys import CognitoPasskeys

    now = wiring.settings()
    return CognitoPasskeys(now.user_pool, now.user_pool_client, now.region, now.aws_endpoint)


@cache
def _directory() -> Directory:
    from .. import wiring
    from .directory import CognitoDirectory

    now = wiring.settings()
    return CognitoDirectory(now.user_pool, now.region, now.aws_endpoint)


def _rehearsal() -> Rehearses:
    from .. import wiring

    found: Rehearses = wiring.rehearsal()
    return found


def _account() -> AccountTrail:
    from .. import wiring

    found: AccountTrail = wiring.account_trail()
    return found


def furnish(
    world: Callable[[], World],
    sign_in: Callable[[], SignIn],
    console_url: Callable[[], str],
    directory: Callable[[], Directory] = _directory,
    changed: Callable[[], None] = lambda: None,
    rehearsal: Callable[[], Rehearses] = _rehearsal,
    account: Callable[[], AccountTrail] = _account,
    passkeys: Callable[[], Passkeys] = _passkeys,
) -> None:
    """Puts other things behind the console: a test's fakes."""
    _furniture[:] = [Furniture(world, sign_in, console_url, directory, changed, rehearsal, account, passkeys)]


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


def the_sign_in() -> SignIn:
    return furniture().sign_in()


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
        if posted and not web.from_our_pages(visit.request, visit.address):
            return _failed(visit, 403, "expired")
        if open_door:
            return view(visit, **path_values)
        session = sign_in.resume(visit.world, web.cookie_of(visit.request, visit.address.cookie), not idle)
        if session is None:
            return _signed_out(visit, posted, idle)
        visit = Visit(visit.request, visit.address, visit.world, visit.form, session)
        if posted and not hmac.compare_digest(visit.form.get("csrf", "").encode(), session.csrf.encode()):
            return _failed(visit, 403, "expired")
        return view(visit, **path_values)
    except NotFound:
        return _failed(visit, 404, "missing")
    except (IllegalMove, Conflict):
        return _failed(visit, 409, "moved")
    except RosterFull:
        return _failed(visit, 409, "full")
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


def _failed(visit: Visit, status: int, why: str) -> Response:
    return visit.show("error.html", status, why=why, reference="")


def _broken(visit: Visit, failure: Exception, status: int) -> Response:
    """The reference is all that joins the page to the log line; a failure's own words stay out of both (N5)."""
    reference = secrets.token_hex(4).upper()
    visit.world.journal.event("console_failed", error_id=reference, error=type(failure).__name__, route=visit.request.path)
    return visit.show("error.html", status, why="broken", reference=reference)
