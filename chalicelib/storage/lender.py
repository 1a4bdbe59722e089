"""A KMS grant: one person's session may open what is one patient's, until it is taken back (docs/decisions/own-keys.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import KeyUnavailable

OURS = re.compile(r"[A-Za-z0-9_-]+:\d+:[A-Za-z0-9_:-]+")  # how `flows.lend_keys` names what it lends
GONE = frozenset({"NotFoundException", "InvalidGrantIdException"})


class KmsLender:
    """`ports.Lender`. `role`: the ARN of the role that staff assume."""

    def __init__(self, client: Any, key_arn: str, role: str) -> None:
        self._client, self._key_arn = client, key_arn
        self._sessions = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")

    def lend(self, staff_id: str, subject: str, name: str) -> str:
        """The token that makes it count at once. The same name again is the same grant."""
        try:
            given = self._client.create_grant(
                KeyId=self._key_arn,
                GranteePrincipal=f"{self._sessions}/{staff_id}",
                Operations=["Decrypt"],
                Constraints={"EncryptionContextSubset": {"patient": subject}},
                Name=re.sub(r"[^A-Za-z0-9:/_-]", "_", name)[:256],
            )
        except (ClientError, BotoCoreError) as failure:
            raise KeyUnavailable(f"grant: {type(failure).__name__}") from None
        return str(given["GrantToken"])

    def take_back(self, staff_id: str, subject: str) -> int:
        """Every grant of this patient to this person: KMS's own list is asked, so that one nobody wrote down goes too."""
        try:
            found = [each["GrantId"] for each in self._of(staff_id) if _subject(each) == subject]
            for grant in found:
                self._revoke(grant)
        except (ClientError, BotoCoreError) as failure:
            raise KeyUnavailable(f"grant: {type(failure).__name__}") from None
        return len(found)

    def lent_before(self, before: datetime) -> set[tuple[str, str]]:
        """Grants of other names, or to anybody but staff's sessions, are not ours to judge."""
        try:
            pages = self._client.get_paginator("list_grants").paginate(KeyId=self._key_arn)
            found = [each for page in pages for each in page["Grants"] if self._ours(each) and _made(each) < before]
        except (ClientError, BotoCoreError) as failure:
            raise KeyUnavailable(f"grant: {type(failure).__name__}") from None
        return {(each["GranteePrincipal"].removeprefix(f"{self._sessions}/"), _subject(each)) for each in found}

    def _ours(self, grant: dict[str, Any]) -> bool:
        to_staff = str(grant.get("GranteePrincipal", "")).startswith(f"{self._sessions}/")
        return bool(to_staff and OURS.fullmatch(grant.get("Name", "")) and _subject(grant))

    def _of(self, staff_id: str) -> Iterator[dict[str, Any]]:
        who = f"{self._sessions}/{staff_id}"
        pages = self._client.get_paginator("list_grants").paginate(KeyId=self._key_arn, GranteePrincipal=who)
        return (each for page in pages for each in page["Grants"] if each["GranteePrincipal"] == who)  # moto lists everybody's

    def _revoke(self, grant: str) -> None:
        try:
            self._client.revoke_grant(KeyId=self._key_arn, GrantId=grant)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] not in GONE:
                raise


def _made(grant: dict[str, Any]) -> datetime:
    """When it was made; what our own name says where the list does not (moto's)."""
    made = grant.get("CreationDate")
    return made if isinstance(made, datetime) else datetime.fromtimestamp(int(grant["Name"].split(":")[1]), UTC)


def _subject(grant: dict[str, Any]) -> str:
    return str(grant.get("Constraints", {}).get("EncryptionContextSubset", {}).get("patient", ""))
