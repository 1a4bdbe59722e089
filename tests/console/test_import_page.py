"""The import page: dry run, then the same list, in pieces, and never another one."""

from __future__ import annotations

from chalice.test import HTTPResponse

from chalicelib.core.records import Patient
from chalicelib.flows.import_patients import PIECE

from ..cast import CAROL
from .office import Desk, at_desk, forms, text

HEAD = "record_id,name,number,consent\n"


def _send(desk: Desk, **fields: str) -> HTTPResponse:
    return desk.upload("/console/import", fields)


def _check(desk: Desk, rows: str) -> HTTPResponse:
    [form] = [each for each in forms(desk.get("/console/import")) if each["action"].endswith("/import")]
    return _send(desk, **form["hidden"], program="adult", file=HEAD + rows, do="check")


def _apply(desk: Desk, page: HTTPResponse, **changed: str) -> HTTPResponse:
    form = next(each for each in forms(page) if "mark" in each["hidden"])
    return _send(desk, **{**form["hidden"], "do": "apply", **changed})


def test_checked_then_done() -> None:
    desk, world = at_desk(CAROL)
    page = _check(desk, '1,"Riley, R.",303 555 0140,yes\n2,,5,\n')
    said = text(page)
    assert "Nothing was changed yet" in said and "about permission (consent)" in said
    assert "3 name" in said and "3 number" in said and world.store.rows(Patient) == []  # type: ignore[attr-defined]
    done = text(_apply(desk, page))
    assert "Rows 1 to 1 of 1 are done." in done
    [riley] = world.store.rows(Patient)  # type: ignore[attr-defined]
    assert riley.consent == {}
    assert "As before" in text(_check(desk, '1,"Riley, R.",303 555 0140,yes\n'))


def test_another_list_than_the_checked_one_is_refused() -> None:
    desk, world = at_desk(CAROL)
    page = _check(desk, "1,Riley,303 555 0140,\n")
    other = _apply(desk, page, list=HEAD + "1,Riley,303 555 0141,\n")
    assert other.status_code == 400 and "not the list that was checked" in text(other)
    assert world.store.rows(Patient) == []  # type: ignore[attr-defined]


def test_a_long_list_goes_in_pieces() -> None:
    desk, world = at_desk(CAROL)
    rows = "".join(f"{at},P{at},30355{at // 10000}{at % 10000:04d},\n" for at in range(PIECE + 5))
    page = _apply(desk, _check(desk, rows))
    assert f"Rows 1 to {PIECE} of {PIECE + 5}" in text(page)
    done = _apply(desk, page)
    assert "last row" in text(done) and len(world.store.rows(Patient)) == PIECE + 5  # type: ignore[attr-defined]


def test_no_file_another_program_and_no_token() -> None:
    desk, _ = at_desk(CAROL)
    [form] = [each for each in forms(desk.get("/console/import")) if each["action"].endswith("/import")]
    assert _send(desk, **form["hidden"], program="harbor", file=HEAD, do="check").status_code == 400
    assert _send(desk, **form["hidden"], program="adult", file="", do="check").status_code == 400
    assert _send(desk, program="adult", file=HEAD).status_code == 403
