"""Where the number leads: shown first, changed when told, seen to be so; and a text then goes there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infra.account.chosen import Chosen
from infra.account.number import INSTEAD, SAID, Twilio, lead, wanted
from infra.account.stack import Refused
from infra.local.phones.carrier import Carrier
from infra.local.phones.server import application, serve
from tests.infra.test_account import chosen
from tests.local.standin import ALICE, CLINIC, SID, TOKEN, Door, Still, a_carrier

FALLBACK = "https://def.execute-api.us-west-2.amazonaws.com/prod/word"


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as door:
        yield door


@pytest.fixture
def line(door: Door) -> Iterator[tuple[Carrier, str]]:
    carrier = a_carrier(door)
    server = serve(application(carrier, Still()), 0)
    yield carrier, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fields(asked: Chosen) -> dict[str, str]:
    return wanted(asked, {"FallbackUrl": FALLBACK})


def test_it_is_shown_then_changed_then_seen_and_the_next_text_goes_there(
    line: tuple[Carrier, str], door: Door, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    carrier, api = line
    twilio, before = Twilio(SID, TOKEN, api, api), carrier.account.inbound_url
    there = {**fields(chosen(tmp_path)), "SmsUrl": door.url + "/stand-by"}
    assert lead(twilio, CLINIC, there, yes=False) == 0 and carrier.account.inbound_url == before
    told = capsys.readouterr().out
    assert f"SmsUrl: {before} -> {there['SmsUrl']}" in told and "nothing was changed" in told and TOKEN not in told
    assert lead(twilio, CLINIC, there, yes=True) == 0 and carrier.fallback_url == FALLBACK
    assert "leads here. Text it." in capsys.readouterr().out
    assert lead(twilio, CLINIC, there, yes=True) == 0 and capsys.readouterr().out == f"{CLINIC} leads here\n"
    carrier.type(ALICE, "are you there")
    assert carrier.settle(10) and "/stand-by" in [each.path for each in door.taken]


def test_what_is_set_is_this_stages_doors(tmp_path: Any) -> None:
    said, public = fields(chosen(tmp_path)), chosen(tmp_path).parameters["PublicUrl"]
    assert said == {
        "SmsUrl": f"{public}/sms/twilio/inbound", "SmsMethod": "POST", "SmsFallbackUrl": FALLBACK, "SmsFallbackMethod": "POST",
        "VoiceUrl": f"{public}/voice/twilio/script", "VoiceMethod": "POST",
    }  # fmt: skip


def test_a_wrong_token_and_somebody_elses_number_are_refused(line: tuple[Carrier, str], tmp_path: Any) -> None:
    _, api = line
    with pytest.raises(Refused, match="Twilio answered 401"):
        lead(Twilio(SID, "another", api, api), CLINIC, fields(chosen(tmp_path)), yes=True)
    with pytest.raises(Refused, match="not a number of this account"):
        lead(Twilio(SID, TOKEN, api, api), "+12025550111", fields(chosen(tmp_path)), yes=True)


class Deaf(Twilio):
    """An account whose number says the same whatever it is told; `more`: what else stands there."""

    def __init__(self, **more: str) -> None:
        self.more, self.changes = more, 0

    def find(self, number: str) -> dict[str, Any]:
        return {"sid": "PN1", "phone_number": number, **dict.fromkeys(SAID.values(), "https://old.example.org"), **self.more}

    def elsewhere(self, sid: str) -> list[str]:
        return []

    def change(self, sid: str, fields: Any) -> None:
        self.changes += 1


def test_n1_a_messaging_service_that_keeps_the_texts_of_its_numbers_is_named_and_nothing_is_changed(line: tuple[Carrier, str], tmp_path: Any) -> None:
    """It may have no address at all: what is written then stands in no log (twilio.com/docs/messaging/api/service-resource)."""
    carrier, api = line
    before = carrier.account.inbound_url
    carrier.services = {"MG1": True, "MG2": False}
    with pytest.raises(Refused, match="MG2 decides"):
        lead(Twilio(SID, TOKEN, api, api), CLINIC, fields(chosen(tmp_path)), yes=True)
    assert carrier.account.inbound_url == before
    carrier.services = {"MG1": True}
    assert lead(Twilio(SID, TOKEN, api, api), CLINIC, fields(chosen(tmp_path)), yes=True) == 0


@pytest.mark.parametrize("instead", INSTEAD)
def test_where_something_else_answers_for_the_number_nothing_is_changed(instead: str, tmp_path: Any) -> None:
    twilio = Deaf(**{instead: "AP1"})
    with pytest.raises(Refused, match=instead):
        lead(twilio, CLINIC, fields(chosen(tmp_path)), yes=True)
    assert twilio.changes == 0


def test_what_was_not_taken_is_no_success(tmp_path: Any) -> None:
    with pytest.raises(Refused, match=r"SmsUrl.* is still another"):
        lead(Deaf(), CLINIC, fields(chosen(tmp_path)), yes=True)
