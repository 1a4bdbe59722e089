"""Amazon SES, API v2: SendEmail. Its errors become ours in one table.

Source: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html (request, MessageId, errors).
"""

from __future__ import annotations

from typing import Any

from botocore import exceptions as boto

from chalicelib.core.mail import OutboundMail
from chalicelib.core.messages import Reason
from chalicelib.errors import CarrierRefused, CarrierUnknown

from .aws_eum import once
from .aws_ses_events import ID, MESSAGE, THREAD

# SES's own codes: why, and whether the same mail would be refused again.
REFUSED: dict[str, tuple[Reason, bool]] = {
    "AccountSuspendedException": (Reason.UNAUTHORISED, False),
    "SendingPausedException": (Reason.UNAUTHORISED, False),
    "MailFromDomainNotVerifiedException": (Reason.UNAUTHORISED, False),
    "AccessDeniedException": (Reason.UNAUTHORISED, False),
    "LimitExceededException": (Reason.THROTTLED, False),
    "TooManyRequestsException": (Reason.THROTTLED, False),
    "MessageRejected": (Reason.BLOCKED, True),
    "BadRequestException": (Reason.BAD_REQUEST, True),
    "NotFoundException": (Reason.BAD_REQUEST, True),
}


class SesMailer:
    """`ports.Mailer`. `client` must try once only (`total_max_attempts` 1): there is no idempotency token (N4)."""

    def __init__(self, client: Any, configuration_set: str = ""):
        self._client, self._configuration_set = client, configuration_set

    def send(self, mail: OutboundMail) -> str:
        """The message id. Raises `CarrierRefused` (nothing left), `CarrierUnknown`."""
        return once(self._client, self._client.send_email, self._fields(mail), _refused)

    def _fields(self, mail: OutboundMail) -> dict[str, Any]:
        """Plain text alone: no picture that tells who looked, nothing that a mail program hides."""
        part = {"Subject": _text(mail.subject), "Body": {"Text": _text(mail.body)}}
        fields: dict[str, Any] = {
            "FromEmailAddress": mail.sender,
            "Destination": {"ToAddresses": [mail.recipient]},
            "Content": {"Simple": part},
        }
        return fields | ({"ConfigurationSetName": self._configuration_set} if self._configuration_set else {}) | _tags(mail.row)


def _tags(row: str) -> dict[str, Any]:
    """Opaque ids, which come back with a bounce (`aws_ses_events`)."""
    ids = row.split(".")
    if len(ids) != 2 or not all(ID.fullmatch(each) for each in ids):
        return {}
    return {"EmailTags": [{"Name": name, "Value": each} for name, each in zip((THREAD, MESSAGE), ids, strict=True)]}


def _text(data: str) -> dict[str, str]:
    return {"Data": data, "Charset": "UTF-8"}


def _refused(error: boto.ClientError) -> CarrierRefused | CarrierUnknown:
    code = str(error.response.get("Error", {}).get("Code") or "")
    http = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    if code in REFUSED:
        reason, permanent = REFUSED[code]
        return CarrierRefused(reason, permanent=permanent, code=code)
    if 400 <= http < 500 and http != 408:
        return CarrierRefused(Reason.THROTTLED if http == 429 else Reason.BAD_REQUEST, permanent=http != 429, code=code)
    return CarrierUnknown(code)
