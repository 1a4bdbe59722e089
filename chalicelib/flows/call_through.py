"""A call through the clinic: the clinician's own phone rings, she presses a key, and the patient's phone rings from the clinic's
number. No personal number shows on either side.

Her press in the console opens the patient's number with her own reader and seals it again for this one call, under a kind of
its own: the door that carriers reach may open that kind and no other (docs/decisions/calls.md).
"""

from __future__ import annotations

from ..core import incidents
from ..core.calls import BRIDGE_LASTS, KEPT, Ask, CallEvent, Dial, Ended, PhoneCall, Script
from ..core.crisis_answers import UNSAFE
from ..core.incidents import IllegalMove
from ..core.item_code import spoken
from ..core.not_safe import leave_alone
from ..core.phones import Errand, StaffPhone
from ..core.records import Change, Contact, Incident, Patient, Put, Step, Update
from ..core.said_by_phone import stricter
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import SealContext, World
from ..texts import reasons_to_call
from ..texts.voice import say
from . import errand_rows, handle_incident, trail
from .read_thread import open_number
from .ring import own_phone

MENU, DIALLED = "menu", "dialled"
CALLABLE = tuple(state for state in incidents.OPEN if state not in incidents.UNACKNOWLEDGED)
# What came of the patient's phone, as an attempt is written down when a person says it (`texts.attempts`).
ATTEMPT: dict[str, str] = {Ended.NO_ANSWER: "no_answer", Ended.BUSY: "busy", Ended.FAILED: "not_put_through"}


def not_safe(incident: Incident, patient: Patient | None) -> bool:
    """Whether a call could harm: the phone is marked, or they asked for texts."""
    return incident.asks_for_texts or (patient is not None and patient.safe_phone == UNSAFE)


def offered(incident: Incident, patient: Patient | None, phone: StaffPhone | None, voice: str) -> str:
    """Whether a call through the clinic can be pressed: "ok", or why not, as `start` says it. `voice`: the clinic's number."""
    if incident.state not in CALLABLE:
        return "take_first"
    if leave_alone(patient, incident.categories):
        return "alone"
    if not voice:
        return "no_voice"
    if phone is None or own_phone(phone) is None:
        return "phone"
    return "unsafe" if not_safe(incident, patient) else "ok"


def start(world: World, who: Staff, incident_id: str, press: str, reason: str = "") -> str:
    """Her phone is about to ring: "", or why not: take_first, alone, unsafe (and no `reason` of `texts.reasons_to_call`), phone,
    no_number, no_voice. `press`: the id of this press: said twice it is one call.

    Raises `NotFound`, `OpenFailed`, `SealFailed`, `StoreError`.
    """
    incident = handle_incident.read_to_act(world, who, incident_id)
    patient = world.store.get(Patient, incident.patient_id) if incident.patient_id else None
    phone = world.store.get(StaffPhone, who.staff_id)
    contact = world.store.get(Contact, incident.contact_id)
    may = offered(incident, stricter(patient, contact) if patient else None, phone, world.clinic.voice)
    if may != "ok" and not (may == "unsafe" and reason in reasons_to_call()):
        return may
    own = own_phone(phone) if phone else None
    assert own is not None
    number = open_number(world, who, contact)
    if not number:
        return "no_number"
    try:
        world.store.commit(*_asked(world, who, incident, press, own.contact_id, number, reason))
    except Rejected:  # pressed twice
        world.journal.event("bridge_again", incident_id=incident_id)
        again = trail.entry(world, who, incident.thread_id, "call_through_clinic", "crisis", world.clock(), "pressed twice")
        world.store.commit(again)  # the number was opened for it
    return ""


def _asked(world: World, who: Staff, incident: Incident, press: str, contact_id: str, number: str, reason: str) -> list[Change]:
    now = world.clock()
    sealed = world.vault.seal(SealContext(incident.contact_id, incident.program, "bridge"), press, number)
    call = PhoneCall(
        press, "bridge", who.staff_id, now, now + KEPT, contact_id, incident.incident_id,
        for_contact=incident.contact_id, for_program=incident.program, sealed_number=sealed,
    )
    pressed = line(incident, Step(now, who.staff_id, "calls_through", reason))
    ring = errand_rows.rows(Errand(press, "ring_bridge", who.staff_id, now, incident_id=incident.incident_id))
    return [Put(call), pressed, *ring, trail.entry(world, who, incident.thread_id, "call_through_clinic", "crisis", now)]


def goes_on(world: World, call: PhoneCall, event: CallEvent) -> Script:
    """Raises `StoreError`, `OpenFailed`."""
    incident = world.store.get(Incident, call.incident_id)
    if event.moment == DIALLED:
        return _over(world, call, event, incident)
    if incident is None or incident.state == "resolved":
        return Script(say("over", code=spoken(incident.code) if incident else ""))
    if event.moment == MENU and event.keys == "1":
        return _put_through(world, call, incident)
    return Script(ask=Ask(say("bridge", code=spoken(incident.code)), MENU), after=say("nothing"))


def _put_through(world: World, call: PhoneCall, incident: Incident) -> Script:
    """The trail first, then the number."""
    now = world.clock()
    if now - call.at > BRIDGE_LASTS or not call.sealed_number or call.other_ended:
        return Script(say("bridge_late"))
    who = Staff(call.staff, "clinician", (incident.program,), where="call")
    entry = trail.entry(world, who, incident.thread_id, "dial_patient", "crisis", now)
    world.store.commit(Update(PhoneCall, (call.call_id,), set={"done": "dialled"}, add={"version": 1}), entry)
    context = SealContext(call.for_contact, call.for_program, "bridge")
    number = world.vault.open(context, call.call_id, call.sealed_number, call.staff)
    return Script(say("connecting"), dial=Dial(number, world.clinic.voice, DIALLED))


def _over(world: World, call: PhoneCall, event: CallEvent, incident: Incident | None) -> Script:
    """What came of it, once: as the try it was, or as a call that was answered, by whom only she can tell."""
    answered = event.other_ended == Ended.ANSWERED
    if incident is not None and not call.other_ended and event.other_ended:
        _write_down(world, call, incident, event.other_ended)
    return Script(say("bridge_answered" if answered else "bridge_not_answered"))


def _write_down(world: World, call: PhoneCall, incident: Incident, ended: str) -> None:
    now = world.clock()
    mark = Update(
        PhoneCall, (call.call_id,), set={"other_ended": ended, "sealed_number": None}, add={"version": 1},
        expect={"version": call.version},
    )
    try:
        if ended in ATTEMPT and incident.state in CALLABLE:
            who = Staff(call.staff, "clinician", (incident.program,), where="call")
            handle_incident.unable(world, who, incident.incident_id, ATTEMPT[ended], beside=(mark,))
        else:
            world.store.commit(mark, line(incident, Step(now, call.staff, "called_through", ended)))
    except (Rejected, Conflict, IllegalMove) as failure:  # told twice, or the item moved on: the call's own end says it
        world.journal.event("bridge_not_written", incident_id=incident.incident_id, error=type(failure).__name__)


def line(incident: Incident, step: Step) -> Update:
    """One line more in its history; no decision turns on it."""
    return Update(Incident, (incident.incident_id,), append={"steps": (step,)})
