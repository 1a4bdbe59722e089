"""Three doors, one zip: each route its function, each function its role, time-out and concurrency (DESIGN §2)."""

from __future__ import annotations

import fnmatch
import re

import pytest

import app
from infra.template import NoDoor, door_of, doors

from .template import BESIDES, FUNCTIONS, Template, names, nodes

A_TEXT = 0.1  # seconds that one takes
HTTP_DOORS = {"SmsDoor": "/sms/", "VoiceDoor": "/voice/", "ScheduleDoor": "/schedule/", "ConsoleDoor": "/console", "PagesDoor": "/p/"}


def test_every_route_leads_to_its_door(template: Template) -> None:
    for path, methods in app.app.routes.items():
        wanted = next(door for door, prefix in HTTP_DOORS.items() if path.startswith(prefix))
        for method in methods:
            assert template.door(path, method.lower()) == wanted, path


def test_no_route_leads_to_chalices_own_handler(template: Template) -> None:
    body = template.properties("RestAPI")["Body"]
    assert not [where for where, node in nodes(body) if isinstance(node, str) and "APIHandler" in node]
    assert template.properties("APIHandler")["ReservedConcurrentExecutions"] == 0
    assert template.allowed("APIHandler") == {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_a_route_without_a_door_cannot_be_packaged() -> None:
    with pytest.raises(NoDoor):
        door_of("/elsewhere", doors())


def test_the_api_may_call_each_door_for_its_own_routes_only(template: Template) -> None:
    permissions = template.of_type("AWS::Lambda::Permission").values()
    called = {
        names(p["FunctionName"]).pop(): p["SourceArn"]["Fn::Sub"].split("${RestAPI}")[1]
        for p in permissions
        if p["Principal"] == "apigateway.amazonaws.com"
    }
    assert set(called) == set(HTTP_DOORS)
    for path, methods in app.app.routes.items():
        for method in methods:
            allowed = {door for door, arn in called.items() if fnmatch.fnmatch(f"/prod/{method}{path}", arn)}
            assert allowed == {template.door(path, method.lower())}, path


def test_functions_are_the_ones_we_know_each_with_its_own_role(template: Template) -> None:
    functions = template.of_type("AWS::Lambda::Function")
    assert set(functions) == FUNCTIONS | BESIDES
    roles = [names(function["Role"]).pop() for function in functions.values()]
    assert len(set(roles)) == len(roles)


def test_functions_run_small_enough_long_enough_and_apart(template: Template) -> None:
    functions = template.functions
    for name, function in functions.items():
        assert function["Runtime"] == "python3.12", name
        assert function["ReservedConcurrentExecutions"] >= (name != "APIHandler"), name
        assert name == "APIHandler" or function["MemorySize"] >= 512, name
    assert 10 < functions["SmsDoor"]["Timeout"] < 15  # our deadline; Twilio hangs up
    assert functions["VoiceDoor"]["Timeout"] < 15
    assert functions["ScheduleDoor"]["Timeout"] < 29
    assert functions["ConsoleDoor"]["Timeout"] < 29  # API Gateway hangs up
    assert functions["Tick"]["Timeout"] < 60
    assert sum(f["ReservedConcurrentExecutions"] for f in functions.values()) <= 900  # Lambda keeps 100 of 1,000 unreserved


def test_queues_hide_a_message_longer_than_its_function_may_take(template: Template) -> None:
    functions = template.of_type("AWS::Lambda::Function")
    for mapping in template.of_type("AWS::Lambda::EventSourceMapping").values():
        source = mapping["EventSourceArn"].get("Fn::Sub", "")
        if "Queue" in source:
            queue = template.properties(source[2:].split(".")[0])
            assert queue["VisibilityTimeout"] > functions[names(mapping["FunctionName"]).pop()]["Timeout"]


def test_the_door_tells_nobody_more_than_it_must(template: Template) -> None:
    stage = template.properties("RestAPIprodStage")
    assert template.properties("RestAPI")["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert app.app.debug is False
    assert all(not settings["DataTraceEnabled"] for settings in stage["MethodSettings"])
    shown = set(re.findall(r"\$context\.([\w.]+)", stage["AccessLogSetting"]["Format"]))
    assert not shown & {"identity.sourceIp", "path", "identity.userAgent", "requestOverride.path"}


def test_n2_the_api_lets_through_what_the_carriers_door_can_take_in_a_second(template: Template) -> None:
    """Each method has a bucket of its own (AWS's guide: "applied at the API method level"); one that is throttled waits for reconciliation."""
    settings = {(each["ResourcePath"], each["HttpMethod"]): each for each in template.properties("RestAPIprodStage")["MethodSettings"]}
    at_once = template.properties("SmsDoor")["ReservedConcurrentExecutions"]
    for path in [path for path in template.properties("RestAPI")["Body"]["paths"] if path.startswith("/sms/") and path.endswith("/inbound")]:
        limits = settings[(f"/{path.replace('/', '~1')}", "POST")]
        assert limits["ThrottlingRateLimit"] >= at_once / A_TEXT and limits["ThrottlingBurstLimit"] >= limits["ThrottlingRateLimit"], path


def test_there_is_one_stage_and_no_second_entry(template: Template) -> None:
    assert set(template.of_type("AWS::ApiGateway::Stage")) == {"RestAPIprodStage", "FallbackStage"}
    assert not [name for name, d in template.of_type("AWS::ApiGateway::Deployment").items() if "StageName" in d]


def test_functions_write_their_journal_and_never_an_event(template: Template) -> None:
    for name, function in template.functions.items():
        variables = function["Environment"]["Variables"]
        assert variables["POWERTOOLS_LOG_LEVEL"] == "INFO", name
        assert variables["POWERTOOLS_LOGGER_LOG_EVENT"] == "false", name
        assert "AWS_ENDPOINT_URL" not in variables, name
        assert not [value for value in variables.values() if isinstance(value, str) and "us-east-1" in value], name


def test_every_setting_is_set(template: Template) -> None:
    from chalicelib.settings import OPTIONAL, Settings

    variables = template.properties("SmsDoor")["Environment"]["Variables"]
    needed = {f"PORCHLIGHT_{name.upper()}" for name in Settings.__slots__ if name not in {*OPTIONAL, "aws_endpoint", "region"}}
    assert needed <= set(variables)
    known = {f"PORCHLIGHT_{name.upper()}" for name in Settings.__slots__}
    assert {name for name in variables if name.startswith("PORCHLIGHT_")} <= known


def test_no_value_is_two_things_at_once(template: Template) -> None:
    # Chalice merges deeply: a Ref over an Fn::Sub gives both, and CloudFormation takes neither.
    for where, node in nodes(template.tree):
        if isinstance(node, dict) and ("Ref" in node or any(str(key).startswith("Fn::") for key in node)):
            assert len(node) == 1, where
