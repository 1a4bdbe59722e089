"""SAM to plain CloudFormation, offline: what cfn-lint and our own assertions must look at.

On unexpanded SAM, cfn-lint's check for unknown actions is silently off.
"""

from __future__ import annotations

import copy
import json
import os
from typing import Any

Tree = dict[str, Any]
REGION = "us-east-1"
CODE = "s3://bucket/deployment.zip"
BUCKET = "s3://bucket/"


class _NoManagedPolicies:
    """The translator asks AWS for the names of managed policies; we name none."""

    def load(self) -> dict[str, str]:
        return {}


def _uploaded(sam: Tree) -> Tree:
    """A copy whose zip is where `aws cloudformation package` will have put it: the translator wants a bucket."""
    there = copy.deepcopy(sam)
    for resource in there["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = CODE
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = BUCKET + resource["Properties"]["ContentUri"]
    return there


def expand(sam: Tree) -> Tree:
    """The template as CloudFormation will see it: no `Policies: []`, keys sorted. The argument is left as it was."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # the translator's, not ours
    from samtranslator.translator.transform import transform

    expanded = transform(_uploaded(sam), {}, _NoManagedPolicies())
    for resource in expanded["Resources"].values():
        if resource.get("Properties", {}).get("Policies") == []:
            del resource["Properties"]["Policies"]
    ordered: Tree = json.loads(json.dumps(expanded, sort_keys=True))
    return ordered
