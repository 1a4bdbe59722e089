"""Where sealed hours of the trail lie, and what AWS itself wrote down of openings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..core.openings import Opening


class Archive(Protocol):
    """A place where a file is written once and never changed or taken away (S3 Object Lock), and a key that signs.

    Every method raises `ArchiveUnavailable`.
    """

    key: str  # which key signs; kept with each signature

    def put(self, name: str, content: bytes) -> bool:
        """Keep it. False when a file of that name lies there already: that one stays."""

    def get(self, name: str) -> bytes | None:
        """As it lies there now; None when there is none."""

    def names(self, prefix: str, after: str = "") -> list[str]:
        """Up to 1000 names that follow `after`, in order."""

    def sign(self, content: bytes) -> str:
        """The signature, base64."""

    def signed(self, content: bytes, signature: str, key: str) -> bool:
        """Whether that key of ours made the signature over this content."""


class AccountTrail(Protocol):
    """What AWS wrote down of our key by itself: CloudTrail. No code of ours has a hand in it."""

    def openings(self, since: datetime, until: datetime) -> Iterable[Opening]:
        """Every use of the content key to open, in [since, until). Raises `ArchiveUnavailable`."""
