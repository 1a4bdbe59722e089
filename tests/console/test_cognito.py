"""The user pool's adapter against moto's Cognito over HTTP. moto takes any TOTP code: that part is seen with a double only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import jwt
import pytest
from botocore.stub import Stubber
from cryptography.hazmat.primitives.asymmetric import rsa
from moto.server import ThreadedMotoServer

from chalicelib.console.cognito import CognitoSignIn, read_claims
from chalicelib.core.staff import Staff
from chalicelib.flows.sign_in import Challenge, Entered, SignInUnavailable, WrongCredentials

REGION = "us-east-1"
PASSWORD, FRESH = "Correct-horse-1-battery", "Another-horse-2-battery"


class Pool:
    """A user pool with Carol (ready) and Dan (who has a temporary password)."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint
        self.client: Any = boto3.client(
            "cognito-idp", region_name=REGION, endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test"
        )
        attributes = [{"Name": name, "AttributeDataType": "String", "Mutable": True} for name in ("staff_id", "role", "programs")]
        self.pool = self.client.create_user_pool(PoolName="staff", Schema=attributes)["UserPool"]["Id"]
        self.app = self._app("console")
        for name in ("carol", "dan"):
            self._person(name)
        self.client.admin_set_user_password(UserPoolId=self.pool, Username="carol", Password=PASSWORD, Permanent=True)

    def _app(self, name: str) -> str:
        made = self.client.create_user_pool_client(
            UserPoolId=self.pool, ClientName=name, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        )
        return str(made["UserPoolClient"]["ClientId"])

    def _person(self, name: str) -> None:
        claims = {"custom:staff_id": name, "custom:role": "clinician", "custom:programs": "adult, harbor"}
        self.client.admin_create_user(
            UserPoolId=self.pool, Username=name, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS",
            UserAttributes=[{"Name": key, "Value": value} for key, value in claims.items()],
        )

    def door(self, app: str = "", provider: Any = None) -> CognitoSignIn:
        return CognitoSignIn(self.pool, app or self.app, REGION, self.endpoint, provider)

    def tokens(self, app: str = "") -> dict[str, str]:
        answer: dict[str, Any] = self.client.initiate_auth(
            ClientId=app or self.app, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "carol", "PASSWORD": PASSWORD}
        )
        return dict(answer["AuthenticationResult"])


class Answers:
    """A provider that says what it is told."""

    def __init__(self, **answer: Any):
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def initiate_auth(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        return self.answer

    respond_to_auth_challenge = initiate_auth

    @classmethod
    def token(cls, token: str) -> Answers:
        return cls(AuthenticationResult={"IdToken": token})


def entered(step: Entered | Challenge) -> Entered:
    assert isinstance(step, Entered)
    return step


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield Pool(f"http://{host}:{port}")
    server.stop()


def test_the_right_password_is_the_right_person(pool: Pool) -> None:
    assert entered(pool.door().begin("carol", PASSWORD)).who == Staff("carol", "clinician", ("adult", "harbor"))


def test_who_is_in_is_told_again_who_they_are_until_they_are_signed_out_everywhere(pool: Pool) -> None:
    held = entered(pool.door().begin("carol", PASSWORD)).held
    again = jwt.decode(pool.door().renew(held.renews), options={"verify_signature": False})
    assert (again["custom:staff_id"], again["token_use"]) == ("carol", "id")
    assert held.renews not in repr(held) and held.id_token not in repr(held)
    with pytest.raises(WrongCredentials):
        pool.door().renew("not-a-token-of-ours")


def test_too_many_at_one_moment_takes_nobodys_key_and_tells_nobody_that_they_are_out() -> None:
    client = boto3.client("cognito-idp", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        for _ in range(2):
            stub.add_client_error("initiate_auth", "TooManyRequestsException")
        door = CognitoSignIn("us-east-1_x", "client", "us-east-1", provider=client)
        with pytest.raises(SignInUnavailable):
            door.renew("hers")
        with pytest.raises(WrongCredentials):  # who guesses passwords is told no more than before
            door.begin("carol", "guess")


@pytest.mark.parametrize(("name", "password"), [("carol", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_password_and_an_unknown_name_are_the_same(pool: Pool, name: str, password: str) -> None:
    with pytest.raises(WrongCredentials):
        pool.door().begin(name, password)


def test_a_temporary_password_is_replaced_first(pool: Pool) -> None:
    door = pool.door()
    asked = door.begin("dan", PASSWORD)
    assert isinstance(asked, Challenge) and asked.kind == "new_password"
    assert entered(door.answer(asked, FRESH)).who == Staff("dan", "clinician", ("adult", "harbor"))
    assert entered(door.begin("dan", FRESH))


def test_a_code_is_asked_for_and_sent_on(pool: Pool) -> None:
    provider = Answers(ChallengeName="SOFTWARE_TOKEN_MFA", Session="s", ChallengeParameters={"USER_ID_FOR_SRP": "carol"})
    door = pool.door(provider=provider)
    asked = door.begin("carol", PASSWORD)
    assert asked == Challenge("code", "carol", "s")
    door.answer(asked, " 123456 ")
    assert provider.asked[1]["ChallengeResponses"] == {"USERNAME": "carol", "SOFTWARE_TOKEN_MFA_CODE": "123456"}


def test_a_challenge_we_do_not_know_lets_nobody_in(pool: Pool) -> None:
    with pytest.raises(SignInUnavailable):
        pool.door(provider=Answers(ChallengeName="SMS_MFA", Session="s")).begin("carol", PASSWORD)


def test_a_token_for_another_client_is_not_ours(pool: Pool) -> None:
    other = pool._app("other")
    with pytest.raises(SignInUnavailable):
        pool.door(provider=Answers.token(pool.tokens(other)["IdToken"])).begin("carol", PASSWORD)


def test_an_access_token_is_no_id_token(pool: Pool) -> None:
    with pytest.raises(SignInUnavailable):
        pool.door(provider=Answers.token(pool.tokens()["AccessToken"])).begin("carol", PASSWORD)


@pytest.mark.parametrize("how", ["own_key", "none", "hmac", "altered"])
def test_a_token_that_the_pool_did_not_sign_lets_nobody_in(pool: Pool, how: str) -> None:
    good = pool.tokens()["IdToken"]
    claims = jwt.decode(good, options={"verify_signature": False})
    kid = {"kid": jwt.get_unverified_header(good)["kid"]}
    forged = {
        "own_key": lambda: jwt.encode(claims, rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256", kid),
        "none": lambda: jwt.encode(claims, None, "none", kid),
        "hmac": lambda: jwt.encode(claims, "x" * 32, "HS256", kid),
        "altered": lambda: good[:-6] + ("AAAAAA" if not good.endswith("AAAAAA") else "BBBBBB"),
    }[how]()
    assert pool.door(provider=Answers.token(good)).begin("carol", PASSWORD)  # the same path with the real one
    with pytest.raises(SignInUnavailable):
        pool.door(provider=Answers.token(forged)).begin("carol", PASSWORD)


@pytest.mark.parametrize("field", ["exp", "iss", "token_use"])
def test_a_token_with_one_wrong_claim_lets_nobody_in(pool: Pool, field: str) -> None:
    """Signed by a key that the door trusts, so that only this claim is wrong."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime.now(UTC)
    claims: dict[str, Any] = {
        "iss": f"https://cognito-idp.{REGION}.amazonaws.com/{pool.pool}", "aud": pool.app, "token_use": "id",
        "iat": now, "exp": now + timedelta(minutes=5), "custom:staff_id": "carol",
    }

    class Keys:
        def get_signing_key_from_jwt(self, token: str) -> Any:
            return type("Key", (), {"key": key.public_key()})

    def begin() -> Staff:
        door = pool.door(provider=Answers.token(jwt.encode(claims, key, "RS256", {"kid": "k"})))
        door._keys = Keys()  # type: ignore[assignment]
        return entered(door.begin("carol", PASSWORD)).who

    assert begin() == Staff("carol", "", ())
    wrong = {"exp": now - timedelta(minutes=5), "iss": "https://cognito-idp.us-east-1.amazonaws.com/other", "token_use": "access"}
    claims[field] = wrong[field]
    with pytest.raises(SignInUnavailable):
        begin()


def test_an_account_without_an_id_is_nobody() -> None:
    with pytest.raises(SignInUnavailable):
        read_claims({"custom:role": "clinician"})


def test_a_provider_that_does_not_answer_is_said_to_be_away() -> None:
    with pytest.raises(SignInUnavailable):
        CognitoSignIn("us-east-1_x", "client", REGION, "http://127.0.0.1:9").begin("carol", PASSWORD)
