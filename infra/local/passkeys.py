"""The user pool's passkeys on a laptop: the six calls of Cognito that moto does not know, in front of moto.

Shapes as AWS documents them (USER_AUTH with WEB_AUTHN; Start-, CompleteWebAuthnRegistration; List-, DeleteWebAuthnCredential).
py_webauthn checks what the browser signed, as Cognito does. Keys are bound to "localhost", and gone when the demo ends.
"""

from __future__ import annotations

import io
import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import jwt
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

SERVICE = "AWSCognitoIdentityProviderService."
NAME = "localhost"  # WebAuthn has no keys for an address of digits
VERIFIED = UserVerificationRequirement.REQUIRED
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Refusal(Exception):
    """Cognito's own name for why not."""


@dataclass
class Key:
    username: str
    public_key: bytes
    count: int
    made_at: float


class Passkeys:
    """In front of moto's server: answers what belongs to passkeys, passes on the rest."""

    def __init__(self, behind: Wsgi):
        self._behind = behind
        self._keys: dict[str, Key] = {}
        self._asked: dict[str, tuple[str, bytes]] = {}  # a session or an access token: whose, and the challenge

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if not target.startswith(SERVICE):
            return self._behind(environ, start)
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = self._answers(target.removeprefix(SERVICE), json.loads(raw or b"{}"))
        if answer is None:
            return self._behind(environ | {"wsgi.input": io.BytesIO(raw)}, start)
        try:
            status, said = "200 OK", answer()
        except Refusal as why:
            status, said = "400 Bad Request", {"__type": str(why), "message": "refused"}
        start(status, [("Content-Type", "application/x-amz-json-1.1")])
        return [json.dumps(said).encode()]

    def _answers(self, operation: str, sent: dict[str, Any]) -> Callable[[], dict[str, Any]] | None:
        """What answers this call; None for what is moto's."""
        if operation == "InitiateAuth" and sent.get("AuthFlow") == "USER_AUTH":
            return lambda: self._begin(sent["ClientId"], sent["AuthParameters"]["USERNAME"])
        if operation == "RespondToAuthChallenge" and sent.get("ChallengeName") == "WEB_AUTHN":
            return lambda: self._finish(sent["ClientId"], sent["Session"], sent["ChallengeResponses"]["CREDENTIAL"])
        own = {
            "StartWebAuthnRegistration": lambda: self._start(sent["AccessToken"]),
            "CompleteWebAuthnRegistration": lambda: self._complete(sent["AccessToken"], sent["Credential"]),
            "ListWebAuthnCredentials": lambda: self._list(sent["AccessToken"]),
            "DeleteWebAuthnCredential": lambda: self._delete(sent["AccessToken"], sent["CredentialId"]),
        }
        return own.get(operation)

    def _begin(self, client_id: str, username: str) -> dict[str, Any]:
        mine = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in self._of(username)]
        session = secrets.token_urlsafe(32)
        if not mine:
            return {"ChallengeName": "SELECT_CHALLENGE", "Session": session, "AvailableChallenges": ["PASSWORD", "PASSWORD_SRP"]}
        options = webauthn.generate_authentication_options(rp_id=NAME, allow_credentials=mine, user_verification=VERIFIED)
        self._asked[session] = (username, options.challenge)
        asks = json.dumps(options_to_json_dict(options))
        return {
            "ChallengeName": "WEB_AUTHN",
            "Session": session,
            "ChallengeParameters": {"USERNAME": username, "CREDENTIAL_REQUEST_OPTIONS": asks},
        }

    def _finish(self, client_id: str, session: str, credential: str) -> dict[str, Any]:
        username, challenge = self._asked.pop(session, ("", b""))
        sent = json.loads(credential)
        key = self._keys.get(sent.get("id", ""))
        if not username or key is None or key.username != username:
            raise Refusal("NotAuthorizedException")
        try:
            seen = webauthn.verify_authentication_response(
                credential=sent, expected_challenge=challenge, expected_rp_id=NAME, expected_origin=_origin(sent),
                credential_public_key=key.public_key, credential_current_sign_count=key.count, require_user_verification=True,
            )  # fmt: skip
        except WebAuthnException:
            raise Refusal("NotAuthorizedException") from None
        key.count = seen.new_sign_count
        return _tokens(client_id, username)

    def _start(self, token: str) -> dict[str, Any]:
        username = _whose(token)
        options = webauthn.generate_registration_options(
            rp_id=NAME, rp_name="Porchlight", user_name=username, user_id=username.encode(),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in self._of(username)],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=VERIFIED
            ),
        )  # fmt: skip
        self._asked[token] = (username, options.challenge)
        return {"CredentialCreationOptions": options_to_json_dict(options)}

    def _complete(self, token: str, credential: dict[str, Any]) -> dict[str, Any]:
        username, challenge = self._asked.pop(token, ("", b""))
        if not username or username != _whose(token):
            raise Refusal("WebAuthnChallengeNotFoundException")
        try:
            made = webauthn.verify_registration_response(
                credential=credential, expected_challenge=challenge, expected_rp_id=NAME,
                expected_origin=_origin(credential), require_user_verification=True,
            )  # fmt: skip
        except WebAuthnException:
            raise Refusal("WebAuthnCredentialNotSupportedException") from None
        key_id = bytes_to_base64url(made.credential_id)
        self._keys[key_id] = Key(username, made.credential_public_key, made.sign_count, time.time())
        return {}

    def _list(self, token: str) -> dict[str, Any]:
        whose = _whose(token)
        return {
            "Credentials": [
                {
                    "CredentialId": key_id,
                    "FriendlyCredentialName": "Passkey",
                    "RelyingPartyId": NAME,
                    "AuthenticatorTransports": [],
                    "CreatedAt": self._keys[key_id].made_at,
                }
                for key_id in self._of(whose)
            ]
        }

    def _delete(self, token: str, key_id: str) -> dict[str, Any]:
        if key_id not in self._of(_whose(token)):
            raise Refusal("ResourceNotFoundException")
        del self._keys[key_id]
        return {}

    def _of(self, username: str) -> list[str]:
        return [key_id for key_id, key in self._keys.items() if key.username == username]


def _origin(credential: dict[str, Any]) -> str:
    """The origin that the browser signed, if it is this machine's: any port, since the demo's may be chosen."""
    said = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))["origin"]
    if not said.startswith(f"http://{NAME}:"):
        raise Refusal("WebAuthnOriginNotAllowedException")
    return str(said)


def _whose(token: str) -> str:
    """The user name in one of moto's own access tokens that is not over."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": True})
    except jwt.PyJWTError:
        raise Refusal("NotAuthorizedException") from None
    if claims.get("token_use") != "access":
        raise Refusal("NotAuthorizedException")
    return str(claims["username"])


def _tokens(client_id: str, username: str) -> dict[str, Any]:
    """moto's own, as after a password."""
    from moto.cognitoidp.models import cognitoidp_backends

    for account in cognitoidp_backends.values():
        for backend in account.values():
            for pool in backend.user_pools.values():
                if client_id in pool.clients and (user := pool._get_user(username)) and user.enabled:
                    logged_in: dict[str, Any] = backend._log_user_in(pool, pool.clients[client_id], user.username)
                    return logged_in
    raise Refusal("NotAuthorizedException")
