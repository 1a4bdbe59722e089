"""One's own passkeys at a Cognito user pool, which keeps them and checks them: no key is seen here.

StartWebAuthnRegistration and its three siblings take the person's own access token, which never leaves the browser's
cookie for these pages. A pool without `WebAuthnRelyingPartyID` refuses each of them.
"""

from __future__ import annotations

import json
from typing import Any

from ..core.staff import Staff
from ..flows.passkeys import Passkey, Proof
from ..flows.sign_in import Challenge, WrongCredentials
from .cognito import CognitoSignIn

MOST = 20  # Cognito's own limit for one person


class CognitoPasskeys(CognitoSignIn):
    """As `flows.passkeys.Passkeys`."""

    def prove(self, username: str, password: str) -> Proof | Challenge:
        answer = self._initiate("USER_PASSWORD_AUTH", USERNAME=username, PASSWORD=password)
        return _proof(self._read(answer, username))

    def prove_more(self, challenge: Challenge, answer: str) -> Proof | Challenge:
        return _proof(self._read(self._respond(challenge, answer), challenge.username))

    def listed(self, token: str) -> list[Passkey]:
        found = self._ask("list_web_authn_credentials", AccessToken=token, MaxResults=MOST)["Credentials"]
        return [Passkey(each["CredentialId"], each["FriendlyCredentialName"], each["CreatedAt"]) for each in found]

    def options(self, token: str) -> str:
        return json.dumps(self._ask("start_web_authn_registration", AccessToken=token)["CredentialCreationOptions"])

    def add(self, token: str, credential: str) -> None:
        self._ask("complete_web_authn_registration", AccessToken=token, Credential=_document(credential))

    def remove(self, token: str, key_id: str) -> None:
        self._ask("delete_web_authn_credential", AccessToken=token, CredentialId=key_id)


def _proof(read: tuple[Staff, dict[str, str]] | Challenge) -> Proof | Challenge:
    return read if isinstance(read, Challenge) else Proof(read[0], read[1]["AccessToken"])


def _document(text: str) -> dict[str, Any]:
    try:
        made = json.loads(text)
    except ValueError:
        raise WrongCredentials() from None
    if not isinstance(made, dict):
        raise WrongCredentials()
    return made
