"""Each function's policy allows every row that its flows touched in any story of the crash explorer: least privilege, and no less."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.records import (
    Access,
    Appointment,
    Campaign,
    Delete,
    Due,
    Message,
    Put,
    Quiet,
    Receipt,
    RecentText,
    Recipient,
    Reengagement,
    Revision,
    Setting,
    Slot,
    StaffPhone,
    VisitChange,
    WaitlistEntry,
)
from chalicelib.storage.layouts import LAYOUT_OF, Index
from tests.cast import a_patient
from tests.fakes.world import FakeClock
from tests.simulation.explorer import calm
from tests.simulation.faults import Fault, Plan
from tests.simulation.stories import STORIES
from tests.simulation.told import Story
from tests.simulation.town import Parts, Town, TownPhone, fakes

from .template import Template, listed, names

KEEPERS = ("SmsDoor", "EumInbound", "ReconcileHourly", "ReconcileNow", "ReplayParked")
# The flow that a trigger calls, and the functions whose trigger that is.
ENTRIES = {
    "chalicelib.flows.tick": ("Tick",),
    "chalicelib.flows.answer_page": ("PagesDoor",),
    "chalicelib.flows.page_identity": ("PagesDoor",),
    "chalicelib.flows.ask_form": ("PagesDoor",),
    "chalicelib.flows.asked_desk": ("ConsoleDoor",),
    "chalicelib.flows.carrier_stop": ("ReconcileHourly",),
    "chalicelib.flows.page_code": ("PagesDoor",),
    "chalicelib.flows.page_times": ("PagesDoor",),
    "chalicelib.flows.deliver": ("DeliverQueued",),
    "chalicelib.flows.errands": ("DeliverQueued",),
    "chalicelib.flows.staff_phones": ("ConsoleDoor",),
    "chalicelib.flows.on_the_phone": ("VoiceDoor",),
    "chalicelib.flows.call_ended": ("VoiceDoor",),
    "chalicelib.flows.call_through": ("ConsoleDoor",),
    "chalicelib.flows.consent_desk": ("ConsoleDoor",),
    "chalicelib.flows.erase_patient": ("ConsoleDoor",),
    "chalicelib.flows.legal_hold": ("ConsoleDoor",),
    "chalicelib.flows.release_record": ("ConsoleDoor",),
    "chalicelib.flows.released_part": ("ConsoleDoor",),
    "chalicelib.flows.record_delivery": ("SmsDoor", "EumEvent"),
    "chalicelib.flows.reconcile": ("ReconcileHourly", "ReconcileNow"),
    "chalicelib.flows.self_test": ("SelfTest",),
    "chalicelib.flows.drills": ("ConsoleDoor",),
    "chalicelib.flows.look_ahead": ("ReconcileHourly",),
    "chalicelib.flows.plan_rota": ("ConsoleDoor",),
    "chalicelib.flows.replay_parked": ("ReplayParked",),
    "chalicelib.flows.receive_sms": KEEPERS,
    "chalicelib.flows.second_look": ("SecondLook",),
    "chalicelib.flows.handle_incident": ("ConsoleDoor",),
    "chalicelib.flows.desk_tasks": ("ConsoleDoor",),
    "chalicelib.flows.incident_note": ("ConsoleDoor",),
    "chalicelib.flows.mark_page": ("ConsoleDoor",),
    "chalicelib.flows.should_have_paged": ("ConsoleDoor",),
    "chalicelib.flows.sign_off": ("ConsoleDoor",),
    "chalicelib.flows.transfer_incident": ("ConsoleDoor",),
    "chalicelib.flows.write_reply": ("ConsoleDoor",),
    "chalicelib.flows.match_number": ("ConsoleDoor",),
    "chalicelib.flows.transfer_patient": ("ConsoleDoor",),
    "chalicelib.flows.merge_patients": ("ConsoleDoor",),
    "chalicelib.flows.propose": ("ConsoleDoor",),
    "chalicelib.flows.change_program": ("ConsoleDoor",),
    "chalicelib.flows.change_snippet": ("ConsoleDoor",),
    "chalicelib.flows.manage_staff": ("ConsoleDoor",),
    "chalicelib.flows.tell": ("ConsoleDoor",),
    "chalicelib.flows.hand_over": ("ConsoleDoor",),
    "chalicelib.flows.own_views": ("ConsoleDoor",),
    "chalicelib.flows.practice": ("ConsoleDoor",),
    "chalicelib.flows.sign_in": ("ConsoleDoor",),
    "chalicelib.flows.book_appointment": ("ConsoleDoor",),
    "chalicelib.flows.import_appointments": ("ConsoleDoor",),
    "chalicelib.flows.take_visit": ("ScheduleDoor",),
    "chalicelib.flows.visit_changes": ("ScheduleDoor",),
    "chalicelib.flows.campaign_desk": ("ConsoleDoor",),
    "chalicelib.flows.set_stage": ("ConsoleDoor",),
    "chalicelib.flows.take_drop": ("VisitsDropped",),
    "chalicelib.flows.seal_trail": ("SealTrail",),
    "chalicelib.flows.read_thread": ("ConsoleDoor",),
}
Touch = tuple[str, str]  # ("UpdateItem", "contacts")
ASKED_BY: dict[str, tuple[str, Any]] = {
    "claim": ("UpdateItem", Message),
    "newest": ("Query", Message),
    "due": ("Query", Due),
    "recent_texts": ("Query", RecentText),
    "kept": ("BatchGetItem", Receipt),
    "settings": ("Query", Setting),
    "revisions": ("Query", Revision),
    "accesses": ("Query", Access),
    "staff_phones": ("Query", StaffPhone),
    "appointments_of": ("Query", Appointment),
    "openings": ("Query", Slot),
    "visit_changes": ("Query", VisitChange),
    "waitlist": ("Query", WaitlistEntry),
    "reengagements_of": ("Query", Reengagement),
    "quiet": ("Query", Quiet),
    "due_between": ("Query", Due),
    "campaigns": ("Query", Campaign),
    "recipients": ("Query", Recipient),
}
INDEXES = {"trail_in": "audit/by_hour", "owned": "threads/owned", "open_incidents": "incidents/open", "incidents_of": "incidents/log", "booked": "appointments/booked", "turns": "campaigns/turns", "patients_of": "patients/by_program"}  # asked of an index, which has a name of its own
CHANGED_BY = {Put: "PutItem", Delete: "DeleteItem"}


class Recorder:
    """A store that notes which function asked for what."""

    def __init__(self, store: Any, seen: dict[str, set[Touch]]):
        self._store, self._seen = store, seen

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._store, name)

        def noted(*args: Any) -> Any:
            touched = set(touches(name, args))
            for function in asking():
                self._seen[function] |= touched
            return real(*args)

        return noted


def touches(name: str, args: tuple[Any, ...]) -> Iterator[Touch]:
    """The DynamoDB actions behind one call of the store's port."""
    if name == "commit":
        for change in args:
            record = type(change.record) if isinstance(change, Put) else change.record
            yield CHANGED_BY.get(type(change), "UpdateItem"), LAYOUT_OF[record].table
    elif name == "get_many":
        yield from (("BatchGetItem", LAYOUT_OF[kind].table) for kind, _ in args[0])
    elif name == "get":
        yield "GetItem", LAYOUT_OF[args[0]].table
    elif name == "keeping":
        yield "Query", LAYOUT_OF[args[0]].table
    elif name in INDEXES:
        yield "Query", INDEXES[name]
    else:
        verb, record = ASKED_BY[name]
        yield verb, LAYOUT_OF[record].table


def asking() -> tuple[str, ...]:
    """The functions whose trigger began this call: the outermost flow on the stack, on this side of our own phone, which
    another function answers."""
    found: tuple[str, ...] = ()
    frame = sys._getframe(1)
    while frame is not None and not isinstance(frame.f_locals.get("self"), TownPhone):
        found = ENTRIES.get(frame.f_globals.get("__name__", ""), found)
        frame = frame.f_back  # type: ignore[assignment]
    return found


def told(story: Story, seen: dict[str, set[Touch]], at: int | None, fault: Fault) -> Plan:
    """Tell a story in a town whose store takes notes."""

    def noting(town: Town) -> Parts:
        built = fakes(town)
        return Parts(built.store, replace(built.world, store=Recorder(built.world.store, seen)))

    plan = Plan(FakeClock(), at, fault)
    town = Town(plan, plan.clock, noting)
    town._later = []
    a_patient(town.world)
    story.before(town)
    plan.armed = True
    story.act(town)
    plan.armed, plan.down = False, ""
    calm(town)
    return plan


@pytest.fixture(scope="module")
def seen() -> dict[str, set[Touch]]:
    """Function to what it touched, in every story, with each of its calls failing once."""
    found: dict[str, set[Touch]] = defaultdict(set)
    for story in STORIES:
        calls = len(told(story, found, None, Fault.BEFORE).calls)
        for at in range(calls):
            told(story, found, at, Fault.BEFORE)
    return found


def granted(template: Template, function: str) -> set[Touch]:
    """What the policy allows, as (action, table)."""
    tables = {f"{name.capitalize()}Table": name for name in {layout.table for layout in LAYOUT_OF.values()}}
    tables |= {f"{resource}.Arn}}/index/{i.name}": f"{table}/{i.name}" for resource, table in tables.items() for i in _indexes(table)}
    return {
        (action.removeprefix("dynamodb:"), tables[resource])
        for statement in template.statements(function)
        for resource in (names(statement["Resource"]) | _substituted(statement["Resource"])) & set(tables)
        for action in listed(statement["Action"])
    }


def _indexes(table: str) -> list[Index]:
    return [index for layout in LAYOUT_OF.values() if layout.table == table for index in layout.indexes]


def _substituted(resources: Any) -> set[str]:
    """"${ThreadsTable.Arn}/index/waiting" as "ThreadsTable.Arn}/index/waiting"."""
    return {str(each["Fn::Sub"]).removeprefix("${") for each in listed(resources) if "Fn::Sub" in each}


@pytest.mark.slow
@pytest.mark.parametrize("function", sorted({name for functions in ENTRIES.values() for name in functions}))
def test_a_function_may_do_all_that_it_does(template: Template, seen: dict[str, set[Touch]], function: str) -> None:
    assert seen[function], "no story reaches this function"
    missing = seen[function] - granted(template, function)
    assert not missing, sorted(missing)


def unused(template: Template, seen: dict[str, set[Touch]], functions: Iterable[str]) -> dict[str, set[Touch]]:
    """Grants that no story needed: for a person to look at, since stories do not reach everything."""
    return {function: granted(template, function) - seen[function] for function in functions}
