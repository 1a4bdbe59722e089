"""Sign in, the provider's further questions, sign out."""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Response

from ..core.staff import Staff
from ..flows import sign_in
from ..flows.practice import is_new
from ..flows.sign_in import Challenge, SignInUnavailable, WrongCredentials
from . import web
from .desk import Visit, route, the_sign_in

SHORTEST = 12  # characters of a new password; the pool's own policy has the last word


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
        return _next(visit, the_sign_in().begin(username, password))
    except WrongCredentials:
        return visit.show("sign_in.html", 401, why="wrong")
    except SignInUnavailable:
        return visit.show("sign_in.html", 503, why="unavailable")


@route("/sign-in/challenge", ("POST",), open_door=True)
def challenge_submit(visit: Visit) -> Response:
    form = visit.form
    challenge = Challenge(form.get("kind", ""), form.get("username", ""), form.get("state", ""))
    if challenge.kind not in ("new_password", "code"):
        return visit.go("/sign-in")
    answer = form.get("answer", "")
    wrong = _wrong_answer(challenge, answer, form.get("again", ""))
    if wrong:
        return visit.show("challenge.html", 400, challenge=challenge, why=wrong)
    try:
        return _next(visit, the_sign_in().answer(challenge, answer))
    except WrongCredentials:
        return visit.show("challenge.html", 401, challenge=challenge, why="wrong")
    except SignInUnavailable:
        return visit.show("sign_in.html", 503, why="unavailable")


@route("/sign-out", ("POST",))
def sign_out_submit(visit: Visit) -> Response:
    sign_in.end(visit.world, web.cookie_of(visit.request, visit.address.cookie), visit.where)
    return visit.go("/signed-out", [web.cookie(visit.address, "")])


@route("/signed-out", open_door=True)
def signed_out_page(visit: Visit) -> Response:
    return visit.show("signed_out.html", why="")


def _next(visit: Visit, step: Staff | Challenge) -> Response:
    if isinstance(step, Challenge):
        return visit.show("challenge.html", challenge=step, why="")
    token, session = sign_in.start(visit.world, replace(step, where=visit.where))
    first = "/practice" if is_new(visit.world, sign_in.person(session)) else "/inbox"
    return visit.go(first, [web.cookie(visit.address, token)])


def _wrong_answer(challenge: Challenge, answer: str, again: str) -> str:
    if challenge.kind == "code":
        return "" if answer.strip() else "empty"
    if len(answer) < SHORTEST:
        return "short"
    return "" if answer == again else "differ"
