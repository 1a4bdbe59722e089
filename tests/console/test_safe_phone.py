"""The page of a safe-phone plan, as one clicks through it without a script."""

from __future__ import annotations

from chalicelib.core.records import Patient
from chalicelib.core.staff import Staff

from ..cast import CAROL, a_patient
from .office import at_desk, text

SAVE = "/safe-phone"
FIELDS = {
    "hours": "own", "mon": "on", "mon_from": "10:00", "mon_until": "15:00", "level": "0", "phone": "unsafe", "voicemail": "no",
    "label": "office", "others": "Bob", "word": "maple", "duress": "lasagna", "way": "her sister", "avoid": "Bob",
    "agreed": "Call her sister at work.",
}  # fmt: skip


def test_a_plan_is_written_down_with_what_is_wrong_beside_its_field() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    page = desk.get("/console/patients/alice")
    assert "No plan yet" in text(page) and "/console/patients/alice/safe-phone" in page.body.decode()
    page = desk.get("/console/patients/alice/safe-phone")
    wrong = desk.submit(page, SAVE, **{**FIELDS, "mon_until": "09:00"})
    assert wrong.status_code == 400 and "later than its start" in text(wrong) and "her sister" in wrong.body.decode()
    wrong = desk.submit(wrong, SAVE, **{**FIELDS, "duress": "stop"})
    assert wrong.status_code == 400 and "means something else" in text(wrong)
    wrong = desk.submit(wrong, SAVE, **FIELDS)
    assert wrong.status_code == 400 and "Say how you know that it is them" in text(wrong)
    done = desk.follow(desk.submit(wrong, SAVE, **FIELDS, how="call_back"))
    assert "Saved as a new version" in text(done) and "safe hours, whether calls are safe" in text(done)
    patient = world.store.get(Patient, "alice")
    assert patient is not None and patient.safe_hours == {"mon": "10:00-15:00"} and patient.plan == 1
    assert "lasagna" not in text(desk.get("/console/patients/alice"))  # at a glance nobody reads it over a shoulder


def test_who_may_only_look_gets_no_form() -> None:
    desk, world = at_desk(Staff("dan", "clinician", ("harbor",)))
    a_patient(world)
    assert desk.get("/console/patients/alice/safe-phone").status_code == 404
