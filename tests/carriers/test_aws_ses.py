"""Amazon SES v2: botocore's own service model as oracle, moto as the server on a laptop."""

from __future__ import annotations

from typing import Any

import moto
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from chalicelib.carriers.aws_ses import SesMailer
from chalicelib.core.mail import OutboundMail
from chalicelib.core.messages import Reason
from chalicelib.errors import CarrierRefused, CarrierUnknown
from tests.carriers import servers

MAIL = OutboundMail("hello@office.example", "alice@example.org", "Office: for you", "Office: open it here: https://p.example/p/1")
ASKED: dict[str, Any] = {
    "FromEmailAddress": "hello@office.example",
    "Destination": {"ToAddresses": ["alice@example.org"]},
    "Content": {
        "Simple": {
            "Subject": {"Data": MAIL.subject, "Charset": "UTF-8"},
            "Body": {"Text": {"Data": MAIL.body, "Charset": "UTF-8"}},
        }
    },
    "ConfigurationSetName": "porchlight-mail",
}


def client(url: str | None = None, keys: str | None = "test") -> Any:
    config = Config(connect_timeout=0.5, read_timeout=0.5, retries={"total_max_attempts": 1})
    return servers.session(keys).client("sesv2", endpoint_url=url, config=config)


def test_a_mail_leaves_as_the_service_wants_it() -> None:
    boto = client()
    with Stubber(boto) as stub:
        stub.add_response("send_email", {"MessageId": "0100"}, ASKED)
        assert SesMailer(boto, "porchlight-mail").send(MAIL) == "0100"


@moto.mock_aws
def test_an_emulator_takes_it_from_a_domain_that_is_ours_and_from_no_other() -> None:
    boto = client()
    with pytest.raises(CarrierRefused) as refused:
        SesMailer(boto).send(MAIL)
    assert (refused.value.reason, refused.value.permanent) == (Reason.BLOCKED, True)
    boto.create_email_identity(EmailIdentity="office.example")
    assert SesMailer(boto).send(MAIL)
    assert "alice" not in str(refused.value)


@pytest.mark.parametrize(
    ("code", "http", "reason", "permanent"),
    [
        ("MessageRejected", 400, Reason.BLOCKED, True),
        ("TooManyRequestsException", 429, Reason.THROTTLED, False),
        ("LimitExceededException", 400, Reason.THROTTLED, False),
        ("SendingPausedException", 400, Reason.UNAUTHORISED, False),
        ("MailFromDomainNotVerifiedException", 400, Reason.UNAUTHORISED, False),
        ("BadRequestException", 400, Reason.BAD_REQUEST, True),
        ("SomethingNew", 400, Reason.BAD_REQUEST, True),
        ("SomethingNew", 429, Reason.THROTTLED, False),
    ],
)
def test_its_words_become_ours(code: str, http: int, reason: Reason, permanent: bool) -> None:
    boto = client()
    with Stubber(boto) as stub:
        stub.add_client_error("send_email", code, "about alice@example.org", http)
        with pytest.raises(CarrierRefused) as refused:
            SesMailer(boto).send(MAIL)
    assert (refused.value.reason, refused.value.permanent, refused.value.code) == (reason, permanent, code)


def test_n4_what_may_have_left_is_unknown() -> None:
    boto = client()
    with Stubber(boto) as stub:
        stub.add_client_error("send_email", "InternalFailure", "", 500)
        with pytest.raises(CarrierUnknown):
            SesMailer(boto).send(MAIL)
    with servers.silent() as url, pytest.raises(CarrierUnknown):
        SesMailer(client(url)).send(MAIL)


def test_nobody_there_and_no_keys_are_known_not_to_have_left() -> None:
    with pytest.raises(CarrierRefused) as refused:
        SesMailer(client(servers.nobody())).send(MAIL)
    assert not refused.value.permanent
