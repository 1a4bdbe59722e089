"""Two hints near each other say what neither says alone: tired of fighting, and goodbye (RULES DET-2, C15)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence

from ..quick import dataclass

Span = tuple[int, int]  # where a pattern matched: start and end in the plain form
Place = tuple[Span, ...]  # the spans that make one match of a rule: one, or two for a pair of hints


@dataclass(frozen=True, slots=True)
class Together:
    """A hint of `one` at most `within` characters from a hint of `other`, in either order, without overlap."""

    one: frozenset[str]
    other: frozenset[str]
    within: int

    def possible(self, fired: Collection[str]) -> bool:
        """Whether both halves are anywhere in the text."""
        return not self.one.isdisjoint(fired) and not self.other.isdisjoint(fired)

    def places(self, spans: Callable[[str], Sequence[Span]]) -> Sequence[Place]:
        """Every hint of `one` with the nearest hint of `other`, where that is near enough."""
        ones = sorted(span for hint in self.one for span in spans(hint))
        others = sorted(span for hint in self.other for span in spans(hint))
        return [(span, near) for span in ones if (near := self._nearest(span, others)) is not None]

    def _nearest(self, span: Span, others: Sequence[Span]) -> Span | None:
        """Spans of one hint never overlap, so the neighbours on either side are enough to look at."""
        after = bisect_left(others, span)
        near = [(_gap(span, other), other) for other in others[max(0, after - 3) : after + 3]]
        return min((other for other in near if 0 <= other[0] <= self.within), default=(0, None))[1]


def _gap(one: Span, other: Span) -> int:
    """Characters between two spans; a shared space (the end of one, the start of the other) counts as none."""
    return max(one[0], other[0]) - min(one[1], other[1]) + 1


def touches(ordered: Sequence[Span], span: Span) -> bool:
    """Whether any of these spans, ordered and apart, overlaps this one."""
    first_after = bisect_left(ordered, span[1], key=lambda one: one[0])
    return first_after > 0 and ordered[first_after - 1][1] > span[0]
