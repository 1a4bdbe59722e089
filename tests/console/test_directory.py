"""The user pool's administration against moto's Cognito over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from chalicelib.console.cognito import CognitoSignIn
from chalicelib.console.directory import CognitoDirectory
from chalicelib.core.staff import Staff
from chalicelib.flows.directory import Account, DirectoryUnavailable
from chalicelib.flows.manage_staff import temporary_password
from chalicelib.flows.sign_in import Challenge, WrongCredentials

from .test_cognito import entered

REGION = "us-east-1"
GAIL = Account("gail", "Gail", "front_desk", ("adult", "harbor"))
CHOSEN = "Another-horse-2-battery"


class Pool:
    """An empty user pool, the administrators' way into it and the staff's."""

    def __init__(self, endpoint: str):
        self.client: Any = boto3.client(
            "cognito-idp", region_name=REGION, endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test"
        )
        names = ("staff_id", "role", "programs")
        schema = [{"Name": name, "AttributeDataType": "String", "Mutable": True} for name in names]
        self.pool = self.client.create_user_pool(PoolName="staff", Schema=schema)["UserPool"]["Id"]
        made = self.client.create_user_pool_client(
            UserPoolId=self.pool, ClientName="console", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )
        self.directory = CognitoDirectory(self.pool, REGION, endpoint, self.client)
        self.door = CognitoSignIn(self.pool, made["UserPoolClient"]["ClientId"], REGION, endpoint)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def pool(endpoint: str) -> Pool:
    return Pool(endpoint)


def test_an_invited_person_chooses_a_password_and_is_who_the_administrator_said(pool: Pool) -> None:
    password = temporary_password()
    pool.directory.create(GAIL, "", password)
    asked = pool.door.begin("gail", password)
    assert isinstance(asked, Challenge) and asked.kind == "new_password"
    assert entered(pool.door.answer(asked, CHOSEN)).who == Staff("gail", "front_desk", ("adult", "harbor"))


def test_an_account_that_is_there_is_left_as_it_is(pool: Pool) -> None:
    pool.directory.create(GAIL, "", temporary_password())
    pool.directory.create(Account("gail", "Other", "administrator", ()), "", temporary_password())
    [found] = pool.directory.accounts()
    assert (found.role, found.name, found.state) == ("front_desk", "Gail", "FORCE_CHANGE_PASSWORD")


def test_a_changed_role_is_in_the_next_token(pool: Pool) -> None:
    pool.directory.create(GAIL, "", temporary_password())
    pool.client.admin_set_user_password(UserPoolId=pool.pool, Username="gail", Password=CHOSEN, Permanent=True)
    pool.directory.change("gail", "supervisor", ("adult",))
    assert entered(pool.door.begin("gail", CHOSEN)).who == Staff("gail", "supervisor", ("adult",))
    pool.directory.change("gail", "compliance", ())
    assert entered(pool.door.begin("gail", CHOSEN)).who == Staff("gail", "compliance", ())


def test_a_closed_account_cannot_sign_in_until_it_is_reopened(pool: Pool) -> None:
    pool.directory.create(GAIL, "", temporary_password())
    pool.client.admin_set_user_password(UserPoolId=pool.pool, Username="gail", Password=CHOSEN, Permanent=True)
    for _ in range(2):
        pool.directory.close("gail")
    assert [each.enabled for each in pool.directory.accounts()] == [False]
    with pytest.raises(WrongCredentials):
        pool.door.begin("gail", CHOSEN)
    for _ in range(2):
        pool.directory.reopen("gail")
    assert entered(pool.door.begin("gail", CHOSEN))


def test_an_account_that_is_gone_is_made_again_with_nothing_of_its_sign_in(pool: Pool) -> None:
    pool.directory.create(GAIL, "gail@example.org", temporary_password())
    pool.client.admin_set_user_password(UserPoolId=pool.pool, Username="gail", Password=CHOSEN, Permanent=True)
    assert pool.directory.remove("gail") == "gail@example.org"
    assert pool.directory.accounts() == [] and pool.directory.remove("gail") == ""
    with pytest.raises(WrongCredentials):
        pool.door.begin("gail", CHOSEN)
    password = temporary_password()
    pool.directory.create(GAIL, "", password)
    asked = pool.door.begin("gail", password)
    assert isinstance(asked, Challenge) and asked.kind == "new_password"


def test_more_than_a_page_of_people(pool: Pool) -> None:
    for number in range(63):
        pool.client.admin_create_user(UserPoolId=pool.pool, Username=f"p{number:03}", MessageAction="SUPPRESS")
    assert len(pool.directory.accounts()) == 63


def test_a_refusal_says_its_code_and_nothing_else(pool: Pool) -> None:
    with pytest.raises(DirectoryUnavailable, match=r"^UserNotFoundException$"):
        pool.directory.change("nobody", "clinician", ())


def test_what_is_asked_of_the_pool_for_mail(pool: Pool) -> None:
    """moto sends no mail: the request is looked at."""
    asked: list[dict[str, Any]] = []

    class Listening:
        def admin_create_user(self, **request: Any) -> dict[str, Any]:
            asked.append(request)
            raise ClientError({"Error": {"Code": "UsernameExistsException"}}, "AdminCreateUser")

    directory = CognitoDirectory(pool.pool, REGION, provider=Listening())
    directory.create(GAIL, "gail@example.org", "x")
    directory.create(GAIL, "", "x")
    assert asked[0]["DesiredDeliveryMediums"] == ["EMAIL"] and "MessageAction" not in asked[0]
    assert {"Name": "email_verified", "Value": "true"} in asked[0]["UserAttributes"]
    assert asked[1]["MessageAction"] == "SUPPRESS"


def test_a_user_name_that_is_not_the_staff_id_is_found_by_listing(pool: Pool) -> None:
    pool.client.admin_create_user(
        UserPoolId=pool.pool, Username="gail.smith", MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "custom:staff_id", "Value": "gail"}],
    )
    assert [each.staff_id for each in pool.directory.accounts()] == ["gail"]
    pool.directory.change("gail", "supervisor", ("adult",))
    pool.directory.close("gail")
    [found] = pool.directory.accounts()
    assert (found.role, found.enabled) == ("supervisor", False)
