"""What an officer and Records take out as PDF is what the CSV beside it says: every row, on pages that each have a number, the table's head
and, where Part 2 applies, its notice; in any alphabet that the font knows, and text from end to end."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.console.pdf_out import PAPER, read_face, written
from chalicelib.core.records import AuditEntry
from chalicelib.core.releases import NOTICE, Asked
from chalicelib.core.sheets import Paper, Sheet, pages, plain
from chalicelib.core.staff import Staff
from chalicelib.flows.consent_desk import Said, record
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.release_record import release
from chalicelib.ports import World

from ..cast import CAROL, FRANK, RITA, a_patient, an_sms
from ..flows.office import an_open_office, clock, store
from ..pdfs import columns_of, pages_of
from .office import at_desk

FILES: dict[str, Staff] = {
    "/trail/file?from=2026-03-01&to=2026-03-06": FRANK, "/trail/file?patient=alice&from=2026-03-01&to=2026-03-06": FRANK,
    "/trail/patients/alice/file?from=2026-03-01&to=2026-03-06": FRANK, "/trail/patients/alice/report/file?to=2026-03-06": FRANK,
    "/patients/alice/disclosures/file?": RITA, "/patients/alice/consent/file?": CAROL,
}  # fmt: skip


def some_days(program: str = "adult") -> World:
    """Carol looks a hundred times, Rita gives the record out to people of many alphabets."""
    carol, rita = replace(CAROL, programs=(program,)), replace(RITA, programs=(program,))
    world = an_open_office()
    a_patient(world, program=program)
    receive(world, an_sms("hello", at=world.clock()), inline=False)
    for _ in range(100):
        clock(world).advance(minutes=20)
        read_thread(world, carol, "alice")
    for to in ("Łukasz Żółć, Kraków", "Ελένη Ωνάση", "Дарья Щукина", "Nguyễn Thị Ánh", "=HYPERLINK(1)", "李雷 (Beijing)", "Dr. " + "A very long name " * 9):
        clock(world).advance(minutes=1)
        release(world, rita, "alice", Asked("patient", to, "to go on", ticks=frozenset({"checked"}), sections=("texts",)), world.ids(world.clock()))
    record(world, carol, "alice", Said("text", {"appointments": True}, "verbal", "sí, está bien — ¡claro!"))
    return world


def taken(world: World, who: Staff, path: str) -> tuple[list[list[str]], bytes]:
    """The CSV's rows as they were before a spreadsheet was thought of, and the PDF."""
    clock(world).now += timedelta(days=5)  # its own look is none of its lines
    desk, _ = at_desk(who, world)
    count = len(store(world).rows(AuditEntry))
    table, paper = desk.get(f"/console{path}"), desk.get(f"/console{path}&form=pdf")
    assert (table.headers["Content-Type"], paper.headers["Content-Type"]) == ("text/csv; charset=utf-8", "application/pdf")
    assert paper.headers["Content-Disposition"] == table.headers["Content-Disposition"].replace(".csv", ".pdf")
    assert len(store(world).rows(AuditEntry)) == count + 2  # a file is a look, in either form
    rows = list(csv.reader(io.StringIO(table.body.decode(), newline="")))
    return [[cell.removeprefix("'") for cell in row] for row in rows], paper.body


@pytest.mark.parametrize(("path", "who"), FILES.items(), ids=str)
def test_every_row_of_the_csv_stands_in_the_pdf_and_no_other(path: str, who: Staff) -> None:
    rows, body = taken(some_days(), who, path)
    notice = rows[-1][0] == NOTICE
    rows = [[plain(cell, read_face().has) for cell in row] for row in (rows[:-1] if notice else rows)]
    paper = pages_of(body)
    assert len(rows) > 1
    assert columns_of([[unicodedata.normalize("NFC", line) for line in page] for page in paper], rows, PAPER.columns) == ["".join("".join(row[at].split()) for row in rows[1:]) for at in range(len(rows[0]))]
    for at, page in enumerate(paper, start=1):
        assert page[0].endswith(f"Page {at} of {len(paper)}")
        assert "".join(rows[0][0].split()) in "".join("".join(page).split())
        assert any(NOTICE in line for line in page) is notice


@pytest.mark.parametrize(("path", "who"), FILES.items(), ids=str)
def test_p2_3_the_notice_stands_on_every_page_where_part_2_applies(path: str, who: Staff) -> None:
    world = some_days("harbor")
    who = who if who is FRANK else replace(who, programs=("harbor",))
    rows, body = taken(world, who, path)
    paper = pages_of(body)
    assert rows[-1][0] == NOTICE and len(paper) > ("trail" in path) and all(page[-1] == NOTICE for page in paper)


def test_names_of_many_alphabets_are_written_and_of_one_that_the_font_has_not_its_numbers() -> None:
    paper = pages_of(taken(some_days(), RITA, "/patients/alice/disclosures/file?")[1])
    said = unicodedata.normalize("NFC", "".join("".join(page) for page in paper))
    for name in ("Łukasz Żółć, Kraków", "Ελένη Ωνάση", "Дарья Щукина", "Nguyễn Thị Ánh", "=HYPERLINK(1)", "[U+674E][U+96F7] (Beijing)"):
        assert "".join(name.split()) in "".join(said.split()), name


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=200), st.text(max_size=20)), max_size=30), st.sampled_from(["", NOTICE]))
def test_whatever_is_written_fits_its_page_and_none_of_it_is_lost(rows: list[tuple[str, str, str]], notice: str) -> None:
    paper = Paper(90, 20)
    laid = pages(Sheet("Any", ("a", "b", "c"), tuple(rows), notice), paper, str.isascii)
    assert all(len(page) == paper.lines and all(len(line) <= paper.columns for line in page) for page in laid)
    shown = ["".join(plain(cell, str.isascii).split()) for row in rows for cell in row]
    for at in range(3):
        body = "".join(columns_of(laid, [["a", "b", "c"], *([plain(cell, str.isascii) for cell in row] for row in rows)], 90)[at])
        assert body == "".join(shown[at::3]) or (not rows and "Nothing." in "".join(laid[0]))


def test_five_thousand_lines_are_a_file_that_a_function_may_answer() -> None:
    row = ("2026-03-01T12:00:00+00:00", "carol", "clinician", "read_thread", "Opened the thread", "01KJTH4HW0ZP3G68V8CEWM1TX0", "care", "console 203.0.113.7", "done")
    assert len(written(Sheet("Trail", tuple("abcdefghi"), (row,) * 5000, NOTICE))) < 4e6
