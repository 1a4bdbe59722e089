"""Away and back: threads and incident roles go over in one step, survive a process that dies, and come back."""

from __future__ import annotations

import pytest
from ulid import ULID

from chalicelib.core.absence import Absence
from chalicelib.core.records import Contact, Due, ForYou, Incident, KeptDraft, Put, Thread, Update
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound, StoreUnavailable
from chalicelib.flows import handle_incident
from chalicelib.flows.directory import Account
from chalicelib.flows.drafts import keep_draft, open_draft
from chalicelib.flows.hand_over import NotPossible, come_back, leave
from chalicelib.flows.notes import write_note
from chalicelib.flows.outbox import SHARD
from chalicelib.flows.own_thread import give_to
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.cast import CAROL, ERIN, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import a_world

OTHER = "+13035550120"
DAN_OF_ADULT = Staff("dan", "clinician", ("adult",))


def a_busy_world(**parts):
    """Carol owns two threads and holds Alice's incident."""
    world = a_world(**parts)
    a_patient(world)
    a_patient(world, "amy", OTHER)
    receive(world, an_sms("I want to kill myself"), inline=True)
    receive(world, an_sms("hello", OTHER), inline=True)
    for thread_id in ("alice", "amy"):
        give_to(world, CAROL, thread_id, "carol", "")
    [incident] = world.store.rows(Incident)
    handle_incident.acknowledge(world, CAROL, incident.incident_id)
    return world


def owners(world):
    return {thread.thread_id: thread.owner for thread in world.store.rows(Thread)}


def test_everything_goes_over_in_one_step():
    world = a_busy_world()
    absence = leave(world, ERIN, "carol", "erin")
    assert owners(world) == {"alice": "erin", "amy": "erin"}
    assert (absence.state, set(absence.threads)) == ("away", {"alice", "amy"})
    assert world.store.rows(Incident)[0].holder == "erin"


def test_while_she_is_away_later_crisis_texts_page_the_cover():
    world = a_busy_world()
    leave(world, ERIN, "carol", "erin")
    world.clock.advance(minutes=5)
    receive(world, an_sms("I will kill myself"), inline=True)
    assert world.pager.pages[-1][0] == "erin"


def test_everything_comes_back_but_what_was_handed_on():
    world = a_busy_world()
    leave(world, ERIN, "carol", "erin")
    give_to(world, ERIN, "amy", "frontdesk", "erin")
    absence = come_back(world, CAROL, "carol")
    assert owners(world) == {"alice": "carol", "amy": "frontdesk"}
    assert absence.state == "back" and world.store.rows(Incident)[0].holder == "carol"
    ref = next(ref for contact in world.store.rows(Contact) for ref in contact.incidents)
    assert ref.holder == "carol"


def test_nobody_covers_for_herself_or_leaves_twice():
    world = a_busy_world()
    with pytest.raises(NotPossible):
        leave(world, ERIN, "carol", "carol")
    leave(world, ERIN, "carol", "erin")
    with pytest.raises(NotPossible):
        leave(world, ERIN, "carol", "dan")
    with pytest.raises(NotFound):
        come_back(world, ERIN, "dan")


def test_she_can_leave_again_after_she_came_back():
    world = a_busy_world()
    leave(world, ERIN, "carol", "erin")
    come_back(world, CAROL, "carol")
    world.clock.advance(days=1)
    leave(world, ERIN, "carol", "erin")
    assert owners(world) == {"alice": "erin", "amy": "erin"}


class Dying(FakeStore):
    """Fails at its n-th commit from when it is set, and never after."""

    left: int | None = None

    def commit(self, *changes):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise StoreUnavailable("died")
        super().commit(*changes)


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("way", ["leave", "come_back"])
def test_a_hand_over_that_stopped_anywhere_goes_on(at, way):
    world = a_busy_world(store=Dying())
    if way == "come_back":
        leave(world, ERIN, "carol", "erin")
    world.store.left = at
    try:
        leave(world, ERIN, "carol", "erin") if way == "leave" else come_back(world, CAROL, "carol")
    except StoreUnavailable:
        pass
    world.store.left = None
    if world.store.get(Absence, "carol") is None:  # it never began: the person presses again
        leave(world, ERIN, "carol", "erin")
    if way == "come_back" and world.store.get(Absence, "carol").state == "away":
        come_back(world, CAROL, "carol")
    for _ in range(3):
        world.clock.advance(minutes=2)
        tick(world)
    now = "erin" if way == "leave" else "carol"
    assert owners(world) == {"alice": now, "amy": now}
    assert world.store.rows(Incident)[0].holder == now
    assert world.store.get(Absence, "carol").state == ("away" if way == "leave" else "back")


def test_a_draft_goes_over_with_its_thread_and_comes_back():
    world = a_busy_world(ids=lambda at: str(ULID.from_datetime(at)))
    keep_draft(world, CAROL, "alice", "At three", world.ids(world.clock()))
    leave(world, CAROL, "carol", "erin")
    [draft] = world.store.rows(KeptDraft)
    assert (draft.staff_id, open_draft(world, ERIN, draft)) == ("erin", "At three")
    come_back(world, CAROL, "carol")
    assert [each.staff_id for each in world.store.rows(KeptDraft)] == ["carol"]


def test_a_draft_whose_process_died_behind_its_thread_goes_over_with_the_tick():
    world = a_busy_world(ids=lambda at: str(ULID.from_datetime(at)))
    keep_draft(world, CAROL, "alice", "At three", world.ids(world.clock()))
    world.store.commit(Put(Absence("carol", "erin", "leaving", world.clock(), "carol", threads=("alice",))))
    world.store.commit(Update(Thread, ("alice",), set={"owner": "erin"}))
    world.store.commit(Put(Due(SHARD, world.clock(), "hand_over#carol#1", "hand_over", "carol")))
    tick(world)
    assert [each.staff_id for each in world.store.rows(KeptDraft)] == ["erin"]


def test_the_thread_says_who_covers_and_who_is_back():
    world = a_busy_world()
    leave(world, CAROL, "carol", "erin")
    come_back(world, CAROL, "carol")
    turns = [(turn.what, turn.detail) for turn in world.store.get(Thread, "amy").turns]
    assert turns == [("assigned", "carol"), ("away", "erin"), ("back", "carol")]


def _called(world, staff_id):
    asked = world.store.get(ForYou, staff_id)
    return [each.thread_id for each in asked.items] if asked else []


def test_what_colleagues_called_her_to_calls_the_cover():
    world = a_busy_world(ids=lambda at: str(ULID.from_datetime(at)))
    team = [Account(each, each.title(), "clinician", ("adult",)) for each in ("carol", "erin")]
    write_note(world, ERIN, "alice", "@carol look", world.ids(world.clock()), team)
    leave(world, CAROL, "carol", "erin")
    assert (_called(world, "carol"), _called(world, "erin")) == ([], ["alice"])
    write_note(world, DAN_OF_ADULT, "amy", "@carol look here too", world.ids(world.clock()), team)
    assert (_called(world, "carol"), _called(world, "erin")) == (["amy"], ["alice", "amy"])
