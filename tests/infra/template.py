"""The expanded template as the tests look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Tree = dict[str, Any]

FUNCTIONS = {
    "APIHandler", "SmsDoor", "VoiceDoor", "ScheduleDoor", "ConsoleDoor", "PagesDoor", "EumInbound", "EumEvent", "DeliverQueued", "DeliverLater", "Tick",
    "SecondLook", "SelfTest", "SealTrail",
    "ReconcileHourly", "ReconcileNow", "ReplayParked", "VisitsDropped",
}


BESIDES = {"StaffTags"}  # a function of its own few lines, not of our zip (infra/people.yaml)


@dataclass(frozen=True)
class Template:
    """Plain CloudFormation."""

    tree: Tree

    @property
    def resources(self) -> dict[str, Tree]:
        return self.tree["Resources"]  # type: ignore[no-any-return]

    def of_type(self, kind: str) -> dict[str, Tree]:
        """Properties by logical id."""
        return {name: r.get("Properties", {}) for name, r in self.resources.items() if r["Type"] == kind}

    @property
    def functions(self) -> dict[str, Tree]:
        """Properties of the functions that run our zip."""
        return {name: each for name, each in self.of_type("AWS::Lambda::Function").items() if name not in BESIDES}

    def properties(self, name: str) -> Tree:
        return self.resources[name]["Properties"]  # type: ignore[no-any-return]

    def statements(self, function: str) -> list[Tree]:
        """What a function's role may do."""
        role = self.properties(function)["Role"]["Fn::GetAtt"][0]
        policies = self.properties(role)["Policies"]
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]

    def allowed(self, function: str) -> set[str]:
        """Every action a function's role may take."""
        return {action for statement in self.statements(function) for action in listed(statement["Action"])}

    def door(self, path: str, method: str) -> str:
        """The function that answers a route."""
        body = self.properties("RestAPI")["Body"]
        uri = body["paths"][path][method]["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        return str(uri.split("${")[-1].split(".Arn}")[0])


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def nodes(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every node of a tree with the path to it."""
    yield where, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from nodes(child, f"{where}/{key}")


def names(value: Any) -> set[str]:
    """Logical ids that a value refers to by Ref or Fn::GetAtt."""
    found = set()
    for _, node in nodes(value):
        if isinstance(node, dict):
            found |= {node["Ref"]} if "Ref" in node else set()
            found |= {listed(node["Fn::GetAtt"])[0]} if "Fn::GetAtt" in node else set()
    return found
