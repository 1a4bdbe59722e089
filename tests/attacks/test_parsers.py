"""Readers that had no properties of their own: whatever comes in, a value that is what it should be or the refusal that is said.

What others hold: carriers' forms and SNS messages (`tests/doors/test_bent.py`), the schedule's bodies (`tests/doors/test_schedule_description.py`), lists
of patients and visits, calendars, numbers, keywords and clinic files (`tests/core`). `BENT=20000` tries as many of each.
"""

from __future__ import annotations

import os
import re
import types
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.browser import caller_of, cookie_of, form_of
from chalicelib.charts.signed_request import SignedRequests
from chalicelib.console.upload import read_upload
from chalicelib.core.item_code import said_code
from chalicelib.core.page_links import read_birth_date
from chalicelib.errors import BadPayload, BadSignature
from chalicelib.flows.send_later import read_local
from chalicelib.phone_number import read_number
from chalicelib.ports import WebhookRequest
from tests.schedule import KEYS, PUBLIC

pytestmark = pytest.mark.slow  # seconds each; CI runs them too

NOW = datetime(2026, 3, 3, 19, tzinfo=UTC)
often = settings(deadline=None, max_examples=int(os.environ.get("BENT", "60")))
digits = st.text(alphabet="0123456789/-. ٣𝟙", max_size=14)
words = st.one_of(st.text(max_size=60), digits)
pieces = st.lists(st.sampled_from([b"--b", b"--b--", b"\r\n", b"\r\n\r\n", b'Content-Disposition: form-data; name="a"', b'; filename="x"', b"\x00", b"\xff", b"=", b"&", b"a"]), max_size=25).map(b"".join)  # fmt: skip


def asked(body: bytes = b"", **headers: str) -> types.SimpleNamespace:
    return types.SimpleNamespace(raw_body=body, headers=headers, context={"identity": {"sourceIp": headers.get("ip")}})


@often
@given(body=st.one_of(pieces, st.binary(max_size=200)), kind=st.one_of(st.just("multipart/form-data; boundary=b"), words))
def test_a_form_with_a_file(body: bytes, kind: str) -> None:
    found = read_upload(asked(body, **{"content-type": kind}))  # type: ignore[arg-type]
    assert found is None or all(isinstance(name, str) and isinstance(value, str) for name, value in found.items())


@often
@given(values=st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), st.text(max_size=30).filter(lambda text: "\r\n--b" not in text), max_size=8))
def test_what_was_put_into_a_form_with_a_file_comes_out(values: dict[str, str]) -> None:
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in values.items()) + "--b--\r\n"
    assert read_upload(asked(body.encode(), **{"content-type": "multipart/form-data; boundary=b"})) == values  # type: ignore[arg-type]


@often
@given(body=st.one_of(pieces, st.binary(max_size=200)), cookie=words, ip=words)
@example(body=b"", cookie='a="\\777"', ip="1.2.3.4, 5.6.7.8")
def test_a_form_a_cookie_and_an_address(body: bytes, cookie: str, ip: str) -> None:
    request = asked(body, cookie=cookie, ip=ip)
    assert len(form_of(request, 100)) <= 100 and isinstance(cookie_of(request, "a"), str)  # type: ignore[arg-type]
    assert re.fullmatch(r"[0-9A-Fa-f.:]{0,45}", caller_of(request))  # type: ignore[arg-type]


@often
@given(said=words)
@example(said="call me 3035550101 1 1")
@example(said="1/1/99999999999")
@example(said="9" * 5000)
@example(said="05/05/1990 " + "1" * 5000)
def test_a_birth_date_is_a_day_that_was_or_nothing(said: str) -> None:
    found = read_birth_date(said, NOW.date())
    assert found == "" or date.fromisoformat(found) <= NOW.date()


@often
@given(said=words, zone=st.sampled_from(["America/Denver", "Pacific/Kiritimati", "America/Puerto_Rico"]))
@example(said="9999-12-31T23:59", zone="America/Denver")
@example(said="0001-01-01T00:00", zone="Pacific/Kiritimati")
def test_a_time_of_a_form_is_an_instant_or_nothing(said: str, zone: str) -> None:
    found = read_local(said, ZoneInfo(zone))
    assert found is None or found.tzinfo is not None


@often
@given(said=st.one_of(words, st.from_regex(r"[A-Za-z0-9]{4}( ok)?", fullmatch=True)))
def test_a_code_is_four_letters_or_nothing(said: str) -> None:
    assert re.fullmatch(r"([0-9A-Z]{4})?", said_code(said))


@often
@given(said=words)
def test_a_number_is_e164_or_nothing(said: str) -> None:
    assert re.fullmatch(r"(\+1[2-9]\d{9})?", read_number(said))


@often
@given(signature=words, covers=words, digest=words, body=st.binary(max_size=40))
def test_a_signature_of_any_kind_lets_nobody_in(signature: str, covers: str, digest: str, body: bytes) -> None:
    headers = {"signature": f"sig=:{signature}:", "signature-input": f"sig={covers}", "content-digest": digest}
    for sent in (headers, {name: value.partition("=")[2] for name, value in headers.items()}):
        try:
            SignedRequests(PUBLIC, lambda: KEYS).signer(WebhookRequest("/schedule/adult/visits/v1", "", sent, body), "PUT", NOW)
        except (BadSignature, BadPayload):
            continue
        raise AssertionError("somebody got in")
