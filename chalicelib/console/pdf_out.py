"""A table as a PDF (ISO 32000-1): its lines in one embedded font whose characters are all as wide, so that names of any
alphabet that the font knows can be written, searched for and copied.

The file is text from end to end (every stream as ASCII 85): no answer of this service is binary (`app.api.binary_types`).
pydyf writes the objects; nothing here is read before somebody asks for a PDF.
"""

from __future__ import annotations

import base64
import io
import struct
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.sheets import Paper, Sheet, pages

if TYPE_CHECKING:
    import pydyf

FONT = Path(__file__).with_name("fonts") / "DejaVuSansMono.ttf"  # its licence lies beside it
NAME = "DejaVuSansMono"
WIDE, HIGH, MARGIN = 792, 612, 36  # US Letter, lying, in points
SIZE, LEADING = 7.5, 9.5
EM, ADVANCE = 2048, 1233  # the font's own units; every letter is as wide
PAPER = Paper(int((WIDE - 2 * MARGIN) * EM / (SIZE * ADVANCE)), int((HIGH - 2 * MARGIN) / LEADING))
BLOCK = 100  # entries of one block of a character map, at most (Adobe Technical Note 5411)


@dataclass(frozen=True)
class Face:
    """`glyphs`: number of a character to number of its picture."""

    file: bytes
    glyphs: dict[int, int]
    box: tuple[int, ...]
    ascent: int
    descent: int

    def has(self, char: str) -> bool:
        return bool(self.drawn(char))

    def drawn(self, char: str) -> str:
        """The characters whose pictures make it: itself, or a letter and the marks on it (ễ as ê and a tilde); "" for neither."""
        if ord(char) in self.glyphs:
            return char
        parts = unicodedata.decomposition(char)
        if not parts or parts.startswith("<"):
            return ""
        letter, mark = (chr(int(each, 16)) for each in f"{parts} 0".split()[:2])
        return below + mark if (below := self.drawn(letter)) and ord(mark) in self.glyphs else ""


def written(sheet: Sheet) -> str:
    """The whole file."""
    import pydyf  # 28 KB, and for a PDF alone

    face, document = read_face(), pydyf.PDF()
    laid = pages(sheet, PAPER, face.has)
    font = _font(document, face, set("".join(map(face.drawn, {char for page in laid for line in page for char in line}))))
    resources = pydyf.Dictionary({"Font": pydyf.Dictionary({"F": font.reference})})
    for page in laid:
        content = _stream(_drawn(page, face))
        document.add_object(content)
        document.add_page(pydyf.Dictionary({
            "Type": "/Page", "Parent": document.pages.reference, "MediaBox": pydyf.Array([0, 0, WIDE, HIGH]),
            "Contents": content.reference, "Resources": resources,
        }))  # fmt: skip
    document.info["Title"] = pydyf.String(sheet.title)
    document.catalog |= {"Lang": pydyf.String("en"), "ViewerPreferences": "<</DisplayDocTitle true>>"}
    out = io.BytesIO()
    document.write(out)
    return out.getvalue().decode()


def _drawn(lines: Iterable[str], face: Face) -> bytes:
    """Each line as numbers of pictures: nothing that somebody wrote can be a word of the format."""
    pictures = ["".join(f"{face.glyphs[ord(part)]:04X}" for char in line for part in face.drawn(char)) for line in lines]
    shown = [f"<{each}> Tj T*" if each else "T*" for each in pictures]
    return "\n".join(["BT", f"/F {SIZE} Tf {LEADING} TL {MARGIN} {HIGH - MARGIN - SIZE} Td", *shown, "ET"]).encode()


def _font(document: pydyf.PDF, face: Face, used: set[str]) -> pydyf.Dictionary:
    """ISO 32000-1, 9.7: the file as it is, its pictures by number, and what each of them means."""
    import pydyf

    scale = [round(each * 1000 / EM) for each in (*face.box, face.ascent, face.descent, ADVANCE)]
    file = _stream(face.file, Length1=len(face.file))
    document.add_object(file)
    descriptor = pydyf.Dictionary({
        "Type": "/FontDescriptor", "FontName": f"/{NAME}", "Flags": 5, "FontBBox": pydyf.Array(scale[:4]), "ItalicAngle": 0,
        "Ascent": scale[4], "Descent": scale[5], "CapHeight": scale[4], "StemV": 80, "FontFile2": file.reference,
    })  # fmt: skip
    document.add_object(descriptor)
    means = _stream(_meanings(face, used))
    document.add_object(means)
    below = pydyf.Dictionary({
        "Type": "/Font", "Subtype": "/CIDFontType2", "BaseFont": f"/{NAME}", "FontDescriptor": descriptor.reference,
        "DW": scale[6], "W": pydyf.Array(_marks(face, used)),
        "CIDSystemInfo": "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>", "CIDToGIDMap": "/Identity",
    })  # fmt: skip
    document.add_object(below)
    font = pydyf.Dictionary({
        "Type": "/Font", "Subtype": "/Type0", "BaseFont": f"/{NAME}", "Encoding": "/Identity-H",
        "DescendantFonts": pydyf.Array([below.reference]), "ToUnicode": means.reference,
    })  # fmt: skip
    document.add_object(font)
    return font


def _marks(face: Face, used: set[str]) -> list[str]:
    """Marks stand on the letter before them: they take no room."""
    return [f"{face.glyphs[ord(char)]} [0]" for char in sorted(used) if unicodedata.combining(char)]


def _meanings(face: Face, used: set[str]) -> bytes:
    """The map by which a reader searches and copies (9.10.3)."""
    lines = [f"<{face.glyphs[ord(char)]:04X}> <{char.encode('utf-16-be').hex().upper()}>" for char in sorted(used)]
    blocks = [lines[at : at + BLOCK] for at in range(0, len(lines), BLOCK)]
    said = [line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")]
    return "\n".join([
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
        "/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def", "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange", "<0000> <FFFF>", "endcodespacerange", *said,
        "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end",
    ]).encode()  # fmt: skip


def _stream(data: bytes, **extra: int) -> pydyf.Stream:
    import pydyf

    text = base64.a85encode(zlib.compress(data, 9), wrapcol=120) + b"~>"
    return pydyf.Stream([text], {"Filter": "[/ASCII85Decode/FlateDecode]", **extra})


@cache
def read_face() -> Face:
    file = FONT.read_bytes()
    tables = dict(_tables(file))
    ascent, descent = struct.unpack_from(">hh", file, tables[b"hhea"] + 4)
    box = struct.unpack_from(">4h", file, tables[b"head"] + 36)
    return Face(file, dict(_glyphs(file, tables[b"cmap"])), box, ascent, descent)


def _tables(file: bytes) -> Iterable[tuple[bytes, int]]:
    """OpenType's directory: tag and place of each table."""
    (count,) = struct.unpack_from(">H", file, 4)
    for at in range(count):
        tag, _, place, _ = struct.unpack_from(">4sIII", file, 12 + 16 * at)
        yield tag, place


def _glyphs(file: bytes, cmap: int) -> Iterable[tuple[int, int]]:
    """The font's map of whole Unicode: platform 3, encoding 10, format 12."""
    (count,) = struct.unpack_from(">H", file, cmap + 2)
    maps = struct.iter_unpack(">HHI", file[cmap + 4 : cmap + 4 + 8 * count])
    at = next(cmap + place for platform, encoding, place in maps if (platform, encoding) == (3, 10))
    (groups,) = struct.unpack_from(">I", file, at + 12)
    for first, last, glyph in struct.iter_unpack(">III", file[at + 16 : at + 16 + 12 * groups]):
        yield from zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True)
