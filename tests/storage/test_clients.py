"""Our clients of AWS's services: what they do with a connection that was idle."""

from __future__ import annotations

from chalicelib.storage.clients import IDLE, client

from ..carriers.servers import answering
from .aws import REGION

ANYBODY = ("testing", "testing", "testing")


def test_a_connection_that_lambda_may_have_purged_meanwhile_is_not_used_again() -> None:
    seconds = [0.0]
    with answering((200, b"{}")) as server:
        asking = client("dynamodb", REGION, server.url, own=ANYBODY, clock=lambda: seconds[0])
        for passed in (0.0, IDLE - 1, IDLE - 1, IDLE, 1.0, -3600.0):
            seconds[0] += passed
            asking.list_tables()
        used = [seen.connection for seen in server.seen]
    assert len(set(used[:3])) == 1 and used[3] == used[4] != used[2] and used[5] != used[4]
