"""Twilio's own RequestValidator decides what a good signature is (RULES 1.8, C57)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from chalicelib.carriers.twilio_signature import sign, verify
from chalicelib.errors import BadSignature, SecretUnavailable
from chalicelib.ports import WebhookRequest
from tests.carriers import twilio_cast as cast

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
NAME = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=6)
PAIRS = st.lists(st.tuples(NAME, TEXT), max_size=8)
URLS = st.sampled_from(
    [
        "https://sms.example",
        "https://sms.example:443",
        "https://sms.example:8443",
        "http://sms.example:80",
        "http://a.b",
    ]
)
QUERIES = st.sampled_from(["", "row=a.b", "b=2&a=1", "a=%20+x&a=1&z", "row=%C3%A9"])


def holds(request: WebhookRequest, *tokens: str, url: str = cast.PUBLIC_URL) -> bool:
    try:
        verify(url, request, lambda: tokens or (cast.TOKEN,))
    except BadSignature:
        return False
    return True


@given(PAIRS, QUERIES, URLS)
def test_what_twilio_signs_we_accept(pairs: list[tuple[str, str]], query: str, url: str) -> None:
    assert holds(cast.signed(pairs, query=query, public_url=url), url=url)


@given(PAIRS, PAIRS, QUERIES, URLS, URLS)
def test_we_agree_with_twilio_on_every_other_request(
    pairs: list[tuple[str, str]], sent: list[tuple[str, str]], query: str, signed_at: str, url: str
) -> None:
    signature = RequestValidator(cast.TOKEN).compute_signature(
        f"{signed_at}{cast.INBOUND}?{query}" if query else signed_at + cast.INBOUND, cast.Fields(pairs)
    )
    request = cast.form(urlencode(sent).encode(), signature, query=query)
    address = f"{url}{cast.INBOUND}?{query}" if query else url + cast.INBOUND
    expected = RequestValidator(cast.TOKEN).validate(address, cast.Fields(sent), signature)
    assert holds(request, url=url) == expected


@given(st.text(st.characters(exclude_categories=("Cs",))), QUERIES)
def test_json_is_bound_by_the_hash_in_the_address(body: str, query: str) -> None:
    request = cast.signed_json(body, query=query)
    address = f"{cast.PUBLIC_URL}{request.path}?{request.query}"
    signature = request.headers["x-twilio-signature"]
    assert RequestValidator(cast.TOKEN).validate(address, body, signature)
    assert holds(request)
    assert not holds(WebhookRequest(request.path, request.query, request.headers, request.body + b" "))


def test_blank_fields_count() -> None:
    request = cast.signed([("Body", ""), ("ToCity", ""), ("From", "+12025550100")])
    assert holds(request)
    bare = cast.form(b"From=%2B12025550100&Body=x", request.headers["x-twilio-signature"])
    assert not holds(bare)


def test_repeated_fields_count_once_a_value() -> None:
    assert holds(cast.signed([("a", "2"), ("a", "1"), ("a", "2"), ("b", "")]))


@pytest.mark.parametrize("token", [cast.TOKEN, cast.SECOND_TOKEN])
def test_both_tokens_of_a_rotation(token: str) -> None:
    request = cast.signed([("Body", "hi")], token=token)
    assert holds(request, cast.TOKEN, cast.SECOND_TOKEN)


@pytest.mark.parametrize("tokens", [("2" * 32,), ("", "2" * 32), (cast.TOKEN + "0",)])
def test_another_token_is_refused(tokens: tuple[str, ...]) -> None:
    assert not holds(cast.signed([("Body", "hi")]), *tokens)


def test_an_empty_token_signs_nothing() -> None:
    request = cast.signed([("Body", "hi")], token="")
    with pytest.raises(SecretUnavailable):
        verify(cast.PUBLIC_URL, request, lambda: ("",))


def test_no_token_is_ours_to_mend_and_no_forgery() -> None:
    with pytest.raises(SecretUnavailable):
        verify(cast.PUBLIC_URL, cast.signed([("Body", "hi")]), cast.unreadable)


@pytest.mark.parametrize("signature", ["", "AAAA", "é", "=" * 28])
def test_a_stranger(signature: str) -> None:
    assert not holds(cast.form(b"Body=hi", signature))


def test_a_stranger_without_a_signature_costs_no_look_at_the_secret() -> None:
    with pytest.raises(BadSignature):
        verify(cast.PUBLIC_URL, WebhookRequest(cast.INBOUND, "", {}, b"Body=hi"), cast.unreadable)


def test_json_without_a_hash_is_not_bound_to_its_body() -> None:
    signature = RequestValidator(cast.TOKEN).compute_signature(cast.PUBLIC_URL + cast.INBOUND, {})
    headers = {"content-type": "application/json", "x-twilio-signature": signature}
    assert not holds(WebhookRequest(cast.INBOUND, "", headers, b"{}"))


def test_c57_a_query_reordered_by_the_framework_still_holds() -> None:
    request = cast.signed([("Body", "hi")], query="row=a.b&bodySHA256=0")
    reordered = WebhookRequest(request.path, "bodySHA256=0&row=a.b", request.headers, request.body)
    assert holds(reordered)


def test_c57_another_query_does_not() -> None:
    request = cast.signed([("Body", "hi")], query="row=a.b")
    assert not holds(WebhookRequest(request.path, "row=a.c", request.headers, request.body))
    assert not holds(WebhookRequest(request.path, "", request.headers, request.body))


def test_c57_the_address_is_the_configured_one_and_never_the_host_of_the_request() -> None:
    request = cast.signed([("Body", "hi")], public_url="https://evil.example")
    told = {**request.headers, "host": "evil.example", "x-forwarded-host": "evil.example"}
    assert not holds(WebhookRequest(request.path, "", told, request.body))


def test_c57_the_stage_belongs_to_the_configured_address() -> None:
    url = "https://abc123.execute-api.us-east-1.amazonaws.com/api"
    assert holds(cast.signed([("Body", "hi")], public_url=url), url=url)


def test_a_flood_of_fields_is_refused_before_it_is_read() -> None:
    assert holds(cast.signed([("a", "1")] * 500))
    assert not holds(cast.signed([("a", "1")] * 501))


def test_bytes_that_are_no_utf8_are_signed_as_they_came() -> None:
    body = b"Body=%ff%fe"
    signature = sign(cast.TOKEN.encode(), (cast.PUBLIC_URL + cast.INBOUND).encode() + b"Body\xff\xfe").decode()
    assert holds(cast.form(body, signature))
