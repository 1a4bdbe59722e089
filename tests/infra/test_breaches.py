"""Every assertion on the template is seen to fail: a breach, made on purpose in a copy, and the test that must notice it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from . import test_data_at_rest as rest
from . import test_doors as doors
from . import test_events as events
from . import test_fallback as fallback
from . import test_powers as powers
from .template import Template, Tree

Test = Callable[..., None]
INTEGRATION = "FallbackMethod/Properties/Integration"
STREAM = "DeliverQueuedDeliverQueuedDynamodbEventSource/Properties"
ROUTE = "RestAPI/Properties/Body/paths#/sms/{carrier}/inbound#post/x-amazon-apigateway-integration/uri"
GONE = object()


def may(action: str, resource: str, **more: Any) -> Tree:
    """A statement nobody should have."""
    target = "*" if resource == "*" else {"Fn::GetAtt": [resource, "Arn"]}
    return {"Sid": "Extra", "Effect": "Allow", "Action": [action], "Resource": target, **more}


SETTINGS: list[tuple[Test, str, Any]] = [
    (rest.test_every_table_is_encrypted_with_our_key_recoverable_and_protected, "DueTable/Properties/SSESpecification/SSEEnabled", False),
    (rest.test_every_table_is_encrypted_with_our_key_recoverable_and_protected, "DueTable/Properties/DeletionProtectionEnabled", False),
    (rest.test_only_sessions_and_recent_copies_are_forgotten, "AuditTable/Properties/TimeToLiveSpecification", {"AttributeName": "at", "Enabled": True}),
    (rest.test_a_deleted_stack_leaves_what_was_kept, "TickLogGroup/DeletionPolicy", "Delete"),
    (rest.test_keys_rotate_and_name_no_stranger, "ContentKey/Properties/EnableKeyRotation", False),
    (rest.test_logs_are_kept_six_years_encrypted, "TickLogGroup/Properties/RetentionInDays", 30),
    (doors.test_every_route_leads_to_its_door, ROUTE, {"Fn::Sub": "functions/${ConsoleDoor.Arn}/invocations"}),
    (doors.test_the_api_may_call_each_door_for_its_own_routes_only, "SmsDoorPermission/Properties/SourceArn", {"Fn::Sub": "${RestAPI}/*"}),
    (doors.test_no_route_leads_to_chalices_own_handler, "APIHandler/Properties/ReservedConcurrentExecutions", 5),
    (doors.test_functions_are_the_ones_we_know_each_with_its_own_role, "SmsDoor/Properties/Role/Fn::GetAtt", ["ConsoleDoorRole", "Arn"]),
    (doors.test_functions_run_small_enough_long_enough_and_apart, "SmsDoor/Properties/ReservedConcurrentExecutions", GONE),
    (doors.test_functions_run_small_enough_long_enough_and_apart, "SmsDoor/Properties/Timeout", 60),
    (doors.test_queues_hide_a_message_longer_than_its_function_may_take, "ParkingQueue/Properties/VisibilityTimeout", 30),
    (doors.test_the_door_tells_nobody_more_than_it_must, "RestAPI/Properties/EndpointConfiguration", {"Types": ["EDGE"]}),
    (doors.test_functions_write_their_journal_and_never_an_event, "Tick/Properties/Environment/Variables/POWERTOOLS_LOG_LEVEL", "ERROR"),
    (doors.test_no_value_is_two_things_at_once, "SmsDoor/Properties/Extra", {"Ref": "TablePrefix", "Fn::Sub": "x"}),
    (events.test_the_stream_wakes_deliver_from_its_beginning, f"{STREAM}/StartingPosition", "LATEST"),
    (events.test_every_queue_that_is_tried_again_ends_in_one_that_somebody_watches, "ParkingQueue/Properties/RedrivePolicy", GONE),
    (events.test_every_function_that_fails_or_is_held_back_is_reported, "TickErrors", GONE),
    (events.test_alarms_reach_somebody_and_not_the_pages_topic, "PageFailed/Properties/AlarmActions", [{"Ref": "PageTopic"}]),
    (events.test_pg_5_a_page_that_sns_took_and_no_phone_got_is_an_alarm, "PagesNotDelivered", GONE),
    (events.test_alarms_listen_to_counters_that_the_code_counts, "PageFailed/Properties/MetricName", "nobody_counts_this"),
    (events.test_pages_are_filtered_and_reconciliation_wakes_on_its_word_only, "ReconcileNowSubscription/Properties/FilterPolicy", {}),
    (fallback.test_nothing_of_the_request_passes, f"{INTEGRATION}/PassthroughBehavior", "WHEN_NO_MATCH"),
    (fallback.test_nothing_of_the_request_passes, f"{INTEGRATION}/RequestTemplates#text/plain", {"Fn::Sub": "Message=$input.body"}),
    (fallback.test_one_answer_takes_every_word_of_sns, f"{INTEGRATION}/IntegrationResponses/0/SelectionPattern", "200"),
    (fallback.test_the_patient_is_answered_whatever_happened_behind, f"{INTEGRATION}/IntegrationResponses/0/StatusCode", "500"),
    (powers.test_no_statement_names_what_is_not_there, "SmsDoor/Properties/Extra", {"Ref": "Nothing"}),
]
POWERS: list[tuple[Test, str, Tree]] = [
    (powers.test_who_opens_and_which_kinds, "SmsDoor", may("kms:Decrypt", "ContentKey", Condition={"StringEquals": {powers.KIND: "number"}})),
    (powers.test_the_doors_that_face_the_world_can_seal_and_page_and_not_open, "SmsDoor", may("kms:Decrypt", "ContentKey")),
    (powers.test_nobody_seals_without_saying_what, "Tick", may("kms:GenerateDataKey", "ContentKey", Condition={"StringEquals": {}})),
    (powers.test_the_storage_key_is_used_through_services_only, "Tick", may("kms:Decrypt", "StorageKey", Condition={"StringEquals": {}})),
    (powers.test_who_pages, "ScheduleDoor", {**may("sns:Publish", "*"), "Resource": {"Ref": "PageTopic"}}),
    (powers.test_no_power_over_everything, "Tick", may("sqs:*", "ParkingQueue")),
    (powers.test_no_power_over_everything, "Tick", may("sqs:SendMessage", "*")),
    (powers.test_nobody_can_change_the_trail, "ConsoleDoor", may("dynamodb:DeleteItem", "AuditTable")),
    (powers.test_consent_is_only_ever_added, "ConsoleDoor", may("dynamodb:UpdateItem", "ConsentsTable")),
]


def called(test: Test, template: Template, *more: str) -> None:
    with pytest.raises((AssertionError, KeyError)):
        test(template, *more)


def steps(path: str) -> list[str]:
    """"a/b#c/d#e/f": between two "#" a "/" is part of a name."""
    outside = path.split("#")
    return [step for n, part in enumerate(outside) for step in ([part] if n == 1 else part.split("/")) if step]


@pytest.mark.parametrize(("test", "path", "value"), SETTINGS, ids=[case[1].split("/")[0] + "/" + case[1].split("/")[-1] for case in SETTINGS])
def test_a_setting_that_is_wrong_is_noticed(template: Template, test: Test, path: str, value: Any) -> None:
    tree = copy.deepcopy(template.tree)
    *way, last = steps(path)
    place: Any = tree["Resources"]
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    called(test, Template(tree))


@pytest.mark.parametrize(("test", "function", "statement"), POWERS, ids=[case[0].__name__.removeprefix("test_") for case in POWERS])
def test_a_power_too_many_is_noticed(template: Template, test: Test, function: str, statement: Tree) -> None:
    tree = copy.deepcopy(template.tree)
    changed = Template(tree)
    role = changed.properties(function)["Role"]["Fn::GetAtt"][0]
    changed.properties(role)["Policies"][0]["PolicyDocument"]["Statement"].append(statement)
    called(test, changed, function)
