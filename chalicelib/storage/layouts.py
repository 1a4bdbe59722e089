"""Which record lives in which table under which key: the whole plan of the tables on one page.

`tests/storage/test_models.py` holds this against `infra/resources.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from ..core.quick import dataclass
from .codec import REVISION as REVISION
from .codec import (
    Key,
    Keys,
    after,
    draft_keys,
    due_key,
    due_keys,
    last_two,
    looked_key,
    looked_keys,
    of_patient,
    plan_key,
    receipt_keys,
    revision_key,
    revision_keys,
    two,
)


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index; sparse where rows do not have its attributes."""

    name: str
    hash: str
    range: str


class _Names:
    """The records by their names alone: a page is kept waiting for no class that it does not need."""

    def __getattr__(self, name: str) -> str:
        return name


r = _Names()


@dataclass(frozen=True, slots=True)
class Layout:
    """`names`: the table's key attributes. `to_keys` and `to_key` turn a record's key into the table's and back."""

    named: str  # the record's class
    table: str
    names: tuple[str, ...]
    to_keys: Callable[[Key], Keys] = lambda key: key
    to_key: Callable[[Keys], Key] = lambda keys: keys
    indexes: tuple[Index, ...] = ()
    forgotten_at: str = ""  # the field that DynamoDB's TTL follows

    @property
    def record(self) -> Any:
        return getattr(import_module("chalicelib.core.records"), self.named)


SUMMARY = "summary"
MESSAGE = "m#"
ERRAND = "errand#"
VISIT = "a#"
CHARTED = "charted#"
RETURN, QUIET, ROUND = "r#", "quiet#", "w#"
SLOTS, WAITLIST, RULES_OF, TOLD_OF = "slots#", "waitlist#", "slotrules#", "changes#"
CAMPAIGNS, RECIPIENTS = "campaigns#", "recipients#"
ACCESS, LENT, LENDING = "access", "lent", "lending#"
ABSENCE, COMPARED, REDACTED, PHONE = "absence", "compared", "redacted", "phone"


def _beside_sessions(named: str, mark: str, forgotten_at: str = "", table: str = "sessions") -> Layout:
    """A short-lived row of one key in the table of sessions, or of links, under its own mark."""
    return Layout(
        named,
        table,
        ("token_hash",),
        lambda key: (f"{mark}{key[0]}",),
        lambda keys: (after("#", keys[0]),),
        forgotten_at=forgotten_at,
    )


def _of_program(named: str, mark: str) -> Layout:
    """A row of a program among the visits, under its own mark."""
    return Layout(named, "appointments", ("pk", "sk"), *two(mark))


LAYOUTS: tuple[Layout, ...] = (
    Layout(r.Contact, "contacts", ("contact_id",)),
    Layout(r.Patient, "patients", ("pk",), indexes=(Index("by_program", "program", "pk"),)),
    Layout(r.Roster, "patients", ("pk",), lambda key: (f"roster#{key[0]}",), lambda keys: (after("#", keys[0]),)),
    Layout(
        r.Thread,
        "threads",
        ("pk", "sk"),
        lambda key: (key[0], SUMMARY),
        lambda keys: keys[:1],
        indexes=(
            Index("waiting", "program", "waiting_since"),
            Index("recent", "program", "last_at"),
            Index("owned", "owner", "last_at"),
        ),
    ),
    Layout(
        r.Message,
        "threads",
        ("pk", "sk"),
        lambda key: (key[0], MESSAGE + key[1]),
        lambda keys: (keys[0], after("#", keys[1])),
    ),
    Layout(r.Receipt, "threads", ("pk", "sk"), receipt_keys, lambda keys: tuple(keys[0].split("#", 2)[1:])),
    Layout(r.Compared, "threads", ("pk", "sk"), lambda key: (f"compared#{key[0]}", COMPARED), lambda k: (after("#", k[0]),)),
    Layout(r.Redacted, "threads", ("pk", "sk"), lambda key: (f"redacted#{key[0]}", REDACTED), lambda k: (after("#", k[0]),)),
    Layout(r.Move, "threads", ("pk", "sk"), lambda key: (f"move#{key[0]}", "move"), lambda keys: (after("#", keys[0]),)),
    Layout(r.Forward, "threads", ("pk", "sk"), lambda key: (f"moved#{key[0]}", "moved"), lambda keys: (after("#", keys[0]),)),
    Layout(r.Imported, "patients", ("pk",), lambda key: (f"import#{key[0]}",), lambda keys: (after("#", keys[0]),)),
    Layout(r.RecentText, "recent", ("pk", "sk"), forgotten_at="expires_at"),
    Layout(
        r.Incident,
        "incidents",
        ("incident_id",),
        indexes=(Index("open", "open_in", "detected_at"), Index("log", "logged_in", "detected_at")),
    ),
    Layout(r.Tasks, "incidents", ("incident_id",), lambda key: (f"tasks#{key[0]}",), lambda keys: (after("#", keys[0]),)),
    Layout(
        r.Missed, "incidents", ("incident_id",), lambda key: (f"missed#{key[0]}#{key[1]}",), lambda k: last_two(k[0])
    ),
    Layout(r.Looked, "incidents", ("incident_id",), looked_keys, looked_key),
    Layout(r.Outage, "incidents", ("incident_id",), lambda key: (f"outage#{key[0]}",), lambda keys: (after("#", keys[0]),)),
    Layout(r.SelfTest, "incidents", ("incident_id",), lambda key: (f"selftest#{key[0]}",), lambda keys: (after("#", keys[0]),)),
    Layout(r.Due, "due", ("shard", "sk"), due_keys, due_key),
    Layout(
        r.Appointment,
        "appointments",
        ("pk", "sk"),
        lambda key: (key[0], VISIT + key[1]),
        lambda keys: (keys[0], after("#", keys[1])),
        indexes=(Index("booked", "booked_in", "start_at"),),
    ),
    Layout(r.Charted, "appointments", ("pk", "sk"), lambda key: (CHARTED + key[0], "charted"), lambda k: (after("#", k[0]),)),
    Layout(r.Slot, "appointments", ("pk", "sk"), *two(SLOTS)),
    _of_program(r.WaitlistEntry, WAITLIST),
    _of_program(r.SlotRules, RULES_OF),
    _of_program(r.VisitChange, TOLD_OF),
    Layout(r.Dropped, "appointments", ("pk", "sk"), lambda key: (f"drop#{key[0]}", "drop"), lambda k: (after("#", k[0]),)),
    Layout(
        r.Reengagement, "appointments", ("pk", "sk"), lambda key: (key[0], RETURN + key[1]), lambda k: (k[0], after("#", k[1]))
    ),
    Layout(r.Round, "appointments", ("pk", "sk"), lambda key: (key[0], ROUND + key[1]), lambda k: (k[0], after("#", k[1]))),
    Layout(r.Quiet, "appointments", ("pk", "sk"), *two(QUIET)),
    Layout(r.Recipient, "campaigns", ("pk", "sk"), *two(RECIPIENTS), indexes=(Index("turns", "turn_in", "turn_at"),)),
    Layout(r.Campaign, "campaigns", ("pk", "sk"), *two(CAMPAIGNS)),
    Layout(r.PacedDay, "campaigns", ("pk", "sk"), lambda key: (f"paced#{key[0]}", "paced"), lambda keys: (after("#", keys[0]),)),
    Layout(r.Amendment, "threads", ("pk", "sk"), *of_patient("amendment#")),
    Layout(r.Release, "keeping", ("pk", "sk"), *of_patient("release#")),
    Layout(r.Hold, "keeping", ("pk", "sk"), lambda key: ("hold", key[0]), lambda keys: keys[1:]),
    Layout(r.BreachCase, "keeping", ("pk", "sk"), lambda key: ("breach", key[0]), lambda keys: keys[1:]),
    Layout(r.Erasure, "keeping", ("pk", "sk"), lambda key: ("erasure", key[0]), lambda keys: keys[1:]),
    Layout(r.SafePlan, "patients", ("pk",), lambda key: (f"safe#{key[0]}#{key[1]}",), plan_key),
    Layout(r.ReachSheet, "patients", ("pk",), lambda key: (f"reach#{key[0]}#{key[1]}",), plan_key),
    Layout(r.Address, "patients", ("pk",), lambda key: (f"address#{key[0]}#{key[1]}",), lambda keys: last_two(keys[0])),
    Layout(r.Stage, "patients", ("pk",), lambda key: (f"stage#{key[0]}",), lambda keys: (after("#", keys[0]),)),
    Layout(
        r.AuditEntry, "audit", ("subject_id", "entry_id"), indexes=(Index("by_hour", "hour", "at"), Index("by_who", "who", "at"))
    ),
    Layout(r.ConsentEntry, "consents", ("subject_id", "entry_id")),
    Layout(r.Session, "sessions", ("token_hash",), forgotten_at="expires_at"),
    Layout(r.KeptDraft, "sessions", ("token_hash",), draft_keys, lambda keys: last_two(keys[0]), forgotten_at="expires_at"),
    _beside_sessions(r.Presence, "presence#", forgotten_at="expires_at"),
    _beside_sessions(r.ForYou, "for#"),
    Layout(r.Errand, "threads", ("pk", "sk"), lambda key: (f"{ERRAND}{key[0]}", "errand"), lambda keys: (after("#", keys[0]),)),
    _beside_sessions(r.Told, "told#", forgotten_at="expires_at"),
    _beside_sessions(r.Tries, "tries#", forgotten_at="expires_at"),
    _beside_sessions(r.PhoneCall, "call#", forgotten_at="expires_at"),
    Layout(r.Link, "links", ("token_hash",), forgotten_at="kept_until"),
    _beside_sessions(r.PageSession, "visitor#", forgotten_at="expires_at", table="links"),
    _beside_sessions(r.Asked, "asked#", forgotten_at="forgotten_at", table="links"),
    _beside_sessions(r.AskCount, "asks#", forgotten_at="expires_at", table="links"),
    Layout(r.Setting, "settings", ("pk", "sk")),
    Layout(r.Revision, "settings", ("pk", "sk"), revision_keys, revision_key),
    Layout(r.Absence, "settings", ("pk", "sk"), lambda key: (ABSENCE, key[0]), lambda keys: keys[1:]),
    Layout(r.StaffPhone, "settings", ("pk", "sk"), lambda key: (PHONE, key[0]), lambda keys: keys[1:]),
    Layout(r.LentKey, "settings", ("pk", "sk"), lambda key: (LENT, "#".join(key)), lambda keys: tuple(keys[1].split("#", 1))),
    Layout(r.Lending, "settings", ("pk", "sk"), *two(LENDING)),
    Layout(r.Access, "settings", ("pk", "sk"), lambda key: (ACCESS, key[0]), lambda keys: keys[1:]),
)


class _ByRecord(Mapping[Any, Layout]):
    """Layouts by the class of their record."""

    def __getitem__(self, record: Any) -> Layout:
        return next(layout for layout in LAYOUTS if layout.named == record.__name__)

    def __iter__(self) -> Iterator[Any]:
        return (layout.record for layout in LAYOUTS)

    def __len__(self) -> int:
        return len(LAYOUTS)


LAYOUT_OF: Mapping[Any, Layout] = _ByRecord()
TTL = "ttl"
