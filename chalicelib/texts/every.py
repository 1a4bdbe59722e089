"""Every sentence of this room that the service sends by itself: what is checked and approved as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from string import Formatter

from . import Template, campaigns, channels, offers, pages, reengagement, templates, visits

LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One template's words in one language at one level, and the file they stand in."""

    file: str
    template_id: str
    language: str
    level: int
    body: str

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(name for _, name, _, _ in Formatter().parse(self.body) if name)


def sentences(file: str) -> Iterator[Sentence]:
    """Those of one file. Raises KeyError for a file that has none."""
    yield from READ[file]()


def _of(file: str, template: Template) -> Sentence:
    return Sentence(file, template.template_id, template.language, template.level, template.body)


def _barriers() -> Iterator[Sentence]:
    for each in visits.barriers().values():
        name = f"barrier_{each.barrier_id}"
        yield from (Sentence("barriers.toml", name, spoken, 0, body) for spoken, body in each.answers.items())


READ: dict[str, Callable[[], Iterable[Sentence]]] = {
    "patient.toml": lambda: (_of("patient.toml", each) for each in templates().values()),
    "visits.toml": lambda: (_of("visits.toml", each) for each in visits.templates().values()),
    "offers.toml": lambda: (_of("offers.toml", each) for each in offers.templates().values()),
    "reengagement.toml": lambda: (_of("reengagement.toml", each) for each in reengagement.templates().values()),
    "barriers.toml": _barriers,
    "pages.toml": lambda: (_of("pages.toml", each) for each in pages.templates().values()),
    "channels.toml": lambda: (_of("channels.toml", each) for each in channels.templates().values()),
    "campaigns.toml": lambda: (_of("campaigns.toml", each) for each in campaigns.sentences()),
}
