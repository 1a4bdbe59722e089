"""Breaking the glass: for what, and for what alone where a program treats substance use (RULES P2-6). Pure."""

from __future__ import annotations

from .quick import dataclass

LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Ground:
    """`emergency`: a medical emergency in the sense of 42 CFR 2.51, and its nature in the words that are written down."""

    says: str
    emergency: bool


# In the order in which the page asks. 42 CFR 2.51(a): a bona fide medical emergency in which the patient's consent cannot be had.
# Danger from somebody else is none, and neither is care that cannot wait.
GROUNDS: dict[str, Ground] = {
    "suicide": Ground("They may kill or badly hurt themselves now", emergency=True),
    "overdose": Ground("An overdose, or a withdrawal that may kill", emergency=True),
    "hurt": Ground("Badly hurt, unconscious, or confused", emergency=True),
    "medical": Ground("Another medical emergency", emergency=True),
    "danger": Ground("Somebody else may be in danger, from them or with them", emergency=False),
    "care": Ground("Their care cannot wait, and nobody of their program answers", emergency=False),
    "other": Ground("Something else, said below", emergency=False),
}


def allows(ground: str, substance_use: bool) -> bool:
    """Whether this ground opens a record of such a program."""
    known = GROUNDS.get(ground)
    return known is not None and (known.emergency or not substance_use)
