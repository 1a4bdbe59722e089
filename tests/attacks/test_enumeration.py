"""Who is known cannot be told from outside: the same words, the same status, and the same calls behind them in the same order.

Calls are counted, not milliseconds: what is asked of the store, the keys and the pool is where the time goes, and it is the same in each run.
`python -m tests.bench.enumeration` measures the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.console.cognito import CognitoSignIn
from chalicelib.core.page_links import Link
from chalicelib.core.people import Contact, Patient
from chalicelib.core.records import Update
from chalicelib.flows import page_identity
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.sign_in import WrongCredentials
from chalicelib.ports import World
from tests.cast import ALICE_NUMBER, a_patient, an_sms
from tests.console.office import Desk, an_office
from tests.flows.office import an_open_office
from tests.pages import link_of, send_page, token_of

NOBODY = "+13035550188"


class Told:
    """A port that notes what is asked of it: its name and what kinds of rows."""

    def __init__(self, name: str, port: Any, calls: list[str]) -> None:
        self._name, self._port, self._calls = name, port, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def asked(*given: Any, **named: Any) -> Any:
            kinds = [each.__name__ for one in given for each in ([one] if isinstance(one, type) else [row[0] for row in one] if isinstance(one, list) else [])]
            self._calls.append(" ".join([f"{self._name}.{name}", *kinds]))
            return found(*given, **named)

        return asked


def told(world: World) -> tuple[World, list[str]]:
    calls: list[str] = []
    ports = {name: Told(name, getattr(world, name), calls) for name in ("store", "vault", "hasher", "pager", "parking")}
    return replace(world, **ports), calls


# --- patients' pages -----------------------------------------------------------------------------------------------


def a_link(change: Callable[[World, Link], None] = lambda *_: None) -> tuple[World, str]:
    world = an_open_office()
    a_patient(world)
    link = link_of(world, send_page(world))
    change(world, link)
    return world, token_of(world)


def closed(world: World, link: Link) -> None:
    world.store.commit(Update(Link, (link.token_hash,), set={"closed_at": world.clock(), "closed_why": "tries"}))


def moved(world: World, link: Link) -> None:
    world.store.commit(Update(Patient, (link.patient_id,), set={"program": "harbor"}))


def in_doubt(world: World, link: Link) -> None:
    world.store.commit(Update(Contact, (link.contact_id,), set={"doubt": "wrong_number"}))


def died(world: World, link: Link) -> None:
    world.store.commit(Update(Patient, (link.patient_id,), set={"status": "deceased"}))


@pytest.mark.parametrize("change", [closed, moved, in_doubt, died])
@pytest.mark.parametrize("what", ["look", "try"])
def test_a_link_that_leads_nowhere_costs_what_one_costs_that_never_was(change: Callable[[World, Link], None], what: str) -> None:
    found = []
    for token_of_this in (lambda token: token, lambda _: "0" * 32):
        world, token = a_link(change)
        seen, calls = told(world)
        ends = page_identity.find(seen, token_of_this(token), "", seen.clock()) if what == "look" else page_identity.verify(seen, token_of_this(token), "1/1/1999")
        assert ends is None
        found.append(calls)
    assert found[0] == found[1] == ["store.get_many Link PageSession", "store.get_many Patient Contact"]


SAID = {"a wrong date": "1/2/1999", "no date at all": "sunflower", "nothing": "", "a very long word": "x" * 300, "a date of no calendar": "31/31/1990"}


@pytest.mark.parametrize("needs_word", [False, True])
def test_every_wrong_answer_of_a_birth_date_costs_the_same(needs_word: bool) -> None:
    """Also the right date of who is known by their word alone: it is worked out, and refused as the others are."""
    costs = {}
    for name, said in {**SAID, **({"their birth date": "05/05/1990"} if needs_word else {})}.items():
        world, token = a_link()
        if needs_word:
            a_patient(world, "bob")  # who shares her phone
        seen, calls = told(world)
        assert page_identity.verify(seen, token, said) == page_identity.Wrong(2), name
        costs[name] = calls
    assert len({tuple(calls) for calls in costs.values()}) == 1, costs


# --- signing in ----------------------------------------------------------------------------------------------------


class Pool:
    """Cognito, which refuses each for a reason of its own."""

    def __init__(self, code: str) -> None:
        self.code, self.calls = code, list[str]()

    def __getattr__(self, name: str) -> Any:
        def asked(**request: Any) -> Any:
            self.calls.append(f"{name} {sorted(request)} {sorted(request.get('AuthParameters', ()))}")
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, name)

        return asked


@pytest.mark.parametrize("way", ["begin", "begin_with_passkey"])
def test_whatever_the_pool_refuses_a_name_for_it_is_asked_once_and_alike(way: str) -> None:
    asked = []
    for code in ("UserNotFoundException", "NotAuthorizedException", "UserNotConfirmedException", "PasswordResetRequiredException", "TooManyRequestsException"):
        pool = Pool(code)
        with pytest.raises(WrongCredentials):
            getattr(CognitoSignIn("pool", "client", "us-east-1", provider=pool), way)(*(["erin", "x"] if way == "begin" else ["erin"]))
        asked.append(pool.calls)
    assert all(calls == asked[0] for calls in asked) and len(asked[0]) == 1


def answers(path: str, *forms: dict[str, str], **asks: str) -> list[tuple[int, bytes, list[str]]]:
    from tests.cast import ERIN

    found = []
    for form in forms:
        an_office(ERIN, **asks)
        page = Desk().post(path, form)
        found.append((page.status_code, page.body.replace(form["username"].encode(), b""), sorted(page.headers)))
    return found


def test_a_name_that_is_none_and_a_password_that_is_wrong_get_the_same_page() -> None:
    known, unknown = answers("/console/sign-in", {"username": "erin", "password": "wrong"}, {"username": "nobody", "password": "wrong"})
    assert known == unknown and known[0] == 401


def test_a_name_that_is_none_and_a_person_without_a_passkey_get_the_same_page() -> None:
    known, unknown = answers("/console/sign-in/passkey", {"username": "erin"}, {"username": "nobody"})
    assert known == unknown and known[0] == 401


# --- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["thanks", "HELP", "STOP", "I took all my pills", "who is this", "PRIVATE", "QUIET", "1", "wrong number"])
def test_the_phone_of_a_patient_gets_the_words_that_any_phone_gets(body: str) -> None:
    """At content level 0 whoever holds the phone learns from no answer whether it is a patient's (N5, N7)."""
    said = []
    for number in (ALICE_NUMBER, NOBODY):
        world = an_open_office()
        a_patient(world, content_level=0)
        said.append(receive(world, an_sms(body, sender=number, at=world.clock()), inline=True).text)
    assert said[0] == said[1]
