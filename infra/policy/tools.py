"""The tools, each in an environment of its own under build/policy, and each one's words as findings.

cfn-lint, cdk-nag's HIPAA pack, checkov, cfn-guard with AWS's Control Tower rules (its HIPAA rules are in no package that
could be found), parliament. None of them needs a network once it is installed.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..environments import programs, state
from .filled import Tree, light, whole, written
from .findings import Finding

ROOT = Path(__file__).parents[2]
HOME = ROOT / "build" / "policy"
NODE = Path(__file__).parent / "node"
REQUIREMENTS = ROOT / "requirements-policy.txt"
GUARD = "node_modules/@cdklabs/cdk-validator-cfnguard"
PARLIAMENT = (
    "import json,sys; from parliament import analyze_policy_string as look; "
    "print(json.dumps({name: [[f.issue, str(f.detail)] for f in look(json.dumps(policy)).findings]"
    " for name, policy in json.load(sys.stdin).items()}))"
)


def python_tools() -> Path:
    """The folder of checkov and parliament, installed once for each state of their requirements."""
    return programs(HOME / "python", REQUIREMENTS)


def node_tools() -> Path:
    """The folder of cdk-nag and cfn-guard, installed once for each state of the lock file; no package's script is run."""
    home = HOME / f"node-{state(NODE / 'package-lock.json')}"
    home.mkdir(parents=True, exist_ok=True)
    for file in NODE.iterdir():
        shutil.copy(file, home)
    if not (home / "ready").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=home, check=True)
        (home / "ready").touch()
    return home


def _said(command: list[str], given: str = "") -> str:
    """What it printed. Raises RuntimeError when it printed nothing: a tool that fell over is not a clean one."""
    ran = subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}
    )
    if not ran.stdout.strip():
        raise RuntimeError(f"{Path(command[0]).name} said nothing: {ran.stderr[-500:]}")
    return ran.stdout


def _lying(template: Tree, name: str) -> str:
    path = HOME / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(template), encoding="utf-8")
    return str(path)


def cfn_lint(template: Tree) -> Iterator[Finding]:
    """CloudFormation's own rules, and actions that IAM does not know."""
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "json", _lying(template, "expanded.json")]
    for each in json.loads(_said(command)):
        where = each["Location"]["Path"] or ["-", "-"]
        yield Finding(
            "cfn-lint", each["Rule"]["Id"], str(where[1]) if len(where) > 1 else str(where[0]), each["Message"]
        )


def cdk_nag(template: Tree) -> Iterator[Finding]:
    """cdk-nag's HIPAA pack."""
    home = node_tools()
    report = json.loads(_said(["node", str(home / "nag.js"), _lying(template, "expanded.json")]))
    for each in report["violations"]:
        for resource in each["violatingResources"]:
            rule = each["ruleName"].removeprefix("HIPAA.Security-")
            yield Finding(
                "cdk-nag", rule, resource["constructPath"].split("/")[-1], each["description"].split(" - (")[0]
            )


def checkov(template: Tree) -> Iterator[Finding]:
    """checkov's rules for CloudFormation."""
    command = [
        str(python_tools() / "checkov"),
        "--skip-download",
        "--framework",
        "cloudformation",
        "--compact",
        "--quiet",
        "-o",
        "json",
    ]
    for each in json.loads(_said([*command, "-f", _lying(light(template), "filled.json")]))["results"]["failed_checks"]:
        yield Finding("checkov", each["check_id"], each["resource"].split(".")[-1], each["check_name"])


def cfn_guard(template: Tree) -> Iterator[Finding]:
    """AWS's Control Tower rules, by AWS's own cfn-guard."""
    home = node_tools() / GUARD
    machine = "aarch64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    system = "macos" if sys.platform == "darwin" else "ubuntu"
    command = [
        str(home / "bin" / system / machine / "cfn-guard"),
        "validate",
        "--structured",
        "-S",
        "none",
        "--output-format",
        "json",
    ]
    rules = ["-d", _lying(light(template), "filled.json"), "-r", str(home / "rules" / "control-tower" / "cfn-guard")]
    for file in json.loads(_said([*command, *rules])):
        for each in file["not_compliant"]:
            words = json.dumps(each)
            fix = re.search(r"\[CT[^\]]+\]: ([^\\]+)", words)
            for resource in sorted(set(re.findall(r"/Resources/(\w+)", words))) or ["-"]:
                yield Finding("cfn-guard", each["Rule"]["name"], resource, fix[1] if fix else "")


def parliament(template: Tree) -> Iterator[Finding]:
    """Policies as they are deployed: unknown actions, resources that do not fit, conditions that never hold."""
    policies = dict(_policies(whole(template)))
    for resource, found in json.loads(
        _said([str(python_tools() / "python"), "-c", PARLIAMENT], json.dumps(policies))
    ).items():
        for issue, detail in found:
            yield Finding("parliament", issue, resource.split(" ")[0], detail[:160])


def _policies(template: Tree) -> Iterator[tuple[str, Any]]:
    for name, each in template["Resources"].items():
        asked = each.get("Properties", {})
        if each["Type"] == "AWS::IAM::Role":
            for number, policy in enumerate(asked.get("Policies", [])):
                yield f"{name} {number}", policy["PolicyDocument"]
        if each["Type"] == "AWS::IAM::ManagedPolicy":
            yield name, asked["PolicyDocument"]


TOOLS: dict[str, Callable[[Tree], Iterator[Finding]]] = {
    "cfn-lint": cfn_lint, "cdk-nag": cdk_nag, "checkov": checkov, "cfn-guard": cfn_guard, "parliament": parliament,
}  # fmt: skip
