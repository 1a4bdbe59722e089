"""An accepted proposal as the file that a release is made from (`make proposal FILE=…`): written here, read there."""

from __future__ import annotations

import json
import tomllib

from .lexicon_change import LexiconChange, as_fields, of_fields
from .proposals import Proposal

TABLE = "proposal"
LISTS = ("phrases", "must", "must_not")


class NotAProposal(ValueError):
    """The file says something else, or not all."""


def as_toml(proposal: Proposal) -> str:
    """Rule, change, reason and the proposer's own sentences; who agreed. No patient, and nothing that leads to one."""
    held = as_fields(proposal.change)
    at = max((each.at for each in proposal.agreed), default="")
    lines = [
        "# A change of the first look's rules, proposed and accepted in the console. It changes nothing until a release:",
        "# make proposal FILE=<this file> writes it into chalicelib/lexicon with its examples, and says what it does.",
        f"verified_on = {at[:10] or '2000-01-01'}",
        f"[{TABLE}]",
        f"id = {_text(proposal.proposal_id)}",
        *(f"{name} = {value if name in LISTS or name == 'tier' else _text(value)}" for name, value in held.items()),
        f"proposed_by = {_text(proposal.by)}",
        f"agreed_by = {json.dumps([each.who for each in proposal.agreed])}",
    ]
    return "\n".join(lines) + "\n"


def of_toml(text: str) -> tuple[str, str, LexiconChange]:
    """Its id, the day it was accepted, and the change. Raises `NotAProposal`."""
    try:
        table = tomllib.loads(text)
        held = table[TABLE]
        fields = {name: json.dumps(value) if name in LISTS else str(value) for name, value in held.items()}
        return str(held["id"]), str(table["verified_on"]), of_fields(fields)
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as failure:
        raise NotAProposal(type(failure).__name__) from None


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
