"""Whose call it is: the function whose trigger began it, read from the stack."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType

from chalicelib.flows.tick import HANDLERS

KEEPERS = ("SmsDoor", "EumInbound", "ReconcileHourly", "ReconcileNow", "ReplayParked")
DROPS, CONSOLE, PAGES = ("VisitsDropped",), ("ConsoleDoor",), ("PagesDoor",)
# A trigger of app.py, by its own name, says it exactly.
TRIGGERS = {
    "sms_received": "SmsDoor", "sms_status": "SmsDoor", "call_goes_on": "VoiceDoor", "call_status": "VoiceDoor",
    "schedule_visit": "ScheduleDoor", "schedule_cancel": "ScheduleDoor", "schedule_changes": "ScheduleDoor",
    "eum_inbound": "EumInbound", "eum_event": "EumEvent", "deliver_queued": "DeliverQueued", "second_look": "SecondLook",
    "deliver_later": "DeliverLater", "tick": "Tick", "reconcile_hourly": "ReconcileHourly", "seal_trail": "SealTrail",
    "self_test": "SelfTest", "reconcile_now": "ReconcileNow", "replay_parked": "ReplayParked", "visits_dropped": "VisitsDropped",
}  # fmt: skip
# A test that begins further in: the module, or one function of it, that a trigger calls first, and whose trigger that is.
ENTRIES: dict[str, tuple[str, ...]] = {
    "doors.voice_door": ("VoiceDoor",),
    "doors.schedule_door": ("ScheduleDoor",),
    "doors.drop_door": DROPS,
    "doors.carrier_door:take": ("SmsDoor",),
    "doors.carrier_door:note": ("SmsDoor",),
    "doors.carrier_door:eum_inbound": ("EumInbound",),
    "doors.carrier_door:eum_event": ("EumEvent",),
    "storage.drops": DROPS,
    "storage.cloudtrail": CONSOLE,
    "flows.tick": ("Tick",),
    "flows.list_due:list_all": ("Tick",),
    "flows.deliver": ("DeliverQueued", "DeliverLater"),
    "flows.errands": ("DeliverQueued",),
    "flows.answer_page": PAGES,
    "flows.page_identity": PAGES,
    "flows.page_code": PAGES,
    "flows.ask_form": PAGES,
    "flows.page_times": PAGES,
    "flows.carrier_stop:compare_daily": ("ReconcileHourly",),
    "flows.look_ahead:ask": ("ReconcileHourly",),
    "flows.plan_ahead:ask": ("ReconcileHourly",),
    "flows.sweep_keys:ask": ("ReconcileHourly",),
    "flows.list_due:ask": ("ReconcileHourly",),
    "flows.redact_at_carrier:ask": ("ReconcileHourly",),
    "flows.reconcile:reconcile_hourly": ("ReconcileHourly",),
    "flows.reconcile:look_now": ("ReconcileNow",),
    "flows.on_the_phone": ("VoiceDoor",),
    "flows.call_ended": ("VoiceDoor",),
    "flows.record_delivery": ("SmsDoor", "EumEvent"),
    "flows.self_test": ("SelfTest",),
    "flows.replay_parked": ("ReplayParked",),
    "flows.receive_sms": KEEPERS,
    "flows.second_look": ("SecondLook",),
    "flows.take_visit": ("ScheduleDoor",),
    "flows.visit_changes": ("ScheduleDoor",),
    "flows.take_drop": DROPS,
    "flows.seal_trail": ("SealTrail",),
    **dict.fromkeys(
        (f"flows.{name}" for name in (
            "staff_phones", "call_through", "consent_desk", "asked_desk", "erase_patient", "legal_hold", "release_record", "released_part", "drills",
            "plan_rota", "handle_incident", "desk_tasks", "incident_note", "mark_page", "should_have_paged", "sign_off",
            "transfer_incident", "write_reply", "match_number", "transfer_patient", "merge_patients", "propose", "change_program",
            "change_snippet", "manage_staff", "tell", "hand_over", "own_views", "practice", "sign_in", "book_appointment",
            "import_appointments", "campaign_desk", "set_stage", "read_thread",
        )),
        CONSOLE,
    ),
}  # fmt: skip
# What the tick does with one due row, begun by itself.
ENTRIES |= {f"{each.__module__.removeprefix('chalicelib.')}:{each.__name__}": ("Tick",) for each in HANDLERS.values()}
ROOMS = {"chalicelib.console": CONSOLE, "chalicelib.patient_pages": PAGES}


def asking(frame: FrameType | None, boundary: object) -> tuple[str, ...]:
    """The outermost of ours on the stack, on this side of `boundary` (the code of a port's own call): what a stand-in for the
    world does, another does."""
    found: tuple[str, ...] = ()
    for each in _frames(frame, boundary):
        name = each.f_globals.get("__name__", "")
        if name == "app":
            return (TRIGGERS[each.f_code.co_name],) if each.f_code.co_name in TRIGGERS else found
        if name.startswith("chalicelib."):
            found = _of(name, each.f_code.co_name) or found
    return found


def _frames(frame: FrameType | None, boundary: object) -> Iterator[FrameType]:
    while frame is not None and frame.f_code is not boundary:
        yield frame
        frame = frame.f_back


def _of(name: str, function: str) -> tuple[str, ...]:
    short = name.removeprefix("chalicelib.")
    room = next((doors for room, doors in ROOMS.items() if name.startswith(room)), ())
    return room or ENTRIES.get(f"{short}:{function}") or ENTRIES.get(short, ())
