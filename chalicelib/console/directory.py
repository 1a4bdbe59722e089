"""The staff's user pool as administrators use it. Every call can be made again: what is so already is left so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..flows.directory import Account, DirectoryUnavailable

THERE = frozenset({"UsernameExistsException"})
GONE = frozenset({"UserNotFoundException"})
PAGE = 60  # the most that Cognito lists at once


class CognitoDirectory:
    """`endpoint`: a laptop's AWS; empty on AWS. The function's own role asks, never a person's token."""

    def __init__(self, pool: str, region: str, endpoint: str = "", provider: Any = None):
        self._pool, self._region, self._endpoint, self._provider = pool, region, endpoint, provider
        self._names: dict[str, str] = {}  # staff id to the pool's user name, where somebody set it up otherwise

    def accounts(self) -> list[Account]:
        found: list[Account] = []
        more: dict[str, Any] = {}
        while True:
            page = self._ask("list_users", Limit=PAGE, **more)
            found += [_account(user) for user in page["Users"]]
            self._names |= {_account(user).staff_id: user["Username"] for user in page["Users"]}
            if not page.get("PaginationToken"):
                return sorted(found, key=lambda account: account.staff_id)
            more = {"PaginationToken": page["PaginationToken"]}

    def create(self, account: Account, email: str, password: str) -> None:
        attributes = {**_attributes(account.staff_id, account.role, account.programs), "name": account.name}
        sending: dict[str, Any] = {"MessageAction": "SUPPRESS"}
        if email:
            attributes |= {"email": email, "email_verified": "true"}
            sending = {"DesiredDeliveryMediums": ["EMAIL"]}
        self._ask(
            "admin_create_user",
            there=THERE,
            Username=account.staff_id,
            UserAttributes=_pairs(attributes),
            TemporaryPassword=password,
            **sending,
        )

    def remove(self, staff_id: str) -> str:
        name = self._names.get(staff_id, staff_id)
        held = self._ask("admin_get_user", there=GONE, Username=name)
        self._ask("admin_delete_user", there=GONE, Username=name)
        return next((each["Value"] for each in held.get("UserAttributes", ()) if each["Name"] == "email"), "")

    def change(self, staff_id: str, role: str, programs: tuple[str, ...]) -> None:
        attributes = _pairs(_attributes(staff_id, role, programs))
        self._ask("admin_update_user_attributes", Username=self._names.get(staff_id, staff_id), UserAttributes=attributes)

    def close(self, staff_id: str) -> None:
        name = self._names.get(staff_id, staff_id)
        self._ask("admin_disable_user", Username=name)
        self._ask("admin_user_global_sign_out", Username=name)

    def reopen(self, staff_id: str) -> None:
        self._ask("admin_enable_user", Username=self._names.get(staff_id, staff_id))

    def _ask(self, operation: str, there: frozenset[str] = frozenset(), **request: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self._client(), operation)(UserPoolId=self._pool, **request)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] in there:
                return {}
            raise DirectoryUnavailable(refusal.response["Error"]["Code"]) from None
        except BotoCoreError as failure:
            raise DirectoryUnavailable(type(failure).__name__) from None
        return answer

    def _client(self) -> Any:
        if self._provider is None:
            import boto3
            from botocore.config import Config

            config = Config(connect_timeout=1, read_timeout=4, retries={"total_max_attempts": 2})
            self._provider = boto3.client(
                "cognito-idp", region_name=self._region, endpoint_url=self._endpoint or None, config=config
            )
        return self._provider


def _attributes(staff_id: str, role: str, programs: tuple[str, ...]) -> dict[str, str]:
    return {"custom:staff_id": staff_id, "custom:role": role, "custom:programs": ",".join(programs)}


def _pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def _account(user: Mapping[str, Any]) -> Account:
    held = {each["Name"]: each.get("Value", "") for each in user.get("Attributes", ())}
    programs = tuple(part.strip() for part in held.get("custom:programs", "").split(",") if part.strip())
    return Account(
        held.get("custom:staff_id", "") or user["Username"],
        held.get("name", ""),
        held.get("custom:role", ""),
        programs,
        bool(user.get("Enabled", True)),
        user.get("UserStatus", ""),
    )
