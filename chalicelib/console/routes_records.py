"""A records person's pages: what was released of a record, a release, and its files."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalice.app import Response

from ..core.amendments import REASONS, STATES
from ..core.records import Patient
from ..core.releases import AUTHORITIES, NOTICE, SECTIONS, TICKS, WHY_NOT, WITHHELD, Asked
from ..errors import NotFound
from ..flows import read_records
from ..flows.release_record import NotReleased, release
from ..flows.released_part import NoLonger, read_part
from . import times, web
from .desk import Visit, route
from .record_view import html_of, json_of
from .routes_amendments import SAYS
from .taken_out import taken_out
from .trail_sheets import of_account
from .web import Form

FILES = {"html": ("text/html; charset=utf-8", html_of), "json": ("application/json; charset=utf-8", json_of)}
MOST = 300  # characters of a field


@route("/patients/{patient_id}/records")
def records_page(visit: Visit, patient_id: str) -> Response:
    return _page(visit, patient_id)


@route("/patients/{patient_id}/disclosures/file")
def disclosures_file(visit: Visit, patient_id: str) -> Response:
    """The account of disclosures that the patient may ask for."""
    found = read_records.read(visit.world, visit.who, patient_id, "export_account")
    return taken_out(visit, of_account(found, times.Place(visit.world.clinic.zone, visit.world.clock())), "disclosures")


@route("/patients/{patient_id}/records", ("POST",))
def release_submit(visit: Visit, patient_id: str) -> Response:
    made = release(visit.world, visit.who, patient_id, _asked(visit), _form_id(visit.form))
    if isinstance(made, NotReleased):
        return _page(visit, patient_id, made.why, 400)
    return visit.go(f"/patients/{patient_id}/records/{made.release_id}")


@route("/patients/{patient_id}/records/{release_id}")
def release_page(visit: Visit, patient_id: str, release_id: str) -> Response:
    found = read_records.read(visit.world, visit.who, patient_id)
    made = next((each for each in found.releases if each[0].release_id == release_id), None)
    if made is None:
        raise NotFound(release_id)
    return visit.show(
        "release.html", patient=found.patient, name=found.name, made=made[0], to=made[1], authorities=AUTHORITIES,
        sections=SECTIONS, notice=NOTICE, program=found.patient.program,
    )  # fmt: skip


@route("/patients/{patient_id}/records/{release_id}/{part}/{form}")
def release_file(visit: Visit, patient_id: str, release_id: str, part: str, form: str) -> Response:
    """One file, under a name that says nothing of anybody."""
    at = web.whole(part, digits=4)
    if form not in FILES:
        raise NotFound(release_id)
    kind, written = FILES[form]
    try:
        found = read_part(visit.world, visit.who, patient_id, release_id, at, form)
    except NoLonger as problem:
        return _page(visit, patient_id, str(problem), 409)
    return web.file(written(visit, found), kind, f"record-part-{at + 1}-of-{found.of}.{form}")


def _page(visit: Visit, patient_id: str, why: str = "", status: int = 200) -> Response:
    found = read_records.read(visit.world, visit.who, patient_id)
    patient: Patient = found.patient
    return visit.show(
        "records.html", status, patient=patient, name=found.name, found=found, program=patient.program, why=WHY_NOT.get(why, ""),
        form=visit.form, authorities=AUTHORITIES, ticks=TICKS, sections=SECTIONS, withheld=WITHHELD, notice=NOTICE,
        form_id=visit.world.ids(visit.world.clock()), ids=lambda: visit.world.ids(visit.world.clock()), about=_about(visit),
        amended=STATES, denials=REASONS, says=SAYS.get(visit.query("done")),
    )  # fmt: skip


def _about(visit: Visit) -> str:
    said = visit.query("about")
    return said if said.isascii() and said.isalnum() and len(said) <= 40 else ""


def _form_id(form: Form) -> str:
    """One of ours, so that nothing else becomes a row's key (N5)."""
    said = form.get("form_id", "")
    if not (said.isascii() and said.isalnum() and len(said) <= 40):
        raise NotFound("form")
    return said


def _asked(visit: Visit) -> Asked:
    form = visit.form
    ticked = {name for name in TICKS if form.get(f"tick_{name}")}
    wanted = tuple(name for name in SECTIONS if form.get(f"section_{name}"))
    since, until = _day(visit, "since"), _day(visit, "until")
    words = {name: form.get(name, "").strip()[:MOST] for name in ("recipient", "purpose", "nature")}
    return Asked(
        form.get("authority", ""), **words, ticks=frozenset(ticked), sections=wanted, since=since,
        until=until + timedelta(days=1) if until else None,
    )  # fmt: skip


def _day(visit: Visit, name: str) -> datetime | None:
    try:
        return datetime.strptime(visit.form.get(name, ""), "%Y-%m-%d").replace(tzinfo=visit.world.clinic.zone)
    except ValueError:
        return None


