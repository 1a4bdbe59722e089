"""The dashboard, made of the template itself: a new function, alarm or queue is on it without anybody's doing.

Names of functions, queues and counters stand on it, and counts: nothing of a patient (N5).
"""

from __future__ import annotations

import json
from typing import Any

Tree = dict[str, Any]
REGION = "${AWS::Region}"
LOST = ("page_failed", "not_kept", "seal_failed", "park_failed")
MOST = 100  # alarms that CloudWatch shows in one widget


def resources(merged: Tree) -> Tree:
    """`merged`: all of infra/*.yaml. The dashboard as a merge file of its own."""
    body = json.dumps({"periodOverride": "auto", "widgets": list(_laid_out(_widgets(merged["Resources"])))})
    name = {"Fn::Sub": "${TablePrefix}"}
    made = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardName": name, "DashboardBody": {"Fn::Sub": body}},
    }
    return {"Resources": {"ServiceDashboard": made}}


def _widgets(there: Tree) -> list[Tree]:
    alarms = [name for name, each in there.items() if each.get("Type") == "AWS::CloudWatch::Alarm"]
    functions = [
        name for name, each in there.items() if "FunctionName" in each.get("Properties", {}) and "Type" not in each
    ]
    queues = [name for name, each in there.items() if each.get("Type") == "AWS::SQS::Queue"]
    errors, held = (
        [["AWS/Lambda", metric, "FunctionName", _ref(name)] for name in functions] for metric in ("Errors", "Throttles")
    )
    took = [["AWS/Lambda", "Duration", "FunctionName", _ref(name)] for name in functions if name.endswith("Door")]
    wait = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", _ref(f"{name}.QueueName")] for name in queues
    ]
    spent = [["AWS/SNS", "SMSMonthToDateSpentUSD"], ["AWS/SMSVoice", "TextMessageMonthlySpend"]]
    return [
        *(_alarms(alarms[start : start + MOST]) for start in range(0, len(alarms), MOST)),
        _lines("Pages not taken, texts not kept", [["Porchlight", each, "service", "porchlight"] for each in LOST]),
        _lines("Functions: errors", errors),
        _lines("Functions: held back", held),
        _lines("The doors: how long an answer takes (p99, ms)", took, "p99"),
        _lines("Queues: what waits", wait, "Maximum"),
        _lines("Money for texts this month (USD)", spent, "Maximum"),
    ]


def _ref(name: str) -> str:
    return "${" + name + "}"


def _alarms(names: list[str]) -> Tree:
    arns = [_ref(f"{name}.Arn") for name in names]
    return {"type": "alarm", "properties": {"title": "Alarms (each names its page in docs/runbooks)", "alarms": arns}}


def _lines(title: str, metrics: list[list[str]], statistic: str = "Sum") -> Tree:
    asked = {
        "title": title,
        "region": REGION,
        "metrics": metrics,
        "stat": statistic,
        "period": 300,
        "view": "timeSeries",
    }
    return {"type": "metric", "properties": asked}


def _laid_out(widgets: list[Tree]) -> list[Tree]:
    """The alarms across the page, the rest two in a row; the grid is 24 wide."""
    placed, top = [], 0
    wide = [each for each in widgets if each["type"] == "alarm"]
    for each in wide:
        placed.append({**each, "x": 0, "y": top, "width": 24, "height": 8})
        top += 8
    for number, each in enumerate(w for w in widgets if w["type"] == "metric"):
        placed.append({**each, "x": 12 * (number % 2), "y": top + 6 * (number // 2), "width": 12, "height": 6})
    return placed
