"""A vault in memory that refuses like the real one: another context, another row or other bytes do not open.

What it seals is not readable, so a canary that searches a store finds nothing that was sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from threading import Lock

from chalicelib.errors import OpenFailed
from chalicelib.ports import SealContext

TAG = 32


class FakeVault:
    """`opened` lists who opened what, in order: (reader, context, row_id). `asked` counts what KMS would be asked:
    each opening of a person, or each context of one request."""

    def __init__(self, key: bytes = b"a key for tests") -> None:
        self._key = key
        self.opened: list[tuple[str, SealContext, str]] = []
        self.asked = 0

    def one_request(self) -> FakeVault:
        """Keeps a data key for each context, and tells this one what it opened."""
        return _OneRequest(self, self._key)

    def _ask(self, context: SealContext) -> None:
        self.asked += 1

    def seal(self, context: SealContext, row_id: str, text: str) -> bytes:
        head = json.dumps([context.patient, context.program, context.kind, row_id]).encode()
        hidden = _xor(text.encode(errors="surrogatepass"), self._key + head)
        return _tag(self._key, head, hidden) + hidden

    def open(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        head = json.dumps([context.patient, context.program, context.kind, row_id]).encode()
        tag, hidden = sealed[:TAG], sealed[TAG:]
        if not hmac.compare_digest(tag, _tag(self._key, head, hidden)):
            raise OpenFailed(f"{context.kind} of row {row_id}")
        self._ask(context)
        self.opened.append((reader, context, row_id))
        return _xor(hidden, self._key + head).decode(errors="surrogatepass")


class _OneRequest(FakeVault):
    def __init__(self, of: FakeVault, key: bytes) -> None:
        super().__init__(key)
        self._of, self._known, self._lock = of, set[SealContext](), Lock()
        self.opened = of.opened

    def one_request(self) -> FakeVault:
        return self

    def _ask(self, context: SealContext) -> None:
        with self._lock:
            self._of.asked += context not in self._known
            self._known.add(context)


def _tag(key: bytes, head: bytes, hidden: bytes) -> bytes:
    return hmac.new(key, len(head).to_bytes(4, "big") + head + hidden, hashlib.sha256).digest()


def _xor(text: bytes, seed: bytes) -> bytes:
    mask = hashlib.shake_256(seed).digest(len(text))
    return bytes(a ^ b for a, b in zip(text, mask, strict=True))
