"""One's own passkeys: proved anew with the password, listed, added, taken away (ID-3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice.app import Response

from ..flows import passkeys
from ..flows.passkeys import Passkeys, Proof
from ..flows.sign_in import Challenge, SignInUnavailable, WrongCredentials
from . import web
from .desk import Visit, furniture, route


@route("/passkeys")
def passkeys_page(visit: Visit) -> Response:
    token = web.cookie_of(visit.request, web.PROOF)
    return _listed(visit, token) if token else _prove(visit)


@route("/passkeys", ("POST",))
def prove_submit(visit: Visit) -> Response:
    form, keys = visit.form, _keys()
    challenge = Challenge("code", form.get("username", ""), form.get("state", "")) if form.get("kind") == "code" else None
    said = form.get("answer" if challenge else "password", "")
    if not said:
        return _prove(visit, challenge, "empty", 400)
    try:
        proof = keys.prove_more(challenge, said) if challenge else keys.prove(visit.who.staff_id, said)
        proof = passkeys.own(proof, visit.who)
    except WrongCredentials:
        return _prove(visit, challenge, "wrong", 401)
    except SignInUnavailable:
        return _prove(visit, None, "unavailable", 503)
    if isinstance(proof, Proof):
        return visit.go("/passkeys", [web.proof(visit.address, proof.token)])
    return _prove(visit, proof)


@route("/passkeys/add", ("POST",))
def add_submit(visit: Visit) -> Response:
    return _with_proof(visit, lambda token: _show(visit, "ask", options=_keys().options(token)))


@route("/passkeys/keep", ("POST",))
def keep_submit(visit: Visit) -> Response:
    def keep(token: str) -> Response:
        passkeys.add(visit.world, _keys(), visit.who, token, visit.form.get("answer", ""))
        return visit.go("/passkeys?done=kept")

    return _with_proof(visit, keep)


@route("/passkeys/remove", ("POST",))
def remove_submit(visit: Visit) -> Response:
    def remove(token: str) -> Response:
        passkeys.remove(visit.world, _keys(), visit.who, token, visit.form.get("key", ""))
        return visit.go("/passkeys?done=gone")

    return _with_proof(visit, remove)


def _with_proof(visit: Visit, act: Callable[[str], Response]) -> Response:
    token = web.cookie_of(visit.request, web.PROOF)
    if not token:
        return _prove(visit, why="over", status=401)
    try:
        return act(token)
    except WrongCredentials:  # the proof is over, or the key was not to the pool's liking: the list tells which
        return _listed(visit, token, "refused")
    except SignInUnavailable:
        return _show(visit, "list", 503, "unavailable")


def _listed(visit: Visit, token: str, why: str = "") -> Response:
    try:
        return _show(visit, "list", 400 if why else 200, why, keys=_keys().listed(token))
    except WrongCredentials:
        return _prove(visit, why="over", status=401 if why else 200)
    except SignInUnavailable:
        return _show(visit, "list", 503, "unavailable")


def _prove(visit: Visit, challenge: Challenge | None = None, why: str = "", status: int = 200) -> Response:
    return _show(visit, "prove", status, why, challenge=challenge)


def _show(visit: Visit, stage: str, status: int = 200, why: str = "", **values: Any) -> Response:
    shown: dict[str, Any] = {"challenge": None, "keys": [], "options": "", **values}
    return visit.show("passkeys.html", status, stage=stage, why=why, **shown)


def _keys() -> Passkeys:
    return furniture().passkeys()
