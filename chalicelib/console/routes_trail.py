"""The compliance officer's pages: search, one patient's timeline, the seal, a file, and a report that a patient may ask for."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalice.app import Response

from ..core.releases import NOTICE
from ..core.roles import Action
from ..errors import ArchiveUnavailable
from ..flows import read_trail
from ..flows.read_trail import Asked, Timeline
from ..flows.review_keys import counts
from . import times, web
from . import trail_sheets as sheets
from .desk import Visit, furniture, route
from .taken_out import taken_out
from .trail_view import PURPOSE_CHOICES, part_2, view_entries, view_lines, view_report, view_verdict

DAYS = 7  # what is shown when no time is asked for
CHECKED = {"1": "the last day", "7": "the last 7 days", "31": "the last 31 days"}


@route("/trail")
def trail_page(visit: Visit) -> Response:
    asked = _asked(visit, DAYS)
    found = read_trail.search(visit.world, visit.who, asked)
    return visit.show(
        "trail.html", asked=asked, days=_days(visit, asked), found=found, rows=view_entries(found.entries, _place(visit)),
        purposes=PURPOSE_CHOICES, checks=CHECKED, verdict=None, out=_address(visit, asked),
        lent=counts(visit.world, visit.who) if visit.who.may(Action.REVIEW_KEYS) else None,
    )  # fmt: skip


@route("/trail/file")
def trail_file(visit: Visit) -> Response:
    """What the page shows, and what did not fit on it."""
    asked = _asked(visit, DAYS)
    found = read_trail.search(visit.world, visit.who, asked, read_trail.MOST_OUT, "export_trail")
    somewhere = any(each.substance_use for each in visit.world.clinic.programs.values())
    notice = part_2(visit.world, asked.patient) if asked.patient else NOTICE if somewhere else ""
    return taken_out(visit, sheets.of_search(found, asked, _days(visit, asked), notice), "trail")


@route("/trail/verify", ("POST",))
def verify_submit(visit: Visit) -> Response:
    days = visit.form.get("days", "") if visit.form.get("days", "") in CHECKED else "7"
    try:
        verdict = view_verdict(read_trail.check_seal(visit.world, visit.who, int(days)))
    except ArchiveUnavailable:
        return visit.show("trail_seal.html", 503, verdict=None, over=CHECKED[days])
    return visit.show("trail_seal.html", verdict=verdict, over=CHECKED[days])


@route("/trail/patients/{patient_id}")
def timeline_page(visit: Visit, patient_id: str) -> Response:
    asked = _asked(visit, 31)
    found, away = _timeline(visit, patient_id, asked, "read_trail")
    return visit.show(
        "trail_patient.html", found=found, rows=view_lines(found, _place(visit)), days=_days(visit, asked), away=away,
        part_2=part_2(visit.world, patient_id), out=_address(visit, asked, patient_id),
    )  # fmt: skip


@route("/trail/patients/{patient_id}/file")
def timeline_file(visit: Visit, patient_id: str) -> Response:
    """The timeline as it is shown, with AWS's own log where it was asked for."""
    asked = _asked(visit, 31)
    found, _ = _timeline(visit, patient_id, asked, "export_trail")
    sheet = sheets.of_timeline(found, _days(visit, asked), _place(visit), part_2(visit.world, patient_id))
    return taken_out(visit, sheet, "timeline")


def _timeline(visit: Visit, patient_id: str, asked: Asked, action: str) -> tuple[Timeline, str]:
    """And "yes" where AWS's own log could not be read."""
    said = visit.world, visit.who, patient_id, asked.since, asked.until
    try:
        account = furniture().account if visit.query("aws") == "yes" else None
        return read_trail.timeline(*said, account, action), ""
    except ArchiveUnavailable:
        return read_trail.timeline(*said, action=action), "yes"


@route("/trail/patients/{patient_id}/report")
def report_page(visit: Visit, patient_id: str) -> Response:
    """Who looked at this record, in words for its owner."""
    asked, found = _report(visit, patient_id)
    return visit.show(
        "trail_report.html", found=found, rows=view_report(found, _place(visit)), days=_days(visit, asked),
        part_2=part_2(visit.world, patient_id), made=_place(visit).date(visit.world.clock()), zone=visit.world.clinic.zone.key,
    )  # fmt: skip


@route("/trail/patients/{patient_id}/report/file")
def report_file(visit: Visit, patient_id: str) -> Response:
    """The same, to hand out."""
    asked, found = _report(visit, patient_id)
    sheet = sheets.of_report(found, _days(visit, asked), _place(visit), part_2(visit.world, patient_id))
    return taken_out(visit, sheet, "access-report")


def _report(visit: Visit, patient_id: str) -> tuple[Asked, Timeline]:
    asked = _asked(visit, 366 * 6)
    return asked, read_trail.timeline(visit.world, visit.who, patient_id, asked.since, asked.until, action="access_report")


def _place(visit: Visit) -> times.Place:
    return times.Place(visit.world.clinic.zone, visit.world.clock())


def _asked(visit: Visit, days: int) -> Asked:
    """Days on the clinic's clock, the last one whole; what is no day is not asked for."""
    zone, now = visit.world.clinic.zone, visit.world.clock()
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = _day(visit, "from", today - timedelta(days=days - 1)), _day(visit, "to", today) + timedelta(days=1)
    return Asked(
        min(since, until), until, visit.query("person").strip(), visit.query("patient").strip(), visit.query("purpose"),
        visit.query("refused") == "yes",
    )  # fmt: skip


def _day(visit: Visit, name: str, otherwise: datetime) -> datetime:
    try:
        return datetime.strptime(visit.query(name), "%Y-%m-%d").replace(tzinfo=visit.world.clinic.zone)
    except ValueError:
        return otherwise


def _days(visit: Visit, asked: Asked) -> tuple[str, str]:
    """First and last day, as a field of a form has them."""
    zone = visit.world.clinic.zone
    return f"{asked.since.astimezone(zone):%Y-%m-%d}", f"{(asked.until - timedelta(hours=1)).astimezone(zone):%Y-%m-%d}"


def _address(visit: Visit, asked: Asked, patient_id: str = "") -> str:
    """The same question, as the end of an address: ids and days, which is all that it holds."""
    first, last = _days(visit, asked)
    said = {"person": asked.person, "patient": patient_id or asked.patient, "purpose": asked.purpose, "from": first, "to": last}
    parts = [f"{name}={web.quoted(value)}" for name, value in said.items() if value]
    return "?" + "&".join([*parts, *(["refused=yes"] if asked.refused else [])])
