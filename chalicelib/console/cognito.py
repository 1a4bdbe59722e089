"""Sign-in with a Cognito user pool: the password goes to Cognito alone, and its token is believed only when it verifies.

How often a password may be tried is Cognito's to limit (it locks a user name for longer with each failure).
"""

from __future__ import annotations

from typing import Any

import jwt

from ..core.passes import Pass
from ..core.staff import Staff
from ..flows.sign_in import Challenge, Entered, NoPasskey, SignInUnavailable, WrongCredentials

ASKED = {"NEW_PASSWORD_REQUIRED": "new_password", "SOFTWARE_TOKEN_MFA": "code", "WEB_AUTHN": "passkey", "MFA_SETUP": "set_up"}
NAMES = {kind: name for name, kind in ASKED.items()}
FIELDS = {"new_password": "NEW_PASSWORD", "code": "SOFTWARE_TOKEN_MFA_CODE", "passkey": "CREDENTIAL"}
REFUSED = frozenset(
    {
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
        "CodeMismatchException",
        "EnableSoftwareTokenMFAException",
        "ExpiredCodeException",
        "InvalidPasswordException",
        "TooManyRequestsException",
        "LimitExceededException",
        "WebAuthnChallengeNotFoundException",
        "WebAuthnClientMismatchException",
        "WebAuthnCredentialNotSupportedException",
        "WebAuthnNotEnabledException",
        "WebAuthnOriginNotAllowedException",
        "WebAuthnRelyingPartyMismatchException",
    }
)
BUSY = frozenset({"TooManyRequestsException", "LimitExceededException"})
LEEWAY = 30  # seconds between Cognito's clock and ours


class Busy(WrongCredentials):
    """Said to who guesses as to anybody: no."""


class CognitoSignIn:
    """`endpoint`: a laptop's AWS; empty on AWS."""

    def __init__(self, pool: str, client_id: str, region: str, endpoint: str = "", provider: Any = None):
        self._pool, self._client_id, self._region, self._endpoint = pool, client_id, region, endpoint
        self._provider = provider
        self._keys: jwt.PyJWKClient | None = None

    def begin(self, username: str, password: str) -> Entered | Challenge:
        return _who(self._read(self._initiate("USER_PASSWORD_AUTH", USERNAME=username, PASSWORD=password), username))

    def begin_with_passkey(self, username: str) -> Challenge:
        """With user verification a passkey is both factors (`WebAuthnFactorConfiguration` of the pool)."""
        answer = self._initiate("USER_AUTH", USERNAME=username, PREFERRED_CHALLENGE="WEB_AUTHN")
        if answer.get("ChallengeName") != "WEB_AUTHN":  # SELECT_CHALLENGE: no key of theirs
            raise NoPasskey()
        return Challenge("passkey", username, answer["Session"], answer["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])

    def answer(self, challenge: Challenge, answer: str) -> Entered | Challenge:
        return _who(self._read(self._respond(challenge, answer), challenge.username))

    def _initiate(self, flow: str, **parameters: str) -> dict[str, Any]:
        return self._ask("initiate_auth", ClientId=self._client_id, AuthFlow=flow, AuthParameters=parameters)

    def _respond(self, challenge: Challenge, answer: str) -> dict[str, Any]:
        state, said = challenge.state, {"USERNAME": challenge.username}
        if challenge.kind == "set_up":  # the app's first code is shown to the pool apart
            state = self._ask("verify_software_token", Session=state, UserCode=answer.strip())["Session"]
        else:
            said[FIELDS[challenge.kind]] = answer.strip() if challenge.kind == "code" else answer
        return self._ask(
            "respond_to_auth_challenge",
            ClientId=self._client_id, ChallengeName=NAMES[challenge.kind], Session=state, ChallengeResponses=said,
        )  # fmt: skip

    def renew(self, renews: str) -> str:
        """Too many at one moment says nothing of this person."""
        try:
            answer = self._initiate("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=renews)
        except Busy:
            raise SignInUnavailable() from None
        token = str(answer.get("AuthenticationResult", {}).get("IdToken", ""))
        if not token:
            raise SignInUnavailable()
        return token

    def _ask(self, operation: str, **request: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self._client(), operation)(**request)
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            if code in REFUSED:
                raise (Busy if code in BUSY else WrongCredentials)() from None
            raise SignInUnavailable() from None
        except BotoCoreError:
            raise SignInUnavailable() from None
        return answer

    def _read(self, answer: dict[str, Any], username: str) -> tuple[Staff, dict[str, str]] | Challenge:
        """The person and the pool's tokens ("IdToken", "AccessToken", "RefreshToken"), or what it asks next."""
        name = answer.get("ChallengeName", "")
        if name in ASKED:
            known_as = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", username)
            return self._set_up(known_as, answer) if name == "MFA_SETUP" else Challenge(ASKED[name], known_as, answer["Session"])
        tokens = answer.get("AuthenticationResult", {})
        if not tokens.get("IdToken"):
            raise SignInUnavailable()
        return read_claims(self._verified(tokens["IdToken"])), tokens

    def _set_up(self, known_as: str, answer: dict[str, Any]) -> Challenge:
        """A new person's authenticator app: its key is made now, and counts once the app's first code was right."""
        made = self._ask("associate_software_token", Session=answer["Session"])
        return Challenge("set_up", known_as, made["Session"], made["SecretCode"])

    def _verified(self, token: str) -> dict[str, Any]:
        """The claims of an ID token that this pool signed for this client and that is not over."""
        try:
            key = self._signing_keys().get_signing_key_from_jwt(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=self._client_id,
                issuer=self._issuer(),
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "aud", "iss", "token_use"]},
            )
        except jwt.PyJWTError:
            raise SignInUnavailable() from None
        if claims["token_use"] != "id":
            raise SignInUnavailable()
        return claims

    def _issuer(self) -> str:
        """AWS's own name for the pool; a laptop's AWS signs under the same."""
        return f"https://cognito-idp.{self._region}.amazonaws.com/{self._pool}"

    def _signing_keys(self) -> jwt.PyJWKClient:
        if self._keys is None:
            base = f"{self._endpoint}/{self._pool}" if self._endpoint else self._issuer()
            self._keys = jwt.PyJWKClient(f"{base}/.well-known/jwks.json", timeout=3)
        return self._keys

    def _client(self) -> Any:
        if self._provider is None:
            import boto3
            from botocore import UNSIGNED
            from botocore.config import Config

            # PLATFORM: the defaults wait a minute and more on a silent socket
            config = Config(connect_timeout=1, read_timeout=4, retries={"total_max_attempts": 2}, signature_version=UNSIGNED)
            self._provider = boto3.client(
                "cognito-idp", region_name=self._region, endpoint_url=self._endpoint or None, config=config
            )
        return self._provider


def _who(read: tuple[Staff, dict[str, str]] | Challenge) -> Entered | Challenge:
    if isinstance(read, Challenge):
        return read
    who, tokens = read
    return Entered(who, Pass(tokens["IdToken"], tokens.get("RefreshToken", "")))


def read_claims(claims: dict[str, Any]) -> Staff:
    """Who it is, as the pool's administrator wrote it. Raises `SignInUnavailable` for an account without an id."""
    staff_id, role = claims.get("custom:staff_id", ""), claims.get("custom:role", "")
    programs = tuple(part.strip() for part in claims.get("custom:programs", "").split(",") if part.strip())
    if not staff_id:
        raise SignInUnavailable()
    return Staff(staff_id, role, programs)
