"""Passkeys and the authenticator app (ID-3): the pool's documented shapes, held by botocore's own model, and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.stub import Stubber

from chalicelib.console import desk as front
from chalicelib.console.cognito import CognitoSignIn
from chalicelib.console.cognito_passkeys import CognitoPasskeys
from chalicelib.core.records import AuditEntry
from chalicelib.flows.passkeys import Passkey
from chalicelib.flows.sign_in import Challenge, NoPasskey, SignInUnavailable, WrongCredentials
from chalicelib.ports import World

from ..cast import CAROL, DAN
from ..fakes.directory import FakeDirectory
from ..fakes.keys import FakeKeys
from .office import ADDRESS, SIGNED, Desk, FakePasskeys, FakeSignIn, an_office, forms, text

ASKS = '{"challenge": "AAAA", "rpId": "texts.example.org", "userVerification": "required"}'
MADE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def pool() -> Iterator[Stubber]:
    client = boto3.client("cognito-idp", region_name="us-east-1", config=Config(signature_version=UNSIGNED))
    with Stubber(client) as stubbed:
        yield stubbed
        stubbed.assert_no_pending_responses()


def expected(flow: str, **parameters: str) -> dict[str, Any]:
    return {"ClientId": "console", "AuthFlow": flow, "AuthParameters": parameters}


def test_a_passkey_is_asked_for_and_its_answer_is_sent_on(pool: Stubber) -> None:
    door = CognitoSignIn("us-east-1_x", "console", "us-east-1", provider=pool.client)
    asked = {"USERNAME": "carol", "CREDENTIAL_REQUEST_OPTIONS": ASKS}
    pool.add_response(
        "initiate_auth", {"ChallengeName": "WEB_AUTHN", "Session": "s" * 20, "ChallengeParameters": asked},
        expected("USER_AUTH", USERNAME="carol", PREFERRED_CHALLENGE="WEB_AUTHN"),
    )  # fmt: skip
    challenge = door.begin_with_passkey("carol")
    assert challenge == Challenge("passkey", "carol", "s" * 20, ASKS)
    pool.add_client_error(
        "respond_to_auth_challenge", "NotAuthorizedException",
        expected_params={
            "ClientId": "console", "ChallengeName": "WEB_AUTHN", "Session": "s" * 20,
            "ChallengeResponses": {"USERNAME": "carol", "CREDENTIAL": SIGNED},
        },
    )  # fmt: skip
    with pytest.raises(WrongCredentials):
        door.answer(challenge, SIGNED)


def test_who_has_no_passkey_is_told_so(pool: Stubber) -> None:
    pool.add_response(
        "initiate_auth",
        {"ChallengeName": "SELECT_CHALLENGE", "Session": "s" * 20, "AvailableChallenges": ["PASSWORD"]},
        expected("USER_AUTH", USERNAME="carol", PREFERRED_CHALLENGE="WEB_AUTHN"),
    )
    with pytest.raises(NoPasskey):
        CognitoSignIn("us-east-1_x", "console", "us-east-1", provider=pool.client).begin_with_passkey("carol")


def test_a_new_person_sets_up_the_authenticator_app(pool: Stubber) -> None:
    """Where the pool wants a second factor (`StaffMfa`: ON), the first sign-in must give one, or nobody ever comes in."""
    door = CognitoSignIn("us-east-1_x", "console", "us-east-1", provider=pool.client)
    pool.add_response(
        "initiate_auth",
        {"ChallengeName": "MFA_SETUP", "Session": "a" * 20, "ChallengeParameters": {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'}},
        expected("USER_PASSWORD_AUTH", USERNAME="carol", PASSWORD="secret"),
    )
    pool.add_response("associate_software_token", {"SecretCode": "K" * 32, "Session": "b" * 20}, {"Session": "a" * 20})
    challenge = door.begin("carol", "secret")
    assert challenge == Challenge("set_up", "carol", "b" * 20, "K" * 32)
    pool.add_client_error(
        "verify_software_token", "EnableSoftwareTokenMFAException", expected_params={"Session": "b" * 20, "UserCode": "111111"}
    )
    with pytest.raises(WrongCredentials):
        door.answer(challenge, "111111")
    pool.add_response(
        "verify_software_token", {"Status": "SUCCESS", "Session": "c" * 20}, {"Session": "b" * 20, "UserCode": "123456"}
    )
    pool.add_client_error(
        "respond_to_auth_challenge", "InternalErrorException",
        expected_params={
            "ClientId": "console", "ChallengeName": "MFA_SETUP", "Session": "c" * 20, "ChallengeResponses": {"USERNAME": "carol"},
        },
    )  # fmt: skip
    with pytest.raises(SignInUnavailable):
        door.answer(challenge, " 123456 ")


def test_ones_own_keys_at_the_pool(pool: Stubber) -> None:
    keys = CognitoPasskeys("us-east-1_x", "console", "us-east-1", provider=pool.client)
    token = {"AccessToken": "t"}
    pool.add_response("start_web_authn_registration", {"CredentialCreationOptions": {"challenge": "AAAA"}}, token)
    assert keys.options("t") == '{"challenge": "AAAA"}'
    pool.add_response("complete_web_authn_registration", {}, {**token, "Credential": {"id": "signed"}})
    keys.add("t", SIGNED)
    pool.add_response(
        "list_web_authn_credentials",
        {"Credentials": [{
            "CredentialId": "k", "FriendlyCredentialName": "Phone", "RelyingPartyId": "x.org",
            "AuthenticatorTransports": [], "CreatedAt": MADE,
        }]},
        {**token, "MaxResults": 20},
    )  # fmt: skip
    assert keys.listed("t") == [Passkey("k", "Phone", MADE)]
    pool.add_response("delete_web_authn_credential", {}, {**token, "CredentialId": "k"})
    keys.remove("t", "k")
    for nonsense in ("", "[]", "{"):
        with pytest.raises(WrongCredentials):
            keys.add("t", nonsense)


def at_the_keys(**asks: str) -> tuple[Desk, FakePasskeys, World]:
    world, desk = an_office(CAROL), Desk()
    people = {CAROL.staff_id: CAROL, DAN.staff_id: DAN}
    keys = FakePasskeys(people, asks)
    own = FakeKeys(lambda: world)
    front.furnish(
        lambda: world, lambda: FakeSignIn(people), lambda: ADDRESS, lambda: FakeDirectory.of(CAROL), passkeys=lambda: keys,
        keys=lambda: own,
    )  # fmt: skip
    assert desk.sign_in("carol").status_code == 303
    return desk, keys, world


def proved(desk: Desk) -> None:
    assert desk.submit(desk.get("/console/passkeys"), "/passkeys", password="right").status_code == 303


def test_a_key_is_added_and_taken_away_and_both_are_written() -> None:
    desk, keys, world = at_the_keys()
    proved(desk)
    asked = desk.submit(desk.get("/console/passkeys"), "/passkeys/add")
    assert 'data-does="create"' in asked.body.decode()
    assert "The passkey is added" in text(desk.follow(desk.submit(asked, "/passkeys/keep", answer=SIGNED)))
    assert keys.keys == ["key-1"]
    listed = desk.get("/console/passkeys")
    assert "taken away" in text(desk.follow(desk.submit(listed, "/passkeys/remove")))
    assert keys.keys == []
    entries = [each.action for each in world.store.rows(AuditEntry)]  # type: ignore[attr-defined]
    assert {"passkey_add", "passkey_remove"} <= set(entries)


def test_an_open_session_alone_adds_no_key() -> None:
    """A desk left unlocked: without the password again there is nothing to press, and what is posted is refused."""
    desk, keys, _ = at_the_keys()
    page = desk.get("/console/passkeys")
    csrf = {"csrf": desk_token(desk)}
    assert "show that it is you" in text(page)
    for path, fields in (("add", {}), ("keep", {"answer": SIGNED}), ("remove", {"key": "key-1"})):
        assert desk.post(f"/console/passkeys/{path}", {**csrf, **fields}).status_code == 401
    desk.cookies["porchlight-proof"] = "made up"
    assert desk.post("/console/passkeys/keep", {**csrf, "answer": SIGNED}).status_code == 401
    assert keys.keys == []


def desk_token(desk: Desk) -> str:
    return str(next(form for form in forms(desk.get("/console/passkeys")) if "csrf" in form["hidden"])["hidden"]["csrf"])


def test_the_proof_takes_a_code_where_one_is_asked_for_and_is_of_the_same_person() -> None:
    desk, _, _ = at_the_keys(carol="code")
    assert "Enter it first" in text(desk.submit(desk.get("/console/passkeys"), "/passkeys", password=""))
    assert desk.submit(desk.get("/console/passkeys"), "/passkeys", password="wrong").status_code == 401
    code = desk.submit(desk.get("/console/passkeys"), "/passkeys", password="right")
    assert "Six digits" in text(code)
    assert desk.submit(code, "/passkeys", answer="000000").status_code == 401
    assert desk.submit(code, "/passkeys", answer="123456", username="dan").status_code == 401
    kept = desk.submit(code, "/passkeys", answer="123456")
    line = next(line for line in kept.headers["Set-Cookie"] if line.startswith("porchlight-proof="))
    assert "Path=/console/passkeys; HttpOnly; SameSite=Strict; Max-Age=600" in line


def test_a_pool_that_does_not_answer_shows_no_empty_list() -> None:
    desk, keys, _ = at_the_keys()
    proved(desk)
    keys.away = True
    page = desk.get("/console/passkeys")
    assert page.status_code == 503 and "does not answer" in text(page) and "None yet" not in text(page)


def test_a_key_that_the_pool_does_not_like_changes_nothing() -> None:
    desk, keys, _ = at_the_keys()
    proved(desk)
    asked = desk.submit(desk.get("/console/passkeys"), "/passkeys/add")
    refused = desk.submit(asked, "/passkeys/keep", answer="{}")
    assert refused.status_code == 400 and "not accepted" in text(refused) and keys.keys == []


def test_signing_in_with_a_passkey() -> None:
    an_office(CAROL, practised=True, carol="passkey")
    desk = Desk()
    assert "Enter your user name" in text(desk.post("/console/sign-in/passkey", {"username": " "}))
    assert "no passkey for that user name" in text(desk.post("/console/sign-in/passkey", {"username": "dan"}))
    asked = desk.post("/console/sign-in/passkey", {"username": "carol"})
    assert 'data-does="get"' in asked.body.decode()
    assert "not accepted" in text(desk.submit(asked, "/sign-in/challenge", answer="{}"))
    answered = desk.submit(asked, "/sign-in/challenge", answer=SIGNED)
    assert answered.headers["Location"] == "/console/inbox"


def test_the_app_is_set_up_with_a_picture_a_link_and_a_key() -> None:
    an_office(CAROL, practised=True, carol="set_up")
    desk = Desk()
    page = desk.sign_in("carol")
    assert "<svg" in page.body.decode() and "otpauth://totp/Porchlight%3Acarol?" in page.body.decode()
    again = desk.submit(page, "/sign-in/challenge", answer="000000")
    assert again.status_code == 401 and "<svg" in again.body.decode()
    assert desk.submit(again, "/sign-in/challenge", answer="123456").headers["Location"] == "/console/inbox"
