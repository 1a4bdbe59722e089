"""What Amazon SES says afterwards: recorded shapes from its own documentation, one file a case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.carriers.aws_ses_events import is_mail, read_event
from chalicelib.core.mail import MailEvent
from chalicelib.errors import BadPayload

PAYLOADS = Path(__file__).parent / "payloads" / "ses"
ROW = "01KJTALICE.01KJTMESSAGE"


def said(name: str) -> MailEvent | None:
    return read_event((PAYLOADS / f"{name}.json").read_text())


@pytest.mark.parametrize(("name", "what"), [
    ("bounce-permanent", "bounced"), ("bounce-suppressed", "bounced"), ("bounce-mailbox-full", "returned"), ("reject", "returned"),
    ("complaint", "complained"), ("complaint-suppressed", "complained"), ("bounce-general", ""), ("bounce-undetermined", ""),
    ("complaint-not-spam", ""), ("delivery", ""),
])  # fmt: skip
def test_each_event_is_one_of_three_words_or_nothing(name: str, what: str) -> None:
    assert said(name) == (MailEvent(ROW, what) if what else None)


def test_a_mail_that_is_not_ours_and_ses_trying_its_topic_are_nothing() -> None:
    other = json.loads((PAYLOADS / "bounce-permanent.json").read_text())
    for tags in ({}, {"thread": ["a b"], "message": ["m"]}, {"thread": "a", "message": ["m"]}, {"thread": ["a.b"], "message": ["m"]}):
        assert read_event(json.dumps({**other, "mail": {**other["mail"], "tags": tags}})) is None
    assert read_event("Successfully validated SNS topic for Amazon SES event publishing.") is None


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"mail": 3}', "[" * 100_000])
def test_what_is_no_event_of_sess_is_refused_and_says_nothing_of_it(body: str) -> None:
    with pytest.raises(BadPayload):
        read_event(body)


def test_events_of_texts_are_told_apart() -> None:
    assert not is_mail(json.dumps({"eventType": "TEXT_DELIVERED", "messageBody": 'see "mail" and "mail"'}))
    assert is_mail((PAYLOADS / "complaint.json").read_text()) and is_mail("Successfully validated SNS topic for …")
