"""What a note for the chart needs before it may be kept."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 2000  # characters of what a clinician writes
OFFERED = {
    "auto": "Yes: in the automatic answer",
    "call": "Yes: on the call",
    "both": "Yes: in the automatic answer and on the call",
    "no": "No",
}


@dataclass(frozen=True, slots=True)
class NoteForm:
    """What a person fills in. The last four: telling somebody without consent in a medical emergency (42 CFR 2.51, P2-6)."""

    done: str = ""
    offered_988: str = ""
    recipient: str = ""
    discloser: str = ""
    told_at: str = ""
    nature: str = ""

    @property
    def emergency(self) -> tuple[tuple[str, str], ...]:
        return (
            ("recipient", self.recipient), ("discloser", self.discloser), ("told_at", self.told_at), ("nature", self.nature),
        )  # fmt: skip


WANTED = {
    "done": "Write what you found and what was done.",
    "offered_988": "Say whether 988 was offered.",
    "recipient": "Name who was told, and where they work.",
    "discloser": "Name who told them.",
    "told_at": "Say the day and time.",
    "nature": "Say what the emergency was.",
}


def missing(form: NoteForm, part_2: bool, emergency: bool) -> dict[str, str]:
    """What is wrong, by field. In a substance-use program the four of P2-6 go together: one of them, or an ending in which
    people outside were told, asks for all."""
    errors = {}
    if not form.done.strip():
        errors["done"] = WANTED["done"]
    elif len(form.done) > LONGEST:
        errors["done"] = f"Shorten this to {LONGEST:,} characters."
    if form.offered_988 not in OFFERED:
        errors["offered_988"] = WANTED["offered_988"]
    if part_2 and (emergency or any(said for _, said in form.emergency)):
        errors |= {field: WANTED[field] for field, said in form.emergency if not said.strip()}
    return errors
