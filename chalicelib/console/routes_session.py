"""Sign in, the provider's further questions, sign out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from string import ascii_lowercase, ascii_uppercase, digits, punctuation

from chalice.app import Response

from ..flows import sign_in, sign_in_limits
from ..flows.practice import is_new
from ..flows.sign_in import Challenge, Entered, NoPasskey, SignInUnavailable, WrongCredentials
from ..flows.sign_in_limits import TooMany
from . import web
from .authenticator import authenticator
from .desk import Visit, route, the_keys, the_sign_in

SHORTEST = 14  # characters of a new password, and one of each class: the pool's own policy, which says no without a reason
CLASSES = tuple(frozenset(each) for each in (ascii_uppercase, ascii_lowercase, digits, punctuation))


@route("", open_door=True)
def front_door(visit: Visit) -> Response:
    return visit.go("/inbox")


@route("/sign-in", open_door=True)
def sign_in_page(visit: Visit) -> Response:
    if sign_in.resume(visit.world, web.cookie_of(visit.request, visit.address.cookie), active=False):
        return visit.go("/inbox")
    return visit.show("sign_in.html", why="")


@route("/sign-in", ("POST",), open_door=True)
def sign_in_submit(visit: Visit) -> Response:
    username, password = visit.form.get("username", "").strip(), visit.form.get("password", "")
    if not username or not password:
        return visit.show("sign_in.html", 400, why="empty")
    try:
        return _tried(visit, username, lambda: the_sign_in().begin(username, password))
    except TooMany:
        return visit.show("sign_in.html", 429, why="many")
    except WrongCredentials:
        return visit.show("sign_in.html", 401, why="wrong")
    except SignInUnavailable:
        return visit.show("sign_in.html", 503, why="unavailable")


@route("/sign-in/passkey", ("POST",), open_door=True)
def passkey_submit(visit: Visit) -> Response:
    username = visit.form.get("username", "").strip()
    if not username:
        return visit.show("sign_in.html", 400, why="empty")
    try:
        return _tried(visit, username, lambda: the_sign_in().begin_with_passkey(username), guessed=False)
    except TooMany:
        return visit.show("sign_in.html", 429, why="many")
    except NoPasskey:
        return visit.show("sign_in.html", 401, why="no_key")
    except WrongCredentials:
        return visit.show("sign_in.html", 401, why="key")
    except SignInUnavailable:
        return visit.show("sign_in.html", 503, why="unavailable")


@route("/sign-in/challenge", ("POST",), open_door=True)
def challenge_submit(visit: Visit) -> Response:
    form = visit.form
    challenge = Challenge(*(form.get(name, "") for name in ("kind", "username", "state", "asks")))
    if challenge.kind not in ("new_password", "code", "set_up", "passkey"):
        return visit.go("/sign-in")
    answer = form.get("answer", "")
    wrong = _wrong_answer(challenge, answer, form.get("again", ""))
    if wrong:
        return _asked(visit, challenge, 400, wrong)
    try:
        return _tried(visit, challenge.username, lambda: the_sign_in().answer(challenge, answer), challenge.kind != "passkey")
    except TooMany:
        return visit.show("sign_in.html", 429, why="many")
    except WrongCredentials:
        return _asked(visit, challenge, 401, "wrong")
    except SignInUnavailable:
        return visit.show("sign_in.html", 503, why="unavailable")


@route("/sign-out", ("POST",))
def sign_out_submit(visit: Visit) -> Response:
    sign_in.end(visit.world, web.cookie_of(visit.request, visit.address.cookie), visit.where)
    return visit.go("/signed-out", [web.cookie(visit.address, "")])


@route("/signed-out", open_door=True)
def signed_out_page(visit: Visit) -> Response:
    return visit.show("signed_out.html", why="")


def _tried(visit: Visit, username: str, ask: Callable[[], Entered | Challenge], guessed: bool = True) -> Response:
    """Counted first; what was right is taken back, and what nobody weighed: a provider that is down for a minute must keep
    nobody out for a quarter of an hour (N2). Raises `TooMany`, and what the provider says."""
    attempt = sign_in_limits.begin(visit.world, username, web.caller_of(visit.request), guessed)
    try:
        step = ask()
    except SignInUnavailable:
        sign_in_limits.right(visit.world, attempt, entered=False)
        raise
    sign_in_limits.right(visit.world, attempt, isinstance(step, Entered))
    return _next(visit, step)


def _next(visit: Visit, step: Entered | Challenge) -> Response:
    if isinstance(step, Challenge):
        return _asked(visit, step)
    hide = partial(the_keys().hide, held=step.held)
    token, session = sign_in.start(visit.world, replace(step.who, where=visit.where), hide)
    first = "/practice" if is_new(visit.world, sign_in.person(session)) else "/inbox"
    return visit.go(first, [web.cookie(visit.address, token)])


def _asked(visit: Visit, challenge: Challenge, status: int = 200, why: str = "") -> Response:
    """The page that asks it. A passkey's answer is good once: after a wrong one it begins anew."""
    if challenge.kind == "passkey":
        return visit.show("sign_in.html", status, why="key") if why else visit.show("passkey.html", challenge=challenge)
    app = authenticator(challenge) if challenge.kind == "set_up" else {}
    return visit.show("challenge.html", status, challenge=challenge, why=why, **app)


def _wrong_answer(challenge: Challenge, answer: str, again: str) -> str:
    if challenge.kind != "new_password":
        return "" if answer.strip() else "empty"
    if len(answer) < SHORTEST:
        return "short"
    if any(each.isdisjoint(answer) for each in CLASSES):
        return "weak"
    return "" if answer == again else "differ"
