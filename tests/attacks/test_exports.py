"""Every file that a spreadsheet may open is written in one place, where a cell that it would obey is made a text (OWASP, "CSV Injection")."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pypdf
import pytest

from chalicelib.console.pdf_out import written as pdf
from chalicelib.console.table import TABLE
from chalicelib.core.csv_out import written
from chalicelib.core.sheets import Sheet

CODE = Path(__file__).parents[2] / "chalicelib"
BAD = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"]


def test_nothing_else_writes_a_table() -> None:
    assert [str(file.relative_to(CODE)) for file in CODE.rglob("*.py") if "csv.writer" in file.read_text() or "DictWriter" in file.read_text()] == ["core/csv_out.py"]


@pytest.mark.parametrize("word", BAD)
def test_no_cell_is_obeyed_and_none_ends_early(word: str) -> None:
    [_, row] = csv.reader(io.StringIO(written(("a", "b"), [(word, 'x",=1\r\n=2')]), newline=""))
    assert row == [f"'{word}", 'x",=1\r\n=2']


def test_every_address_of_a_file_of_rows_is_one_that_writes_it_there() -> None:
    """A new export comes here: its view, or what it calls, names `csv_out` or `taken_out`, or it is no table."""
    views = {module for path, _, module, _ in TABLE if path.endswith("/file")}
    others = {"routes_proposals"}  # a TOML file for the lexicon's keepers
    for module in sorted(views - others):
        code = (CODE / "console" / f"{module}.py").read_text()
        beside = [CODE / "console" / f"{name}.py" for name in re.findall(r"from \.(\w+_view) import|from \. import .*?(\w+_view)", code) for name in name if name]
        known = ("csv_out import written", "from .taken_out import taken_out")
        assert any(each in text for each in known for text in (code, *(file.read_text() for file in beside))), module


def test_one_file_writes_pdfs_and_one_hands_tables_out_as_either() -> None:
    said = {name: [str(file.relative_to(CODE)) for file in sorted(CODE.rglob("*.py")) if name in file.read_text()] for name in ("import pydyf", "import written as as_pdf")}
    assert said == {"import pydyf": ["console/pdf_out.py"], "import written as as_pdf": ["console/taken_out.py"]}


@pytest.mark.parametrize("word", ["> Tj ET (", ") Tj /OpenAction <</S/JavaScript/JS(app.alert(1))>>", "endstream endobj", "\\) \u202e%%EOF", "~>"])
def test_nothing_that_somebody_wrote_is_a_word_of_a_pdf(word: str) -> None:
    """It is drawn as numbers of pictures, and its map of meanings as numbers: a reader shows it and obeys nothing."""
    file = pdf(Sheet("Trail", ("a", "b"), ((word, "x"),), word))
    reader = pypdf.PdfReader(io.BytesIO(file.encode()))
    assert reader.trailer["/Root"].keys() == {"/Type", "/Pages", "/Lang", "/ViewerPreferences"} and len(reader.pages) == 1
    assert reader.pages[0].keys() == {"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources"}
    shown = word.replace("\u202e", " ")
    assert reader.pages[0].extract_text().count(shown) == 2 and file.isascii() is False and file.replace("🖤", "").isascii()
