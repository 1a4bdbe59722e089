"""What patients are told about times that are open: the file `offers` of this room."""

from __future__ import annotations

from functools import cache

from ..core.visit_replies import OF_OFFERS, Replies, read_replies
from . import Template, _read

LANGUAGES = ("en", "es")


@cache
def templates() -> dict[tuple[str, str], Template]:
    """Every sentence by (id, language); all at level 0."""
    rows = _read("offers.toml")["template"]
    return {(row["id"], each): Template(row["id"], each, 0, row[each]) for row in rows for each in LANGUAGES}


@cache
def replies() -> Replies:
    """The table that reads what they write back."""
    return read_replies(_read("offer_replies.toml"), OF_OFFERS)


def choose(template_id: str, language: str) -> Template:
    """In English for a language we do not have. Raises KeyError for an unknown id."""
    known = templates()
    return known.get((template_id, language)) or known[template_id, "en"]
