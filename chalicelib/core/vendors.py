"""Who may carry a text by contract: a vendor's papers, as the clinic's file or an administrator writes them (TW-6, P2-5, T21)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from .quick import dataclass

YES, NO = "yes", "no"  # whether a program's texts leave; or the staff ids of a pilot
FEATURES = ("sms", "voice", "email", "pager")
WARN_DAYS = 30
_PERSON = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor's papers. `baa`, `qso`: when each was signed; `until`: the last day they hold, None for no end.

    `qso` is 42 CFR 2.11's agreement, which a BAA is not (P2-5). `features`: what the vendor names as covered (TW-6).
    """

    vendor: str
    baa: date | None = None
    qso: date | None = None
    until: date | None = None
    features: tuple[str, ...] = ()


def lacks(vendor: Vendor | None, feature: str, substance_use: bool, today: date) -> str:
    """Why this vendor may not carry it today: no_agreement, lapsed, not_covered, no_qso; or ""."""
    if vendor is None or vendor.baa is None or vendor.baa > today:
        return "no_agreement"
    if vendor.until is not None and vendor.until < today:
        return "lapsed"
    if feature not in vendor.features:
        return "not_covered"
    if substance_use and (vendor.qso is None or vendor.qso > today):
        return "no_qso"
    return ""


def lapses(vendors: Iterable[Vendor], today: date) -> list[Vendor]:
    """Whose papers end within the next month, or have: soonest first."""
    ending = [each for each in vendors if each.until is not None and (each.until - today).days <= WARN_DAYS]
    return sorted(ending, key=lambda each: (each.until or today, each.vendor))


def read_vendor(name: str, said: Mapping[str, str]) -> Vendor:
    """A vendor out of texts. A date that cannot be read is as if nothing were signed, and an end that cannot be, past."""
    until = said.get("until", "")
    return Vendor(
        name,
        baa=day(said.get("baa", "")),
        qso=day(said.get("qso", "")),
        until=(day(until) or date.min) if until else None,
        features=tuple(each for each in FEATURES if each in said.get("features", "").split()),
    )


def fields_of_vendor(vendor: Vendor) -> dict[str, str]:
    """As a form shows it and a setting keeps it."""
    dates = {name: getattr(vendor, name) for name in ("baa", "qso", "until")}
    return {name: when.isoformat() if when else "" for name, when in dates.items()} | {"features": " ".join(vendor.features)}


def day(text: str) -> date | None:
    """"2026-03-01" as a date; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def vendors_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, Vendor]:
    """The clinic file's [[vendor]] rows. Raises ValueError naming what is wrong, and where."""
    found: dict[str, Vendor] = {}
    for at, row in enumerate(rows, 1):
        name, where = row.get("id"), f"vendor {at}"
        if not isinstance(name, str) or not name or "." in name or name in found:
            raise ValueError(f"{where}: 'id' is missing, taken, or holds a dot")
        wrong = [field for field in ("baa", "qso", "until") if not isinstance(row.get(field, date.min), date)]
        strange = sorted(set(row.get("features", ())) - set(FEATURES))
        if wrong or strange:
            raise ValueError(f"{where}: {', '.join(wrong)} is no date" if wrong else f"{where}: {strange} not of {FEATURES}")
        found[name] = Vendor(name, row.get("baa"), row.get("qso"), row.get("until"), tuple(row.get("features", ())))
    return found


def pilot_of(live: str) -> tuple[str, ...]:
    """The staff ids of a pilot, or () for yes, no and what cannot be read."""
    if live in (YES, NO, ""):
        return ()
    people = tuple(each.strip() for each in live.split(","))
    return people if all(_PERSON.fullmatch(each) for each in people) else ()
