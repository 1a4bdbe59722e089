"""Writes `docs/who-may-what.md`."""

from __future__ import annotations

from pathlib import Path

from .page import page

PAGE = Path(__file__).parents[2] / "docs" / "who-may-what.md"

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
