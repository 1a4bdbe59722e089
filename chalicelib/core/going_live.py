"""Before a text may leave (N3): the house's own word on it, which is a program's switch and a vendor's papers.

Both are asked at the moment of sending, of the clinic's file with what administrators wrote since laid over it. What is
missing or cannot be read refuses. What answers a crisis, STOP or HELP never waits for a paper (N2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from .permission_rules import RULES
from .vendors import YES, Vendor, fields_of_vendor, lacks, pilot_of, read_vendor

if TYPE_CHECKING:
    from .clinic import Clinic
    from .people import Patient
    from .records import Message
    from .settings import Setting

GO_LIVE, HOUSE = "go_live", "house"  # one row: read with each text that leaves


def house_refuses(
    clinic: Clinic, message: Message, patient: Patient | None, carrier: str, now: datetime, feature: str = "sms"
) -> str:
    """Why the house itself keeps this text, or "". `carrier`: who would carry it, and as which `feature` of its papers."""
    rule = next((rule for kind, rule in RULES.items() if kind == message.kind), None)
    if rule is None or rule.when_stopped:  # an unknown kind is refused by N3 itself
        return ""
    program = clinic.programs.get(message.program)
    concerned = clinic.programs.values() if program is None else (program,)  # whose number it is nobody knows: the stricter
    substance_use = any(each.substance_use for each in concerned)
    missing = lacks(clinic.vendors.get(carrier), feature, substance_use, now.astimezone(clinic.zone).date())
    if missing:
        return missing
    if program is None:  # a number of nobody yet: it gets answers to what it wrote, of the house and not of a program
        return ""
    return "" if program_is_live(program.live, message, patient) else "not_live"


def program_is_live(live: str, message: Message, patient: Patient | None) -> bool:
    """`live`: yes, no, or the staff ids of a pilot: their own texts, and what goes to those whom they care for."""
    if live == YES:
        return True
    pilot = set(pilot_of(live))
    return bool(pilot) and (message.author in pilot or (patient is not None and bool(pilot & set(patient.team))))


def with_go_live(clinic: Clinic, row: Setting | None) -> Clinic:
    """The clinic with this row's word on papers and pilots."""
    if row is None or not row.value:
        return clinic
    vendors = {**clinic.vendors, **_vendors(clinic.vendors, row.value)}
    programs = {
        name: replace(known, live=row.value[f"program.{name}"]) if f"program.{name}" in row.value else known
        for name, known in clinic.programs.items()
    }
    return replace(clinic, vendors=vendors, programs=programs)


def _vendors(known: Mapping[str, Vendor], value: Mapping[str, str]) -> dict[str, Vendor]:
    names = {parts[1] for name in value if len(parts := name.split(".")) == 3 and parts[0] == "vendor"}
    return {name: _vendor(name, known.get(name), value) for name in names}


def _vendor(name: str, known: Vendor | None, value: Mapping[str, str]) -> Vendor:
    """A date that cannot be read is none: for `until` that is the day before all others."""
    before = fields_of_vendor(known) if known else {}
    said = {field: value.get(f"vendor.{name}.{field}", before.get(field, "")) for field in ("baa", "qso", "until", "features")}
    return read_vendor(name, said)
