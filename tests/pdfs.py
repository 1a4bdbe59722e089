"""What a PDF of ours says, read by another library than the one that wrote it."""

from __future__ import annotations

import io

import pypdf

from chalicelib.core.sheets import GAP, fitted


def pages_of(body: bytes) -> list[list[str]]:
    """The lines of each page, top to bottom, without empty ones."""
    reader = pypdf.PdfReader(io.BytesIO(body))
    return [[line for line in page.extract_text().split("\n") if line.strip()] for page in reader.pages]


def text_of(body: bytes) -> str:
    """Everything in it that a person could read or copy, and what it says of itself; nothing between words."""
    reader = pypdf.PdfReader(io.BytesIO(body))
    return " ".join([*(page.extract_text() for page in reader.pages), *(str(each) for each in (reader.metadata or {}).values())])


def columns_of(pages: list[list[str]], rows: list[list[str]], across: int) -> list[str]:
    """Each column from the first page to the last, without spaces: what stands between the table's head and the notice. `rows`: its
    head and its rows, by which columns are as wide as they are."""
    widths = fitted(rows, across)
    found = [""] * len(widths)
    for page in pages:
        for line in body_of(page):
            at = 0
            for column, width in enumerate(widths):
                found[column] += "".join(line[at : at + width].split())
                at += width + GAP
    return found


def body_of(page: list[str]) -> list[str]:
    rule = next(at for at, line in enumerate(page) if set(line) == {"─"})
    return [line for line in page[rule + 1 :] if not line.startswith("42 CFR part 2")]
