"""What a carrier knows of a STOP, and we may not: from its list once a day, or from a text that it refused for it (TCPA-5). Ours
is a line of the number's ledger with its source, once; nobody is told, since the carrier has told them."""

from __future__ import annotations

from datetime import datetime

from ..core import carrier_stops
from ..core.carrier_stops import BACK, SAME, STOP, OptedOut, compared_key
from ..core.compared import Compared
from ..core.consent import EVERYTHING, RULE_VERSION, after_crisis
from ..core.people import Contact
from ..core.records import Change, ConsentEntry, Due, Message, Put, Update
from ..errors import CarrierError, Conflict, NoStopList, Rejected
from ..ports import World
from .find_row import find_row
from .outbox import SHARD, gone
from .read_many import contacts_of
from .said_consent import reach_another_way

KIND = "carrier_stop"  # the due row of a text that was refused
ATTEMPTS = 4


def compare_daily(world: World) -> None:
    """The list of the clinic's carrier, where it has one that can be read. Raises `StoreError`: the next hour goes on."""
    name, now = world.clinic.carrier, world.clock()
    last = world.store.get(Compared, compared_key(name))
    if name not in world.carriers or (last is not None and now - last.at < carrier_stops.EVERY):
        return
    listed, whole = _read(world, name)
    found = {world.hasher.contact_id(each.number): each for each in listed}
    for known, contact in contacts_of(world, found).items():  # of a number that is nobody's here nothing is written down
        _settle(world, name, contact, found[known])
    if not whole:
        return
    for contact in contacts_of(world, set(last.listed if last else ()) - set(found)).values():
        _mark(world, contact, None)
    ids = tuple(sorted(found))[: carrier_stops.MOST]
    world.store.commit(Update(Compared, (compared_key(name),), set={"at": now, "listed": ids}, create=True))


def _read(world: World, name: str) -> tuple[list[OptedOut], bool]:
    """What it told before it failed counts; what is missing then says nothing."""
    listed: list[OptedOut] = []
    try:
        listed.extend(world.carriers[name].stops())
    except NoStopList:
        return [], False
    except CarrierError as failure:
        world.journal.event("stops_not_read", carrier=name, reason=failure.reason, code=failure.code)
        world.journal.count("stops_not_read")
        return listed, False
    return listed, True


def _settle(world: World, name: str, contact: Contact, listed: OptedOut) -> None:
    what = carrier_stops.decide(contact, listed.at)
    if what == STOP:
        return stop_here(world, contact.contact_id, listed.at, "patient" if listed.by_them else "carrier")
    if what == BACK and _let_back(world, name, listed.number):
        return _mark(world, contact, None)
    _mark(world, contact, listed.at)


def _let_back(world: World, name: str, number: str) -> bool:
    """Off the carrier's list. A refusal stays a difference, for a person to see; it is asked again tomorrow."""
    try:
        world.carriers[name].let_back(number)
    except (CarrierError, NoStopList) as failure:
        world.journal.event("not_let_back", carrier=name, error=type(failure).__name__)
        world.journal.count("not_let_back")
        return False
    return True


def stop_here(world: World, contact_id: str, at: datetime, by: str) -> None:
    """As STOP by text would, with the carrier's own instant. Raises `Conflict`, `StoreError`."""
    for _ in range(ATTEMPTS):
        contact, now = world.store.get(Contact, contact_id), world.clock()
        at = min(at, now)
        if contact is None or carrier_stops.decide(contact, at) != STOP:
            return
        fields = {"stopped_at": at, "carrier_out_at": at, "unsure_at": None, "joined_at": None, "version": contact.version + 1}
        line = ConsentEntry(contact_id, world.ids(now), EVERYTHING, "revoked", "carrier", at, by, RULE_VERSION)
        changes: list[Change] = [Update(Contact, (contact_id,), set=fields, expect={"version": contact.version}), Put(line)]
        for ref in contact.patients if after_crisis(contact, now) else ():
            changes += reach_another_way(world, ref.program, ref.patient_id, ref.patient_id, now)
        try:
            world.store.commit(*changes)
        except (Conflict, Rejected):
            continue
        return world.journal.count("stopped_at_carrier")
    raise Conflict(contact_id)


def _mark(world: World, contact: Contact, at: datetime | None) -> None:
    """What the carrier has, as the number remembers it. Somebody who writes at this moment is looked at again tomorrow."""
    if contact.carrier_out_at == at:
        return
    fields = {"carrier_out_at": at, "version": contact.version + 1}
    try:
        world.store.commit(Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version}))
    except (Conflict, Rejected):
        world.journal.count("carrier_stop_contended")


def refused(message: Message, now: datetime) -> Change:
    """A text was refused for their STOP: for the tick, which may write it down. Kept with what the row says of it."""
    return Put(Due(SHARD, now, f"{KIND}#{message.row}", KIND, message.row))


def note(world: World, due: Due) -> None:
    """Raises `Conflict`, `StoreError`."""
    message = find_row(world, due.target)
    contact = world.store.get(Contact, message.contact_id) if message else None
    if contact is not None and carrier_stops.after_refusal(contact) == STOP:
        stop_here(world, contact.contact_id, due.at, "carrier")
    elif contact is not None and carrier_stops.after_refusal(contact) == SAME:
        _mark(world, contact, contact.carrier_out_at or due.at)
    world.store.commit(gone(due))
