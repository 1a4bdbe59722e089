"""What each function may do, and above all what it may not (N5, N6; DESIGN §2 and §3)."""

from __future__ import annotations

import pytest

from chalicelib.core.exercise import DEAD_MAN, SECOND
from chalicelib.core.going_live import GO_LIVE
from chalicelib.core.own_keys import OPEN
from chalicelib.core.settings import HOUSE, PROGRAM, PROPOSAL, ROTA, SEQUENCE, SNIPPET
from chalicelib.flows.own_views import VIEW
from chalicelib.flows.practice import PRACTICE
from chalicelib.flows.tell import TELL
from chalicelib.storage.layouts import ABSENCE, ACCESS, LENDING, LENT, PHONE

from .template import FUNCTIONS, Template, listed, names, nodes

DOORS = {"APIHandler", "SmsDoor", "VoiceDoor", "ScheduleDoor", "ConsoleDoor", "PagesDoor", "EumInbound", "EumEvent"}
# What somebody wrote, whose it is, and what was said of it.
THREAD_KINDS = {"inbound_text", "outgoing_text", "profile", "roster", "note", "draft"}
SEALS_ONLY = {"SmsDoor", "EumInbound", "ReconcileHourly", "ReconcileNow"}
# A job opens only the kinds it needs. The console's role opens nothing: each person's own key does (test_own_keys.py).
OPENS = {
    "DeliverQueued": {"outgoing_text", "number", "address"},
    "DeliverLater": {"outgoing_text", "number", "address"},
    # a patient's move to another program opens and seals again (docs/decisions/moving-a-patient.md says the price)
    # and a reminder says where a visit is (docs/decisions/appointments.md)
    "Tick": {"inbound_text", "outgoing_text", "number", "note", "appointment", "page", "address"},
    "ReplayParked": {"parked"},
    # the one number that a call of the last minutes is to be put through to, and the words of one call (docs/decisions/calls.md)
    "VoiceDoor": {"bridge", "spoken"},
    "VisitsDropped": {"appointment"},
    "ScheduleDoor": {"appointment", "visit_id"},  # where a visit is, and what the schedule calls it; nothing that anybody wrote
    "SecondLook": {"recent_text"},  # short-lived copies, and nothing that is kept
    "PagesDoor": {"page"},  # what was posted to a page, and nothing else of anybody (docs/decisions/patient-pages.md)
}
# Whoever takes an item, in the console or by text, tells the others to stand down.
PAGES = {
    "SmsDoor", "EumInbound", "EumEvent", "Tick", "ReconcileHourly", "ReconcileNow", "ReplayParked", "ConsoleDoor", "DeliverQueued",
    "SecondLook", "VoiceDoor", "PagesDoor",
}
KIND = "kms:EncryptionContext:kind"
OPEN_SHELF = LENDING + OPEN  # lent keys that nobody reviewed yet


def on(template: Template, function: str, action: str, resource: str) -> list[dict]:  # type: ignore[type-arg]
    """The statements that allow `action` on `resource`."""
    return [s for s in template.statements(function) if action in listed(s["Action"]) and resource in names(s["Resource"])]


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_who_opens_and_which_kinds(template: Template, function: str) -> None:
    found = on(template, function, "kms:Decrypt", "ContentKey")
    kinds = {kind for s in found for kind in listed(s["Condition"]["StringEquals"][KIND])}
    assert kinds == OPENS.get(function, set())


@pytest.mark.parametrize("function", sorted(DOORS))
def test_no_door_opens_what_a_thread_holds_nor_lends_a_key(template: Template, function: str) -> None:
    """DESIGN §3: a door that is broken into gives away the credentials of those at work in that moment, and no thread besides."""
    found = on(template, function, "kms:Decrypt", "ContentKey")
    assert not {kind for s in found for kind in listed(s["Condition"]["StringEquals"][KIND])} & THREAD_KINDS
    assert not {"kms:CreateGrant", "kms:RetireGrant", "kms:PutKeyPolicy", "sts:AssumeRole"} & template.allowed(function)


@pytest.mark.parametrize("function", sorted(SEALS_ONLY))
def test_the_doors_that_face_the_world_can_seal_and_page_and_not_open(template: Template, function: str) -> None:
    assert on(template, function, "kms:GenerateDataKey", "ContentKey")
    assert on(template, function, "sns:Publish", "PageTopic")
    assert on(template, function, "sqs:SendMessage", "ParkingQueue")
    assert not on(template, function, "kms:Decrypt", "ContentKey")


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_nobody_seals_without_saying_what(template: Template, function: str) -> None:
    assert all(KIND in s["Condition"]["StringEquals"] for s in on(template, function, "kms:GenerateDataKey", "ContentKey"))


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_the_storage_key_is_used_through_services_only(template: Template, function: str) -> None:
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert all("kms:ViaService" in s["Condition"]["StringEquals"] for s in on(template, function, action, "StorageKey"))


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_who_pages(template: Template, function: str) -> None:
    assert bool(on(template, function, "sns:Publish", "PageTopic")) == (function in PAGES)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_no_power_over_everything(template: Template, function: str) -> None:
    for statement in template.statements(function):
        assert statement["Effect"] == "Allow"
        assert not [action for action in listed(statement["Action"]) if "*" in action]
        if statement["Resource"] == "*":
            assert statement["Action"] == ["dynamodb:ListStreams"]  # which AWS grants on "*" or not at all


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_nobody_can_change_the_trail(template: Template, function: str) -> None:
    touched = {a for s in template.statements(function) if "AuditTable" in names(s["Resource"]) for a in listed(s["Action"])}
    reads = {"dynamodb:Query"} if function in ("ConsoleDoor", "SealTrail") else set()  # the officer's pages, and the seal
    assert touched <= {"dynamodb:PutItem"} | reads  # a first write: `Put` is conditional on the row not being there


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_consent_is_only_ever_added(template: Template, function: str) -> None:
    touched = {a for s in template.statements(function) if "ConsentsTable" in names(s["Resource"]) for a in listed(s["Action"])}
    reads = {"dynamodb:Query"} if function == "ConsoleDoor" else set()  # the patient's page shows it
    assert touched <= {"dynamodb:PutItem"} | reads


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_what_was_released_is_never_changed_or_deleted(template: Template, function: str) -> None:
    for statement in (each for each in template.statements(function) if "KeepingTable" in names(each["Resource"])):
        assert function in ("ConsoleDoor", "Tick") and "dynamodb:DeleteItem" not in listed(statement["Action"])
        if function == "Tick" or "dynamodb:UpdateItem" in listed(statement["Action"]):  # holds and decisions, which have their trail
            leading = statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]
            assert leading in ([["erasure"], ["hold"]] if function == "Tick" else [["breach", "erasure"], ["hold"]])
        if function == "Tick" and leading == ["hold"]:  # it asks whether one is there, and neither makes nor ends one
            assert statement["Action"] == ["dynamodb:GetItem", "dynamodb:ConditionCheckItem"]


def test_one_job_alone_deletes_a_record(template: Template) -> None:
    """And it asks in the same transaction that no hold is on it (`flows.erase_rows`)."""
    may = {f for f in FUNCTIONS for s in template.statements(f) if "PatientsTable" in names(s["Resource"]) and "dynamodb:DeleteItem" in listed(s["Action"])}
    assert may - {"ConsoleDoor"} == {"Tick"}


def test_a_patients_profile_is_out_of_the_doors_reach(template: Template) -> None:
    keepers = SEALS_ONLY | {"ReplayParked"}
    for function in keepers | {"EumEvent", "SecondLook", "VoiceDoor"}:
        found = [(s["Action"], s["Condition"]) for s in template.statements(function) if "PatientsTable" in names(s["Resource"])]
        # a yes to an offered time is a new visit: the row's list of visits is put away, to be made anew, and nothing else is touched
        nothing_read = {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]}  # or a change gives back the whole row
        only = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "visits"]}, "StringEqualsIfExists": nothing_read}
        anew = (["dynamodb:UpdateItem"], only)
        assert found == ([anew] if function in keepers else []), function


def test_the_patients_door_opens_what_was_posted_to_a_page_and_cannot_read_back_what_it_takes(template: Template) -> None:
    seals = {
        kind for s in on(template, "PagesDoor", "kms:GenerateDataKey", "ContentKey") for kind in listed(s["Condition"]["StringEquals"][KIND])
    }
    assert seals == {"inbound_text", "recent_text", "outgoing_text", "number", "parked", "spoken"}  # a code that a call says; a typed number
    touched = {a for s in template.statements("PagesDoor") if "PatientsTable" in names(s["Resource"]) for a in listed(s["Action"])}
    assert touched == {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"}  # whose link it is, and what they say no to; their profile stays sealed
    assert not [s for s in template.statements("PagesDoor") if "SessionsTable" in names(s["Resource"])]


def test_only_the_patients_door_the_console_the_tick_and_a_replay_know_links(template: Template) -> None:
    knows = {f for f in FUNCTIONS for s in template.statements(f) if "LinksTable" in names(s["Resource"])}
    assert knows == {"PagesDoor", "ConsoleDoor", "ReplayParked", "Tick"}  # the tick puts one with an e-mail, and sees whether it was opened
    ticks = {a for s in template.statements("Tick") if "LinksTable" in names(s["Resource"]) for a in listed(s["Action"])}
    assert ticks == {"dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"}  # and ends one
    reads = {a for s in template.statements("ConsoleDoor") if "LinksTable" in names(s["Resource"]) for a in listed(s["Action"])}
    assert reads == {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"}
    asked = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["asked#*"]}}  # what came by the web page, and no link
    for function, action in (("Tick", "dynamodb:UpdateItem"), ("ConsoleDoor", "dynamodb:GetItem")):
        [said] = [s for s in template.statements(function) if "LinksTable" in names(s["Resource"]) and s["Sid"] == "AskedOnOurPage"]
        assert (said["Condition"], listed(said["Action"])) == (asked, [action])


def test_the_door_of_calls_sees_calls_and_no_session_and_seals_nothing(template: Template) -> None:
    found = [s for s in template.statements("VoiceDoor") if "SessionsTable" in names(s["Resource"])]
    assert [s["Condition"] for s in found] == [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["call#*"]}}]
    threads = [s for s in template.statements("VoiceDoor") if "ThreadsTable" in names(s["Resource"])]
    assert [s["Condition"] for s in threads] == [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["errand#*", "drill-*"]}}]
    assert not on(template, "VoiceDoor", "kms:GenerateDataKey", "ContentKey")


def test_a_number_for_one_call_is_sealed_by_the_console_and_opened_by_the_door_of_calls_alone(template: Template) -> None:
    for action, wanted in (("kms:GenerateDataKey", {"ConsoleDoor"}), ("kms:Decrypt", {"VoiceDoor"})):
        may = {
            function
            for function in FUNCTIONS
            for s in on(template, function, action, "ContentKey")
            if "bridge" in listed(s["Condition"]["StringEquals"][KIND])
        }
        assert may == wanted


def test_the_schedules_door_reads_threads_and_changes_none_and_marks_people_who_must_be_called(template: Template) -> None:
    for table, actions in (("ThreadsTable", {"dynamodb:GetItem"}), ("PatientsTable", {"dynamodb:UpdateItem"})):
        found = {a for s in template.statements("ScheduleDoor") if table in names(s["Resource"]) for a in listed(s["Action"])}
        assert found == {"dynamodb:BatchGetItem"} | actions
    tasks = [s["Condition"] for s in template.statements("ScheduleDoor") if "IncidentsTable" in names(s["Resource"])]
    assert tasks == [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["tasks#*"]}}]
    assert not {"sns:Publish", "sqs:SendMessage"} & template.allowed("ScheduleDoor")


def test_every_function_writes_its_own_log_and_no_other(template: Template) -> None:
    for name, function in template.of_type("AWS::Lambda::Function").items():
        own = [s for s in template.statements(name) if "logs:PutLogEvents" in listed(s["Action"])]
        assert [s["Resource"]["Fn::Sub"].endswith(f"/aws/lambda/{function['FunctionName']['Fn::Sub']}:*") for s in own] == [True]


def test_no_statement_names_what_is_not_there(template: Template) -> None:
    there = {*template.resources, *template.tree["Parameters"]}
    referred = {name for name in names(template.tree) if not name.startswith("AWS::")}
    assert referred <= there
    assert sum(1 for _ in nodes(template.tree)) > 1000  # the walk walks


def test_the_history_of_settings_is_only_ever_added_to(template: Template) -> None:
    changes = [s for s in template.statements("ConsoleDoor") if "SettingsTable" in names(s["Resource"])]
    updating = [s for s in changes if "dynamodb:UpdateItem" in listed(s["Action"])]
    assert [s["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"] for s in updating] == [
        sorted([ABSENCE, ACCESS, GO_LIVE, HOUSE, OPEN_SHELF, LENT, PHONE, PRACTICE, PROGRAM, PROPOSAL, ROTA, SEQUENCE, SNIPPET, TELL, VIEW])
    ]
    deleting = [s for s in changes if "dynamodb:DeleteItem" in listed(s["Action"])]
    assert [s["Condition"] for s in deleting] == [{"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [OPEN_SHELF]}}]  # to a month's


GET, MANY, ALL, SET = "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:UpdateItem"
# Which settings, besides the clinic's own, a function that is not the console touches, how, and what for.
SETTINGS_OF: dict[tuple[str, tuple[str, ...]], set[str]] = {
    **{(function, (PHONE,)): {GET, ALL, SET} for function in ("Tick", "DeliverQueued")},  # tests of phones, and what became of them
    ("VoiceDoor", (PHONE,)): {GET, SET},  # whose PIN it is, and a test that was passed
    **{(function, (GO_LIVE,)): {MANY} for function in ("Tick", "DeliverQueued", "DeliverLater")},  # asked of each text that leaves
    ("Tick", (OPEN_SHELF, LENT)): {GET, SET},  # what a page opens, and its end
    ("DeliverQueued", (LENT,)): {GET, SET},
    ("DeliverQueued", (OPEN_SHELF,)): {SET},  # it need not read the line for the review
    ("Tick", (TELL,)): {GET},  # how a person wants to be told
    ("Tick", (SEQUENCE,)): {GET, MANY},  # which texts go before a visit
    **{(function, (SEQUENCE,)): {MANY} for function in ("ScheduleDoor", "VisitsDropped")},
    ("Tick", (ABSENCE,)): {GET, ALL, SET},  # a hand-over that stopped half-way goes on
}


@pytest.mark.parametrize("function", sorted(FUNCTIONS - {"ConsoleDoor"}))
def test_only_the_console_changes_settings_or_accounts(template: Template, function: str) -> None:
    assert not [action for action in template.allowed(function) if action.startswith("cognito-idp:")]
    for statement in (each for each in template.statements(function) if "SettingsTable" in names(each["Resource"])):
        partition = tuple(statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"])
        wanted = {ALL} if partition == ("program", "rota") else SETTINGS_OF[function, partition]
        assert set(listed(statement["Action"])) == wanted


def test_pg_6_the_dead_man_deletes_nobody_elses_rows(template: Template) -> None:
    """TTL would have needed a clock on patients' rows; this needs a name that no other row has (docs/decisions/exercises.md)."""
    deleting = [s for s in template.statements("SelfTest") if "dynamodb:DeleteItem" in listed(s["Action"])]
    assert [s["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for s in deleting] == [
        [DEAD_MAN, SECOND], [f"receipt#*#{DEAD_MAN}-*"], [f"{DEAD_MAN}-*"],
    ]
    for function in sorted(FUNCTIONS - {"SelfTest", "Tick"}):  # the tick deletes a record that two people decided on
        assert not [s for s in template.statements(function)
                    if "dynamodb:DeleteItem" in listed(s["Action"]) and "IncidentsTable" in names(s["Resource"])]


def test_pg_6_only_the_dead_man_reads_the_machines_queue_and_it_can_neither_page_nor_text(template: Template) -> None:
    reading = {f for f in FUNCTIONS if on(template, f, "sqs:ReceiveMessage", "MachineQueue")}
    assert reading == {"SelfTest"}
    assert not {"sms-voice:SendTextMessage", "dynamodb:PutItem"} & template.allowed("SelfTest")
    assert {f for f in FUNCTIONS if on(template, f, "sns:Publish", "InboundTopic")} == {"SelfTest", "DeliverQueued", "Tick"}


def test_the_tick_sees_of_the_sessions_no_session(template: Template) -> None:
    found = [s for s in template.statements("Tick") if "SessionsTable" in names(s["Resource"])]
    keys = [s["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for s in found]
    assert keys == [["call#*", "for#*", "told#*"], ["draft#*"]]
