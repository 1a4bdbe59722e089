"""AWS End User Messaging's sending side (`pinpoint-sms-voice-v2`). Its incoming side is `aws_sns`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore import exceptions as boto

from chalicelib.core.carrier_stops import OptedOut
from chalicelib.core.messages import CarrierRecord, OutboundSms, Reason
from chalicelib.errors import CarrierRefused, CarrierUnknown, NoMessageLog

from . import aws_words
from .aws_sns import NAME, read_event_sns, read_inbound_sns

__all__ = ["EumApi", "read_event_sns", "read_inbound_sns"]

TIME_TO_LIVE = range(5, 259_200 + 1)  # seconds: the service model's bounds
NO_KEYS = (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError)
NOBODY_THERE = (boto.EndpointConnectionError, boto.ConnectTimeoutError, boto.ProxyConnectionError)

MOST_OF_A_PAGE = 100  # the service model's bound

Call = Callable[..., dict[str, Any]]
Refused = Callable[[boto.ClientError], Exception]


class EumApi:
    """`ports.Carrier`. `client` must try once only (`total_max_attempts` 1): there is no idempotency token (EUM-7)."""

    name = NAME
    answers_in_response = False

    def __init__(
        self,
        client: Any,
        configuration_set: str,
        clock: Callable[[], datetime],
        opt_outs: str = "Default",
    ):
        """`opt_outs`: the name of the opt-out list that our number is on."""
        self._client, self._configuration_set, self._clock, self._opt_outs = client, configuration_set, clock, opt_outs

    def send(self, sms: OutboundSms) -> str:
        """The message id. Raises `CarrierRefused` (nothing left), `CarrierUnknown`; never tries twice (N4)."""
        return once(self._client, self._client.send_text_message, self._fields(sms), _refused)

    def log_since(self, since: datetime, until: datetime | None = None) -> Iterable[CarrierRecord]:
        """There is none: events (`row` in their context) are the only record, up to 72 h late (EUM-10)."""
        raise NoMessageLog(NAME)

    def redact(self, carrier_id: str) -> bool:
        """Of its 110 operations none reads, changes or deletes what was sent or received."""
        raise NoMessageLog(NAME)

    def stops(self) -> Iterable[OptedOut]:
        """The opt-out list of the number that we send from. Raises `CarrierError`."""
        asked: dict[str, Any] = {"OptOutListName": self._opt_outs, "MaxResults": MOST_OF_A_PAGE}
        while asked:
            page = self._asked(self._client.describe_opted_out_numbers, asked)
            yield from (_opted_out(each) for each in page.get("OptedOutNumbers", ()))
            asked = {**asked, "NextToken": page["NextToken"]} if page.get("NextToken") else {}

    def let_back(self, number: str) -> None:
        """Once in 30 days a number (the service model's own words); who is not on the list is back already."""
        try:
            self._asked(self._client.delete_opted_out_number, {"OptOutListName": self._opt_outs, "OptedOutNumber": number})
        except CarrierRefused as refusal:
            if refusal.code != "ResourceNotFoundException":
                raise

    def _asked(self, call: Call, fields: dict[str, Any]) -> dict[str, Any]:
        return asked_once(self._client, call, fields, _refused)

    def _fields(self, sms: OutboundSms) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "DestinationPhoneNumber": sms.recipient,
            "OriginationIdentity": sms.sender,
            "MessageBody": sms.body,
            "MessageType": "TRANSACTIONAL",
        }
        if self._configuration_set:
            asked["ConfigurationSetName"] = self._configuration_set
        if sms.row:
            asked["Context"] = {"row": sms.row}  # it is logged at the event destination: opaque only (N5)
        if sms.expires_at:
            asked["TimeToLive"] = self._time_to_live(sms.expires_at)
        return asked

    def _time_to_live(self, expires_at: datetime) -> int:
        left = int((expires_at - self._clock()).total_seconds())
        if left < TIME_TO_LIVE[0]:
            raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="expired")
        return min(left, TIME_TO_LIVE[-1])


def _opted_out(line: Mapping[str, Any]) -> OptedOut:
    number = str(line["OptedOutNumber"])
    at = line["OptedOutTimestamp"].astimezone(UTC)
    return OptedOut(number if number.startswith("+") else f"+{number}", at, bool(line["EndUserOptedOut"]))


def once(client: Any, send: Call, fields: dict[str, Any], refused: Refused) -> str:
    """The message id that a sending service of AWS gave. As `asked_once`."""
    return _id_of(asked_once(client, send, fields, refused))


def asked_once(client: Any, call: Call, fields: dict[str, Any], refused: Refused) -> dict[str, Any]:
    """What a service of AWS answered, asked one time. `refused`: its own codes in our words.

    Raises `CarrierRefused` (nothing left, nothing changed), `CarrierUnknown`.
    """
    try:
        return call(**fields)
    except boto.ClientError as error:
        raise refused(error) from None
    except boto.ParamValidationError:  # its message quotes our text, or an address
        raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="parameters") from None
    except NO_KEYS:
        raise CarrierRefused(Reason.UNAUTHORISED, permanent=False, code="credentials") from None
    except NOBODY_THERE as error:
        raise CarrierRefused(Reason.CARRIER_DOWN, permanent=False, code=type(error).__name__) from None
    except (boto.BotoCoreError, boto.HTTPClientError) as error:
        raise CarrierUnknown(type(error).__name__) from None
    finally:
        client.close()  # a connection kept while the process was frozen is dead without a word


def _id_of(answer: dict[str, Any]) -> str:
    message_id = answer.get("MessageId")
    if not isinstance(message_id, str) or not message_id:
        raise CarrierUnknown("no_message_id")
    return message_id


def _refused(error: boto.ClientError) -> CarrierRefused | CarrierUnknown:
    refusal, word = aws_words.refusal(error.response)
    if refusal is None:
        return CarrierUnknown(word)
    return CarrierRefused(refusal.reason, permanent=refusal.permanent, code=word)
