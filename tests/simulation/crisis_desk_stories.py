"""A crisis to its end: handed over, closed with what is left to do, marked, signed, whatever fails meanwhile."""

from __future__ import annotations

from chalicelib.core.records import Incident, Message, Missed, Tasks, Thread
from chalicelib.core.staff import Staff
from chalicelib.flows import desk_tasks, handle_incident
from chalicelib.flows.incident_note import write_incident_note
from chalicelib.flows.mark_page import mark_page
from chalicelib.flows.should_have_paged import should_have_paged
from chalicelib.flows.sign_off import sign_off
from chalicelib.flows.transfer_incident import transfer
from tests.cast import CAROL, ERIN, an_sms

from .told import CRISIS, Story
from .town import Town

GRACE = Staff("grace", "supervisor", ("adult",))


def _taken(town: Town) -> None:
    town.text(an_sms(CRISIS, at=town.clock.now), crisis=True)
    handle_incident.acknowledge(town.world, CAROL, _item(town).incident_id)


def _item(town: Town) -> Incident:
    [incident] = town.store.rows(Incident)
    return incident


def _handed_over(town: Town) -> None:
    town.do(lambda: _item(town).holder == "erin" or transfer(town.world, CAROL, _item(town).incident_id, "erin"))


def _goes_on(town: Town) -> list[str]:
    """Either the giver still has it, or the taker does and was paged: never between the two."""
    incident, thread = _item(town), town.store.get(Thread, "alice")
    if not any(step.what == "transferred" for step in incident.steps):
        return []
    wrong = [] if any(to == "erin" and "handed to you" in text for _, to, text in town.pages) else ["Erin was not paged"]
    wrong += [] if incident.state == "paged" and incident.escalate_at else [f"it rests: {incident.state}"]
    return wrong + ([] if thread is not None and thread.owner == "erin" else ["the thread stayed behind"])


def _closed(town: Town) -> None:
    def press() -> None:
        if _item(town).state == "acknowledged":
            handle_incident.contacted(town.world, CAROL, _item(town).incident_id)
        if _item(town).state == "contacted":
            handle_incident.resolve(town.world, CAROL, _item(town).incident_id, "went_to_hospital")

    town.do(press)


def _left_to_do(town: Town) -> list[str]:
    known = town.store.get(Tasks, "adult")
    kinds = [each.kind for each in known.items] if known else []
    return [] if kinds == ["sign_off", "follow_up"] else [f"to do: {kinds}"]


def _ended(town: Town) -> None:
    _taken(town)
    _closed(town)


def _signed(town: Town) -> None:
    town.do(lambda: sign_off(town.world, GRACE, _item(town).incident_id))


def _signed_once(town: Town) -> list[str]:
    known = town.store.get(Tasks, "adult")
    wrong = [] if known and [each.kind for each in known.items] == ["follow_up"] else ["the signature is still asked for"]
    signed = [step.who for step in _item(town).steps if step.what == "signed"]
    return wrong + ([] if signed == ["grace"] and _item(town).signed_by == "grace" else [f"signed by {signed}"])


def _asked_and_booked(town: Town) -> None:
    def ask() -> None:
        desk_tasks.ask(town.world, CAROL, _item(town), "urgent_visit")

    def book() -> None:
        known = town.store.get(Tasks, "adult")
        for each in known.items if known else ():
            desk_tasks.end(town.world, ERIN, "adult", each.task_id)

    town.do(ask)
    town.do(book)


def _nothing_left(town: Town) -> list[str]:
    known = town.store.get(Tasks, "adult")
    return [] if known is not None and not known.items else ["the visit is still asked for, or never was"]


def _marked(town: Town) -> None:
    town.do(lambda: mark_page(town.world, CAROL, _item(town).incident_id, "false"))


def _mark_stands(town: Town) -> list[str]:
    return [] if _item(town).mark == "false" else ["the mark is lost"]


def _noted(town: Town) -> None:
    form = town.world.ids(town.clock.now)
    town.do(lambda: write_incident_note(town.world, CAROL, _item(town).incident_id, "Crisis note", form))


def _note_once(town: Town) -> list[str]:
    notes = [row for row in town.store.rows(Message) if row.direction == "note"]
    named = [step.detail for step in _item(town).steps if step.what == "noted"]
    return [] if len(notes) == 1 and named == [notes[0].message_id] else [f"{len(notes)} notes, named {named}"]


def _wrote_quietly(town: Town) -> None:
    town.text(an_sms("they would all be fine without me", at=town.clock.now), crisis=False)


def _said_it_should_have_paged(town: Town) -> None:
    [text] = [row for row in town.store.rows(Message) if row.direction == "in"]
    town.do(lambda: should_have_paged(town.world, CAROL, text.thread_id, text.message_id))


def _paged_and_counted_once(town: Town) -> list[str]:
    wrong = [] if [step.what for step in _item(town).steps].count("raised") == 1 else ["raised not once"]
    wrong += [] if any("urgent item" in text for _, _, text in town.pages) else ["nobody was paged"]
    known = [each for row in town.store.rows(Missed) for each in row.items]
    return wrong + ([] if [each.incident_id for each in known] == [_item(town).incident_id] else [f"missed: {len(known)}"])


STORIES: tuple[Story, ...] = (
    Story("an item handed to a colleague", _handed_over, _taken, _goes_on),
    Story("closed, with what is left to do", _closed, _taken, _left_to_do),
    Story("an ending signed", _signed, _ended, _signed_once),
    Story("an urgent visit asked for and booked", _asked_and_booked, _taken, _nothing_left),
    Story("a page marked false", _marked, _taken, _mark_stands),
    Story("a note for the chart", _noted, _taken, _note_once),
    Story("a text that should have paged", _said_it_should_have_paged, _wrote_quietly, _paged_and_counted_once),
)
