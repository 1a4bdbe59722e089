"""Whose a thread is: whatever fails, it is somebody's, a text that came in meanwhile is not put away, and leave is whole."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.inbox_lists import Show
from chalicelib.core.practice import STEPS
from chalicelib.core.records import Absence, Due, ForYou, Incident, KeptDraft, Mention, Message, Put, Setting, Thread
from chalicelib.core.staff import Staff
from chalicelib.core.telling import Way
from chalicelib.flows import handle_incident
from chalicelib.flows.hand_all_over import hand_all_over
from chalicelib.flows.hand_over import come_back, leave
from chalicelib.flows.own_thread import close, give_to
from chalicelib.flows.own_views import View, keep_view, read_views
from chalicelib.flows.practice import do_step, read_practice
from chalicelib.flows.tell import choose_ways
from tests.cast import CAROL, ERIN, an_sms
from tests.fakes.directory import FakeDirectory

from .told import CRISIS, Story
from .town import Town


def _wrote(town: Town) -> None:
    town.text(an_sms("Can I come later?", at=town.clock.now))


def _thread(town: Town) -> Thread:
    thread = town.store.get(Thread, "alice")
    assert thread is not None
    return thread


def _taken(town: Town) -> None:
    """A person who sees that it is hers does not press again."""
    town.do(lambda: _thread(town).owner == "carol" or give_to(town.world, CAROL, "alice", "carol", ""))
    town.do(lambda: _thread(town).owner == "erin" or give_to(town.world, CAROL, "alice", "erin", "carol"))


def _erins(town: Town) -> list[str]:
    turns = [turn.detail for turn in _thread(town).turns]
    wrong = [] if _thread(town).owner == "erin" else ["it is not Erin's"]
    return wrong + ([] if turns == ["carol", "erin"] else [f"the thread says {turns}"])


def _closed_against_a_text(town: Town) -> None:
    """Closed as it was seen, after another text had come in."""
    seen = _thread(town).last_at
    town.clock.advance(seconds=1)
    town.text(an_sms("One more thing", at=town.clock.now))
    town.do(lambda: close(town.world, CAROL, "alice", seen, "no_answer_needed"))


def _still_waits(town: Town) -> list[str]:
    thread = _thread(town)
    return [] if thread.closed_at is None and thread.waiting_since is not None else ["a text that nobody read was put away"]


def _busy(town: Town) -> None:
    """Carol owns the thread and holds its incident."""
    town.text(an_sms(CRISIS, at=town.clock.now), crisis=True)
    give_to(town.world, CAROL, "alice", "carol", "")
    for incident in town.store.rows(Incident):
        handle_incident.acknowledge(town.world, CAROL, incident.incident_id)


def _leaves(town: Town) -> None:
    def press() -> None:
        if town.store.get(Absence, "carol") is None:
            leave(town.world, CAROL, "carol", "erin")

    town.do(press)


def _everything_at(town: Town, who: str, state: str) -> list[str]:
    [incident], absence = town.store.rows(Incident), town.store.get(Absence, "carol")
    wrong = [] if _thread(town).owner == who else [f"the thread is not {who}'s"]
    first = next((step.detail for step in incident.steps if step.what == "lapsed"), incident.holder)  # before nobody followed up
    wrong += [] if first == who else [f"the incident is not {who}'s"]
    return wrong + ([] if absence is not None and absence.state == state else ["the hand-over hangs"])


def _away(town: Town) -> None:
    _busy(town)
    leave(town.world, CAROL, "carol", "erin")


def _returns(town: Town) -> None:
    def press() -> None:
        absence = town.store.get(Absence, "carol")
        if absence is not None and absence.state == "away":
            come_back(town.world, CAROL, "carol")

    town.do(press)


def _keeps(town: Town) -> None:
    for view in (View("adult", Show.MINE), View("harbor", Show.OVERDUE)):
        town.do(lambda view=view: keep_view(town.world, ERIN, view))  # type: ignore[misc]


def _kept(town: Town) -> list[str]:
    views, [row] = read_views(town.world, ERIN), town.store.rows(Setting)
    wanted = (View("adult", Show.MINE), View("harbor", Show.OVERDUE))
    return [] if views == wanted and len(row.value) == 2 else ["the lists were not kept once each"]


def _late(town: Town) -> None:
    """Carol's thread, with a draft of hers, and how she wants to be told."""
    _wrote(town)
    give_to(town.world, CAROL, "alice", "carol", "")
    town.world.store.commit(Put(KeptDraft("alice", "carol", "form", "alice", "adult", b"sealed", town.clock.now, "carol")))
    called = Mention("alice", "adult", "alice", "erin", town.clock.now)
    town.world.store.commit(Put(ForYou("carol", (called,), 1)))


def _told_late(town: Town) -> None:
    town.do(lambda: choose_ways(town.world, CAROL, (Way.SMS, Way.EMAIL)))
    promised = _thread(town).reply_by
    assert promised is not None
    town.clock.now = promised + timedelta(seconds=1)
    town.minute()


def _heard(town: Town) -> list[str]:
    to = {each for _, each, text in town.pages if "waits longer" in text}
    return [] if {"carol", "carol:email"} & to else [f"nobody was told that it is late: {to}"]


def _draft_at_erins(town: Town) -> list[str]:
    drafts = [each.staff_id for each in town.store.rows(KeptDraft)]
    calls = {each.staff_id: len(each.items) for each in town.store.rows(ForYou)}
    wrong = [] if drafts == ["erin"] else [f"the draft is {drafts}"]
    wrong += [] if calls == {"carol": 0, "erin": 1} else [f"the call is {calls}"]
    return [*_everything_at_erins(town), *wrong]


def _everything_at_erins(town: Town) -> list[str]:
    return [] if _thread(town).owner == "erin" else ["the thread is not erin's"]


def _practises(town: Town) -> None:
    """Every step, pressed again when its page failed."""
    for step in STEPS:
        town.do(lambda step=step: do_step(town.world, ERIN, step))  # type: ignore[misc]


def _nobody_heard(town: Town) -> list[str]:
    done = read_practice(town.world, ERIN).done
    wrong = [] if done == len(STEPS) else [f"{done} steps are done"]
    rows = [*town.store.rows(Message), *town.store.rows(Incident), *town.store.rows(Due)]  # Alice has a thread, and nothing in it
    return wrong + (["practice reached somebody"] if rows or town.pages or town.sent else [])


ADMIN = Staff("administrator", "administrator", ())


def _goes_for_good(town: Town) -> None:
    """To Erin, by an administrator who presses again while something is still Carol's."""
    directory = FakeDirectory.of(ADMIN, CAROL, ERIN)
    town.do(lambda: hand_all_over(town.world, directory, ADMIN, "carol", "erin"))


def _nothing_left(town: Town) -> list[str]:
    threads = [row.thread_id for row in town.store.rows(Thread) if row.owner == "carol"]
    incidents = [row.incident_id for row in town.store.rows(Incident) if row.holder == "carol" and row.state != "resolved"]
    house = [row for row in town.store.rows(Setting) if row.kind == "rota"]
    people = {person for row in house for person in row.value.get("people", "").split(",")}
    return [f"still Carol's: {each}" for each in (*threads, *incidents)] + (["the rota calls Carol"] if "carol" in people or not house else [])


STORIES: tuple[Story, ...] = (
    Story("a thread is taken and handed on", _taken, _wrote, _erins),
    Story("closed against a new text", _closed_against_a_text, _wrote, _still_waits),
    Story("on leave", _leaves, _busy, lambda town: _everything_at(town, "erin", "away")),
    Story("everything goes over for good", _goes_for_good, _busy, _nothing_left),
    Story("back from leave", _returns, _away, lambda town: _everything_at(town, "carol", "back")),
    Story("late, and told as one chose", _told_late, _late, _heard),
    Story("a draft goes along with its thread", _leaves, _late, _draft_at_erins),
    Story("two lists are kept at hand", _keeps, after=_kept),
    Story("a first day", _practises, after=_nobody_heard),
)
