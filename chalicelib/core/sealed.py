"""An hour of the trail as it is sealed: a file of entries in a chain, and a signed digest that names each of them. Pure.

The file has one line an entry, each with the hash of the line before it in its own. The digest lists every entry's id and
hash in order, so that what was done to a file can be named and not only noticed; it holds the digest of the hour before it,
so that no hour can be taken out or put in. Hours follow each other without a gap: an empty one is sealed too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from .audit import FIELDS, AuditEntry, hour_of

FORMAT = 1
NOTHING = "0" * 64  # what the first of a chain follows
ENTRIES, DIGESTS = "entries/", "digests/"


@dataclass(frozen=True, slots=True)
class Digest:
    """What is signed of an hour. `named`: id and hash of each entry, in the file's order. `previous`: the hash of the whole
    digest before it, signature and all. `signature`: base64, over `signed_part`."""

    hour: str
    file_hash: str
    chain: str
    named: tuple[tuple[str, str], ...]
    previous: str
    sealed_at: str
    key: str = ""
    signature: str = ""


def entries_name(hour: str) -> str:
    """Where an hour's entries lie: "entries/2026/11/28/2026-11-28T00.jsonl"."""
    return f"{ENTRIES}{hour[:10].replace('-', '/')}/{hour}.jsonl"


def digest_name(hour: str) -> str:
    """Names sort as hours do."""
    return f"{DIGESTS}{hour}.json"


def hour_of_digest(name: str) -> str:
    return name.removeprefix(DIGESTS).removesuffix(".json")


def hour_of_file(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".jsonl")


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """The one way to write a value down."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def told(entry: AuditEntry) -> dict[str, str]:
    """An entry as it is sealed; what it is in the table has the same hash."""
    said = {name: getattr(entry, name) for name in FIELDS if name != "at"}
    return {**said, "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}


def entry_hash(said: dict[str, str]) -> str:
    return hash_of(canonical(said))


def untold(said: dict[str, str]) -> AuditEntry:
    """A sealed entry as it was. Raises KeyError, TypeError, ValueError for what is none."""
    at = datetime.fromisoformat(said["at"])
    return AuditEntry(**{**{name: said[name] for name in FIELDS}, "at": at, "hour": hour_of(at)})  # type: ignore[arg-type]


def file_of(hour: str, entries: Iterable[AuditEntry], chain: str) -> bytes:
    """The lines of an hour, oldest entry first. `chain`: where the hour before it ended."""
    lines = [canonical({"sealed": FORMAT, "hour": hour, "chain": chain})]
    for entry in sorted(entries, key=lambda each: (each.at, each.entry_id)):
        said = told(entry)
        chain = link(chain, entry_hash(said))
        lines.append(canonical({"chain": chain, "entry": said}))
    return b"\n".join(lines) + b"\n"


def link(chain: str, hashed: str) -> str:
    return hash_of(f"{chain}\n{hashed}".encode())


def read_file(content: bytes) -> list[dict[str, str]]:
    """The entries of a file, whatever was done to it. Raises ValueError for what is no such file."""
    try:
        _, *lines = [json.loads(line) for line in content.splitlines()]
        return [{str(name): str(value) for name, value in line["entry"].items()} for line in lines]
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(type(wrong).__name__) from None


def digest_of(hour: str, content: bytes, previous: Digest | None, now: datetime) -> Digest:
    """Of a file as it lies there. Raises ValueError."""
    named = tuple((said["entry_id"], entry_hash(said)) for said in read_file(content))
    chain = chained(previous.chain if previous else NOTHING, named)
    before = hash_of(written(previous)) if previous else NOTHING
    return Digest(hour, hash_of(content), chain, named, before, now.astimezone(UTC).isoformat(timespec="seconds"))


def chained(chain: str, named: Iterable[tuple[str, str]]) -> str:
    for _, hashed in named:
        chain = link(chain, hashed)
    return chain


def signed_part(digest: Digest) -> bytes:
    """What the key signs: everything but the signature."""
    return canonical(_as_map(replace(digest, signature="")))


def written(digest: Digest) -> bytes:
    return canonical(_as_map(digest)) + b"\n"


def _as_map(digest: Digest) -> dict[str, Any]:
    said = {name: getattr(digest, name) for name in Digest.__slots__}
    return {"digest": FORMAT, "file": entries_name(digest.hour), **said}


def read_digest(content: bytes) -> Digest:
    """Raises ValueError for what is no digest."""
    try:
        said = json.loads(content)
        named = tuple((str(entry), str(hashed)) for entry, hashed in said["named"])
        texts: dict[str, Any] = {name: str(said[name]) for name in Digest.__slots__ if name != "named"}
        return Digest(**texts, named=named)
    except (KeyError, TypeError) as wrong:
        raise ValueError(type(wrong).__name__) from None


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is not as it was sealed. `what`: altered, missing, inserted, reordered, unsigned, broken_chain, unreadable,
    not_sealed, altered_in_table, missing_in_table. `entry`: its id; empty where it is the whole hour."""

    hour: str
    what: str
    entry: str = ""


def compared(hour: str, sealed: Sequence[tuple[str, str]], found: Sequence[tuple[str, str]]) -> list[Wrong]:
    """What was done to entries that were sealed so: each by its id."""
    then, now = dict(sealed), dict(found)
    wrong = [Wrong(hour, "missing", entry) for entry, _ in sealed if entry not in now]
    wrong += [Wrong(hour, "altered", entry) for entry, hashed in sealed if entry in now and now[entry] != hashed]
    wrong += [Wrong(hour, "inserted", entry) for entry, _ in found if entry not in then]
    kept = [entry for entry, _ in sealed if entry in now]
    order = list(dict.fromkeys(entry for entry, _ in found if entry in then))
    wrong += [Wrong(hour, "reordered", here) for here, there in zip(order, kept, strict=True) if here != there]
    twice = len(found) - len(now)
    return wrong + [Wrong(hour, "inserted", entry) for entry in _doubled(found)] if twice else wrong


def _doubled(found: Sequence[tuple[str, str]]) -> list[str]:
    seen: set[str] = set()
    return [entry for entry, _ in found if entry in seen or seen.add(entry)]  # type: ignore[func-returns-value]
