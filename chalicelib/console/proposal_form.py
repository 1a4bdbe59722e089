"""A proposal as a form: what each kind asks for, reading it, and what is wrong in words."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.lexicon_change import Kind, LexiconChange

# kind: (what it is called, what it does)
KINDS: dict[str, tuple[str, str]] = {
    Kind.LOWER: ("Lower it by one tier", "Danger now becomes crisis; a crisis becomes distress, read the same day."),
    Kind.UNLESS: ("Add an “unless” phrase", "Its hits are lowered by one tier where this phrase stands in the same sentence."),
    Kind.RETIRE: ("Retire it", "The rule goes. Other rules still find what they find."),
    Kind.PHRASE: ("Add a phrase to it", "The rule fires on this phrase too."),
    Kind.NEW: ("A new rule", "A phrase that no rule knows yet, with its own reason and tier."),
}
ASKS: dict[str, tuple[str, ...]] = {  # besides the reason
    Kind.LOWER: ("must_not", "must"),
    Kind.UNLESS: ("phrases", "must_not", "must"),
    Kind.RETIRE: ("must_not", "must"),
    Kind.PHRASE: ("phrases", "must", "must_not"),
    Kind.NEW: ("name", "language", "category", "tier", "phrases", "must", "must_not"),
}
LABELS = {
    "kind": "What to change", "rule": "Rule", "name": "Name", "language": "Language", "category": "Category", "tier": "Tier",
    "phrases": "Phrases, one a line", "reason": "Why", "must": "Sentences that must still be found, one a line",
    "must_not": "Sentences that must page nobody, one a line", "why": "Why",
}  # fmt: skip
WRONG = {
    ("kind", "unknown"): "Choose what to change.",
    ("kind", "lowest"): "This rule pages nobody already: it cannot be lowered.",
    ("rule", "unknown"): "Choose a rule.",
    ("rule", "name"): "A name of 3 to 40 small letters, digits and hyphens that no rule has yet.",
    ("rule", "cannot"): "This does not fit how the rule is written. Ask whoever makes the next release.",
    ("tier", "unknown"): "Choose a tier and a category.",
    ("reason", "short"): "Between 10 and 300 characters.",
    ("phrases", "phrase"): "One to eight phrases of 3 to 80 letters, digits and spaces.",
    ("must", "example"): "At least one sentence of your own that the rule must find.",
    ("must_not", "example"): "At least one sentence of your own that must page nobody.",
    ("must", "long"): "At most eight, of 160 characters.",
    ("must_not", "long"): "At most eight, of 160 characters.",
    ("why", "short"): "Say why.",
}
SETS = {
    "adversarial": "Disguised spellings", "clinic_logistics": "Clinic texts", "sms_crises": "Crises as texts",
    "spanish": "Spanish", "split": "Split over texts",
}  # fmt: skip
MISSING = {
    "broken": "One of its own sentences comes out otherwise than it says.",
    "lead": "The clinical lead must agree.",
    "second": "It loses a crisis of the evaluation sets: a second person must agree.",
    "why": "It loses a crisis of the evaluation sets: the clinical lead must write why.",
}
STATES = {"open": "Open", "accepted": "Accepted: for the next release", "declined": "Declined", "withdrawn": "Taken back"}


def read(form: Mapping[str, str]) -> LexiconChange:
    """What a form says; `core.lexicon_change.problems` judges it."""
    kind, rule = form.get("kind", ""), form.get("rule", "")
    category, tier = form.get("category", ""), form.get("tier", "")
    if kind == Kind.NEW:
        rule = f"{form.get('language', '')}.{category.replace('_', '-')}.{form.get('name', '').strip()}"
    return LexiconChange(
        kind,
        rule,
        " ".join(form.get("reason", "").split()),
        phrases=_lines(form, "phrases"),
        must=_lines(form, "must"),
        must_not=_lines(form, "must_not"),
        tier=int(tier) if tier in ("0", "1", "2") else 1,
        category=category if kind == Kind.NEW else "",
    )


def _lines(form: Mapping[str, str], name: str) -> tuple[str, ...]:
    lines = (" ".join(line.split()) for line in form.get(name, "").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def errors(wrong: Mapping[str, str], kind: str) -> dict[str, str]:
    """Field of the form to a sentence."""
    return {("name" if field == "rule" and kind == Kind.NEW else field): WRONG[field, what] for field, what in wrong.items()}
