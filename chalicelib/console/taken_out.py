"""A table as a file to keep: CSV, or PDF where the address says `form=pdf`. Both from the same rows, with Part 2's notice: in the
CSV's last row, on every page of the PDF (P2-3)."""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Response

from ..core.csv_out import written as as_csv
from ..core.sheets import Sheet
from . import web
from .desk import Visit


def taken_out(visit: Visit, sheet: Sheet, name: str) -> Response:
    """`name`: of the file, without its end; ids and words of ours alone."""
    if visit.query("form") == "pdf":
        from .pdf_out import written as as_pdf  # a font and a library that no other answer needs

        named = replace(sheet, said=(visit.world.clinic.display_name, *sheet.said))
        return web.file(as_pdf(named), "application/pdf", f"{name}.pdf")
    notice = [(sheet.notice, *[""] * (len(sheet.head) - 1))] if sheet.notice else []
    return web.file(as_csv(sheet.head, [*sheet.rows, *notice]), "text/csv; charset=utf-8", f"{name}.csv")
