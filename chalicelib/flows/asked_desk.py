"""A person of the clinic notes for a patient what was ticked on our web page: only once the phone itself said yes, after they
looked whose it is. One press, and the ledger has the words that were shown, their version, and what was not ticked."""

from __future__ import annotations

from ..core.asked import KINDS, WEB, Ask
from ..core.consent import EVERYTHING, SCOPES, Scope
from ..core.consent_ledger import RISK, TEXT
from ..core.records import Contact, Patient
from ..core.staff import Staff
from ..ports import World
from .consent_desk import Said, record, theirs
from .read_asked import Form, forms_of

NOT_YET = "not_yet"  # the phone has not said yes, or took it back


def note(world: World, who: Staff, patient_id: str, ask_id: str) -> str:
    """What came of it: saved, minor, not_yet. The same form again changes nothing. Raises as `consent_desk.record`."""
    patient = theirs(world, who, patient_id, "consent_text")
    contact = world.store.get(Contact, patient.contact_id) or Contact(patient.contact_id)
    own, number = world.store.consents_of(patient_id), world.store.consents_of(patient.contact_id)
    form = next((each for each in forms_of(world, who, contact, number, own) if each.ask.ask_id == ask_id), None)
    if form is None or form.yes_at is None or all(ref.patient_id != patient_id for ref in contact.patients):
        return NOT_YET
    return "saved" if form.noted_at else record(world, who, patient_id, *_said(patient, form))


def _said(patient: Patient, form: Form) -> list[Said]:
    ask, words = form.ask, (form.ask.words, form.ask.language)
    shown = f"Web page {form.ask.at:%Y-%m-%d %H:%M} UTC; yes by text {form.yes_at:%Y-%m-%d %H:%M} UTC"
    kinds = Said(TEXT, _kinds(patient, ask), WEB, shown, shown=words, ask_id=ask.ask_id)
    if not ask.risk and patient.unencrypted == "yes":  # an empty box takes nothing back
        return [kinds]
    return [kinds, Said(RISK, {EVERYTHING: ask.risk}, WEB, shown, shown=words, ask_id=ask.ask_id)]


def _kinds(patient: Patient, ask: Ask) -> dict[str, bool]:
    """What was ticked. To who had agreed to nothing before, an empty box is a no where the first yes would name that kind."""
    wants: dict[str, bool] = dict.fromkeys((Scope.CONVERSATION.value, *ask.kinds), True)
    if Scope.CONVERSATION in patient.consent:
        return wants
    return wants | {kind: False for kind in KINDS if SCOPES[kind].first_words and kind not in ask.kinds}
