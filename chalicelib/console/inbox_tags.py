"""The tags of an inbox as a filter. A tag can say something about care, so an address holds only its keyed hash (N5)."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.records import Thread
from ..core.tags import fold
from ..flows.read_inbox import Inbox
from ..ports import Hasher

LENGTH = 12  # hex digits, among the tags of one program


@dataclass(frozen=True, slots=True)
class TagLink:
    """One tag, as it is first written, and how many who wait have it."""

    key: str
    label: str
    n: int


@dataclass(frozen=True, slots=True)
class Tagged:
    """`chosen`: the link that is looked at, or None for everybody."""

    links: tuple[TagLink, ...] = ()
    chosen: TagLink | None = None

    @property
    def key(self) -> str:
        return self.chosen.key if self.chosen else ""

    def holds(self, tags: tuple[str, ...]) -> bool:
        return self.chosen is None or fold(self.chosen.label) in map(fold, tags)


ANY = Tagged()


def read_tagged(inbox: Inbox, hasher: Hasher, asked: str) -> Tagged:
    """Every tag of whoever is in this inbox's lists, by name. What nobody has (any more) is no filter: nobody is hidden by an
    old address. Raises `SecretUnavailable`."""
    labels: dict[str, str] = {}
    for thread in (*inbox.waiting, *inbox.recent, *inbox.closed):
        for tag in inbox.tags(thread.patient_id):
            labels.setdefault(fold(tag), tag)
    links = tuple(
        TagLink(hasher.text_hash(f"tag {word}")[:LENGTH], labels[word], _waiting(inbox, inbox.waiting, word))
        for word in sorted(labels)
    )
    return Tagged(links, next((each for each in links if each.key == asked), None))


def _waiting(inbox: Inbox, threads: tuple[Thread, ...], word: str) -> int:
    return sum(word in map(fold, inbox.tags(thread.patient_id)) for thread in threads)
