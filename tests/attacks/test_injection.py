"""Words of somebody that another reader could take for its own: a log, a template, a page, a compressed body."""

from __future__ import annotations

import gzip
import io
import json
import re
import types
import zipfile
from html import unescape

import pytest

from chalicelib.browser import form_of
from chalicelib.console.upload import read_upload
from chalicelib.core.appointments import Details
from chalicelib.flows.visit_words import fill
from chalicelib.logs import Journal
from chalicelib.texts import visits
from tests.appointments import booked
from tests.cast import CAROL, a_patient
from tests.console.office import at_desk
from tests.flows.office import an_open_office

BRACES = ["{sender.__class__.__mro__}", "{0}", "{phone}", "{{7*7}}", "{% for x in config %}", "{when!r:>9999999999}", "%(sender)s", "${sender}", "{"]


@pytest.mark.parametrize("said", ['a\nlevel":"ERROR', "a\r\n{}", "\u2028\u2029", "\x1b[2J", "\x00", "x" * 5000])
def test_whatever_an_id_holds_the_log_has_one_line_of_it(capsys: pytest.CaptureFixture[str], said: str) -> None:
    Journal(f"injection-{len(said)}-{ord(said[0])}").event("it_happened", error=said, reason=said)
    [line, end] = capsys.readouterr().out.split("\n")
    assert end == "" and re.search(r"[\x00-\x1f\x7f]", line) is None
    found = json.loads(line)
    assert (found["message"], found["level"], found["error"]) == ("it_happened", "INFO", said[:128])


@pytest.mark.parametrize("said", BRACES)
def test_a_place_with_braces_is_said_as_it_stands(said: str) -> None:
    """What a person wrote is filled into a sentence and never read as one."""
    world = an_open_office()
    patient, visit = a_patient(world, content_level=1), booked(world)
    template = next(each for each in visits.templates().values() if "{place}" in each.body and each.language == "en")
    assert said in fill(world, template, patient, (visit,), [Details(place=said, link="")])


@pytest.mark.parametrize("said", BRACES)
def test_a_name_with_braces_is_shown_as_it_stands(said: str) -> None:
    desk, _ = at_desk(CAROL)
    page = desk.get("/console/register")
    fields = {"name": f"{said} Roe", "number": "303 555 0141", "program": "adult", "zone": "America/Denver"}
    assert f"{said} Roe" in unescape(desk.follow(desk.submit(page, "/register", **fields, do="register")).body.decode())


def packed(kind: str) -> bytes:
    """A thousand times larger when it is unpacked: twenty megabytes of nothing."""
    if kind == "gzip":
        return gzip.compress(bytes(20_000_000))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(20_000_000))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_nothing_that_is_packed_is_unpacked(kind: str) -> None:
    """Bodies, dropped files and forms are text; a spreadsheet's own format is a zip, and is no text."""
    body = packed(kind)
    form = types.SimpleNamespace(raw_body=body, headers={"content-encoding": kind, "content-type": "application/x-www-form-urlencoded"})
    assert form_of(form, 100) == {}  # type: ignore[arg-type]
    upload = b'--b\r\nContent-Disposition: form-data; name="list"; filename="a.xlsx"\r\n\r\n' + body + b"\r\n--b--"
    assert read_upload(types.SimpleNamespace(raw_body=upload, headers={"content-type": "multipart/form-data; boundary=b"})) is None  # type: ignore[arg-type]
