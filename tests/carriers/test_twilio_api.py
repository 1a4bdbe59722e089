"""Twilio's REST side against real servers on the loopback: the answers, the hangs, the log."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.carriers.twilio_api import TwilioApi
from chalicelib.core.messages import CarrierRecord, Direction, OutboundSms, Reason, Status
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnknown, SecretUnavailable
from tests.carriers import servers
from tests.carriers import twilio_cast as cast

ACCOUNT = "AC" + "0" * 32
CREATED = (201, (cast.PAYLOADS / "created.json").read_bytes())
SMS = OutboundSms("+12025550199", "+12025550101", "Thursday at 3 works. 🎉", cast.ROW)
SINCE = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def api(
    url: str, read: float = 2.0, account: Callable[[], tuple[str, str]] = lambda: (ACCOUNT, cast.TOKEN)
) -> TwilioApi:
    return TwilioApi(url, account, cast.PUBLIC_URL, connect=0.5, read=read, clock=lambda: cast.NOW)


def page(name: str) -> tuple[int, bytes]:
    return 200, (cast.PAYLOADS / f"{name}.json").read_bytes()


def sending(*answers: tuple[int, bytes], sms: OutboundSms = SMS) -> tuple[str, list[servers.Seen]]:
    with servers.answering(*answers) as server:
        return api(server.url).send(sms), server.seen


def test_a_text_leaves_as_twilio_wants_it() -> None:
    sid, (seen,) = sending(CREATED)
    assert sid == "SM" + "0a1b2c3d" * 4
    assert (seen.method, seen.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert base64.b64decode(seen.headers["authorization"].removeprefix("Basic ")) == f"{ACCOUNT}:{cast.TOKEN}".encode()
    assert parse_qs(seen.body.decode()) == {
        "To": ["+12025550101"],
        "From": ["+12025550199"],
        "Body": ["Thursday at 3 works. 🎉"],
        "StatusCallback": [f"{cast.PUBLIC_URL}/sms/twilio/status?row={cast.ROW}#rc=3&rp=all"],  # said again where we could not keep it
    }


def test_a_messaging_service_is_named_as_one() -> None:
    _, (seen,) = sending(CREATED, sms=OutboundSms("MG" + "9" * 32, "+12025550101", "hi", cast.ROW))
    fields = parse_qs(seen.body.decode())
    assert fields["MessagingServiceSid"] == ["MG" + "9" * 32]
    assert "From" not in fields


@pytest.mark.parametrize(("seconds", "told"), [(600, "600"), (1.9, "1"), (86_400, "36000")])
def test_a_text_that_expires_says_when(seconds: float, told: str) -> None:
    sms = OutboundSms("+12025550199", "+12025550101", "hi", cast.ROW, cast.NOW + timedelta(seconds=seconds))
    _, (seen,) = sending(CREATED, sms=sms)
    assert parse_qs(seen.body.decode())["ValidityPeriod"] == [told]


def test_a_text_that_has_expired_never_leaves() -> None:
    sms = OutboundSms("+12025550199", "+12025550101", "hi", cast.ROW, cast.NOW)
    with servers.answering(CREATED) as server:
        with pytest.raises(CarrierRefused) as caught:
            api(server.url).send(sms)
        assert server.seen == []
    assert (caught.value.code, caught.value.permanent) == ("expired", True)


def test_a_warm_process_never_trusts_an_old_connection() -> None:
    with servers.answering(CREATED) as server:
        sender = api(server.url)
        sender.send(SMS)
        sender.send(SMS)
        assert len({seen.connection for seen in server.seen}) == 2


@pytest.mark.parametrize(
    ("http", "case", "reason", "permanent"),
    [
        (400, "error_21610", Reason.OPTED_OUT, True),
        (400, "error_21211", Reason.BAD_NUMBER, True),
        (401, "error_20003", Reason.UNAUTHORISED, False),
        (429, "error_20429", Reason.THROTTLED, False),
    ],
)
def test_what_twilio_refuses(http: int, case: str, reason: Reason, permanent: bool) -> None:
    with pytest.raises(CarrierRefused) as caught:
        sending((http, page(case)[1]))
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)
    assert caught.value.code == case.removeprefix("error_")
    assert "5550101" not in str(caught.value)


@pytest.mark.parametrize(
    ("http", "body", "reason", "permanent"),
    [
        (400, b'{"code": 21614}', Reason.BAD_NUMBER, True),
        (400, b'{"code": 21635}', Reason.BAD_NUMBER, True),
        (400, b'{"code": 21612}', Reason.BLOCKED, True),  # of our number and theirs together: theirs may be in use
        (400, b'{"code": 21606}', Reason.UNAUTHORISED, False),  # ours is none, and no text of the clinic's leaves until it is
        (400, b'{"code": 21659}', Reason.UNAUTHORISED, False),
        (400, b'{"code": 21617}', Reason.BAD_REQUEST, True),
        (400, b'{"code": 21611}', Reason.THROTTLED, False),
        (400, b'{"code": 30007}', Reason.BLOCKED, True),
        (400, b'{"code": 99999}', Reason.BAD_REQUEST, True),
        (400, b"not json", Reason.BAD_REQUEST, True),
        (403, b"", Reason.UNAUTHORISED, False),
        (429, b"slow down", Reason.THROTTLED, False),
        (503, b'{"code": 20503, "status": 503}', Reason.CARRIER_DOWN, False),
        (307, b"", Reason.CARRIER_DOWN, False),
    ],
)
def test_other_refusals(http: int, body: bytes, reason: Reason, permanent: bool) -> None:
    with pytest.raises(CarrierRefused) as caught:
        sending((http, body))
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)


def test_our_password_never_follows_a_redirect() -> None:
    with servers.answering((307, b""), CREATED) as server:
        with pytest.raises(CarrierRefused):
            api(server.url).send(SMS)
        assert [seen.path for seen in server.seen] == [f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"]


@pytest.mark.parametrize(
    ("http", "body"),
    [
        (500, b"<html>"),
        (502, b""),
        (503, b""),
        (500, b'{"code": 20500}'),
        (408, b""),
        (201, b""),
        (201, b"{}"),
        (200, b'{"sid": null}'),
        (201, b"[1]"),
    ],
)
def test_c7_an_answer_that_does_not_say_leaves_it_unknown_and_asks_once(http: int, body: bytes) -> None:
    with servers.answering((http, body)) as server:
        with pytest.raises(CarrierUnknown):
            api(server.url).send(SMS)
        assert len(server.seen) == 1


def test_c7_a_server_that_never_answers() -> None:
    with servers.silent() as url:
        started = monotonic()
        with pytest.raises(CarrierUnknown):
            api(url, read=0.2).send(SMS)
        assert monotonic() - started < 1.0


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{"])
def test_a_server_that_hangs_up(said: bytes) -> None:
    with servers.hanging_up(said) as url, pytest.raises(CarrierUnknown):
        api(url).send(SMS)


@pytest.mark.parametrize("where", [servers.nobody, lambda: "http://no-such-host.invalid", lambda: "http://"], ids=["closed", "no-host", "empty"])
def test_nobody_there_means_nothing_left(where: Callable[[], str]) -> None:
    url = where()
    with pytest.raises(CarrierRefused) as caught:
        api(url).send(SMS)
    assert (caught.value.reason, caught.value.permanent) == (Reason.CARRIER_DOWN, False)


def test_a_server_we_do_not_trust_hears_nothing() -> None:
    with servers.untrusted() as url, pytest.raises(CarrierRefused) as caught:
        api(url).send(SMS)
    assert (caught.value.reason, caught.value.permanent) == (Reason.CARRIER_DOWN, False)


def test_a_handshake_that_hangs() -> None:
    with servers.silent() as url:
        started = monotonic()
        with pytest.raises(CarrierError):
            api(url.replace("http:", "https:"), read=0.2).send(SMS)
        assert monotonic() - started < 1.5


def test_a_secret_that_cannot_be_read_sends_nothing() -> None:
    def account() -> tuple[str, str]:
        raise SecretUnavailable("twilio")

    with servers.answering(CREATED) as server:
        with pytest.raises(CarrierRefused) as caught:
            api(server.url, account=account).send(SMS)
        assert server.seen == []
    assert caught.value.permanent is False


def log(*answers: tuple[int, bytes], since: datetime = SINCE) -> tuple[list[CarrierRecord], list[servers.Seen]]:
    with servers.answering(*answers) as server:
        return list(api(server.url).log_since(since)), server.seen


def test_the_log_holds_both_directions_and_every_page() -> None:
    records, seen = log(page("log_page_0"), page("log_page_1"))
    assert [record.carrier_id[2] for record in records] == ["1", "3", "4"]
    assert [record.direction for record in records] == [Direction.IN, Direction.OUT, Direction.OUT]
    first, second = (urlsplit(request.path) for request in seen)
    assert parse_qs(first.query) == {"DateSent>": ["2026-11-23"], "PageSize": ["1000"]}
    assert parse_qs(second.query)["PageToken"] == ["PASM" + "3" * 32]
    assert all(request.headers["authorization"].startswith("Basic ") for request in seen)


def test_a_line_of_the_log() -> None:
    records, _ = log(page("log_page_1"), since=datetime(2026, 11, 23, tzinfo=UTC))
    assert records[0] == CarrierRecord(
        carrier="twilio",
        carrier_id="SM" + "4" * 32,
        direction=Direction.OUT,
        sender="+12025550199",
        recipient="+12025550101",
        body="Carol: Thursday at 3 works.",
        at=datetime(2026, 11, 23, 3, 20, tzinfo=UTC),
        status=Status.QUEUED_AT_CARRIER,
    )
    assert (records[1].direction, records[1].status, records[1].media) == (Direction.IN, Status.RECEIVED, 1)


def test_failures_in_the_log_carry_their_code() -> None:
    records, _ = log((200, page("log_page_0")[1].replace(b"next_page_uri", b"x")), since=SINCE - timedelta(hours=1))
    assert (records[1].status, records[1].error_code, records[1].number) == (Status.FAILED_NUMBER, "30005", "gone")


def test_the_day_asked_for_is_the_one_in_gmt() -> None:
    _, (seen,) = log(page("log_page_1"), since=datetime.fromisoformat("2026-11-22T22:00:00-05:00"))
    assert parse_qs(urlsplit(seen.path).query)["DateSent>"] == ["2026-11-23"]


@pytest.mark.parametrize("entry", [b"null", b"{}", b'"x"', b'{"sid": null}', b"7"])
def test_one_bad_line_never_stops_the_log(entry: bytes) -> None:
    good = b'{"sid": "SM1", "direction": "inbound", "date_sent": "no date", "num_media": "many", "body": null}'
    records, _ = log((200, b'{"messages": [' + entry + b"," + good + b"]}"))
    assert [(record.carrier_id, record.at, record.body) for record in records] == [("SM1", SINCE, "")]


@pytest.mark.parametrize(
    "next_page",
    ["https://evil.example/2010-04-01/Accounts", "//evil.example/x", "/2010-04-01/Accounts/ACx/Messages.json?x", "x"],
)
def test_our_password_never_follows_a_page_elsewhere(next_page: str) -> None:
    body = ('{"messages": [], "next_page_uri": "' + next_page + '"}').encode()
    _, seen = log((200, body))
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("http", "body", "reason"),
    [
        (401, b'{"code": 20003}', Reason.UNAUTHORISED),
        (429, b"", Reason.THROTTLED),
        (500, b"", Reason.CARRIER_DOWN),
        (200, b"<html>", Reason.CARRIER_DOWN),
        (302, b"", Reason.CARRIER_DOWN),
    ],
)
def test_a_log_that_cannot_be_read(http: int, body: bytes, reason: Reason) -> None:
    with pytest.raises(CarrierError) as caught:
        log((http, body))
    assert (caught.value.reason, caught.value.permanent) == (reason, False)


def test_a_log_that_never_comes() -> None:
    with servers.silent() as url, pytest.raises(CarrierError) as caught:
        list(api(url, read=0.2).log_since(SINCE))
    assert caught.value.reason == Reason.CARRIER_DOWN
