"""`python -m infra.rotate`: a carrier's token is changed without a gap: for a while both are valid, at the carrier and here.

    python -m infra.rotate first --sid AC…   the very first token of a new account
    python -m infra.rotate add               the carrier's second token beside ours: both verify webhooks, the old one still sends
    python -m infra.rotate lead              the new one sends; make it the primary at the carrier
    python -m infra.rotate drop              only the new one is left

Tokens are asked for, or read from standard input, never from the command line, and never shown. Between two steps wait five
minutes: a running function reads the secret again every 300 seconds (storage/secrets.py). `--prefix`, `--endpoint`: as
`make deploy` has them.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Mapping
from typing import Any

import boto3

Secret = dict[str, Any]
LONGEST = 4096


class NotNow(ValueError):
    """The step does not follow from what is there."""


def changed(secret: Mapping[str, Any], verb: str, token: str = "", sid: str = "") -> Secret:
    """The secret after one step; all else in it stays, above all the number key. Raises `NotNow`."""
    carrier = dict(secret.get("twilio") or {})
    tokens = list(carrier.get("auth_tokens") or ())
    looks = bool(token) and len(token) <= LONGEST and token.isprintable() and " " not in token
    if verb in ("first", "add") and not looks:
        raise NotNow("that is no token")
    wanted = {"first": 0, "add": 1, "lead": 2, "drop": 2}[verb]
    if len(tokens) != wanted:
        raise NotNow(f"{verb} follows when {wanted} tokens are there; {len(tokens)} are")
    if token in tokens:
        raise NotNow("this one is there already")
    after = {"first": [token], "add": [*tokens, token], "lead": tokens[::-1], "drop": tokens[:1]}[verb]
    if verb == "first" and not sid:
        raise NotNow("--sid: the carrier's name for the account")
    return {**secret, "twilio": {**carrier, "auth_tokens": after, **({"account_sid": sid} if sid else {})}}


NEXT = {
    "first": "Functions see it within five minutes. Text the number.",
    "add": "Wait five minutes, then: .venv/bin/python -m infra.rotate lead",
    "lead": "Wait five minutes, make it the primary at the carrier, text the number, then: .venv/bin/python -m infra.rotate drop",
    "drop": "Done. The old token is worth nothing.",
}


def main(asked: list[str] | None = None) -> int:
    """0 when the step was taken."""
    parser = argparse.ArgumentParser(prog="python -m infra.rotate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("verb", choices=list(NEXT))
    parser.add_argument("--sid", default="")
    parser.add_argument("--prefix", default="porchlight")
    parser.add_argument("--endpoint", default="")
    said = parser.parse_args(asked)
    fake: Secret = (
        {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
        if said.endpoint
        else {}
    )
    secrets = boto3.client("secretsmanager", endpoint_url=said.endpoint or None, **fake)
    name = f"{said.prefix}-service"
    token = _asked() if said.verb in ("first", "add") else ""
    try:
        after = changed(json.loads(secrets.get_secret_value(SecretId=name)["SecretString"]), said.verb, token, said.sid)
    except NotNow as refused:
        print(f"refused: {refused}")
        return 1
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(after))
    known = len(after["twilio"]["auth_tokens"])
    print(f"{known} token{'s' if known > 1 else ''} in {name}. {NEXT[said.verb]}")
    return 0


def _asked() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("token (not shown): ")
    print("token (not shown):")
    return sys.stdin.readline().strip()


if __name__ == "__main__":
    sys.exit(main())
