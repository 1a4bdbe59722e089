"""The fallback address: no Lambda, nothing of the request gets through, everybody on call is told (DESIGN §3)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

from chalicelib.texts import templates

from .template import Template, listed, names, nodes

PARTS = ("FallbackApi", "FallbackResource", "FallbackMethod", "FallbackStage", "FallbackRole")


def integration(template: Template) -> dict[str, Any]:
    return template.properties("FallbackMethod")["Integration"]  # type: ignore[no-any-return]


def request(template: Template) -> dict[str, list[str]]:
    """What API Gateway sends to SNS."""
    (constant,) = {text["Fn::Sub"] for text in integration(template)["RequestTemplates"].values()}
    return parse_qs(constant, strict_parsing=True)


def test_no_function_stands_behind_it(template: Template) -> None:
    for part in PARTS:
        assert not [n for _, n in nodes(template.properties(part)) if isinstance(n, str) and "lambda" in n], part


def test_nothing_of_the_request_passes(template: Template) -> None:
    sent = integration(template)
    assert sent["PassthroughBehavior"] == "NEVER"
    everything = [n for _, n in nodes(sent) if isinstance(n, str)]
    assert not [n for n in everything if re.search(r"\$input|\$context|method\.request", n)]
    assert set(sent["RequestParameters"].values()) == {"'application/x-www-form-urlencoded'"}


def test_it_pages_everyone_and_wakes_the_reconciliation(template: Template) -> None:
    sent = request(template)
    attributes = {
        sent[f"MessageAttributes.entry.{n}.Name"][0]: sent[f"MessageAttributes.entry.{n}.Value.StringValue"][0]
        for n in (1, 2, 3)
    }
    assert sent["Action"] == ["Publish"]
    assert "${PageTopic}" in sent["TopicArn"][0]
    assert sent["Message"] == ["Porchlight: a text could not be read. Open the console."]
    assert attributes == {"clinician": "everyone", "reconcile": "now", "AWS.SNS.SMS.SMSType": "Transactional"}


def test_it_wakes_what_the_queue_listens_for(template: Template) -> None:
    wanted = template.properties("ReconcileNowSubscription")["FilterPolicy"]["reconcile"]
    assert request(template)["MessageAttributes.entry.2.Value.StringValue"][0] in wanted


def answers(template: Template) -> list[str]:
    """Every body the patient's carrier can get from this address."""
    refusals = template.of_type("AWS::ApiGateway::GatewayResponse").values()
    responses = [*integration(template)["IntegrationResponses"], *refusals]
    assert {r["StatusCode"] for r in responses} == {"200"}
    return [body for r in responses for body in r["ResponseTemplates"].values()]


def test_the_patient_is_answered_whatever_happened_behind(template: Template) -> None:
    assert len(answers(template)) == 4
    for body in answers(template):
        said = [message.text for message in ElementTree.fromstring(body).findall("Message")]
        # The reviewed words, and no promise that somebody has read anything.
        assert said == [templates()["crisis_unsure", language].body for language in ("en", "es")]


def test_one_answer_takes_every_word_of_sns(template: Template) -> None:
    # API Gateway keeps one response per status code; one without a pattern is the default, for refusals as well.
    (only,) = integration(template)["IntegrationResponses"]
    assert "SelectionPattern" not in only


def test_time_outs_throttling_and_strange_types_are_answered_too(template: Template) -> None:
    assert {r["ResponseType"] for r in template.of_type("AWS::ApiGateway::GatewayResponse").values()} == {
        "DEFAULT_5XX", "THROTTLED", "UNSUPPORTED_MEDIA_TYPE",
    }
    assert integration(template)["TimeoutInMillis"] <= 10_000  # the carrier hangs up at 15 s


def test_it_can_page_and_do_nothing_else(template: Template) -> None:
    (policy,) = template.properties("FallbackRole")["Policies"]
    page, key = policy["PolicyDocument"]["Statement"]
    assert (page["Action"], page["Resource"]) == (["sns:Publish"], {"Ref": "PageTopic"})
    assert names(key["Resource"]) == {"StorageKey"}
    assert key["Condition"]["StringEquals"]["kms:ViaService"] == {"Fn::Sub": "sns.${AWS::Region}.amazonaws.com"}
    assert listed(key["Action"]) == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_its_log_holds_no_address_and_no_path(template: Template) -> None:
    stage = template.properties("FallbackStage")
    shown = set(re.findall(r"\$context\.([\w.]+)", stage["AccessLogSetting"]["Format"]))
    assert shown == {"requestId", "requestTimeEpoch", "status", "responseLatency", "integration.status", "error.responseType"}
    assert stage["MethodSettings"][0]["DataTraceEnabled"] is False
    (limits,) = stage["MethodSettings"]
    assert limits["ThrottlingRateLimit"] == 1  # a whole number: what AWS makes of less than one a second it does not say
    assert 2 <= limits["ThrottlingBurstLimit"] <= 5  # full again after a quiet minute: a first page finds room (N2)


def test_a_change_of_the_file_is_deployed(template: Template) -> None:
    (deployment,) = [name for name in template.resources if name.startswith("FallbackDeployment")]
    assert re.fullmatch(r"FallbackDeployment[0-9a-f]{10}", deployment)
    assert template.properties("FallbackStage")["DeploymentId"] == {"Ref": deployment}
    assert "FallbackMethod" in template.resources[deployment]["DependsOn"]
