"""What no carrier may bring into the house, and what no XML may hold: control characters."""

from __future__ import annotations

_KEPT = {0x09, 0x0A, 0x0D}
_BREAKS = {0x0B: "\n", 0x0C: "\n"}  # vertical tab, form feed: GSM 03.38 has a page break
_DROPPED = {code: None for code in [*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF] if code not in _KEPT}
_TABLE = {**_DROPPED, **_BREAKS, 0x85: "\n"}


def plain(text: str) -> str:
    """`text` without NUL, other control characters and lone surrogates; words and line breaks stay."""
    return text.translate(_TABLE).encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
