"""A table that somebody takes out, and what of it stands on which page when every character is as wide as the next. Pure."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

GAP = 2  # between two columns
LEAST = 4  # of a column


@dataclass(frozen=True, slots=True)
class Sheet:
    """`said`: lines above the table. `notice`: what 42 CFR 2.32 asks for, or ""."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    notice: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """Characters of a line, and lines of a page."""

    columns: int
    lines: int


def plain(value: object, has: Callable[[str], bool]) -> str:
    """One line of characters that the font has; of any other its number, so that two names never read alike."""
    text = unicodedata.normalize("NFC", "" if value is None else str(value))
    return "".join(_shown(char, has) for char in text)


def _shown(char: str, has: Callable[[str], bool]) -> str:
    if char.isspace() or unicodedata.category(char)[0] == "C":  # a line's end, and what turns the direction of what follows
        return " "
    return char if has(char) else f"[U+{ord(char):04X}]"


def pages(sheet: Sheet, paper: Paper, has: Callable[[str], bool]) -> list[list[str]]:
    """Each page's lines: title and number, the table's head, whole rows, and the notice, on every one of them."""
    rows = [[plain(cell, has) for cell in row] for row in sheet.rows]
    widths = fitted([list(sheet.head), *rows], paper.columns)
    head = [*_block(list(sheet.head), widths), "─" * paper.columns]
    foot = ["", *_wrapped(plain(sheet.notice, has), paper.columns)] if sheet.notice else []
    room = paper.lines - 2 - len(head) - len(foot)
    said = [line for each in sheet.said for line in _wrapped(plain(each, has), paper.columns)]
    blocks = [_block(row, widths) for row in rows] or [["Nothing."]]
    bodies = [(above, head, body) for above, body in _filled([*said, ""] if said else [], blocks, room)]
    title = plain(sheet.title, has)
    return [_page(_titled(title, at, len(bodies), paper), body, foot, paper) for at, body in enumerate(bodies, start=1)]


def _page(title: str, body: tuple[list[str], ...], foot: list[str], paper: Paper) -> list[str]:
    lines = [title, "", *(line for part in body for line in part)]
    return [*lines, *[""] * (paper.lines - len(lines) - len(foot)), *foot]


def _filled(said: list[str], blocks: list[list[str]], room: int) -> Iterator[tuple[list[str], list[str]]]:
    """What stands above the table, and its lines, page by page. A row goes to the next page as a whole, if one page holds it."""
    above, body, left = said, list[str](), room - len(said)
    for block in blocks:
        if body and len(block) > left:
            yield above, body
            above, body, left = [], [], room
        while len(block) > left:
            yield above, [*body, *block[:left]]
            above, body, block, left = [], [], block[left:], room
        body, left = [*body, *block], left - len(block)
    yield above, body


def fitted(rows: Sequence[Sequence[str]], columns: int) -> list[int]:
    """How wide each column is: as wide as its widest cell, and where that is too much, the widest gives way first: down to its
    longest word, as long as that is enough."""
    room = columns - GAP * (len(rows[0]) - 1)
    cells = list(zip(*rows, strict=True))
    words = [max(LEAST, *(len(word) for cell in column for word in cell.split() or [""])) for column in cells]
    widths = [min(room, max(LEAST, *map(len, column))) for column in cells]
    while sum(widths) > room:
        loose = [width if width > word else 0 for width, word in zip(widths, words, strict=True)]
        widths[max(range(len(widths)), key=(loose if any(loose) else widths).__getitem__)] -= 1
    return widths


def _block(row: list[str], widths: list[int]) -> list[str]:
    """One row, as high as its highest cell."""
    cells = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
    high = max(map(len, cells))
    lines = zip(*([*cell, *[""] * (high - len(cell))] for cell in cells), strict=True)
    return [(" " * GAP).join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _wrapped(text: str, width: int) -> list[str]:
    return [text] if len(text) <= width else textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _titled(title: str, at: int, of: int, paper: Paper) -> str:
    number = f"Page {at} of {of}"
    return f"{title[: paper.columns - len(number) - GAP]:<{paper.columns - len(number)}}{number}"
