"""Keyed hashes: how a number is found without being kept, and how a quoted text is told to be ours.

A plain hash of a phone number is undone in seconds by trying them all; without the key this one is not.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

LENGTH = 32  # hex digits: 128 bits
NUMBER, TEXT, WEEK = b"number\0", b"text\0", b"week\0"  # so that a text that is a number has another hash
MARK = 16  # letters: 64 bits
LETTERS = str.maketrans("0123456789abcdef", "bcdfghjlmnpqrtvz")  # nothing that the first look, or a person, could read as a word


class KeyedHasher:
    """`ports.Hasher`. `key` is asked at each use and may raise `SecretUnavailable`."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._key = key

    def contact_id(self, number: str) -> str:
        """32 hex digits for an E.164 number."""
        return self._hash(NUMBER, number)

    def text_hash(self, text: str) -> str:
        """32 hex digits for a text, as it is: whoever compares normalises first."""
        return self._hash(TEXT, text)

    def week_mark(self, week: str, number: str) -> str:
        """16 letters; who has no key cannot tell next week's from this one's."""
        return self._hash(WEEK, f"{week} {number}")[:MARK].translate(LETTERS)

    def _hash(self, label: bytes, text: str) -> str:
        content = label + text.encode(errors="surrogatepass")
        return hmac.new(self._key(), content, hashlib.sha256).hexdigest()[:LENGTH]
