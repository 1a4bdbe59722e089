"""What they said of texts: KEEP, words that may be STOP, a STOP soon after a crisis, a person who notes it. Whatever fails, the number's
row says what its ledger says, and nothing that was stopped goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.core.carrier_stops import OptedOut
from chalicelib.core.consent import keeps, stopped, unsure
from chalicelib.core.consent_ledger import comes_to, number_comes_to
from chalicelib.core.messages import DeliveryEvent, Kind, Status
from chalicelib.core.records import ConsentEntry, Contact, Message, Patient, Tasks, Update
from chalicelib.flows import carrier_stop, outbox
from chalicelib.flows.consent_desk import Said, decide, record
from tests.cast import CAROL, STRANGER_NUMBER, an_sms

from .household_stories import contact_of
from .told import Story
from .town import Town


def _writes(body: str, number: str = "+13035550101", seconds: int = 0):
    def act(town: Town) -> None:
        town.clock.advance(seconds=seconds)
        town.text(an_sms(body, number, at=town.clock.now))
        town.stream()

    return act


def _ledger(town: Town, subject: str) -> list[ConsentEntry]:
    return [line for line in town.store.rows(ConsentEntry) if line.subject_id == subject]


def _same(town: Town) -> list[str]:
    """Each number's row is what its ledger comes to."""
    wrong = []
    for contact in town.store.rows(Contact):
        found = number_comes_to(_ledger(town, contact.contact_id))
        kept = tuple(sorted(scope for scope in contact.kept if keeps(contact, scope)))
        if (found.stopped, found.kept, found.unsure) != (stopped(contact), kept, unsure(contact)):
            wrong.append(f"the ledger comes to {found}")
    return wrong


def _kept(town: Town) -> list[str]:
    fine = stopped(contact_of(town)) and keeps(contact_of(town), "appointments")
    return _same(town) + ([] if fine else ["KEEP did not keep"])


def a_welcome(town: Town) -> None:
    """One automatic text waits to leave."""
    contact_id = town.world.hasher.contact_id("+13035550101")
    letter = outbox.Letter("alice", "adult", contact_id, Kind.WELCOME, "Hello", patient_id="alice", template="welcome")
    town.world.store.commit(*outbox.queue(town.world, letter, town.clock.now))


def _wrote_and_decided(town: Town) -> None:
    _writes("you send too many messages")(town)
    town.clock.advance(minutes=10)
    _decides(town)


def _held(town: Town) -> list[str]:
    """What may have been STOP holds the welcome, unless it had left before the words were kept. Words that could not be sealed
    hold it too until they come back; a person may have decided by then, and nothing is left to ask."""
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.WELCOME]
    since = next((line.at for line in _ledger(town, contact_of(town).contact_id) if line.change in ("unsure", "revoked")), None)
    left = town.carriers["twilio"].left_at.get(row.row)
    wrong = ["nobody was asked to decide"] if since is None else []
    return _same(town) + wrong + (["an automatic text left all the same"] if since and left and left > since else [])


def _recently_in_danger(town: Town) -> None:
    contact = contact_of(town)
    change = {"incident_at": town.clock.now - timedelta(days=3), "version": contact.version + 1}
    town.world.store.commit(Update(Contact, (contact.contact_id,), set=change))


def _somebody_reaches_them(town: Town) -> list[str]:
    tasks = town.store.get(Tasks, "adult")
    kinds = [task.kind for task in tasks.items] if tasks else []
    wrong = [] if kinds == ["stop_after_crisis"] else [f"tasks: {kinds}"]
    return _same(town) + wrong + ([] if stopped(contact_of(town)) else ["the STOP was not honoured"])


def _decides(town: Town) -> None:
    town.do(lambda: decide(town.world, CAROL, "alice", stop=True))


def _decided(town: Town) -> list[str]:
    lines = [line for line in _ledger(town, contact_of(town).contact_id) if line.by == "carol"]
    return _same(town) + ([] if stopped(contact_of(town)) and len(lines) == 1 else ["the decision is not there once"])


def _notes(town: Town) -> None:
    town.do(lambda: record(town.world, CAROL, "alice", Said("text", {"all": False}, "call", "she said no more")))


def _noted(town: Town) -> list[str]:
    patient = town.store.get(Patient, "alice")
    assert patient is not None
    came = comes_to(_ledger(town, "alice"), town.clock.now)
    return [] if patient.consent == {} == came.consent else ["her no is not there"]


def _yes_from_a_stranger(town: Town) -> None:
    _writes("Yes", STRANGER_NUMBER, 60)(town)


def _joined(town: Town) -> list[str]:
    contact = contact_of(town, STRANGER_NUMBER)
    lines = [line.kind for line in _ledger(town, contact.contact_id)]
    if lines == ["conversation", "all"] and stopped_at_carrier(town, contact):
        return []
    return [] if lines == ["conversation"] and contact.joined_at else [f"joined {contact.joined_at}: {lines}"]


def stopped_at_carrier(town: Town, contact: Contact) -> bool:
    """It refused a text of ours for their STOP, and both the number and its ledger say so: what they said before joins nobody."""
    told = [line for line in _ledger(town, contact.contact_id) if (line.medium, line.kind, line.change) == ("carrier", "all", "revoked")]
    return bool(told) and stopped(contact) and not contact.joined_at


def _listed(*minutes_ago: int):
    """She stands on the carrier's own list since then; of two, she sent STOP and START here."""

    def before(town: Town) -> None:
        if len(minutes_ago) > 1:
            _writes("STOP")(town)
            _writes("START", seconds=180)(town)
            town.minute()
        at = town.clock.now - timedelta(minutes=minutes_ago[-1])
        town.carriers["aws"].listed = [OptedOut("+13035550101", at)]

    return before


def _compares(town: Town) -> None:
    """A clinic of AWS, which shows its list. Asked each hour; what failed is asked again in the next, and what the carrier refused on
    the next day."""
    world = replace(town.world, clinic=replace(town.world.clinic, carrier="aws"))
    for hours in (1, 1, 23, 1):
        town.again(lambda: carrier_stop.compare_daily(world), tries=1)
        town.clock.advance(hours=hours)


def _taken_over(town: Town) -> list[str]:
    lines = [line for line in _ledger(town, contact_of(town).contact_id) if line.medium == "carrier"]
    return _same(town) + ([] if stopped(contact_of(town)) and len(lines) == 1 else [f"the carrier's STOP has {len(lines)} lines"])


def _stopped_once_or_not_told(town: Town) -> list[str]:
    """A callback comes once: one that was lost leaves it to the next text that is refused."""
    lines = [line for line in _ledger(town, contact_of(town).contact_id) if line.medium == "carrier"]
    return _same(town) + ([] if len(lines) == int(stopped(contact_of(town))) else [f"the carrier's STOP has {len(lines)} lines"])


def _let_back(town: Town) -> list[str]:
    still = town.carriers["aws"].listed
    contact = contact_of(town)
    wrong = [] if not still and not stopped(contact) else ["her START holds here and not at the carrier"]
    return _same(town) + wrong


def a_welcome_that_left(town: Town) -> None:
    a_welcome(town)
    town.stream()


def _is_refused(town: Town) -> None:
    """The carrier says so of a text that it had taken."""
    town.callback(DeliveryEvent("twilio", "SM-x", Status.FAILED_BLOCKED, town.clock.now, town.sent[-1].row, "21610", "opted_out"))
    for _ in range(3):
        town.clock.advance(minutes=1)
        town.minute()


STORIES = (
    Story("a STOP that only the carrier has", _compares, _listed(60), _taken_over),
    Story("a START that the carrier does not know", _compares, _listed(0, 60), _let_back),
    Story("a text that was refused for a STOP", _is_refused, a_welcome_that_left, _stopped_once_or_not_told),
    Story("KEEP after STOP", _writes("KEEP", seconds=30), _writes("STOP"), _kept),
    Story("words that may be STOP", _wrote_and_decided, a_welcome, _held),
    Story("STOP soon after a crisis", _writes("STOP"), _recently_in_danger, _somebody_reaches_them),
    Story("a person decides that it was STOP", _decides, _writes("way too many messages"), _decided),
    Story("a call that asks for no texts", _notes, after=_noted),
    Story("a word from a poster, and yes", _yes_from_a_stranger, _writes("JOIN", STRANGER_NUMBER), _joined),
)
