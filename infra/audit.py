"""`python -m infra.audit`: is the trail as it was sealed; who opened this patient, by our trail and by AWS's.

    python -m infra.audit verify [--from 2026-11-01T00] [--to 2026-11-30T23]
    python -m infra.audit explain --patient ID --from 2026-11-01 --to 2026-11-30

Run it with the officer's own AWS credentials (the policy `<prefix>-officer`), or with `--laptop` beside a running demo.
It reads and changes nothing. The answer ends with 0 when all is well, with 1 when something is named.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib import wiring
from chalicelib.core.openings import JOBS, Line
from chalicelib.core.sealed import Wrong
from chalicelib.flows.explain import Explained, explain
from chalicelib.flows.verify_trail import Verdict, verify
from chalicelib.ports import World
from chalicelib.settings import Settings

DEMO = Path(__file__).parents[1] / ".demo" / "demo.json"
SAYS = {
    "altered": "was altered after it was sealed",
    "missing": "is missing",
    "inserted": "was put in after the hour was sealed",
    "reordered": "changed its place",
    "unsigned": "is not signed by the trail's key",
    "broken_chain": "does not follow the hour before it",
    "unreadable": "cannot be read",
    "not_sealed": "stands in the table and was never sealed",
    "altered_in_table": "is another in the table than it was when it was sealed",
    "missing_in_table": "was sealed and is gone from the table",
}


def say(wrong: Wrong) -> str:
    """A line for a person."""
    if wrong.what == "not_sealed" and not wrong.entry:
        return f"{wrong.hour}  nothing is sealed from this hour on"
    return f"{wrong.hour}  {f'entry {wrong.entry}' if wrong.entry else 'the hour'} {SAYS[wrong.what]}"


def lines_of(verdict: Verdict) -> Iterable[str]:
    if not verdict.hours:
        yield "nothing is sealed here yet"
    else:
        yield f"{verdict.hours} hours from {verdict.since} to {verdict.until} (UTC), {verdict.entries} entries"
    yield from map(say, verdict.wrong)
    yield "nothing is wrong" if not verdict.wrong else f"{len(verdict.wrong)} things are wrong"


def reach(chosen: argparse.Namespace, tables: str = "") -> World:
    """The parts of a world that reading needs; the others are never made. `tables`: another prefix for these, as a copy has."""
    if chosen.laptop:
        demo = json.loads(DEMO.read_text(encoding="utf-8"))
        os.environ |= {"AWS_ENDPOINT_URL": demo["aws_endpoint"], "AWS_REGION": demo["region"]}
        os.environ |= {"AWS_ACCESS_KEY_ID": "laptop", "AWS_SECRET_ACCESS_KEY": "laptop"}
    import boto3

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    account = boto3.client("sts", region_name=region).get_caller_identity()["Account"]
    key = boto3.client("kms", region_name=region).describe_key(KeyId=f"alias/{chosen.prefix}-trail-signing")["KeyMetadata"]["Arn"]
    named = {
        "TABLE_PREFIX": tables or chosen.prefix,
        "TRAIL_KEY": key,
        "TRAIL_BUCKET": f"{chosen.prefix}-sealed-trail-{account}",
        "CLOUDTRAIL_BUCKET": f"{chosen.prefix}-cloudtrail-{account}",
    }
    others = {name.upper() for name in Settings.__slots__ if name not in ("region", "aws_endpoint")}  # which nobody here asks
    os.environ |= {f"PORCHLIGHT_{name}": value for name, value in {**dict.fromkeys(others, "-"), **named}.items()}
    nobody: Any = None
    wiring.use(clinic=nobody)
    return wiring.world()


def an_instant(text: str) -> datetime:
    """A day or an instant; UTC where it does not say."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def an_end(text: str) -> datetime:
    """The end of a day, or an instant."""
    return an_instant(text) + (timedelta(days=1) if len(text) == len("2026-11-28") else timedelta())


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.audit", description=(__doc__ or "").splitlines()[0])
    where = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)  # before the verb or after it
    for each in (parser, where):
        each.add_argument("--prefix", help="the stack's TablePrefix")
        each.add_argument("--laptop", action="store_true", help="ask the demo that runs on this machine")
    parser.set_defaults(prefix="porchlight", laptop=False)
    verbs = parser.add_subparsers(dest="verb", required=True)
    checks = verbs.add_parser("verify", help="is the trail as it was sealed", parents=[where])
    checks.add_argument("--from", dest="since", default="", help="an hour, as 2026-11-28T00 (UTC)")
    checks.add_argument("--to", dest="until", default="9999")
    asks = verbs.add_parser("explain", help="one patient's openings, by our trail and by AWS's", parents=[where])
    asks.add_argument("--patient", required=True, help="the record's id, as it stands on the patient's page")
    asks.add_argument("--from", dest="since", required=True, help="a day or an instant, as 2026-11-28 (UTC)")
    asks.add_argument("--to", dest="until", default="", help="a day (its end) or an instant; empty: now")
    return parser


def main(asked: list[str] | None = None) -> int:
    """0 where nothing is wrong."""
    chosen = _arguments().parse_args(asked)
    world = reach(chosen)
    if chosen.verb == "explain":
        return _explain(world, chosen)
    verdict = verify(world, chosen.since, chosen.until)
    print("\n".join(lines_of(verdict)))
    return 1 if verdict.wrong else 0


def _explain(world: World, chosen: argparse.Namespace) -> int:
    until = an_end(chosen.until) if chosen.until else world.clock() + timedelta(days=366 if chosen.laptop else 0)
    found = explain(world, wiring.account_trail(), chosen.patient, an_instant(chosen.since), until)
    print("\n".join(explained(found)))
    return 1 if found.alarms else 0


def explained(found: Explained) -> Iterable[str]:
    """A line an entry or an opening, and the count at the end."""
    yield from map(tell, found.lines)
    agreed = sum(line.what == "agreed" for line in found.lines)
    yield f"{agreed} looks stand in both trails; {len(found.alarms)} openings that AWS saw and our trail does not know"


def tell(line: Line) -> str:
    when, many = f"{line.at:%Y-%m-%d %H:%M:%S}", len(line.openings)
    kinds = ", ".join(sorted({opening.kind for opening in line.openings}))
    if line.entry is not None:
        entry = line.entry
        said = f"{when}  {entry.who} ({entry.role or '-'})  {entry.action}, {entry.purpose}: {entry.result}"
        said += f"  from {entry.where or '-'}"
        return f"{said}  [AWS agrees: {many} openings: {kinds}]" if many else f"{said}  [opened nothing]"
    first = line.openings[0]
    if line.what == "job":
        return f"{when}  {first.session}  {JOBS[first.function][1]}  [AWS: {many} openings: {kinds}]"
    if line.what == "denied":
        return f"{when}  {first.session}  was refused by AWS: {first.error}  [{kinds}]"
    return f"{when}  ALARM  {first.session} opened {kinds} {many} times and our trail does not know it  [{first.event_id}]"


if __name__ == "__main__":
    sys.exit(main())
