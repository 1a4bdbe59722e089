"""Where the functions' events come from, what happens to one that fails, and who is told."""

from __future__ import annotations

import json
import re

from chalicelib import logs  # noqa: F401 (the journal is what the alarms listen to)
from chalicelib.core import exercise

from .template import FUNCTIONS, Template, names, nodes

RUNNING = FUNCTIONS - {"APIHandler"} | {"StaffTags"}  # the last is the user pool's, not one of app.py


def test_the_stream_wakes_deliver_from_its_beginning(template: Template) -> None:
    mapping = template.properties("DeliverQueuedDeliverQueuedDynamodbEventSource")
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": ["ThreadsTable", "StreamArn"]}
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert names(mapping["DestinationConfig"]) == {"StreamFailureQueue"}


def test_only_queued_outgoing_rows_wake_it(template: Template) -> None:
    mapping = template.properties("DeliverQueuedDeliverQueuedDynamodbEventSource")
    (one,) = mapping["FilterCriteria"]["Filters"]
    image = json.loads(one["Pattern"])["dynamodb"]["NewImage"]
    assert image == {"direction": {"S": ["out"]}, "status": {"S": ["queued"]}}  # as doors/batches.py reads it


def test_new_copies_wake_the_second_look_and_nothing_else_does(template: Template) -> None:
    mapping = template.properties("SecondLookSecondLookDynamodbEventSource")
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": ["RecentTable", "StreamArn"]}
    assert (mapping["StartingPosition"], mapping["BisectBatchOnFunctionError"]) == ("TRIM_HORIZON", True)
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert names(mapping["DestinationConfig"]) == {"RecentFailureQueue"}
    (one,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(one["Pattern"]) == {"eventName": ["INSERT"]}
    assert template.properties("RecentTable")["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}


def test_each_layer_is_for_one_function_alone(template: Template) -> None:
    layered = {name: f["Layers"] for name, f in template.of_type("AWS::Lambda::Function").items() if f.get("Layers")}
    found = {name: sorted(n[:14] for each in layers for n in names(each)) for name, layers in layered.items()}
    assert found == {"SecondLook": ["SecondLookLaye"], "ConsoleDoor": ["RehearsalLayer"]}


def test_the_console_tries_proposals_on_its_own_layer(template: Template) -> None:
    told = template.properties("ConsoleDoor")["Environment"]["Variables"]
    assert (told["PORCHLIGHT_EVALUATION"], told["PORCHLIGHT_SECOND_LOOK_MODEL"]) == ("/opt/rehearsal", "/opt/rehearsal/second_look")


def test_queues_wake_what_they_should(template: Template) -> None:
    for function, queue in (("ReconcileNow", "ReconcileQueue"), ("ReplayParked", "ParkingQueue"), ("DeliverLater", "OutboxQueue"), ("VisitsDropped", "DropQueue")):
        mapping = template.properties(f"{function}{function}SqsEventSource")
        assert mapping["EventSourceArn"] == {"Fn::Sub": f"${{{queue}.Arn}}"}
        assert names(mapping["FunctionName"]) == {function}
    assert template.properties("ReplayParkedReplayParkedSqsEventSource")["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_every_queue_that_is_tried_again_ends_in_one_that_somebody_watches(template: Template) -> None:
    watched = {n for alarm in template.of_type("AWS::CloudWatch::Alarm").values() for n in names(alarm["Dimensions"])}
    for name in ("ParkingQueue", "ReconcileQueue", "OutboxQueue", "DropQueue"):
        dead = names(template.properties(name)["RedrivePolicy"]["deadLetterTargetArn"])
        assert dead <= watched, name
    assert {"StreamFailureQueue", "RecentFailureQueue", "CarrierFailureQueue"} <= watched


def test_carriers_texts_and_events_come_from_our_topics_and_are_never_dropped(template: Template) -> None:
    for function, topic in (("EumInbound", "InboundTopic"), ("EumEvent", "DeliveryTopic")):
        subscription = template.properties(f"{function}{function}SnsSubscription")
        assert subscription["TopicArn"] == {"Fn::Sub": f"${{{topic}}}"}
        assert names(template.properties(f"{function}EventInvokeConfig")["DestinationConfig"]) == {"CarrierFailureQueue"}


def test_what_becomes_of_an_e_mail_is_heard_where_e_mail_is_sent_and_names_its_address_to_one_function(template: Template) -> None:
    events = template.properties("MailEvents")["EventDestination"]
    assert sorted(events["MatchingEventTypes"]) == ["bounce", "complaint", "reject"] and names(events["SnsDestination"]) == {"MailTopic"}
    said = template.properties("MailTopicPolicy")["PolicyDocument"]["Statement"][0]
    assert said["Principal"] == {"Service": "ses.amazonaws.com"} and set(said["Condition"]["StringEquals"]) == {"aws:SourceAccount", "aws:SourceArn"}
    assert names(template.properties("MailTopic")["KmsMasterKeyId"]) == {"StorageKey"}
    heard = [each for each in template.of_type("AWS::SNS::Subscription").values() if names(each["TopicArn"]) == {"MailTopic"}]
    assert [names(each["Endpoint"]) for each in heard] == [{"EumEvent"}]
    for name in ("MailTopic", "MailTopicPolicy", "MailEvents", "MailSubscription", "MailTopicInvokes"):
        assert template.resources[name]["Condition"] == "SendsMail", name
    key = next(each for each in template.properties("StorageKey")["KeyPolicy"]["Statement"] if each["Sid"] == "ServicesThatPublish")
    assert "ses.amazonaws.com" in key["Principal"]["Service"]


def test_the_tick_ticks_each_minute(template: Template) -> None:
    assert template.properties("TickTickEvent")["ScheduleExpression"] == "rate(1 minute)"
    assert template.properties("ReconcileHourlyReconcileHourlyEvent")["ScheduleExpression"] == "rate(1 hour)"


def test_no_schedule_carries_an_input(template: Template) -> None:
    rules = template.of_type("AWS::Events::Rule")
    assert len(rules) == 4
    for rule in rules.values():
        assert all("Input" not in target for target in rule["Targets"])


def test_every_function_that_fails_or_is_held_back_is_reported(template: Template) -> None:
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    for metric in ("Errors", "Throttles"):
        told = {n for a in alarms if a["MetricName"] == metric for n in names(a["Dimensions"])}
        assert told == RUNNING


def test_alarms_reach_somebody_and_not_the_pages_topic(template: Template) -> None:
    alarms = template.of_type("AWS::CloudWatch::Alarm")
    assert len(alarms) > 30
    for name, alarm in alarms.items():
        # A page without the attribute `clinician` reaches nobody, with HTTP 200.
        assert names(alarm["AlarmActions"]) == {"OperationsTopic"}, name


def test_pg_5_a_page_that_sns_took_and_no_phone_got_is_an_alarm(template: Template) -> None:
    """SNS answers 200 to a publish whose text the account's sandbox, a missing number of its own, an opt-out or the limit holds
    back; the dead man's page goes to a queue and cannot tell."""
    alarm = template.properties("PagesNotDelivered")
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("AWS/SNS", "NumberOfNotificationsFailed", 1)
    assert alarm["Dimensions"] == [{"Name": "TopicName", "Value": {"Fn::GetAtt": ["PageTopic", "TopicName"]}}]


def test_a_silent_tick_is_an_alarm_too(template: Template) -> None:
    assert template.properties("TickStopped")["TreatMissingData"] == "breaching"


def test_alarms_listen_to_counters_that_the_code_counts(template: Template) -> None:
    from tests.architecture.source import modules

    said = {word for module in modules() for word in re.findall(r'"([a-z_]+)"', module.text)}
    ours = {a["MetricName"] for a in template.of_type("AWS::CloudWatch::Alarm").values() if a["Namespace"] == "Porchlight"}
    assert {"page_failed", "screen_failed"} <= ours
    assert ours - {"fallback_did_not_page", "account_trail_changed"} <= said


def test_pages_are_filtered_and_reconciliation_wakes_on_its_word_only(template: Template) -> None:
    subscription = template.properties("ReconcileNowSubscription")
    assert subscription["FilterPolicy"] == {"reconcile": ["now"]}
    assert names(subscription["Endpoint"]) == {"ReconcileQueue"}
    queues = [p["PolicyDocument"]["Statement"] for p in template.of_type("AWS::SQS::QueuePolicy").values()]
    allowed = [s for _, s in nodes(queues) if isinstance(s, dict) and s.get("Effect") == "Allow"]
    assert [(names(s["Resource"]), names(s["Condition"])) for s in allowed] == [
        ({"DropQueue"}, {"AWS::AccountId"}),
        ({"ReconcileQueue"}, {"PageTopic"}), ({"MachineQueue"}, {"PageTopic"}), ({"ScheduleFailureQueue"}, {"AWS::AccountId"}),
    ]


def test_what_a_schedule_could_not_start_is_put_aside_and_told(template: Template) -> None:
    alarms = template.of_type("AWS::CloudWatch::Alarm")
    watched = {n for a in alarms.values() if a["MetricName"] == "FailedInvocations" for n in names(a["Dimensions"])}
    rules = template.of_type("AWS::Events::Rule")
    assert watched == set(rules)
    for rule in rules.values():
        assert [names(target["DeadLetterConfig"]) for target in rule["Targets"]] == [{"ScheduleFailureQueue"}]
    assert names(alarms["ScheduleFailureNotEmpty"]["Dimensions"]) == {"ScheduleFailureQueue"}


def test_pg_6_the_dead_mans_text_runs_each_quarter_of_an_hour_and_its_silence_is_an_alarm(template: Template) -> None:
    assert template.properties("SelfTestSelfTestEvent")["ScheduleExpression"] == "rate(15 minutes)"
    silent = template.properties("SelfTestSilent")
    assert (silent["MetricName"], silent["TreatMissingData"]) == ("self_test_passed", "breaching")
    assert silent["ComparisonOperator"] == "LessThanThreshold" and silent["Period"] * silent["EvaluationPeriods"] > 15 * 60
    failed = template.properties("SelfTestFailed")
    assert (failed["MetricName"], failed["Period"], failed["Threshold"]) == ("self_test_failed", 60, 1)


def test_pg_6_its_page_goes_to_a_machine_and_a_page_to_everyone_does_not(template: Template) -> None:
    subscription = template.properties("MachineSubscription")
    assert subscription["FilterPolicy"] == {"clinician": [exercise.MACHINE]} and subscription["RawMessageDelivery"] is True
    assert names(subscription["Endpoint"]) == {"MachineQueue"}


def test_t9_spending_is_told_at_half_and_at_four_fifths_for_pages_and_for_texts(template: Template) -> None:
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    found = {(a["Namespace"], a["MetricName"], *names(a["Threshold"])) for a in alarms if names(a["Threshold"])}
    spent = (("AWS/SNS", "SMSMonthToDateSpentUSD"), ("AWS/SMSVoice", "TextMessageMonthlySpend"))
    assert found == {(*each, limit) for each in spent for limit in ("SpendHalf", "SpendMost")}
    assert all(a["Statistic"] == "Maximum" for a in alarms if names(a["Threshold"]))
