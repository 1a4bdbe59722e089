"""What the model learns from. The project's own sentences lie beside it; the collection's rows never enter the repository."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.second_look.windows import windows

SENTENCES = Path(__file__).parent / "sentences"
FOLDS = 5
# Only these licences may be trained on; every other row of the collection only measures.
LICENCES = ("MIT", "Apache", "CC BY")
# File of the collection and the most rows taken of it, so that no domain outweighs the others.
FILES = {"hand": 10_000, "sms_everyday": 2500, "sms_spam": 150, "distress": 2500, "hard_none": 1000, "social_none": 1500}
LABELS = ("crisis", "distress", "none")
TWINS = 800  # of each kind
SHORT = 35  # words of a sentence that may be put into another text
PIECE = 25
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Example:
    """One text. `origin`: "own", "twin", or the collection's file; `row_id` where the collection gave one."""

    text: str
    label: str
    origin: str
    fold: int
    row_id: str = ""

    @property
    def crisis(self) -> bool:
        return self.label == "crisis"


def fold_of(text: str) -> int:
    """The same text is always in the same fold."""
    return int(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), 16) % FOLDS


def own(folder: Path = SENTENCES) -> list[Example]:
    """The project's sentences, each once, in a fixed order. The parts of a split text are joined as the function joins them."""
    seen: dict[str, Example] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for row in _rows(path):
            text = row["text"].replace(" / ", " ")
            seen.setdefault(text, Example(text, row["label"], "own", fold_of(text)))
    return list(seen.values())


def licensed(collection: Path, most: Mapping[str, int] = FILES) -> list[Example]:
    """Rows that may be trained on. What is called `unsure`, and what only its source's weak label calls a crisis, is left out."""
    found: list[Example] = []
    for name, rows_of in most.items():
        rows = [row for row in _rows(collection / f"{name}.jsonl") if may_train(row)]
        rows.sort(key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest())
        found += [Example(row["text"], row["label"], name, fold_of(row["text"]), row["id"]) for row in rows[:rows_of]]
    return found


def twins(mine: list[Example], theirs: list[Example], seed: int, twins: int = TWINS) -> Iterator[Example]:
    """A real text with a crisis sentence put into it, and with a harmless one: alike in style, so that only what is said
    tells them apart. Both halves are of one fold: nothing is scored by a model that saw a half of it."""
    chance = random.Random(seed)
    hosts = [example for example in (*theirs, *mine) if not example.crisis]
    for fold in range(FOLDS):
        here = [host for host in hosts if host.fold == fold]
        short = [example for example in mine if example.fold == fold and len(example.text.split()) <= SHORT]
        grave, harmless = ([e for e in short if e.crisis is wanted] for wanted in (True, False))
        for _ in range(twins // FOLDS if here and grave and harmless else 0):
            host = chance.choice(windows(chance.choice(here).text, PIECE))
            yield Example(_put_in(host, chance.choice(grave).text, chance), "crisis", "twin", fold)
            yield Example(_put_in(host, chance.choice(harmless).text, chance), "none", "twin", fold)


def _put_in(host: str, sentence: str, chance: random.Random) -> str:
    parts = [part for part in _SENTENCE.split(host) if part.strip()]
    at = chance.randrange(len(parts) + 1)
    return " ".join([*parts[:at], sentence, *parts[at:]])


def may_train(row: Mapping[str, Any]) -> bool:
    """Whether a row is one that may be learnt from."""
    return row["label"] in LABELS and _allows(str(row.get("license", "")))


def _allows(licence: str) -> bool:
    """"CC BY-NC" and its like are other licences than "CC BY"."""
    return licence.startswith(LICENCES) and not licence.startswith("CC BY-")


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())
