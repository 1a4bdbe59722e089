"""What AWS would say to a person's own key: the staff role's policy of `infra/people.yaml` asked about one opening, and the tags
that its function writes. Only what that policy uses is understood; anything else is an error, not a yes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chalicelib.ports import SealContext

PEOPLE = Path(__file__).parents[2] / "infra" / "people.yaml"
Tags = dict[str, str]


@cache
def template() -> dict[str, Any]:
    return dict(yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))["Resources"])


@cache
def _tagged() -> Any:
    inside: dict[str, Any] = {}
    exec(template()["StaffTags"]["Properties"]["Code"]["ZipFile"], inside)
    return inside["tagged"]


def event_of(staff_id: str, role: str, programs: tuple[str, ...]) -> dict[str, Any]:
    """What Cognito sends before it makes tokens, as far as we read it."""
    known = {"sub": "s", "custom:staff_id": staff_id, "custom:role": role, "custom:programs": ",".join(programs)}
    return {"version": "2", "triggerSource": "TokenGeneration_RefreshTokens", "request": {"userAttributes": known}, "response": {}}


def tags_of(staff_id: str, role: str, programs: tuple[str, ...]) -> Tags:
    """The session's tags, after STS read them in the token."""
    answer = _tagged()(event_of(staff_id, role, programs), None)["response"]
    said = answer.get("claimsAndScopeOverrideDetails", {}).get("idTokenGeneration", {}).get("claimsToAddOrOverride", {})
    tags = said.get("https://aws.amazon.com/tags", {}).get("principal_tags", {})
    return {name: values[0] for name, values in tags.items()}


def opens(tags: Tags, context: SealContext, session: str = "") -> bool:
    """Whether some statement of the role allows `kms:Decrypt` under this context. `session`: its name; the person's own id if empty."""
    known = {f"aws:PrincipalTag/{name}": value for name, value in tags.items()}
    known |= {f"kms:EncryptionContext:{name}": getattr(context, name) for name in ("patient", "program", "kind")}
    known["aws:userid"] = f"AROAEXAMPLE:{session or tags.get('staff', '')}"
    role = template()["StaffRole"]["Properties"]
    statements = [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]
    return any(_holds(each.get("Condition", {}), known) for each in statements if _is_decrypt(each))


def _is_decrypt(statement: Mapping[str, Any]) -> bool:
    assert statement["Effect"] == "Allow", "a refusal would win over a grant"
    return statement["Action"] == ["kms:Decrypt"]


def _holds(condition: Mapping[str, Any], known: Mapping[str, str]) -> bool:
    tests = {"StringEquals": lambda have, want: have == want, "StringLike": fnmatchcase}
    return all(
        key in known and any(tests[operator](known[key], _filled(each, known)) for each in ([wanted] if isinstance(wanted, str) else wanted))
        for operator, asked in condition.items()
        for key, wanted in asked.items()
    )


def _filled(text: str, known: Mapping[str, str]) -> str:
    """Policy variables: "${key, 'otherwise'}". Raises KeyError where there is neither."""

    def value(match: re.Match[str]) -> str:
        return known[match[1]] if match[2] is None else known.get(match[1], match[2])

    return re.sub(r"\$\{([^,}]+)(?:, '([^']*)')?\}", value, text)
