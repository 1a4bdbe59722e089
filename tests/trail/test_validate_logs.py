"""AWS's own `aws cloudtrail validate-logs` over a chain of digests that we forged: what it names, and what it does not.

`make test-trail`: AWS's command line lives in an environment of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.environments import programs
from tests.infra import account as a

from .chain import ARN, BEGAN, HOUR, Account, Chain, a_chain, a_key, an_account, put_digest

pytestmark = pytest.mark.awscli
ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements-awscli.txt"


@pytest.fixture(scope="module")
def aws() -> str:
    return str(programs(ROOT / "build" / "awscli", REQUIREMENTS) / "aws")


@pytest.fixture
def account() -> Iterator[Account]:
    with an_account() as account:
        yield account


def validated(aws: str, account: Account) -> tuple[int, str]:
    """Its exit and what it says, of the three hours."""
    asked = ["--trail-arn", ARN, "--start-time", f"{BEGAN:%Y-%m-%dT%H:%M:%SZ}", "--end-time", f"{BEGAN + 4 * HOUR:%Y-%m-%dT%H:%M:%SZ}"]
    ran = subprocess.run(
        [aws, "--region", a.REGION, "cloudtrail", "validate-logs", *asked, "--verbose"],
        capture_output=True, text=True, check=False, timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
             "AWS_ENDPOINT_URL": account.url,  # of every client that it makes: `--endpoint-url` is not S3's here
             "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": ""},
    )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


def named(said: str) -> list[str]:
    """What is not valid, each by the end of its place."""
    return [line.rpartition("/")[2] for line in said.splitlines() if line.startswith(("Digest file", "Log file")) and "INVALID" in line]


def of(place: str) -> str:
    return place.rpartition("/")[2]


def without_a_line(chain: Chain, log: str) -> None:
    """Somebody opened a thread, and takes that out."""
    content, _ = chain.get(log)
    chain.put(log, json.dumps({"Records": json.loads(content)["Records"][1:]}).encode())


def test_a_whole_chain_is_whole(aws: str, account: Account) -> None:
    chain = a_chain(account)
    code, said = validated(aws, account)
    assert (code, named(said)) == (0, []), said
    assert "3/3 digest files valid" in said and "6/6 log files valid" in said
    assert all(place in said for place in (*chain.logs, *chain.digests))


def test_an_altered_log_is_named(aws: str, account: Account) -> None:
    chain = a_chain(account)
    without_a_line(chain, chain.logs[2])
    code, said = validated(aws, account)
    assert (code, named(said)) == (1, [f"{of(chain.logs[2])}\tINVALID: hash value doesn't match"]), said
    assert "5/6 log files valid, 1/6 log files INVALID" in said


def test_a_missing_log_is_named(aws: str, account: Account) -> None:
    chain = a_chain(account)
    chain.forget(chain.logs[4])
    code, said = validated(aws, account)
    assert (code, named(said)) == (1, [f"{of(chain.logs[4])}\tINVALID: not found"]), said


def test_an_altered_digest_is_named(aws: str, account: Account) -> None:
    """A log goes, and the digest's line of it, under the digest's old signature."""
    chain = a_chain(account)
    content, metadata = chain.get(chain.digests[1])
    digest = json.loads(content)
    chain.forget(digest["logFiles"].pop(0)["s3Object"])
    chain.put(chain.digests[1], json.dumps(digest).encode(), **metadata)
    code, said = validated(aws, account)
    assert (code, named(said)) == (1, [f"{of(chain.digests[1])}\tINVALID: signature verification failed"]), said


def test_a_missing_digest_is_named(aws: str, account: Account) -> None:
    chain = a_chain(account)
    chain.forget(chain.digests[1])
    code, said = validated(aws, account)
    assert (code, named(said)) == (1, [f"{of(chain.digests[1])}\tINVALID: not found"]), said


def test_a_chain_signed_with_another_key_is_named_whole(aws: str, account: Account) -> None:
    """Somebody makes all of it anew, under the fingerprint that AWS has."""
    chain = a_chain(account, a_key())
    code, said = validated(aws, account)
    assert (code, sorted(named(said))) == (1, [f"{of(each)}\tINVALID: signature verification failed" for each in chain.digests]), said


def test_a_key_that_aws_does_not_know_is_named(aws: str, account: Account) -> None:
    chain = a_chain(account)
    stranger = Chain(Account(account.url, a_key(), account.s3), a_key())
    digest = json.loads(chain.get(chain.digests[2])[0])
    put_digest(stranger, {**digest, "digestPublicKeyFingerprint": "0" * 32})
    code, said = validated(aws, account)
    assert code == 1 and named(said)[0].startswith(f"{of(chain.digests[2])}\tINVALID: public key not found"), said


def test_a_digest_that_was_put_elsewhere_is_named(aws: str, account: Account) -> None:
    """A quiet hour's digest in the place of a busy one's."""
    chain = a_chain(account)
    content, metadata = chain.get(chain.digests[0])
    chain.put(chain.digests[1], content, **metadata)
    code, said = validated(aws, account)
    assert code == 1 and named(said)[0] == f"{of(chain.digests[1])}\tINVALID: has been moved from its original location", said


def test_what_it_does_not_name(aws: str, account: Account) -> None:
    """A file that no digest knows; the newest digest gone, but for the hours that it says it found; and, who had AWS's own key, an hour
    signed anew: links are followed, not compared. Object Lock and the bucket's policy stand before all three, and our own
    trail, joined with AWS's, names an opening that only one of them has."""
    chain = a_chain(account)
    digest = json.loads(chain.get(chain.digests[1])[0])
    put_digest(chain, {**digest, "previousDigestSignature": "00" * 256})
    chain.put(chain.logs[0].replace("Abcdef", "Zzzzzz"), b'{"Records": []}')
    chain.forget(chain.digests[2])
    code, said = validated(aws, account)
    assert (code, named(said)) == (0, []) and "2/2 digest files valid" in said, said
    assert f"Results found for {BEGAN:%Y-%m-%dT%H:%M:%SZ} to {BEGAN + 2 * HOUR:%Y-%m-%dT%H:%M:%SZ}" in said
