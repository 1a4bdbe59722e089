"""AWS End User Messaging: botocore's own service model and real servers as oracles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from botocore.config import Config
from botocore.stub import Stubber

from chalicelib.carriers import aws_words
from chalicelib.carriers.aws_eum import EumApi, read_event_sns, read_inbound_sns
from chalicelib.core.carrier_stops import OptedOut
from chalicelib.core.messages import DeliveryEvent, InboundSms, OutboundSms, Reason, Status
from chalicelib.errors import BadPayload, CarrierRefused, CarrierUnknown, NoMessageLog
from tests.carriers import servers

PAYLOADS = Path(__file__).parent / "payloads" / "aws_eum"
NOW = datetime(2026, 11, 23, 3, 4, 5, tzinfo=UTC)
ROW = "01JD8Q3V5N8Z0T7C4R2M6K9WXE.01JD8Q3V5P1H6S3B9F2D4G7J8K"
SMS = OutboundSms("+12025550199", "+12025550101", "Thursday at 3 works.", ROW)
SENT = {"MessageId": "862a8790-60c0-4430-9b2b-658bd0000000"}
ASKED: dict[str, Any] = {
    "DestinationPhoneNumber": "+12025550101",
    "OriginationIdentity": "+12025550199",
    "MessageBody": "Thursday at 3 works.",
    "MessageType": "TRANSACTIONAL",
    "ConfigurationSetName": "porchlight",
    "Context": {"row": ROW},
}


def payload(name: str) -> str:
    return (PAYLOADS / f"{name}.json").read_text("utf-8")


def client(url: str | None = None, read: float = 2.0, keys: str | None = "test") -> Any:
    config = Config(connect_timeout=0.5, read_timeout=read, retries={"total_max_attempts": 1})
    return servers.session(keys).client("pinpoint-sms-voice-v2", endpoint_url=url, config=config)


def api(url: str, read: float = 2.0) -> EumApi:
    return EumApi(client(url, read), "porchlight", clock=lambda: NOW)


def stubbed(asked: dict[str, Any], sms: OutboundSms, configuration_set: str = "porchlight") -> str:
    boto = client()
    with Stubber(boto) as stub:
        stub.add_response("send_text_message", SENT, asked)
        sent = EumApi(boto, configuration_set, clock=lambda: NOW).send(sms)
        stub.assert_no_pending_responses()
    return sent


def test_a_text_leaves_as_the_service_wants_it() -> None:
    assert stubbed(ASKED, SMS) == SENT["MessageId"]


@pytest.mark.parametrize(("seconds", "told"), [(5, 5), (600, 600), (10**7, 259_200)])
def test_a_text_that_expires_says_when(seconds: int, told: int) -> None:
    sms = OutboundSms(SMS.sender, SMS.recipient, SMS.body, ROW, NOW + timedelta(seconds=seconds))
    stubbed({**ASKED, "TimeToLive": told}, sms)


def test_a_text_that_has_expired_never_leaves() -> None:
    boto = client()
    sms = OutboundSms(SMS.sender, SMS.recipient, SMS.body, ROW, NOW + timedelta(seconds=4))
    with Stubber(boto), pytest.raises(CarrierRefused) as caught:  # a stub without answers fails a call
        EumApi(boto, "", clock=lambda: NOW).send(sms)
    assert caught.value.code == "expired"


def test_without_a_configuration_set_or_a_row_none_is_named() -> None:
    bare = {name: value for name, value in ASKED.items() if name not in ("ConfigurationSetName", "Context")}
    stubbed(bare, OutboundSms(SMS.sender, SMS.recipient, SMS.body, ""), configuration_set="")


def test_only_our_opaque_row_travels_in_the_context() -> None:
    asked = EumApi(client(), "porchlight", clock=lambda: NOW)._fields(SMS)
    assert asked["Context"] == {"row": ROW}


@pytest.mark.parametrize(
    ("code", "fields", "http", "reason", "permanent"),
    [
        ("ConflictException", {"Reason": "DESTINATION_PHONE_NUMBER_OPTED_OUT"}, 400, Reason.OPTED_OUT, True),
        ("ConflictException", {"Reason": "NO_ORIGINATION_IDENTITIES_FOUND"}, 400, Reason.BAD_REQUEST, True),
        ("ConflictException", {"Reason": "DESTINATION_PHONE_NUMBER_NOT_VERIFIED"}, 400, Reason.BLOCKED, True),
        ("ThrottlingException", {}, 400, Reason.THROTTLED, False),
        ("ServiceQuotaExceededException", {"Reason": "DAILY_DESTINATION_CALL_LIMIT"}, 400, Reason.THROTTLED, False),
        (
            "ServiceQuotaExceededException",
            {"Reason": "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"},
            400,
            Reason.SPEND_LIMIT,
            False,
        ),
        ("AccessDeniedException", {}, 400, Reason.UNAUTHORISED, False),
        ("AccessDeniedException", {"Reason": "ACCOUNT_DISABLED"}, 400, Reason.UNAUTHORISED, False),
        ("ResourceNotFoundException", {"ResourceType": "phone-number"}, 400, Reason.BAD_REQUEST, True),
        ("ValidationException", {"Reason": "INVALID_PARAMETER"}, 400, Reason.BAD_REQUEST, True),
        (
            "ValidationException",
            {"Reason": "INVALID_PARAMETER", "Fields": [{"Name": "DestinationPhoneNumber", "Message": "x"}]},
            400,
            Reason.BAD_NUMBER,
            True,
        ),
        # Numbers of Puerto Rico and Ontario are refused like this, which are in use (department-of-veterans-affairs/notification-api#2628).
        *(
            ("ValidationException", {"Reason": reason, "Fields": [{"Name": "DestinationPhoneNumber", "Message": "x"}]}, 400, ours, True)
            for reason, ours in (
                ("INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", Reason.BLOCKED),
                ("COUNTRY_NOT_ENABLED", Reason.BLOCKED),
                ("DESTINATION_COUNTRY_BLOCKED", Reason.BLOCKED),
                ("INTERNATIONAL_SENDING_NOT_SUPPORTED", Reason.BLOCKED),
                ("COUNTRY_CODE_MISMATCH", Reason.BLOCKED),
                ("FIELD_VALIDATION_FAILED", Reason.BAD_NUMBER),
            )
        ),
        ("SomethingNew", {}, 400, Reason.BAD_REQUEST, True),
        ("SomethingNew", {}, 429, Reason.THROTTLED, False),
    ],
)
def test_what_aws_refuses(code: str, fields: dict[str, Any], http: int, reason: Reason, permanent: bool) -> None:
    boto = client()
    with Stubber(boto) as stub:
        stub.add_client_error("send_text_message", code, "to +12025550101", http, modeled_fields=fields)
        with pytest.raises(CarrierRefused) as caught:
            EumApi(boto, "porchlight", clock=lambda: NOW).send(SMS)
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)
    assert "5550101" not in str(caught.value)


def test_every_reason_of_ours_is_in_the_service_model() -> None:
    shapes = client().meta.service_model.operation_model("SendTextMessage").error_shapes
    reasons = {word for shape in shapes if "Reason" in shape.members for word in shape.members["Reason"].enum}
    assert set(aws_words.BY_REASON) <= reasons
    assert {shape.name for shape in shapes} - set(aws_words.BY_CODE) == {"InternalServerException"}


@pytest.mark.parametrize(
    ("case", "reason", "code"),
    [
        ("error_opted_out", Reason.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
        ("error_throttled", Reason.THROTTLED, "ThrottlingException"),
        ("error_spend_limit", Reason.SPEND_LIMIT, "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"),
    ],
)
def test_errors_over_the_wire(case: str, reason: Reason, code: str) -> None:
    with servers.answering((400, payload(case).encode())) as server:
        with pytest.raises(CarrierRefused) as caught:
            api(server.url).send(SMS)
        assert len(server.seen) == 1
    assert (caught.value.reason, caught.value.code) == (reason, code)


def test_a_body_that_is_no_body_is_refused_and_not_quoted() -> None:
    with pytest.raises(CarrierRefused) as caught:
        EumApi(client(), "", clock=lambda: NOW).send(OutboundSms(SMS.sender, SMS.recipient, "", ROW))
    assert (caught.value.reason, caught.value.permanent) == (Reason.BAD_REQUEST, True)


@pytest.mark.parametrize(
    ("http", "body"), [(500, payload("error_internal").encode()), (500, b""), (503, b"<html>"), (200, b"{}")]
)
def test_t6_an_answer_that_does_not_say_leaves_it_unknown_and_asks_once(http: int, body: bytes) -> None:
    with servers.answering((http, body)) as server:
        with pytest.raises(CarrierUnknown):
            api(server.url).send(SMS)
        assert len(server.seen) == 1


def test_t6_a_server_that_never_answers() -> None:
    with servers.silent() as url:
        sender = api(url, read=0.2)
        started = monotonic()
        with pytest.raises(CarrierUnknown):
            sender.send(SMS)
        assert monotonic() - started < 1.0


def test_a_server_that_hangs_up() -> None:
    with servers.hanging_up() as url, pytest.raises(CarrierUnknown):
        api(url).send(SMS)


def test_nobody_there_means_nothing_left() -> None:
    with pytest.raises(CarrierRefused) as caught:
        api(servers.nobody()).send(SMS)
    assert (caught.value.reason, caught.value.permanent) == (Reason.CARRIER_DOWN, False)


def test_a_warm_process_never_trusts_an_old_connection() -> None:
    with servers.answering((200, b'{"MessageId": "m"}')) as server:
        sender = api(server.url)
        assert [sender.send(SMS), sender.send(SMS)] == ["m", "m"]
        assert len({seen.connection for seen in server.seen}) == 2


def test_there_is_no_log() -> None:
    with pytest.raises(NoMessageLog):
        EumApi(client(), "", clock=lambda: NOW).log_since(NOW)


TIMESTAMP = "2026-11-23T03:04:05.678Z"


def test_a_text() -> None:
    assert read_inbound_sns(payload("inbound_plain"), TIMESTAMP) == InboundSms(
        carrier="aws",
        carrier_id="cae173d2-66b9-564c-8309-21f858e9fb84",
        sender="+12025550101",
        our_number="+12025550199",
        body="Can we move Thursday to the afternoon?",
        received_at=datetime(2026, 11, 23, 3, 4, 5, 678_000, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("case", "body"),
    [("inbound_empty", ""), ("inbound_no_reply_to", "help me"), ("inbound_emoji", "🎉👩‍👩‍👧 ¡gracias!")],
)
def test_bodies(case: str, body: str) -> None:
    assert read_inbound_sns(payload(case), TIMESTAMP).body == body


def test_a_text_from_nobody_is_a_bad_payload() -> None:
    with pytest.raises(BadPayload) as caught:
        read_inbound_sns(payload("inbound_no_sender"), TIMESTAMP)
    assert caught.value.field == "originationNumber"


@pytest.mark.parametrize("message", ["", "[]", "null", "{", '"x"', "[" * 100_000])
def test_what_is_no_message(message: str) -> None:
    with pytest.raises(BadPayload):
        read_inbound_sns(message, TIMESTAMP)
    with pytest.raises(BadPayload):
        read_event_sns(message)


@pytest.mark.parametrize("timestamp", ["", "yesterday"])
def test_an_envelope_without_a_time(timestamp: str) -> None:
    with pytest.raises(BadPayload) as caught:
        read_inbound_sns(payload("inbound_plain"), timestamp)
    assert caught.value.field == "Timestamp"


@pytest.mark.parametrize(
    ("case", "status", "code"),
    [
        ("event_pending", Status.QUEUED_AT_CARRIER, ""),
        ("event_successful", Status.HANDED_TO_CARRIER, ""),
        ("event_delivered", Status.DELIVERED, ""),
        ("event_carrier_blocked", Status.FAILED_BLOCKED, "TEXT_CARRIER_BLOCKED"),
        ("event_ttl_expired", Status.EXPIRED, "TEXT_TTL_EXPIRED"),
    ],
)
def test_c55_what_became_of_a_text(case: str, status: Status, code: str) -> None:
    at = datetime(2026, 11, 23, 3, 4, 5, 470_000, tzinfo=UTC)
    assert read_event_sns(payload(case)) == DeliveryEvent("aws", SENT["MessageId"], status, at, ROW, code)


def test_an_event_without_our_row_is_found_by_its_id() -> None:
    event = read_event_sns(payload("event_unknown"))
    assert event is not None
    assert (event.status, event.row, event.carrier_id) == (Status.UNKNOWN, "", SENT["MessageId"])


def test_events_of_other_things_are_none_of_ours() -> None:
    assert read_event_sns(payload("event_voice")) is None
    assert read_event_sns('{"eventType": "TEXT_SENT"}') is None


@pytest.mark.parametrize(
    "message",
    [
        "{}",
        '{"eventType": "TEXT_DELIVERED", "eventTimestamp": 1}',
        '{"eventType": "TEXT_DELIVERED", "messageId": "m"}',
        '{"eventType": "TEXT_DELIVERED", "messageId": "m", "eventTimestamp": "now"}',
        '{"eventType": "TEXT_DELIVERED", "messageId": "m", "eventTimestamp": 1e300}',
    ],
)
def test_an_event_we_cannot_read(message: str) -> None:
    with pytest.raises(BadPayload):
        read_event_sns(message)


def test_every_event_of_the_canonical_table_is_mapped() -> None:
    matching = client().meta.service_model.shape_for("EventType").enum
    ours = {word for word in matching if word.startswith("TEXT_")} - {"TEXT_ALL", "TEXT_SENT"}
    assert set(aws_words.EVENT) == ours


LIST = {"OptOutListName": "Default", "MaxResults": 100}
OUT = {"OptedOutNumber": "+12025550101", "OptedOutTimestamp": NOW, "EndUserOptedOut": True}


def listed(*pages: tuple[dict[str, Any], dict[str, Any]]) -> list[OptedOut]:
    """What the list says, each page asked for as botocore's own model allows."""
    boto = client()
    with Stubber(boto) as stub:
        for asked, told in pages:
            stub.add_response("describe_opted_out_numbers", told, asked)
        found = list(EumApi(boto, "porchlight", clock=lambda: NOW).stops())
        stub.assert_no_pending_responses()
    return found


def test_the_opt_out_list_is_read_to_its_end() -> None:
    more = {**OUT, "OptedOutNumber": "12025550102", "EndUserOptedOut": False}
    first, last = {"OptedOutNumbers": [OUT], "NextToken": "t1"}, {"OptedOutNumbers": [more]}
    assert listed((LIST, first), ({**LIST, "NextToken": "t1"}, last)) == [
        OptedOut("+12025550101", NOW), OptedOut("+12025550102", NOW, by_them=False),
    ]  # fmt: skip
    assert listed((LIST, {"OptedOutNumbers": []})) == []


@pytest.mark.parametrize(
    ("code", "fields", "raises"),
    [("ResourceNotFoundException", {"ResourceType": "opted-out-number"}, None), ("ConflictException", {}, CarrierRefused),
     ("ThrottlingException", {}, CarrierRefused), ("InternalServerException", {}, CarrierUnknown)],
)  # fmt: skip
def test_who_is_off_the_list_already_is_let_back_and_any_other_no_is_said(code: str, fields: dict[str, str], raises: Any) -> None:
    boto = client()
    asked = {"OptOutListName": "clinic", "OptedOutNumber": "+12025550101"}
    api = EumApi(boto, "porchlight", lambda: NOW, "clinic")
    with Stubber(boto) as stub:
        stub.add_client_error("delete_opted_out_number", code, "no", 500 if raises is CarrierUnknown else 400, modeled_fields=fields, expected_params=asked)
        if raises:
            with pytest.raises(raises) as caught:
                api.let_back("+12025550101")
            assert "2025550101" not in repr(caught.value)
        else:
            api.let_back("+12025550101")
        stub.assert_no_pending_responses()


def test_no_code_of_ours_puts_a_number_on_the_list() -> None:
    """N2: AWS sends nothing to who is on it, an answer to danger neither (docs/decisions/stop-and-start.md)."""
    ours = Path(__file__).parents[2]
    policies = [path.read_text("utf-8") for path in (ours / ".chalice").glob("policy-*.json")]
    assert not [text for text in policies if "PutOptedOutNumber" in text]
