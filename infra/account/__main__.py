"""`make deploy`, and what belongs to it (docs/deploy.md).

    python -m infra.account deploy   --stage prod --params account.toml [--yes] [--endpoint http://127.0.0.1:4566]
    python -m infra.account rollback --stage prod --params account.toml [--yes]
    python -m infra.account teardown --stage prod --params account.toml [--yes]
    python -m infra.account status   --stage prod --params account.toml

Without --yes nothing is changed but the bucket of releases: the plan is printed. 0 when it went, 1 when it was refused.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from ..bytecode import runtime_here
from ..package import RUNTIME, package
from ..template import merge_file
from ..wheels import BUILD, ROOT
from .chosen import Chosen, Seen, of_account, read_chosen, refusals
from .end import records, take_down
from .stack import Change, Refused, Stack, carry_out, history, note, plan, put_release, template_key


def main(asked: list[str] | None = None) -> int:
    """0 when it went."""
    parser = argparse.ArgumentParser(prog="python -m infra.account", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("verb", choices=sorted(VERBS))
    parser.add_argument("--stage", required=True)
    parser.add_argument("--params", type=Path, required=True)
    parser.add_argument("--yes", action="store_true", help="do what the plan says")
    parser.add_argument("--endpoint", default="", help="an emulator's address in place of AWS")
    said = parser.parse_args(asked)
    try:
        chosen = read_chosen(said.params, said.stage)
        stack = Stack(chosen.prefix, chosen.region, chosen.account, said.endpoint)
        return VERBS[said.verb](chosen, stack, said.yes)
    except (Refused, ValueError, OSError, BotoCoreError, ClientError) as refused:
        print(f"refused: {refused}")
        return 1


def deploy(chosen: Chosen, stack: Stack, yes: bool) -> int:
    """Look, package, plan; and with `yes` carry it out."""
    print("1/4 looking at the papers, the clinic's file and the account")
    _may(chosen, stack)
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    runtime = here if stack.endpoint else runtime_here(RUNTIME)  # an emulator runs the zip with this Python
    print("2/4 packaging")
    out = BUILD / f"account-{chosen.stage}"
    package(out, runtime, clinic=chosen.clinic.resolve())
    release = f"{_git('rev-parse', '--short=12', 'HEAD')}-{_fingerprint(out)}"
    print(f"3/4 release {release} into {stack.bucket}, and the plan")
    put_release(stack, out, release)
    return _planned(stack, dict(chosen.parameters), release, yes)


def _may(chosen: Chosen, stack: Stack) -> None:
    """Everything that is wrong, at once and before a minute of packaging: the parameters are asked of our files alone."""
    account = whose(stack)
    changed = tuple(line[3:] for line in _git("status", "--porcelain").splitlines())
    seen = Seen(account, changed, first=bool(account) and not stack.status())
    if wrong := list(refusals(chosen, merge_file({}), seen, datetime.now(UTC).date())):
        raise Refused("\n  - ".join(["", *wrong]))


def whose(stack: Stack) -> str:
    """The account that these credentials are of, "" where there are none that AWS takes. An emulator's account is the file's."""
    try:
        account = str(stack.client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError):
        return ""
    return stack.account if stack.endpoint else account


def _theirs(chosen: Chosen, stack: Stack) -> None:
    """A stack of the same name may stand in another account."""
    if wrong := list(of_account(chosen, whose(stack))):
        raise Refused(wrong[0])


def _planned(stack: Stack, parameters: dict[str, str], release: str, yes: bool) -> int:
    name = f"to-{release}-{datetime.now(UTC):%Y%m%d%H%M%S}"
    changes = plan(stack, template_key(release), parameters, name)
    print("\n".join(told(changes)))
    if not changes:
        return 0
    if lost := [change.name for change in changes if change.destroys]:
        raise Refused(f"this would destroy records or keys: {', '.join(lost)}. Nothing was changed")
    if not yes:
        print("nothing was changed; say YES=1 (or --yes) to carry it out")
        return 0
    print("4/4 carrying it out")
    status = carry_out(stack, name)
    note(stack, release, parameters)
    print(f"{status}. Release {release} runs.")
    print("\n".join(f"  {name}: {value}" for name, value in sorted(stack.outputs().items())))
    return 0


def told(changes: list[Change]) -> list[str]:
    """A count, then everything that is not simply new."""
    if not changes:
        return ["nothing changes"]
    count = Counter(change.what for change in changes)
    head = "  ".join(f"{what} {number}" for what, number in sorted(count.items()))
    rest = [
        f"  {c.what:7} {c.kind:32} {c.name}  {'is replaced' if c.replaced == 'True' else ''}".rstrip()
        for c in changes
        if c.what != "Add"
    ]
    return [head, *rest]


def rollback(chosen: Chosen, stack: Stack, yes: bool) -> int:
    """To the release before the one that runs, with its own parameters."""
    _theirs(chosen, stack)
    done = history(stack)
    if len(done) < 2:
        raise Refused("there is no release before this one")
    before = done[-2]
    print(f"from {done[-1]['release']} back to {before['release']} of {before['at']}")
    return _planned(stack, before["parameters"], before["release"], yes)


def teardown(chosen: Chosen, stack: Stack, yes: bool) -> int:
    """Functions, doors and alarms go; records never: while there is one, nothing goes."""
    _theirs(chosen, stack)
    if not stack.status():
        raise Refused(f"there is no stack {stack.prefix}")
    found = records(stack)
    if any(found.values()):
        kept = ", ".join(f"{name} ({'at least ' if more else ''}{more})" for name, more in found.items() if more)
        raise Refused(
            f"records are there: {kept}. A clinic that ends keeps them six years and more; see docs/deploy.md, The end"
        )
    if not yes:
        print(
            "every table is empty; nothing was changed. Say YES=1 (or --yes) to take the stack down; what is kept stays"
        )
        return 0
    print("\n".join(take_down(stack)))
    return 0


def status(_chosen: Chosen, stack: Stack, _yes: bool) -> int:
    """What runs."""
    print(stack.status() or "no stack")
    print("\n".join(f"  {row['at']}  {row['release']}" for row in history(stack)[-5:]))
    return 0


VERBS = {"deploy": deploy, "rollback": rollback, "teardown": teardown, "status": status}


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.rstrip("\n")


def _fingerprint(out: Path) -> str:
    """Of zip and template: the same release has the same name."""
    parts = [(out / name).read_bytes() for name in ("deployment.zip", "sam.json")]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:8]


if __name__ == "__main__":
    sys.exit(main())
