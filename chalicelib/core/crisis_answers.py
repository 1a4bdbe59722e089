"""What a person in danger is answered: from what is known to the names of the words (RULES 3.3). The words: `texts/crisis.toml`.

An answer is a lead (where to turn, by what the text was about), a line for veterans where marked, and an ending (who reads
now). Whatever is not known counts as the stricter: a phone nobody asked about gets no word that could betray its owner.
"""

from __future__ import annotations

from dataclasses import dataclass

from .quick import Later, carried

SAFE, UNSAFE, NOT_ASKED = "safe", "unsafe", ""  # marks of a phone: whether calls and words about violence are safe there
STAFFED, CLOSED, UNSURE = "staffed", "closed", "unsure"  # who will read it: somebody on call; nobody until we open; not known


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when the answer is chosen. `says`: the ending that a closed time asks for."""

    categories: tuple[str, ...] = ()
    tier: int = 1
    staffing: str = UNSURE
    says: str = ""
    phone: str = NOT_ASKED
    shared: bool = False  # somebody else answers this phone
    veteran: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The names of the words. `name` stands in the message's row, so that the same answer can be said again."""

    lead: str
    tier: int  # 0 or 1
    ending: str
    level: int = 0
    veteran: bool = False

    @property
    def name(self) -> str:
        return f"{self.lead}/{self.tier}/{self.ending}/{self.level}" + ("/veteran" if self.veteran else "")


@dataclass(frozen=True, slots=True)
class Wording:
    """Exactly what an answer said, by reference: its pieces by the digest of their words, and what filled them.

    The words themselves are public (`texts/crisis.toml`, `texts/released/crisis.toml`) and nothing here is of the patient, so
    a row that holds it needs no key (docs/decisions/page-before-keep.md). `opens`, `clinic`: as they were said; "" for none.
    """

    pieces: tuple[str, ...]
    opens: str = ""
    clinic: str = ""
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Lead:
    """Which lead a category calls for. `private`: the one for a phone that is marked safe and nobody shares (CR-3, CR-4)."""

    category: str
    lead: str
    private: str = ""


# Of several categories the first row counts: what kills within minutes, then what 988 is for, then the others.
LEADS: tuple[Lead, ...] = (
    Lead("overdose", "ingestion"),  # CR-4: 911 and Poison Control
    Lead("medical_emergency", "medical"),
    Lead("suicide", "self"),
    Lead("self_harm", "self"),
    Lead("withdrawal", "medical"),
    Lead("danger_from_someone", "danger_quiet", private="danger_at_home"),  # SAFE-1: who hurts them may read this
    Lead("child_or_elder_abuse", "danger_quiet", private="child_or_elder"),
    Lead("harm_to_others", "violence"),
    Lead("someone_else_in_danger", "third_person"),
)
ANYTHING_ELSE = Lead("", "self")  # psychosis, a screen that failed, a category of tomorrow

# Who reads now, and whether we may say that we call. No row promises what the rota does not have.
ENDINGS: dict[tuple[str, str], str] = {
    (STAFFED, SAFE): "crisis_staffed",
    (STAFFED, NOT_ASKED): "crisis_staffed",
    (STAFFED, UNSAFE): "crisis_staffed_quiet",
    (CLOSED, SAFE): "crisis_unstaffed",
    (CLOSED, NOT_ASKED): "crisis_unstaffed",
    (CLOSED, UNSAFE): "crisis_unstaffed",
}
NOT_KNOWN = "crisis_unsure"
FROM_BEFORE = Choice("self", 1, NOT_KNOWN)  # for a row whose name this version cannot read


def choose(facts: Facts) -> Choice:
    """The answer for these facts."""
    ending = ENDINGS.get((facts.staffing, facts.phone), NOT_KNOWN)
    if facts.staffing == CLOSED and facts.says:
        ending = facts.says
    return Choice(_lead(facts), min(max(facts.tier, 0), 1), ending, min(max(facts.level, 0), 1), facts.veteran)


def other_phone(mark: str) -> str:
    """The mark of a patient's next phone: what was said of one is not known of another; "unsafe" stays (SAFE-1)."""
    return UNSAFE if mark == UNSAFE else NOT_ASKED


def _lead(facts: Facts) -> str:
    row = next((row for row in LEADS if row.category in facts.categories), ANYTHING_ELSE)
    return row.private if row.private and facts.phone == SAFE and not facts.shared else row.lead


def read_choice(name: str) -> Choice:
    """The choice that a row's template names."""
    parts = name.split("/")
    if len(parts) not in (4, 5) or not (parts[1] + parts[3]).isdecimal():
        return FROM_BEFORE
    return Choice(parts[0], int(parts[1]), parts[2], int(parts[3]), parts[4:] == ["veteran"])
