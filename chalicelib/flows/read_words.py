"""What may be sent and how old it is, for who answers for it: every template with its approval, every line to turn to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .. import texts
from ..core.roles import Action
from ..core.staff import Staff
from ..ports import World
from ..texts import Resource
from ..texts.approval import Card, cards
from ..texts.every import Sentence, sentences
from ..texts.verified import Review, review
from . import stale_words
from .authority import demand


@dataclass(frozen=True, slots=True)
class Words:
    """`age`: what is too old today; `soon`: what will be within a week."""

    cards: tuple[Card, ...]
    bodies: dict[str, tuple[Sentence, ...]]
    resources: tuple[Resource, ...]
    age: Review
    soon: Review
    today: date


def read_words(world: World, who: Staff) -> Words:
    """Raises `NotFound` for who may not."""
    demand(world, who, Action.WORDS)
    today = world.clock().date()  # UTC, as the days in the files are
    known = cards()
    bodies = {card.approval.template_id: _bodies(card) for card in known}
    return Words(known, bodies, texts.lines_to_turn_to(), review(today), stale_words.look(world), today)


def _bodies(card: Card) -> tuple[Sentence, ...]:
    return tuple(each for each in sentences(card.approval.file) if each.template_id == card.approval.template_id)
