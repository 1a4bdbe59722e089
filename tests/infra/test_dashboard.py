"""The dashboard shows every alarm, function and queue of the template, and nothing that could name a patient."""

from __future__ import annotations

import json
import re

from .template import FUNCTIONS, Template


def test_everything_that_can_go_wrong_is_on_it(template: Template) -> None:
    body = template.properties("ServiceDashboard")["DashboardBody"]["Fn::Sub"]
    shown = set(re.findall(r"\$\{(\w+)", body))
    assert set(template.of_type("AWS::CloudWatch::Alarm")) | FUNCTIONS | set(template.of_type("AWS::SQS::Queue")) <= shown
    assert shown - {"AWS"} <= set(template.resources) and shown & set(template.of_type("AWS::DynamoDB::Table")) == set()


def test_no_two_parts_lie_on_each_other_and_no_list_of_alarms_is_too_long(template: Template) -> None:
    widgets = json.loads(template.properties("ServiceDashboard")["DashboardBody"]["Fn::Sub"])["widgets"]
    taken = [(x, y) for w in widgets for x in range(w["x"], w["x"] + w["width"]) for y in range(w["y"], w["y"] + w["height"])]
    assert len(taken) == len(set(taken)) and max(x for x, _ in taken) < 24
    assert all(len(w["properties"].get("alarms", ())) <= 100 for w in widgets)
