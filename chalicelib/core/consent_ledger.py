"""The ledgers of what a patient allowed, and what each of them comes to (T20: none of them stands for another).

Append-only: a change of mind is a new line. Pure: from lines and an instant to frozen values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from .channels import ASKED
from .consent import EVERYTHING, SCOPES, Scope

TEXT, RISK, PART2, PROXY = "text", "risk", "part2", "proxy"
LEDGERS: dict[str, str] = {
    TEXT: "Permission to text",
    RISK: "That texts can be read by others",
    PART2: "Records of substance use care (42 CFR Part 2)",
    PROXY: "A guardian's or another person's phone",
}
MEDIA: dict[str, str] = {
    "verbal": "in person",
    "call": "by phone",
    "paper": "on paper",
    "mail": "by letter",
    "email": "by e-mail",
}
IN_WRITING = frozenset({"paper", "mail", "email"})  # P2-1: revoked in writing
# P2-1, 42 CFR 2.31(a): what a consent must hold besides the patient's name, which the record has.
PART2_ELEMENTS: dict[str, str] = {
    "discloser": "Who may disclose (name or class)",
    "what": "What, described so that it means something",
    "recipients": "To whom",
    "purpose": "What for",
    "signed_on": "Signed on",
    "told": "They were told how to revoke it in writing, that it may be disclosed again under HIPAA except in proceedings "
    "against them, and what refusing means",
}


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One line (TCPA-14): what, of whom, how, when, who noted it, which words were shown, under which rule.

    `subject_id`: a patient, or a number for what its texts said. `change`: granted, revoked; of a number also kept, unsure,
    settled. `words`: the version of the words that were shown (`texts/consent.toml` keeps every version). `sealed_said`: what
    they said, word for word, or the elements of a Part 2 consent; sealed under (subject, program, "consent").
    """

    key: ClassVar[tuple[str, ...]] = ("subject_id", "entry_id")
    subject_id: str  # contact or patient
    entry_id: str
    kind: str  # all, a kind of `core.consent.SCOPES`, content_level_N
    change: str
    medium: str  # sms, web, carrier, or a word of MEDIA; number_changed, merge
    at: datetime
    by: str
    rule_version: str
    message_id: str = ""
    ledger: str = TEXT  # rows from before there were several are of this one
    channel: str = "sms"
    words: str = ""
    language: str = ""
    given_by: str = ""  # guardian; "" for the patient
    expires_on: str = ""  # of a Part 2 consent: a day, or "" for the end of treatment
    sealed_said: bytes = b""
    program: str = ""  # under which `sealed_said` was sealed
    ask_id: str = ""  # the form on our web page that it came from (`core.asked`)


@dataclass(frozen=True, slots=True)
class Comes:
    """What a patient's ledgers come to."""

    consent: dict[str, datetime] = field(default_factory=dict)
    declined: tuple[str, ...] = ()
    unencrypted: str = ""
    proxy: tuple[str, ...] = ()
    part2: ConsentEntry | None = None
    agreed: dict[str, datetime] = field(default_factory=dict)  # channels besides texts, each by itself


NOTHING = Comes()


def comes_to(entries: Iterable[ConsentEntry], now: datetime, before: Comes = NOTHING) -> Comes:
    """What the lines of one patient come to at `now`, in whatever order they are read. `before`: what stood before the first."""
    consent, declined, proxy = dict(before.consent), set(before.declined), set(before.proxy)
    unencrypted, part2, agreed = before.unencrypted, before.part2, dict(before.agreed)
    for each in sorted(entries, key=lambda entry: (entry.at, entry.entry_id)):
        granted = each.change == "granted"
        if each.ledger == TEXT and each.channel in ASKED:
            _channel(each, granted, agreed)
        elif each.ledger == TEXT:
            _text(each, granted, consent, declined)
        elif each.ledger == RISK:
            unencrypted = "yes" if granted else "no"
        elif each.ledger == PART2:
            part2 = each if granted else None
        elif each.ledger == PROXY and each.kind in SCOPES:
            (proxy.add if granted else proxy.discard)(each.kind)
    return Comes(consent, tuple(sorted(declined)), unencrypted, tuple(sorted(proxy)), _unexpired(part2, now), agreed)


def _channel(entry: ConsentEntry, granted: bool, agreed: dict[str, datetime]) -> None:
    """One yes is for one channel, and says nothing of texts (T20)."""
    agreed.pop(entry.channel, None)
    if granted and entry.kind == EVERYTHING:
        agreed[entry.channel] = entry.at


def _text(entry: ConsentEntry, granted: bool, consent: dict[str, datetime], declined: set[str]) -> None:
    if entry.kind == EVERYTHING and not granted:
        return consent.clear()
    if entry.kind not in SCOPES:
        return None  # a content level, or a kind of a newer version
    if granted:
        consent[entry.kind] = entry.at
        return declined.discard(entry.kind)
    consent.pop(entry.kind, None)
    if entry.kind != Scope.CONVERSATION:
        declined.add(entry.kind)
    return None


def _unexpired(part2: ConsentEntry | None, now: datetime) -> ConsentEntry | None:
    """P2-1: a consent ends on its day; one without a day ends with the treatment, by a line."""
    if part2 is None or not part2.expires_on:
        return part2
    return part2 if now.date().isoformat() <= part2.expires_on else None


@dataclass(frozen=True, slots=True)
class Number:
    """What a number's own lines come to."""

    stopped: bool = False
    kept: tuple[str, ...] = ()
    unsure: bool = False


def number_comes_to(entries: Iterable[ConsentEntry]) -> Number:
    """What a number's texts said: the last word counts, a STOP ends what was kept."""
    stopped, kept, unsure = False, frozenset[str](), False
    for each in sorted(entries, key=lambda entry: (entry.at, entry.entry_id)):
        if each.change == "revoked" and each.kind == EVERYTHING:
            stopped, kept, unsure = True, frozenset(), False
        elif each.change == "granted" and each.kind == EVERYTHING:
            stopped, kept, unsure = False, frozenset(), False
        elif each.change == "kept":
            kept = kept | {each.kind}
        elif each.change in ("unsure", "settled"):
            unsure = each.change == "unsure"
    return Number(stopped, tuple(sorted(kept)) if stopped else (), unsure)
