"""The documents are whole: what is promised is there, every link leads somewhere, and every page is led to."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
# What somebody looks for: a file, and what must stand in it.
PROMISED = {
    "architecture.md": "How a text travels", "threat-model.md": "```mermaid", "hipaa.md": "164.312", "deploy.md": "```console",
    "runbooks/fallback.md": "First three steps", "cost.md": "US dollars", "glossary.md": "", "scale.md": "", "security-properties.md": "",
}  # fmt: skip


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def links(page: Path) -> list[Path]:
    return [(page.parent / found).resolve() for found in LINK.findall(page.read_text(encoding="utf-8"))]


def test_what_is_promised_is_there() -> None:
    assert {name for name, words in PROMISED.items() if words not in (DOCS / name).read_text(encoding="utf-8")} == set()


def test_every_link_leads_somewhere() -> None:
    assert [f"{page.relative_to(ROOT)} -> {to}" for page in pages() for to in links(page) if not to.exists()] == []


def test_every_page_is_led_to_from_another() -> None:
    led_to = {to for page in pages() for to in links(page) if to != page}
    folders = {to for to in led_to if to.is_dir()}
    alone = [page for page in DOCS.rglob("*.md") if page not in led_to and not folders & {page.parent}]
    assert [str(page.relative_to(ROOT)) for page in alone] == []


def test_a_link_is_seen() -> None:
    assert LINK.findall("[a](b.md) [c](https://d) [e](f/g.md#h) [i](#j)") == ["b.md", "f/g.md"]
