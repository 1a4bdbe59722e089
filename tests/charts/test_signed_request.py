"""Who signed a request: RFC 9421 as its own text says it, with what nobody may get in with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.charts.signed_request import SignedRequests
from chalicelib.errors import BadSignature, SecretUnavailable
from chalicelib.ports import WebhookRequest
from tests.schedule import KEYS, PUBLIC, SECRET, signature_headers

NOW = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)
PATH, BODY = "/schedule/adult/visits/v1", b'{"version": 1}'
CREATED = int(NOW.timestamp())


def request(path=PATH, query="", body=BODY, sent=None, method="PUT", **signing):
    url = f"{PUBLIC}{path}" + (f"?{query}" if query else "")
    headers = signature_headers(method, url, body, **{"created": CREATED, **signing})
    return WebhookRequest(path, query, headers, body if sent is None else sent)


def signer(asked, method="PUT", now=NOW, keys=KEYS):
    return SignedRequests(PUBLIC, lambda: keys).signer(asked, method, now)


def test_a_signed_request_is_of_its_key_and_that_keys_programs():
    who = signer(request())
    assert (who.staff_id, who.programs, who.may_see("harbor")) == ("job:schedule.ehr-1", ("adult",), False)


def test_two_keys_are_good_at_once_so_that_one_can_follow_the_other():
    assert signer(request(key_id="ehr-2", secret=SECRET[::-1])).staff_id == "job:schedule.ehr-2"


def test_a_request_without_a_body_needs_no_digest():
    assert signer(request(method="GET", body=b"", path="/schedule/adult/changes", query="after=01X&limit=5"), "GET")


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_it_is_good_for_five_minutes_either_way(minutes):
    assert signer(request(), now=NOW + timedelta(minutes=minutes))


REFUSED = {
    "a body that was changed": lambda: request(sent=b'{"version": 2}'),
    "a body where none was signed": lambda: request(body=b"", sent=BODY),
    "no body where one was signed": lambda: request(sent=b""),
    "another key's id": lambda: request(key_id="ehr-2"),
    "a key nobody knows": lambda: request(key_id="ehr-3"),
    "a key id that is a path": lambda: request(key_id="../x"),
    "expired by its own word": lambda: request(more=f";expires={CREATED - 1}"),
    "a parameter of its own": lambda: request(more=";hello"),
    "no signature": lambda: WebhookRequest(PATH, "", {}, BODY),
    "no signature, no body": lambda: WebhookRequest(PATH, "", {}, b""),
    "rubbish": lambda: WebhookRequest(PATH, "", {"signature": "\udc80", "signature-input": "sig=()"}, BODY),
    "an empty cover": lambda: WebhookRequest(PATH, "", {"signature": "sig=:AAAA:", "signature-input": f'sig=();created={CREATED};keyid="ehr-1"'}, b""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(case):
    with pytest.raises(BadSignature) as refused:
        signer(REFUSED[case]())
    assert str(refused.value) == "" and refused.value.__cause__ is None


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_request_and_one_from_the_future_are_refused(minutes):
    with pytest.raises(BadSignature):
        signer(request(), now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(("path", "query", "method"), [("/schedule/adult/visits/v2", "", "PUT"), (PATH, "x=1", "PUT"), (PATH, "", "PATCH")])
def test_it_is_good_for_its_own_address_and_method_alone(path, query, method):
    asked = request()
    with pytest.raises(BadSignature):
        signer(WebhookRequest(path, query, asked.headers, asked.body), method)


def test_the_host_of_the_request_means_nothing():
    asked = request()
    assert signer(WebhookRequest(asked.path, "", {**asked.headers, "host": "elsewhere.example"}, asked.body))


def test_a_signature_that_leaves_the_address_out_is_refused():
    headers = {name: value.replace(' "@target-uri"', "") for name, value in request().headers.items()}
    with pytest.raises(BadSignature):
        signer(WebhookRequest(PATH, "", headers, BODY))


@pytest.mark.parametrize("key", ["", "AAAA", "not base64!", None])
def test_a_key_that_is_too_short_signs_nothing(key):
    with pytest.raises(BadSignature):
        signer(request(), keys={"ehr-1": {"key": key, "programs": ["adult"]}})


def test_a_secret_that_cannot_be_read_says_so():
    def gone():
        raise SecretUnavailable("down")

    with pytest.raises(SecretUnavailable):
        SignedRequests(PUBLIC, gone).signer(request(), "PUT", NOW)
