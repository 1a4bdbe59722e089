"""What axe has to say of a page that is open in Chromium."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STRICT = [*TAGS, "best-practice"]


def complaints(page: Page, axe: str, tags: list[str] = STRICT) -> list[str]:
    """What axe holds to be serious or critical, once the page is whole: a document that is still being read has no root."""
    page.wait_for_load_state("load")
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("(tags) => axe.run({runOnly: {type: 'tag', values: tags}})", tags)
    return [
        f"{each['id']}: {node['html'][:120]} {json.dumps(node['any'][:1])[:200]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
