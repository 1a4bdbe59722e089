"""A locked place in memory, and a key that signs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from chalicelib.core.openings import Opening


@dataclass
class FakeArchive:
    """`files`: what lies there; a test tampers with them. `fails`: raised instead, once each."""

    files: dict[str, bytes] = field(default_factory=dict)
    key: str = "key-of-the-trail"
    puts: list[str] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    def put(self, name: str, content: bytes) -> bool:
        if self.fails:
            raise self.fails.pop(0)
        if name in self.files:
            return False
        self.files[name] = content
        self.puts.append(name)
        return True

    def get(self, name: str) -> bytes | None:
        return self.files.get(name)

    def names(self, prefix: str, after: str = "") -> list[str]:
        return sorted(name for name in self.files if name.startswith(prefix) and name > after)[:1000]

    def sign(self, content: bytes) -> str:
        return hashlib.sha256(b"only the key can" + content).hexdigest()

    def signed(self, content: bytes, signature: str, key: str) -> bool:
        return key == self.key and signature == self.sign(content)


@dataclass
class FakeAccountTrail:
    """What AWS saw."""

    seen: list[Opening] = field(default_factory=list)

    def openings(self, since, until):  # type: ignore[no-untyped-def]
        return [each for each in self.seen if since <= each.at < until]
