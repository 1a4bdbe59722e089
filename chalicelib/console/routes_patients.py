"""Register a patient, find one, and what is to know of one at a glance."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Response

from ..core.channels import CHANNELS
from ..core.consent import unsure
from ..core.matching import How
from ..core.patient_status import STANDINGS
from ..core.people import mark_is_old
from ..core.permission import stopped
from ..core.records import UNMATCHED, Contact, Patient
from ..core.roles import Action
from ..core.stage import STAGES, WHY_NOT
from ..flows.find_patient import find_patients, find_unknown
from ..flows.read_patient import read_patient
from ..flows.register_patient import NumberInUse, first_text, register
from ..flows.set_stage import read_stage
from ..flows.unknown_number import read_unknown_number
from ..phone_number import read_number
from ..texts.consent import consent_words
from . import back_view, registration_form, times
from .desk import Visit, route
from .patient_form import ROLES
from .registration_form import HOW, Errors
from .thread_page import next_visit
from .thread_view import view_permission

FOUND_BY = {How.INITIALS: "initials", How.TAG: "tag", How.ID: "id"}  # said beside a name that does not show it by itself


@route("/register")
def register_page(visit: Visit) -> Response:
    own = _programs(visit)
    if not own:
        return visit.show("no_program.html")
    program = visit.query("program")
    number = _number_of(visit, visit.query("thread"))
    form = registration_form.blank(visit.world, program if program in own else own[0], number)
    return _form(visit, form, {})


@route("/register", ("POST",))
def register_submit(visit: Visit) -> Response:
    wish, errors = registration_form.read(visit.world, visit.form)
    if wish is None:
        form = {**visit.form}
        if "form" in errors:
            form["form_id"] = visit.world.ids(visit.world.clock())
        return _form(visit, form, errors, 400)
    if visit.form.get("do") == "preview":
        text = first_text(visit.world.clinic, wish.program, wish.language, wish.signed)
        return _form(visit, dict(visit.form), {}, preview=text)
    outcome = register(visit.world, visit.who, wish)
    if isinstance(outcome, NumberInUse):
        return _form(visit, dict(visit.form), {}, 409, in_use=outcome)
    if wish.no_phone:  # nothing reaches them until this is asked
        return visit.go(f"/patients/{outcome.patient_id}/reach")
    return visit.go(f"/patients/{outcome.patient_id}?done={outcome.welcome}")


@route("/find")
def find_page(visit: Visit) -> Response:
    return visit.show("find.html", asked="", found=None, how=FOUND_BY, unknown="")


@route("/find", ("POST",))
def find_submit(visit: Visit) -> Response:
    asked = visit.form.get("asked", "").strip()[:80]
    number = read_number(asked)
    found = find_patients(visit.world, visit.who, asked, number) if asked else None
    return visit.show("find.html", asked=asked, found=found, how=FOUND_BY, unknown=find_unknown(visit.world, visit.who, number))


@route("/patients/{patient_id}")
def patient_page(visit: Visit, patient_id: str) -> Response:
    """At a glance: the profile is opened, no message is."""
    seen = read_patient(visit.world, visit.who, patient_id)
    behind, patient, world = seen.behind, seen.patient, visit.world
    contact, now = behind.contact, world.clock()
    place = times.Place(world.clinic.zone, now)
    theirs = ZoneInfo(patient.zone) if patient.zone not in ("", world.clinic.zone.key) else None
    return visit.show(
        "patient.html",
        behind=behind,
        patient=patient,
        profile=behind.profile,
        stopped=contact is not None and stopped(contact), unsure=contact is not None and unsure(contact),
        shared=contact is not None and len(contact.patients) > 1,
        role=_role(contact, patient_id),
        roles=ROLES, channels=CHANNELS,
        shares=seen.shares, mark_old=mark_is_old(patient, now), incidents=behind.incidents,
        permission=view_permission(behind.verdict, behind.kind, place, theirs),
        **next_visit(behind, place),
        **back_view.of_patient(world, patient, behind.visits, times.Place(theirs or place.zone, now), visit.query("done")),
        last_in=seen.last_in,
        last_out=seen.last_out,
        asked=seen.asked,
        merge=seen.merge if seen.merge and not seen.merge.undone_by else None,
        standings=STANDINGS,
        **_stage(visit, patient),
        consent=consent_words(),
        may_change=visit.who.may_see(patient.program),
        form_id=world.ids(now), theirs=theirs,
        program=patient.program, done=visit.query("done"),
    )  # fmt: skip


def _stage(visit: Visit, patient: Patient) -> dict[str, Any]:
    """The stage of change that a clinician set, whether it holds, and whether this person may set one."""
    may = visit.who.may(Action.STAGE)
    return {"stage": read_stage(visit.world, patient), "stages": STAGES, "stage_why": WHY_NOT, "may_stage": may}


def _role(contact: Contact | None, patient_id: str) -> str:
    """Who answers this phone for them."""
    roles = [ref.role for ref in (contact.patients if contact else ()) if ref.patient_id == patient_id]
    return roles[0] if roles and roles[0] in ROLES else "self"


def _form(
    visit: Visit, form: dict[str, str], errors: Errors, status: int = 200, in_use: NumberInUse | None = None, preview: str = ""
) -> Response:
    own, program = _programs(visit), form.get("program", "")
    return visit.show(
        "register.html",
        status,
        form=form,
        errors=errors,
        in_use=in_use,
        preview=preview,
        programs=own,
        how=HOW,
        consent=consent_words(),
        program=program if program in own else "",  # it goes into addresses: only a word of ours may (N5)
    )


def _programs(visit: Visit) -> list[str]:
    return [program for program in visit.who.programs if program in visit.world.clinic.programs]


def _number_of(visit: Visit, thread_id: str) -> str:
    """The number behind an unknown thread, for registering who wrote; "" when it is not theirs to see."""
    if not thread_id or not visit.who.may_see(UNMATCHED):
        return ""
    return read_unknown_number(visit.world, visit.who, thread_id)
