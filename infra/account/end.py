"""Taking a stack down without taking a record along."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..policy.blind_spots_of_what_is_kept import KEPT
from .stack import Refused, Stack, settled


def records(stack: Stack) -> dict[str, int]:
    """Each of the stack's tables, and whether anything lies in it: 0 for nothing."""
    tables = stack.client("dynamodb")
    return {
        name: tables.scan(TableName=name, Limit=1, Select="COUNT")["Count"]
        for name in _of_kinds(stack, ("DynamoDB::Table",)).values()
    }


def take_down(stack: Stack) -> list[str]:
    """What CloudFormation may delete, goes; the template's Retain keeps the rest. What is left, a line each."""
    left = _of_kinds(stack, KEPT)
    stack.client("cloudformation").delete_stack(StackName=stack.prefix)
    if (status := settled(stack)) not in ("", "DELETE_COMPLETE"):
        raise Refused(status)
    return [
        f"{stack.prefix} is down. Still there, and paid for:",
        *(f"  {name}: {each}" for name, each in sorted(left.items())),
    ]


def _of_kinds(stack: Stack, kinds: Collection[str]) -> dict[str, str]:
    """Logical id to what AWS calls it. `kinds`: as "KMS::Key"."""
    pages: Any = stack.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.prefix)
    found = [each for page in pages for each in page["StackResourceSummaries"]]
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found if r["ResourceType"].removeprefix("AWS::") in kinds}
