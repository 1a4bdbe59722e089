"""Somebody answered our call, or pressed a key: what the voice says next, and what the key did.

An answered call proves nothing: a voicemail box answers, and so does whoever else is at home. Taking an item therefore takes the
PIN of whose phone it is; passing it on does not, since that only calls more people sooner (docs/decisions/paging-paths.md).
The same key told twice does what it did once.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from ..core import incidents
from ..core.calls import PIN_TRIES, Ask, CallEvent, Dial, Ended, PhoneCall, Script, Why
from ..core.item_code import spoken
from ..core.not_safe import NO_CONTACT
from ..core.phones import StaffPhone, Way
from ..core.records import Due, Incident, Step, Update
from ..errors import Conflict, Rejected
from ..ports import World
from ..texts.voice import say
from . import call_through, escalate, outbox, staff_reply, told_by_phone
from .crisis_rows import escalation_due
from .phone_code import code_for_phone, pin_for_calls
from .staff_reply import pass_test_of

MENU, PIN, BACK = "menu", "pin", "back"
WARNS = ("page", "yours")  # what would have somebody call


def goes_on(world: World, event: CallEvent) -> Script:
    """Raises `StoreError`, `VaultError`, `SecretUnavailable`: the door says a kind line."""
    if not event.row:
        return _called_back(world, event)
    call = world.store.get(PhoneCall, event.row)
    return WHY[call.why](world, call, event) if call is not None else Script(say("nothing"))


def trouble() -> Script:
    """What is said when something of ours fails: never the carrier's own "application error"."""
    return Script(say("trouble"))


def _called_back(world: World, event: CallEvent) -> Script:
    """Somebody calls the clinic's number, most of all a patient who missed a call through the clinic: people answer, and in
    hours without anybody they hear where to turn. Nothing is looked up, and nothing here can fail."""
    if event.moment == BACK:
        return Script() if event.other_ended == Ended.ANSWERED else _nobody_here()
    if not world.clinic.phone:
        return _nobody_here()
    return Script(say("hold"), dial=Dial(world.clinic.phone, "", BACK))


def _nobody_here() -> Script:
    return Script(say("nobody_here"), say("nobody_here_es"))


def _item(world: World, call: PhoneCall, event: CallEvent) -> Script:
    incident = world.store.get(Incident, call.incident_id)
    if incident is None or incident.state == "resolved":
        return Script(_said(incident, "over") if incident else say("over", code=""))
    if incident.state not in incidents.UNACKNOWLEDGED:
        return _taken(call, incident)
    if event.moment == PIN:
        return _with_pin(world, call, event, lambda: _take(world, call, incident))
    if event.moment == MENU and event.keys == "1":
        return _ask_pin("pin")
    if event.moment == MENU and event.keys == "2":
        return _pass_on(world, call, incident)
    return Script(ask=Ask(_said(incident, "page"), MENU), after=say("no_key"))


def _taken(call: PhoneCall, incident: Incident) -> Script:
    return Script(_said(incident, "yours" if incident.holder == call.staff else "taken"))


def _said(incident: Incident, sentence: str) -> str:
    """Of a drill it is said first, and taking it ends it. Of a phone that is not safe, that nobody may call it (SAFE-4)."""
    code = spoken(incident.code)
    if NO_CONTACT in incident.categories and sentence in WARNS:
        return say(f"{sentence}_held", code=code)
    if not incident.exercise:
        return say(sentence, code=code)
    return f"{say('drill')} {say('drill_yours' if sentence == 'yours' else sentence, code=code)}"


def _take(world: World, call: PhoneCall, incident: Incident) -> Script:
    if not staff_reply.may_take(world, incident, call.staff):
        return Script(say("not_yours", code=spoken(incident.code)))
    taken = staff_reply.take(world, call.staff, incident, "call")
    if taken.holder == call.staff:
        _remember(world, call, "taken")
    return _taken(call, taken)


def _pass_on(world: World, call: PhoneCall, incident: Incident) -> Script:
    """The next step is called now. Only whoever it waits for passes it: said late or twice, it skips nobody."""
    code = spoken(incident.code)
    if call.done == "passed":
        return Script(say("passed", code=code))
    if incident.holder != call.staff:
        return Script(say("moved_on", code=code))
    now = world.clock()
    due = escalation_due(incident.incident_id, now)
    asked = Update(
        Incident, (incident.incident_id,), set={"escalate_at": now}, add={"version": 1},
        append={"steps": (Step(now, call.staff, "passed"),)}, expect={"version": incident.version},
    )
    mark = Update(PhoneCall, (call.call_id,), set={"done": "passed"}, add={"version": 1})
    try:
        world.store.commit(asked, outbox.keep_due(due), mark)
    except (Rejected, Conflict):  # somebody took it, it went on, or a text came at this moment: as it stands now
        return _as_it_stands(world, call, incident.incident_id)
    _at_once(world, incident, due)
    return Script(say("passed", code=code))


def _as_it_stands(world: World, call: PhoneCall, incident_id: str) -> Script:
    """What is true now; what still waits for her is asked again."""
    incident = world.store.get(Incident, incident_id)
    if incident is not None and incident.state in incidents.UNACKNOWLEDGED and incident.holder != call.staff:
        return Script(say("moved_on", code=spoken(incident.code)))
    return _item(world, call, CallEvent("", "", call.call_id, world.clock()))


def _at_once(world: World, incident: Incident, due: Due) -> None:
    """The tick does it within a minute if it does not go through now."""
    try:
        escalate.escalate(world, due)
    except Exception as failure:  # noqa: BLE001  whoever passed it on is told the truth: it goes on
        world.journal.event("passed_on_later", incident_id=incident.incident_id, error=type(failure).__name__)


def _test(world: World, call: PhoneCall, event: CallEvent) -> Script:
    if event.moment == PIN:
        return _with_pin(world, call, event, lambda: _passed(world, call))
    if event.moment == MENU and event.keys == "1":
        return _ask_pin("pin")
    return Script(ask=Ask(say("test"), MENU), after=say("test_no_key"))


def _passed(world: World, call: PhoneCall) -> Script:
    change = pass_test_of(world, call.staff, Way.CALL, call.contact_id, world.clock())
    if change is not None:
        world.store.commit(change)
    _remember(world, call, "tested")
    return Script(say("tested"))


def _code(world: World, call: PhoneCall, event: CallEvent) -> Script:
    """Said only to who pressed a key: a voicemail box keeps no code."""
    if event.moment != MENU or event.keys != "1":
        return Script(ask=Ask(say("code"), MENU), after=say("nothing"))
    phone = world.store.get(StaffPhone, call.staff)
    method = phone.method(Way.CALL) if phone else None
    if method is None or method.contact_id != call.contact_id or method.asked_at is None:
        return Script(say("nothing"))
    return Script(say("told_code", digits=spoken(code_for_phone(world, call.staff, method))))


def _ask_pin(sentence: str) -> Script:
    return Script(ask=Ask(say(sentence), PIN, digits=4, seconds=10), after=say("no_key"))


def _with_pin(world: World, call: PhoneCall, event: CallEvent, then: Callable[[], Script]) -> Script:
    phone = world.store.get(StaffPhone, call.staff)
    method = phone.method(Way.CALL) if phone else None
    if method is None or method.contact_id != call.contact_id or call.wrong >= PIN_TRIES:
        return Script(say("no_more_tries"))
    if hmac.compare_digest(pin_for_calls(world, call.staff, method).encode(), event.keys.encode()):
        return then()
    world.store.commit(Update(PhoneCall, (call.call_id,), add={"wrong": 1, "version": 1}))
    world.journal.count("wrong_pin")
    if call.wrong + 1 >= PIN_TRIES:
        return Script(say("no_more_tries"))
    return _ask_pin("wrong_pin")


def _remember(world: World, call: PhoneCall, done: str) -> None:
    world.store.commit(Update(PhoneCall, (call.call_id,), set={"done": done}, add={"version": 1}))


WHY: dict[str, Callable[[World, PhoneCall, CallEvent], Script]] = {
    Why.PAGE: _item,
    Why.TEST: _test,
    Why.CODE: _code,
    Why.BRIDGE: call_through.goes_on,
    Why.TOLD: told_by_phone.goes_on,
    Why.OPENS: told_by_phone.goes_on,
}
