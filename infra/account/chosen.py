"""The parameters file of an account (infra/account/example.toml shows one), and why a deployment is refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from chalicelib.core.clinic import Clinic, read_clinic
from chalicelib.core.vendors import lacks

LIVE_STAGE, STANDBY = "prod", "standby"  # patients are here, or will be: nothing that who tries something out can take back
STRICT = {"StaffMfa": "ON", "TrailLockMode": "COMPLIANCE", "BackupLockMode": "COMPLIANCE"}
PAPERS = {
    "aws_baa": "the day on which AWS Artifact showed AWS's BAA as active for this account",
    "texts_approved": "the day on which the clinical lead approved chalicelib/texts and chalicelib/lexicon",
}

PREFIX = "porchlight"  # the template's own
OF_THE_EXAMPLE = "replaceThisByRandomLetters"

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One stage of the file. `parameters`: the template's, as words. `others`: the other stages: prefix and region."""

    stage: str
    account: str
    region: str
    clinic: Path
    papers: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """The stack's name, and how its tables begin."""
        return self.parameters.get("TablePrefix", PREFIX)


def read_chosen(path: Path, stage: str) -> Chosen:
    """Raises ValueError naming what is missing."""
    stages = tomllib.loads(path.read_text(encoding="utf-8"))
    if stage not in stages:
        raise ValueError(f"{path} has no [{stage}]; it has {', '.join(stages) or 'nothing'}")
    said = stages[stage]
    if missing := [name for name in ("account", "region", "clinic") if name not in said]:
        raise ValueError(f"{path}, [{stage}]: {', '.join(missing)} is not said")
    words = {name: str(value) for name, value in said.get("parameters", {}).items()}
    others = {
        name: (str(each.get("parameters", {}).get("TablePrefix", PREFIX)), str(each.get("region", "")))
        for name, each in stages.items()
        if name != stage and isinstance(each, dict) and each.get("account") == said["account"]
    }
    return Chosen(stage, said["account"], said["region"], path.parent / said["clinic"], said.get("papers", {}), words, others)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked up: `account`: whose credentials these are, "" for none; `changed`: files of the tree that are in no
    commit; `first`: there is no such stack yet."""

    account: str
    changed: tuple[str, ...]
    first: bool


def refusals(chosen: Chosen, template: Tree, seen: Seen, today: date) -> Iterator[str]:
    """Why not, a sentence each; none: it may go."""
    if seen.changed:
        yield f"files that are in no commit: {', '.join(seen.changed[:5])}. What runs must be what can be looked up"
    yield from of_account(chosen, seen.account)
    yield from _apart(chosen)
    yield from _papers(chosen, today)
    yield from _parameters(chosen, template)
    yield from _clinic(chosen, seen, today)


def of_account(chosen: Chosen, account: str) -> Iterator[str]:
    """`account`: whose credentials these are, "" for none."""
    if not account:
        yield "no credentials that AWS takes: sign in first (aws sso login); in a rehearsal, see that `make rehearsal` runs"
    elif account != chosen.account:
        yield f"these credentials are of account {account}, and [{chosen.stage}] is {chosen.account}"


def _apart(chosen: Chosen) -> Iterator[str]:
    """Roles and buckets have one name in all regions of an account: a second stage of that name would change the first."""
    for stage, (prefix, region) in chosen.others.items():
        if prefix == chosen.prefix:
            yield f"[{chosen.stage}] and [{stage}] are both {prefix}: give each a TablePrefix of its own"
        if {stage, chosen.stage} == {LIVE_STAGE, STANDBY} and region == chosen.region:
            yield f"[{chosen.stage}] and [{stage}] are both in {region}, and would be gone together"


def _papers(chosen: Chosen, today: date) -> Iterator[str]:
    for name, what in PAPERS.items():
        when = chosen.papers.get(name)
        if not isinstance(when, date) or when > today:
            yield f"[{chosen.stage}.papers] {name}: {what}"


def _parameters(chosen: Chosen, template: Tree) -> Iterator[str]:
    known = template["Parameters"]
    for name in sorted(set(chosen.parameters) - set(known)):
        yield f"the template knows no parameter {name}"
    for name, asked in known.items():
        value = chosen.parameters.get(name, asked.get("Default"))
        if value is None:
            yield f"parameter {name}: {asked.get('Description', 'is not said')}"
        elif "AllowedPattern" in asked and not re.fullmatch(asked["AllowedPattern"], str(value)):
            yield f"parameter {name} must look like {asked['AllowedPattern']}"
        elif "AllowedValues" in asked and value not in asked["AllowedValues"]:
            yield f"parameter {name} is one of {', '.join(asked['AllowedValues'])}"
        elif len(str(value)) < asked.get("MinLength", 0):
            yield f"parameter {name} has {asked['MinLength']} characters at least"
    if chosen.parameters.get("FallbackToken") == OF_THE_EXAMPLE:
        yield "parameter FallbackToken: still the example's, which anybody can read; whoever knows it can page the clinic"
    yield from _strict(chosen, known)


def _strict(chosen: Chosen, known: Tree) -> Iterator[str]:
    if chosen.stage not in (LIVE_STAGE, STANDBY):
        return
    for name, value in STRICT.items():
        if chosen.parameters.get(name, known.get(name, {}).get("Default")) != value:
            yield f"parameter {name} is {value} where patients are"
    if not chosen.parameters.get("OperationsEmail"):
        yield "parameter OperationsEmail: somebody must be told when the service itself is in trouble"


def _clinic(chosen: Chosen, seen: Seen, today: date) -> Iterator[str]:
    try:
        clinic = read_clinic(tomllib.loads(chosen.clinic.read_text(encoding="utf-8")))
    except (OSError, ValueError) as wrong:
        yield f"{chosen.clinic}: {wrong}"
        return
    yield from _vendors(clinic, today)
    live = sorted(name for name, program in clinic.programs.items() if program.live != "no")
    if seen.first and live:
        yield f"{', '.join(live)}: live = false in the first deployment; the page Going live switches it on when its list is done"
    if chosen.stage == STANDBY and live:
        yield f"{', '.join(live)}: live = false in the stand-by's file; on the day, its page Going live switches it on"
    elif chosen.stage != LIVE_STAGE and live:
        yield f"{', '.join(live)}: live = false where things are tried out"


def _vendors(clinic: Clinic, today: date) -> Iterator[str]:
    substance_use = any(program.substance_use for program in clinic.programs.values())
    if why := lacks(clinic.vendors.get(clinic.carrier), "sms", substance_use, today):
        yield f"{clinic.carrier}, which carries the texts, has no papers that hold today ({why}): [[vendor]] in the clinic's file"
