"""A share and how sure one may be of it: the 95 % Wilson interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 1.959964  # 95 %


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a rate; everything is possible of nothing."""
    if of == 0:
        return 0.0, 1.0
    rate, spread = hits / of, Z * Z / of
    middle = (rate + spread / 2) / (1 + spread)
    half = Z * math.sqrt(rate * (1 - rate) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`."""

    hits: int
    of: int

    @property
    def rate(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def low(self) -> float:
        return wilson(self.hits, self.of)[0]

    @property
    def high(self) -> float:
        return wilson(self.hits, self.of)[1]

    def apart(self, other: Share) -> bool:
        """Whether the two intervals do not touch. Stricter than a test at 5 %, so that a lead is not called for noise."""
        return bool(self.of and other.of) and (self.low > other.high or other.low > self.high)
