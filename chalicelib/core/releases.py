"""Who may be given a patient's record, on which paper: one table, and what it says of 42 CFR Part 2.

A subpoena alone never opens records of substance use care (42 CFR 2.61(b)(1)): the page says so and nothing is made.
Sources: RULES P2-1 to P2-8, HIP-5; 45 CFR 164.502(g), 164.506, 164.508, 164.512(e), 164.524, 164.528(a)(1); 42 CFR 2.23,
2.31, 2.51, 2.61 to 2.67. No lawyer has read this table yet.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."  # 42 CFR 2.32(a)(2) (P2-3)
SECTIONS: dict[str, str] = {
    "texts": "Texts, with staff notes",
    "consents": "What they agreed to",
    "visits": "Visits",
    "urgent": "Urgent items",
    "plan": "Safe-phone plan",
    "reach": "How to reach them",
    "looked": "Who looked at the record",
    "amendments": "Corrections that they asked for",
}
TICKS: dict[str, str] = {
    "checked": "We checked who receives it, and that the paper is genuine",
    "order": "The order was entered under 42 CFR part 2, subpart E, after a hearing, and names these records",
    "assured": "We hold written assurance that the patient was told, or a protective order (164.512(e)(1)(ii))",
    "safe": "Whoever treats the patient knows of no abuse or danger by this person, and of nothing that the patient may keep "
    "from them (164.502(g)(3) and (g)(5))",
}
# Who asks for somebody else may be whom they are hiding from: how they hide, where they are reached and who looked is never in it
# (SAFE-4, 164.502(g)(5)). The patient may hand it on.
WITHHELD: dict[str, frozenset[str]] = {"representative": frozenset({"plan", "reach", "looked"})}


@dataclass(frozen=True, slots=True)
class Authority:
    """One ground. `part2`: what Part 2 asks besides: free, consent, order, emergency, never. `accounted`: whether 164.528 wants
    it in the account of disclosures that a patient may ask for."""

    says: str
    part2: str
    accounted: bool
    needs: tuple[str, ...] = ("checked",)


AUTHORITIES: dict[str, Authority] = {
    "patient": Authority("The patient asks for their own record", "free", False),
    "representative": Authority(
        "A parent, guardian or other personal representative asks", "consent", False, ("checked", "safe")
    ),
    "authorization": Authority("A written authorization that the patient signed", "consent", False),
    "treatment": Authority("Another provider, for treatment", "consent", False),
    "emergency": Authority("Medical personnel, in a medical emergency", "emergency", True),
    "court": Authority("A court order, with its subpoena", "order", True, ("checked",)),
    "subpoena": Authority("A subpoena without a court order", "never", True, ("checked", "assured")),
}
WHY_NOT: dict[str, str] = {
    "authority": "Choose on what ground the record is released.",
    "recipient": "Say who receives it.",
    "sections": "Choose what is released.",
    "days": "The first day must not be after the last.",
    "checked": "Tick that you checked who receives it.",
    "assured": "A subpoena without an order needs written assurance that the patient was told, or a protective order "
    "(45 CFR 164.512(e)(1)(ii)).",
    "safe": "Ask whoever treats the patient, and tick it. Nobody must treat as a representative who harms them.",
    "moved_since": "Since this was released the record was moved or joined with another, and 42 CFR part 2 covers it now. "
    "Release it anew.",
    "revoked_since": "The patient's written consent is not in force any more: nothing further is handed out (42 CFR 2.31).",
    "never": "A subpoena alone never opens records of substance use care. 42 CFR 2.61 asks for a court order entered under part "
    "2, subpart E, besides; without one even an answer to the subpoena is not allowed. Nothing was made. Ask counsel, and do not "
    "tell whoever sent it whether this person is a patient (42 CFR 2.13).",
    "order": "A court order for records of substance use care must be one that was entered under 42 CFR part 2, subpart E: tick "
    "it, or ask counsel. Nothing was made.",
    "consent": "Records of substance use care need the patient's own written consent (42 CFR 2.31), in force today. None is "
    "written down here: record it under \"What they agreed to\" first. Nothing was made.",
    "emergency": "Say what the emergency is: 42 CFR 2.51 wants it written down.",
    "merged": "This record was merged, or is being moved. Release the record that stays, once it is done.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Some texts of a release, as a file of a size that a function can answer with: those after `after` and up to `upto`, message
    ids. `label`: a month, or a first and a last one."""

    after: str
    upto: str
    texts: int
    label: str


@dataclass(frozen=True, slots=True)
class Release:
    """That a record was released, and its line in the account of disclosures (164.528). `sealed_to`: JSON of recipient, purpose
    and nature, under (patient, program, "note"). `since`, `until`: of what; None for all."""

    key: ClassVar[tuple[str, ...]] = ("patient_id", "release_id")
    patient_id: str
    release_id: str
    at: datetime
    by: str
    authority: str
    program: str
    sealed_to: bytes
    part2: bool = False
    sections: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    parts: tuple[Part, ...] = ()

    def fits(self, at: datetime) -> bool:
        """Whether something of that instant is released."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a records person fills in."""

    authority: str
    recipient: str
    purpose: str = ""
    nature: str = ""  # of an emergency
    ticks: frozenset[str] = frozenset()
    sections: tuple[str, ...] = tuple(SECTIONS)
    since: datetime | None = None
    until: datetime | None = None


def without_withheld(asked: Asked) -> Asked:
    """What is asked for, without what this ground never gives."""
    never = WITHHELD.get(asked.authority, frozenset())
    return replace(asked, sections=tuple(each for each in asked.sections if each not in never))


def why_not(asked: Asked, part2: bool, consented: bool) -> str:
    """Why nothing may be released on this ground, a word of WHY_NOT; "" when it may. `consented`: Part 2 consent is in force."""
    ground = AUTHORITIES.get(asked.authority)
    if ground is None:
        return "authority"
    if part2 and ground.part2 == "never":
        return "never"
    wrong = {
        "recipient": not asked.recipient.strip(),
        "sections": not asked.sections,
        "days": asked.since is not None and asked.until is not None and asked.since >= asked.until,
        **{tick: tick not in asked.ticks for tick in ground.needs},
        "order": part2 and ground.part2 == "order" and "order" not in asked.ticks,
        "consent": part2 and ground.part2 == "consent" and not consented,
        "emergency": ground.part2 == "emergency" and not asked.nature.strip(),
    }
    return next((why for why, is_so in wrong.items() if is_so), "")


def cut(rows: Collection[tuple[str, str]], most: int, after: str = "") -> tuple[Part, ...]:
    """Texts, as (id, month) oldest first, as parts of at most `most` each. `after`: the id of the text before the first."""
    parts: list[Part] = []
    for message_id, month in rows:
        last = parts[-1] if parts else None
        if last is not None and last.texts < most:
            first = last.label.split(" to ")[0]
            label = first if first == month else f"{first} to {month}"
            parts[-1] = Part(last.after, message_id, last.texts + 1, label)
        else:
            parts.append(Part(last.upto if last else after, message_id, 1, month))
    return tuple(parts)
