"""How wide a page is that is open in Chromium, and how large its letters."""

from __future__ import annotations

from playwright.sync_api import Page


def widths(page: Page) -> tuple[int, int]:
    """What it needs and what it has, in px, once the page is whole: a document that is still being read has no root."""
    page.wait_for_load_state("load")
    needs, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return needs, room


def fits(page: Page) -> bool:
    """Nobody has to scroll it sideways."""
    needs, room = widths(page)
    return needs <= room


def letters(page: Page, size: str) -> None:
    """As a browser's setting does, once the page is whole. `size`: "200%"; empty: as they were."""
    page.wait_for_load_state("load")
    page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
