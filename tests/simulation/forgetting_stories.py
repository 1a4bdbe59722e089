"""A record is given out, and each file of it has its line in the trail first. A record is deleted whole: at every point each row that is gone is counted, none is left of what was decided, and none is gone of a
record that a legal hold came upon."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.erasures import DONE, STOPPED, Erasure
from chalicelib.core.holds import Hold
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import (
    Appointment,
    AuditEntry,
    Contact,
    Message,
    Patient,
    Put,
    Record,
    Release,
    Roster,
    Thread,
    Update,
)
from chalicelib.core.releases import Asked
from chalicelib.flows import erase_patient, legal_hold
from chalicelib.flows.erase_patient import Wish
from chalicelib.flows.release_record import release
from chalicelib.flows.released_part import read_part
from chalicelib.flows.roster import entries_in
from chalicelib.ports import SealContext
from tests.appointments import booked
from tests.cast import ALICE_NUMBER, FRANK, RITA

from .told import Story
from .town import Town

ROWS: tuple[tuple[str, type[Record]], ...] = (("messages", Message), ("visits", Appointment))
HELD_AFTER = 1  # minutes


def _asked(town: Town) -> None:
    """Alice left; Frank says that her record is to go."""
    for at in ("m1", "m2"):
        sealed = town.world.vault.seal(SealContext("alice", "adult", "note"), f"alice.{at}", "She moved away.")
        contact_id = town.world.hasher.contact_id(ALICE_NUMBER)
        row = Message("alice", at, "note", Kind.NOTE, Status.RECEIVED, town.clock.now, "adult", contact_id, sealed, patient_id="alice")
        town.world.store.commit(Put(row))
    booked(town.world, town.began - timedelta(days=3), "v1")
    town.world.store.commit(Update(Patient, ("alice",), set={"status": "discharged"}))
    assert erase_patient.ask(town.world, FRANK, "alice", Wish("request", True), "er1") == "asked"


def _confirmed(town: Town) -> None:
    town.do(lambda: erase_patient.confirm(town.world, RITA, "er1"))


def forgotten(town: Town) -> None:
    _confirmed(town)
    for _ in range(3):
        town.minute()
        town.clock.advance(seconds=60)


def held_meanwhile(town: Town) -> None:
    """The hold comes while rows go."""
    _confirmed(town)
    town.do(lambda: legal_hold.place(town.world, FRANK, "alice", "litigation", "24-CV-7"))
    for _ in range(3):
        town.minute()
        town.clock.advance(seconds=60)


def held_halfway(town: Town) -> None:
    _confirmed(town)
    town.minute()
    town.do(lambda: legal_hold.place(town.world, FRANK, "alice", "litigation", "24-CV-7"))
    town.clock.advance(seconds=60)
    town.minute()


def _left(town: Town) -> dict[str, int]:
    return {kind: sum("alice" in (getattr(row, "thread_id", ""), getattr(row, "patient_id", "")) for row in town.store.rows(of)) for kind, of in ROWS}


WHOLE = {"messages": 2, "visits": 1}


def _counted(town: Town) -> list[str]:
    """Whatever happened: what is there and what is counted are together what there was."""
    made = town.store.get(Erasure, "er1")
    assert made is not None
    left = _left(town)
    return [f"{kind}: {left[kind]} left, {made.removed.get(kind, 0)} counted of {many}" for kind, many in WHOLE.items() if left[kind] + made.removed.get(kind, 0) != many]


def _gone(town: Town) -> list[str]:
    made, wrong = town.store.get(Erasure, "er1"), _counted(town)
    assert made is not None
    if made.state != DONE:
        return [*wrong, f"it is {made.state}"]
    wrong += [f"{kind} left" for kind, many in _left(town).items() if many]
    wrong += ["the record is there"] if town.store.get(Patient, "alice") or town.store.get(Thread, "alice") else []
    wrong += ["on the list"] if "alice" in entries_in(town.world, RITA, town.store.get(Roster, "adult")) else []
    wrong += ["behind a number"] if any(ref.patient_id == "alice" for each in town.store.rows(Contact) for ref in each.patients) else []
    lines = [row.result for row in town.store.rows(AuditEntry) if row.action == "erase_done"]
    return wrong if lines == ["messages 2, record 2, visits 1"] else [*wrong, f"the trail says {lines}"]


def _kept(town: Town) -> list[str]:
    """A hold that is on: nothing goes after it, and nothing is gone uncounted."""
    made, hold = town.store.get(Erasure, "er1"), town.store.get(Hold, "alice")
    assert made is not None
    if hold is None or hold.placed_at is None:
        return ["the hold was not placed"] if made.state != DONE else _counted(town)
    if made.state != STOPPED:
        return [f"held, and it is {made.state}"]
    return _counted(town) if town.store.get(Patient, "alice") else ["the record is gone, and held"]


def _nothing_gone(town: Town) -> list[str]:
    return _kept(town) if town.store.get(Hold, "alice") is None or _left(town) == WHOLE else ["a row of a held record is gone"]


TAKEN: list[str] = []


def given_out(town: Town) -> None:
    """Rita presses until she has each file."""
    TAKEN.clear()
    wish = Asked("patient", "Alice", ticks=frozenset({"checked"}))
    town.do(lambda: release(town.world, RITA, "alice", wish, "rel1"))
    for part in (0, 1):
        town.do(lambda part=part: TAKEN.append(str(read_part(town.world, RITA, "alice", "rel1", part, "json").part)))  # type: ignore[misc]


def _in_the_account(town: Town) -> list[str]:
    """One release with one line; no file was handed out without its own."""
    lines = [row for row in town.store.rows(AuditEntry) if row.subject_id == "alice"]
    made = [row for row in lines if (row.action, row.result) == ("release_record", "patient")]
    wrong = [] if len(made) == len(town.store.rows(Release)) == 1 else [f"{len(made)} lines of {len(town.store.rows(Release))} releases"]
    files = [row for row in lines if row.action == "export_record"]
    return wrong if len(files) >= len(TAKEN) == 2 else [*wrong, f"{len(TAKEN)} files and {len(files)} lines"]


STORIES = (
    Story("a record is given out", given_out, _asked, _in_the_account),
    Story("a record is deleted", forgotten, _asked, _gone),
    Story("a hold comes before a row is gone", held_meanwhile, _asked, _nothing_gone),
    Story("a hold comes while a record is deleted", held_halfway, _asked, _kept),
)
