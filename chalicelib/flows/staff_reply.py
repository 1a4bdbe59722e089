"""What a colleague's text sets going: an item is taken by its code, a test is passed. The text itself is kept like any other.

Read after the first look only (N2). Every code gets a short answer, a wrong one too (C25); none says a word of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..core import incidents
from ..core.clinic import Clinic
from ..core.incidents import IllegalMove
from ..core.not_safe import NO_CONTACT
from ..core.phones import Errand, Method, StaffPhone, Way, passed
from ..core.records import UNMATCHED, Change, Incident
from ..core.staff import Staff
from ..errors import Conflict
from ..ports import World
from ..texts import exercise
from . import errand_rows, handle_incident

YOURS = "Porchlight: {code} is yours. Call now, then say in the console that you reached them."
HELD = "Porchlight: {code} is yours. DO NOT CALL OR TEXT THIS PHONE. Open the console: it says what was agreed."
TAKEN = "Porchlight: {code} is taken by {holder}. To take it over, open the console."
UNKNOWN = "Porchlight: no open item {code}. It may be closed. Open the console."
NOT_TAKEN = "Porchlight: {waits} is not taken. Reply {waits} to take it, or open the console."
NO_SUCH = "Porchlight: no open item {code}. {waits} is not taken. Reply {waits} to take it, or open the console."
NOT_YOURS = "Porchlight: {code} is not for your programs. Open the console."
UNVERIFIED = "Porchlight: this phone is not verified, so it cannot take {code}. Open the console."
FINE = "Porchlight: thank you, this phone works."


def take_by_code(world: World, errand: Errand) -> Iterable[Change]:
    """Acknowledge the open item of that code as the person whose phone it is."""
    found = [each for each in _open(world) if each.code == errand.code]
    if not errand.to:  # nobody's phone: an answer only when it named an item, since "Yeah" is a code too
        return _answer(world, errand, UNVERIFIED) if found else ()
    mine = [each for each in found if may_take(world, each, errand.to)]
    if not mine:
        waits = "" if found else _waits_for(world, errand.to)
        return _answer(world, errand, NOT_YOURS if found else NO_SUCH if waits else UNKNOWN, waits=waits)
    waiting = [each for each in mine if each.state in incidents.UNACKNOWLEDGED]
    return _take(world, errand, (waiting or mine)[0])


def _take(world: World, errand: Errand, incident: Incident) -> Iterable[Change]:
    incident = take(world, errand.to, incident)
    if incident.holder == errand.to:
        mine = HELD if NO_CONTACT in incident.categories else YOURS
        return _answer(world, errand, exercise.taken(errand.code) if incident.exercise else mine)
    return _answer(world, errand, TAKEN, holder=incident.holder)


def take(world: World, staff_id: str, incident: Incident, where: str = "text") -> Incident:
    """The item as it stands after this person took it, or after somebody who was quicker did. Raises `StoreError`."""
    if incident.state not in incidents.UNACKNOWLEDGED:
        return incident
    who = Staff(staff_id, "clinician", (incident.program,), where)  # the rota's own authority, or the call's
    try:
        return handle_incident.acknowledge(world, who, incident.incident_id)
    except (IllegalMove, Conflict):
        return world.store.get(Incident, incident.incident_id) or incident


def may_take(world: World, incident: Incident, staff_id: str) -> bool:
    """Whom it called, or who is on the rota of its program."""
    on_rota = world.clinic.on_rota(staff_id)
    return incidents.called(incident, staff_id, on_rota) or serves(world.clinic, staff_id, incident.program)


def serves(clinic: Clinic, staff_id: str, program: str) -> bool:
    """Whether the rota can call this person for this program."""
    rota = clinic.rota
    people = {one for layer in rota.layers if not layer.programs or program in layer.programs for one in layer.people}
    people |= {one.person for one in rota.overrides if one.accepted and (not one.programs or program in one.programs)}
    return staff_id in people | {rota.last_resort}


def _open(world: World) -> list[Incident]:
    return [each for program in (*world.clinic.programs, UNMATCHED) for each in world.store.open_incidents(program)]


def pass_test(world: World, errand: Errand) -> Iterable[Change]:
    """An "OK" that follows a test passes it; any other is somebody's "OK", also that of who believes to have taken an item."""
    change = pass_test_of(world, errand.to, Way.TEXT, errand.contact_id, errand.at)
    return [*([change] if change else []), *_not_taken(world, errand, FINE if change else "")]


def pass_test_alone(world: World, errand: Errand) -> Iterable[Change]:
    """One that a phone may have said by itself, to what we have just written to it: no line of ours brings the next (C56)."""
    change = pass_test_of(world, errand.to, Way.TEXT, errand.contact_id, errand.at)
    return [change, *_answer(world, errand, FINE)] if change else ()


def answer_words(world: World, errand: Errand) -> Iterable[Change]:
    """A colleague's words take nothing ("omw"). `errand.text`: what is said where no item waits for them."""
    return _not_taken(world, errand, errand.text)


def _not_taken(world: World, errand: Errand, other: str) -> list[Change]:
    """Whoever was woken and answers must hear that the item waits still; else `other`, or nothing."""
    waits = _waits_for(world, errand.to)
    if waits:
        return _answer(world, errand, NOT_TAKEN, waits=waits)
    return _answer(world, errand, other) if other else []


def _waits_for(world: World, staff_id: str) -> str:
    """The code of the item that called this person last and that nobody has taken; ""."""
    on_rota = world.clinic.on_rota(staff_id)
    nobodys = [each for each in _open(world) if each.state in incidents.UNACKNOWLEDGED]
    waiting = [each for each in nobodys if incidents.called(each, staff_id, on_rota)]
    return max(waiting, key=lambda each: each.detected_at).code if waiting else ""


def pass_test_of(world: World, staff_id: str, way: Way, contact_id: str, at: datetime) -> Change | None:
    """The change by which a phone passes the test that it was asked; None when it was asked none."""
    phone = world.store.get(StaffPhone, staff_id)
    method = phone.method_at(way, contact_id) if phone else None
    if phone is None or method is None or not _awaits(method):
        return None
    return errand_rows.with_method(phone, passed(method, at))


def _awaits(method: Method) -> bool:
    """A code was asked for first: that is no test."""
    if method.verified_at is None or method.asked_at is None:
        return False
    return method.passed_at is None or method.passed_at < method.asked_at


def _answer(world: World, errand: Errand, words: str, **names: str) -> list[Change]:
    text = words.format(code=errand.code, **names)
    answer = Errand(f"{errand.errand_id}.answer", "say", errand.to, world.clock(), text=text, contact_id=errand.contact_id)
    return errand_rows.rows(answer)
