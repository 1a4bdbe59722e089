"""What the second look says of the last ten minutes of a thread. It may raise an urgency and never lower one (N8)."""

from __future__ import annotations

from datetime import timedelta

from ..quick import dataclass
from .look import FirstLook

TOGETHER = timedelta(minutes=10)  # people split a thought over several texts
CATEGORY = "second_look"  # when no rule names one
TIER = 1  # what the model alone raises to: active, never "imminent" (RULES 3.4)


@dataclass(frozen=True, slots=True)
class SecondReading:
    """`probability` is calibrated, 0 to 1; `pages` is it against the one fixed threshold, and nothing else.

    `tier` and `categories`: what the rules say of the texts read as one, where they say more than the model.
    """

    probability: float
    pages: bool
    tier: int = TIER
    categories: tuple[str, ...] = ()

    def as_look(self, language: str) -> FirstLook:
        """The reading as the incident's rules want it. Raises ValueError for one that pages nobody: nothing is lowered here."""
        if not self.pages:
            raise ValueError("the second look only raises")
        return FirstLook(self.tier, self.categories or (CATEGORY,), (f"{language}.second_look",))
