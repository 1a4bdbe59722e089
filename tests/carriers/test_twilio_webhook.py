"""What Twilio tells us, in our words; one recorded payload a case."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from chalicelib.carriers.twilio_webhook import AGAIN, TwilioWebhook
from chalicelib.core.messages import DeliveryEvent, InboundSms, Status
from chalicelib.errors import BadPayload, BadSignature, SecretUnavailable
from chalicelib.ports import WebhookRequest
from tests.carriers import twilio_cast as cast

SID = "SM" + "0a1b2c3d" * 4


def received(case: str) -> InboundSms:
    return cast.webhook().read_inbound(cast.signed(cast.recorded(case)), cast.NOW)


def reported(case: str, row: str = cast.ROW) -> DeliveryEvent:
    return cast.webhook().read_status(cast.signed(cast.recorded(case), cast.STATUS, f"row={row}"), cast.NOW)


def test_a_text() -> None:
    assert received("inbound_plain") == InboundSms(
        carrier="twilio",
        carrier_id=SID,
        sender="+12025550101",
        our_number="+12025550199",
        body="Can we move Thursday to the afternoon?",
        received_at=cast.NOW,
    )


@pytest.mark.parametrize(
    ("case", "body"),
    [
        ("inbound_empty", ""),
        ("inbound_emoji", "I passed my exam 🎉👩\u200d👩\u200d👧 ¡gracias!"),
        ("inbound_curly", "I can’t do this — not today… “really”"),
        ("inbound_control", "I took them\ncall"),
    ],
)
def test_bodies(case: str, body: str) -> None:
    assert received(case).body == body


def test_sixteen_hundred_characters_arrive_whole() -> None:
    assert len(received("inbound_long").body) == 1600


def test_a_text_without_a_body_field_is_an_empty_text() -> None:
    fields = cast.without(cast.recorded("inbound_plain"), "Body")
    assert cast.webhook().read_inbound(cast.signed(fields), cast.NOW).body == ""


def test_pictures_are_counted_and_their_addresses_stay_behind() -> None:
    sms = received("inbound_picture")
    assert (sms.media, sms.body) == (2, "")
    assert "api.twilio.com" not in repr(sms)


@pytest.mark.parametrize(("count", "media"), [("3", 3), ("", 0), ("-1", 0), ("two", 0), ("²", 0)])
def test_a_count_of_pictures_that_is_no_number_is_none(count: str, media: int) -> None:
    fields = cast.with_field(cast.recorded("inbound_plain"), "NumMedia", count)
    assert cast.webhook().read_inbound(cast.signed(fields), cast.NOW).media == media


@pytest.mark.parametrize(("mark", "ours"), [("STOP", "STOP"), ("start", "START"), ("HELP", "HELP"), ("OTHER", "")])
def test_the_mark_of_an_opt_out_that_twilio_answered(mark: str, ours: str) -> None:
    fields = cast.with_field(cast.recorded("inbound_plain"), "OptOutType", mark)
    assert cast.webhook().read_inbound(cast.signed(fields), cast.NOW).opt_out_type == ours


def test_an_opt_out_that_twilio_answered_still_brings_its_words() -> None:
    sms = received("inbound_stop_answered")
    assert (sms.body, sms.opt_out_type) == ("STOP", "STOP")


@pytest.mark.parametrize(("case", "sender"), [("inbound_short_code", "22395"), ("inbound_alphanumeric", "PARCELCO")])
def test_c56_a_sender_that_is_no_phone_stays_as_it_is(case: str, sender: str) -> None:
    assert received(case).sender == sender


def test_a_text_from_nobody_is_a_bad_payload() -> None:
    with pytest.raises(BadPayload) as caught:
        received("inbound_no_sender")
    assert caught.value.field == "From"


@pytest.mark.parametrize("field", ["MessageSid", "From", "To"])
@pytest.mark.parametrize("value", ["", "  ", "\x00"])
def test_what_a_text_cannot_do_without(field: str, value: str) -> None:
    fields = cast.with_field(cast.recorded("inbound_plain"), field, value)
    with pytest.raises(BadPayload) as caught:
        cast.webhook().read_inbound(cast.signed(fields), cast.NOW)
    assert caught.value.field == field
    assert "Thursday" not in str(caught.value)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=1600))
def test_any_body_is_read_and_holds_nothing_a_screen_or_an_xml_cannot(body: str) -> None:
    sms = cast.webhook().read_inbound(
        cast.signed(cast.with_field(cast.recorded("inbound_plain"), "Body", body)), cast.NOW
    )
    kept = [character for character in sms.body if not character.isprintable() and ord(character) < 0xA0]
    assert set(kept) <= {"\n", "\r", "\t"}
    _, twiml = cast.webhook().answer(sms.body, cast.ROW)
    ElementTree.fromstring(twiml.encode())


def test_a_wrong_signature_is_refused() -> None:
    request = cast.signed(cast.recorded("inbound_plain"), token=cast.SECOND_TOKEN)
    with pytest.raises(BadSignature):
        cast.webhook().read_inbound(request, cast.NOW)


@pytest.mark.parametrize("end", ["", AGAIN])
def test_a_status_may_be_signed_over_its_address_with_or_without_what_asks_to_say_it_again(end: str) -> None:
    fields = cast.recorded("status_sent")
    request = cast.signed(fields, cast.STATUS, f"row={cast.ROW}")
    signature = RequestValidator(cast.TOKEN).compute_signature(f"{cast.PUBLIC_URL}{cast.STATUS}?row={cast.ROW}{end}", cast.Fields(fields))
    signed = replace(request, headers=request.headers | {"x-twilio-signature": signature})
    assert cast.webhook().read_status(signed, cast.NOW).row == cast.ROW
    other = RequestValidator(cast.TOKEN).compute_signature(f"{cast.PUBLIC_URL}{cast.STATUS}?row={cast.ROW}#rc=5", cast.Fields(fields))
    with pytest.raises(BadSignature):
        cast.webhook().read_status(replace(request, headers=request.headers | {"x-twilio-signature": other}), cast.NOW)


def test_wh_3_status_callbacks_are_verified_too() -> None:
    request = cast.signed(cast.recorded("status_delivered"), cast.STATUS, "row=a.b")
    forged = WebhookRequest(cast.STATUS, "row=a.c", request.headers, request.body)
    with pytest.raises(BadSignature):
        cast.webhook().read_status(forged, cast.NOW)


def test_a_token_that_cannot_be_read_is_told_apart_from_a_forgery() -> None:
    door = TwilioWebhook(cast.PUBLIC_URL, cast.unreadable)
    with pytest.raises(SecretUnavailable):
        door.read_inbound(cast.signed(cast.recorded("inbound_plain")), cast.NOW)


def test_c5_the_same_signed_request_reads_the_same_twice() -> None:
    request = cast.signed(cast.recorded("inbound_plain"))
    first, second = (cast.webhook().read_inbound(request, cast.NOW) for _ in range(2))
    assert first == second  # no nonce to go by: the receipt of `carrier_id` is what ends a replay


def test_c1_a_retry_carries_the_id_of_the_first_try() -> None:
    again = [*cast.recorded("inbound_plain"), ("ApiVersion", "2010-04-01")]
    assert cast.webhook().read_inbound(cast.signed(again), cast.NOW).carrier_id == received("inbound_plain").carrier_id


def test_c6_two_ids_are_two_texts_and_a_second_yes_is_never_dropped() -> None:
    other = cast.with_field(cast.recorded("inbound_plain"), "MessageSid", "SM" + "f" * 32)
    assert cast.webhook().read_inbound(cast.signed(other), cast.NOW).carrier_id != received("inbound_plain").carrier_id


def test_json_webhooks() -> None:
    body = '{"MessageSid": "SM1", "From": "+12025550101", "To": "+12025550199", "Body": "hi", "NumMedia": 1}'
    sms = cast.webhook().read_inbound(cast.signed_json(body), cast.NOW)
    assert (sms.carrier_id, sms.body, sms.media) == ("SM1", "hi", 1)


@pytest.mark.parametrize("body", ["", "[]", "{", '"x"', "[" * 100_000])
def test_json_that_is_no_message(body: str) -> None:
    with pytest.raises(BadPayload):
        cast.webhook().read_inbound(cast.signed_json(body), cast.NOW)


@pytest.mark.parametrize(
    ("case", "status", "code"),
    [
        ("status_sent", Status.HANDED_TO_CARRIER, ""),
        ("status_delivered", Status.DELIVERED, ""),
        ("status_undelivered_30005", Status.FAILED_NUMBER, "30005"),
        ("status_undelivered_30007", Status.FAILED_BLOCKED, "30007"),
        ("status_undelivered_30008", Status.FAILED_OTHER, "30008"),
        ("status_undelivered_30036", Status.EXPIRED, "30036"),
        ("status_failed_21610", Status.FAILED_BLOCKED, "21610"),
        ("status_failed_30034", Status.FAILED_BLOCKED, "30034"),
    ],
)
def test_c55_what_became_of_a_text(case: str, status: Status, code: str) -> None:
    said_of_number = {"30005": "gone", "21610": "opted_out"}.get(code, "")  # 30003 is a phone that is off: nothing is said of its owner
    ours = code == "30034"  # every text of the clinic's fails like this one, whoever it goes to
    assert reported(case) == DeliveryEvent("twilio", SID, status, cast.NOW, cast.ROW, code, said_of_number, ours)


@pytest.mark.parametrize(
    ("word", "code", "status"),
    [
        ("accepted", "", Status.QUEUED_AT_CARRIER),
        ("scheduled", "", Status.QUEUED_AT_CARRIER),
        ("queued", "", Status.QUEUED_AT_CARRIER),
        ("sending", "", Status.QUEUED_AT_CARRIER),
        ("read", "", Status.DELIVERED),
        ("canceled", "", Status.FAILED_OTHER),
        ("failed", "", Status.FAILED_OTHER),
        ("undelivered", "30003", Status.FAILED_NUMBER),
        ("undelivered", "30006", Status.FAILED_NUMBER),
        ("undelivered", "30004", Status.FAILED_BLOCKED),
        ("undelivered", "30032", Status.FAILED_BLOCKED),
        ("undelivered", "30024", Status.FAILED_BLOCKED),
        ("partially_delivered", "", Status.FAILED_OTHER),
        ("delivered", "30003", Status.DELIVERED),  # a code is only read where the word is a failure
        ("a_word_of_next_year", "", Status.QUEUED_AT_CARRIER),
    ],
)
def test_every_word_of_twilio(word: str, code: str, status: Status) -> None:
    fields = cast.with_field(cast.recorded("status_sent"), "MessageStatus", word)
    request = cast.signed(cast.with_field(fields, "ErrorCode", code), cast.STATUS)
    assert cast.webhook().read_status(request, cast.NOW).status == status


def test_c4_one_id_brings_many_statuses() -> None:
    words = [reported(case) for case in ("status_sent", "status_delivered")]
    assert {event.carrier_id for event in words} == {SID}
    assert len({event.status for event in words}) == 2


def test_a_callback_without_our_row() -> None:
    request = cast.signed(cast.recorded("status_sent"), cast.STATUS)
    assert cast.webhook().read_status(request, cast.NOW).row == ""


def test_a_callback_without_a_status() -> None:
    with pytest.raises(BadPayload):
        cast.webhook().read_status(cast.signed(cast.without(cast.recorded("status_sent"), "MessageStatus")), cast.NOW)


BODIES = ["You matter. Call 988 & 911 <now>", "¿Está bien? 🎉", "a \"b\" 'c'\nd", "I can’t"]


@pytest.mark.parametrize("body", BODIES)
def test_an_answer_is_what_twilios_own_library_would_write(body: str) -> None:
    address = f"{cast.PUBLIC_URL}/sms/twilio/status?row={cast.ROW}"
    response = MessagingResponse()
    response.message(body, action=address, status_callback=address)
    kind, twiml = cast.webhook().answer(body, cast.ROW)
    assert ElementTree.canonicalize(twiml) == ElementTree.canonicalize(str(response))
    assert kind == "text/xml; charset=utf-8"


@pytest.mark.parametrize("body", ["", "  \n", "\x00"])
def test_no_answer_is_an_empty_response(body: str) -> None:
    _, twiml = cast.webhook().answer(body, cast.ROW)
    assert ElementTree.canonicalize(twiml) == ElementTree.canonicalize(str(MessagingResponse()))


def test_an_answer_without_a_row_asks_for_no_callback() -> None:
    _, twiml = cast.webhook().answer("hello", "")
    assert ElementTree.fromstring(twiml.encode())[0].attrib == {}


def test_the_callback_of_an_answer_comes_back_with_its_row() -> None:
    _, twiml = cast.webhook().answer("hello", "a&b=c.d e")
    address = urlsplit(ElementTree.fromstring(twiml.encode())[0].attrib["action"])
    assert parse_qs(address.query) == {"row": ["a&b=c.d e"]}
    request = cast.signed(cast.recorded("status_sent"), address.path, address.query)
    assert cast.webhook().read_status(request, cast.NOW).row == "a&b=c.d e"


@pytest.mark.parametrize("body", ["a\x00b", "\ufffe", "x\ud83dy"])
def test_an_answer_is_always_xml_that_twilio_can_read(body: str) -> None:
    _, twiml = cast.webhook().answer(body, cast.ROW)
    ElementTree.fromstring(twiml.encode())
