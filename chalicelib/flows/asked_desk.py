"""A person of the clinic notes for a patient what was ticked on our web page: only once the phone itself said yes, and after they
checked with the person: the phone's holder saw none of the boxes. One press, and the ledger has the words that were shown, their
version, and what was not ticked."""

from __future__ import annotations

from ..core.asked import KINDS, WEB
from ..core.consent import EVERYTHING, SCOPES, Scope
from ..core.consent_ledger import RISK, TEXT
from ..core.records import Contact, Patient
from ..core.staff import Staff
from ..ports import World
from .consent_desk import Said, record, theirs
from .read_asked import Form, forms_of

NOT_YET = "not_yet"  # the phone has not said yes, or took it back
ANOTHERS = "anothers"  # who had the number then said it


def note(world: World, who: Staff, patient_id: str, ask_id: str, risk: bool = False) -> str:
    """What came of it: saved, minor, not_yet, anothers. `risk`: they told this person that others may read texts, and they want
    them. The same form again changes nothing. Raises as `consent_desk.record`."""
    patient = theirs(world, who, patient_id, "consent_text")
    contact = world.store.get(Contact, patient.contact_id) or Contact(patient.contact_id)
    own, number = world.store.consents_of(patient_id), world.store.consents_of(patient.contact_id)
    form = next((each for each in forms_of(world, None, contact, number, own) if each.ask.ask_id == ask_id), None)
    if form is None or all(ref.patient_id != patient_id for ref in contact.patients):
        return NOT_YET
    if form.noted_at:
        return "saved"
    if form.yes_at is None:
        return ANOTHERS if form.anothers else NOT_YET
    return record(world, who, patient_id, *_said(patient, form, risk and form.risk))


def _said(patient: Patient, form: Form, risk: bool) -> list[Said]:
    ask, words = form.ask, (form.ask.words, form.ask.language)
    shown = f"Web page {form.ask.at:%Y-%m-%d %H:%M} UTC; yes by text {form.yes_at:%Y-%m-%d %H:%M} UTC; checked with them"
    kinds = Said(TEXT, wants(patient, form), WEB, shown, shown=words, ask_id=ask.ask_id)
    if not risk and patient.unencrypted == "yes":  # an empty box takes nothing back
        return [kinds]
    return [kinds, Said(RISK, {EVERYTHING: risk}, WEB, shown, shown=words, ask_id=ask.ask_id)]


def wants(patient: Patient, form: Form) -> dict[str, bool]:
    """The lines of the press: what all forms for the number have. To who had agreed to nothing before, a box that is empty in
    each of them is a no where the first yes would name that kind."""
    yes: dict[str, bool] = dict.fromkeys((Scope.CONVERSATION.value, *form.common), True)
    if Scope.CONVERSATION in patient.consent:
        return yes
    return yes | {kind: False for kind in KINDS if SCOPES[kind].first_words and kind not in form.ticked}
