"""A vault in memory that refuses like the real one: another context, another row or other bytes do not open.

What it seals is not readable, so a canary that searches a store finds nothing that was sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from chalicelib.errors import OpenFailed
from chalicelib.ports import SealContext

TAG = 32


class FakeVault:
    """`opened` lists who opened what, in order: (reader, context, row_id)."""

    def __init__(self, key: bytes = b"a key for tests") -> None:
        self._key = key
        self.opened: list[tuple[str, SealContext, str]] = []

    def one_request(self) -> FakeVault:
        """The same vault: nothing is cached here."""
        return self

    def seal(self, context: SealContext, row_id: str, text: str) -> bytes:
        head = json.dumps([context.patient, context.program, context.kind, row_id]).encode()
        hidden = _xor(text.encode(errors="surrogatepass"), self._key + head)
        return _tag(self._key, head, hidden) + hidden

    def open(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        head = json.dumps([context.patient, context.program, context.kind, row_id]).encode()
        tag, hidden = sealed[:TAG], sealed[TAG:]
        if not hmac.compare_digest(tag, _tag(self._key, head, hidden)):
            raise OpenFailed(f"{context.kind} of row {row_id}")
        self.opened.append((reader, context, row_id))
        return _xor(hidden, self._key + head).decode(errors="surrogatepass")


def _tag(key: bytes, head: bytes, hidden: bytes) -> bytes:
    return hmac.new(key, len(head).to_bytes(4, "big") + head + hidden, hashlib.sha256).digest()


def _xor(text: bytes, seed: bytes) -> bytes:
    mask = hashlib.shake_256(seed).digest(len(text))
    return bytes(a ^ b for a, b in zip(text, mask, strict=True))
