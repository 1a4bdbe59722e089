"""What a patient allows: the kinds of texts they are asked about, and the one table of what may be sent now.

The ledger is append-only (`ConsentEntry`); a patient's and a number's rows hold what it comes to, changed in the same
transaction, so that N3 reads two rows and no history. `core.consent_ledger` is the fold; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .people import Contact, Patient

RULE_VERSION = "47 CFR 64.1200 (2024)"  # the FCC's text is moving (RULES 1.1): each entry says which one was applied
EVERYTHING = "all"  # of an entry: every kind at once


class Scope(StrEnum):
    """What one permission is for. "conversation" is the first one, without which we begin nothing."""

    CONVERSATION = "conversation"
    APPOINTMENTS = "appointments"
    WAITLIST = "waitlist"
    CHECK_INS = "check_ins"
    GROUPS = "groups"
    RE_ENGAGEMENT = "re_engagement"
    CLINICAL = "clinical"


@dataclass(frozen=True, slots=True)
class About:
    """One kind. `first_words`: the words that everybody agrees to first name it, so that no further yes is needed.
    `keep`: what KEEP keeps after STOP (TCPA-8). `under`: who declines that one declines this one too."""

    label: str
    first_words: bool
    keep: bool = False
    under: str = ""


SCOPES: dict[str, About] = {
    Scope.CONVERSATION: About("Texts that a person here begins", True),
    Scope.APPOINTMENTS: About("Reminders and news of their visits", True, keep=True),
    Scope.WAITLIST: About("Offers of an earlier time", True, under=Scope.APPOINTMENTS),
    Scope.CHECK_INS: About("Check-ins and questionnaires", False),
    Scope.GROUPS: About("News of their groups", False),
    Scope.RE_ENGAGEMENT: About("An open door after they stopped coming", False),
    Scope.CLINICAL: About("Texts that name their care (content level 2)", False),
}
# What a campaign is for says which permission it needs (CTIA-6: one opt-in per campaign, not transferable).
CAMPAIGNS: dict[str, Scope] = {
    "visits": Scope.APPOINTMENTS,
    "openings": Scope.WAITLIST,
    "check_ins": Scope.CHECK_INS,
    "groups": Scope.GROUPS,
    "outreach": Scope.RE_ENGAGEMENT,
    "care": Scope.CLINICAL,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledgers come to for one kind of text at one instant.

    `stopped`: this number sent STOP. `kept`: and kept this kind. `unsure`: wrote what may be STOP, and nobody decided yet.
    `first`: agreed to texts at all. `own`: said of this kind, "granted", "declined" or "". `named`: the first words name it.
    `guardian`: somebody else's phone (MIN-2). `proxy`: and this kind was granted for it. `begun`: we begin, unasked.
    `by_hand`: a person wrote it and has seen what may be STOP.
    """

    stopped: bool = False
    kept: bool = False
    unsure: bool = False
    first: bool = True
    own: str = ""
    named: bool = True
    guardian: bool = False
    proxy: bool = False
    begun: bool = True
    by_hand: bool = False


# N3's first half as one table: the first row whose columns all hold is the answer, "" lets the text on to the next question.
# Each row is tried in `tests/core/test_consent.py`.
TABLE: tuple[tuple[str, Mapping[str, object], str], ...] = (
    ("opted_out", {"stopped": True, "kept": False}, "TCPA-5: suppressed at receipt, and again at the moment of sending"),
    ("unsure_stop", {"unsure": True, "by_hand": False}, "TCPA-3: what may be STOP holds automatic texts until a person decides"),
    ("", {"begun": False}, "CTIA-1: who writes to us agrees to an answer"),
    ("no_consent", {"first": False}, "TCPA-1: prior express consent, whatever was said of single kinds"),
    ("declined", {"own": "declined"}, "TCPA-8: a kind that they do not want"),
    ("guardian", {"guardian": True, "proxy": False}, "MIN-2: nothing to a guardian's phone without a grant for this kind"),
    ("no_consent_kind", {"own": "", "named": False}, "CTIA-6: one yes is not a yes to something else"),
    ("", {}, "allowed"),
)


def allowed(standing: Standing) -> str:
    """Why not, or ""."""
    return next(word for word, columns, _ in TABLE if all(getattr(standing, name) == value for name, value in columns.items()))


def standing_of(scope: str, contact: Contact, patient: Patient | None, by_hand: bool = False, channel: str = "") -> Standing:
    """From the two rows; `scope` "" for a text that only answers. A kind that a newer version named is nobody's yes. A `channel`
    that is asked about by itself (`core.channels`) has its own first yes and its own guardian."""
    about = SCOPES.get(scope, About("", False))
    asked, theirs = _of_channel(channel, patient, contact) if channel else (False, False)
    return Standing(
        stopped=stopped(contact) and not theirs,
        kept=keeps(contact, scope) and not asked,
        unsure=unsure(contact),
        first=theirs if asked else patient is not None and Scope.CONVERSATION in patient.consent,
        own=own_say(scope, patient) if patient else "",
        named=about.first_words,
        guardian=patient is not None and _guardians(contact, patient, channel),
        proxy=patient is not None and scope in patient.proxy,
        begun=bool(scope),
        by_hand=by_hand,
    )


def own_say(scope: str, patient: Patient) -> str:
    """What they said of this kind themselves: granted, declined, ""."""
    about = SCOPES.get(scope, About("", False))
    if scope in patient.declined or (about.under and about.under in patient.declined):
        return "declined"
    return "granted" if scope in patient.consent else ""


def _of_channel(channel: str, patient: Patient | None, contact: Contact) -> tuple[bool, bool]:
    """Whether this channel is asked about by itself, and whether they agreed to it since they last said stop."""
    from .channels import ASKED, agreed_since_stop  # a crisis text's page waits for no file that it does not need

    return channel in ASKED, patient is not None and channel in ASKED and agreed_since_stop(channel, patient, contact)


def _guardians(contact: Contact, patient: Patient, channel: str) -> bool:
    """Whose address it is: a guardian's, as far as staff wrote down."""
    return channel in patient.guarded if channel in ("email", "landline") else _role(contact, patient) == "guardian"


def _role(contact: Contact, patient: Patient) -> str:
    return next((ref.role for ref in contact.patients if ref.patient_id == patient.patient_id), "self")


def stopped(contact: Contact) -> bool:
    """Whether this number asked us to stop and has not asked us back."""
    if contact.stopped_at is None:
        return False
    return contact.started_at is None or contact.started_at <= contact.stopped_at


def keeps(contact: Contact, scope: str) -> bool:
    """Whether a stopped number kept this kind. A STOP since then ended that too."""
    since = contact.kept_at is not None and contact.stopped_at is not None and contact.kept_at > contact.stopped_at
    return since and scope in contact.kept


def unsure(contact: Contact) -> bool:
    """Whether this number wrote what may be STOP and nobody has decided since."""
    return contact.unsure_at is not None


REMEMBERED = timedelta(days=30)


def after_crisis(contact: Contact, now: datetime) -> bool:
    """Whether this number was in a crisis within thirty days: a STOP is honoured, and a person reaches them another way."""
    last = contact.incident_at
    return bool(contact.incidents) or (last is not None and now - last < REMEMBERED)
