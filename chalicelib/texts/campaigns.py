"""What a campaign may say: the file `campaigns` of this room."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from . import Template, _read

LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class CampaignText:
    """One sentence in both languages."""

    template_id: str
    purpose: str
    label: str
    level: int
    bodies: dict[str, str]
    stage: str = ""
    question: bool = False

    def body(self, language: str) -> str:
        """In English for a language we do not have."""
        return self.bodies.get(language, self.bodies["en"])


@cache
def templates() -> dict[str, CampaignText]:
    """Every sentence by id, in the order of the file."""
    return {
        row["id"]: CampaignText(
            row["id"], row["purpose"], row["label"], row["level"], {each: row[each] for each in LANGUAGES},
            row.get("stage", ""), row.get("question", False),
        )
        for row in _read("campaigns.toml")["template"]
    }  # fmt: skip


def sentences() -> list[Template]:
    """The same, a language each."""
    pairs = [(text, each) for text in templates().values() for each in LANGUAGES]
    return [Template(text.template_id, each, text.level, text.bodies[each]) for text, each in pairs]
