"""Patients' pages for tests: a page sent by Carol to Alice, the link as it arrives, and Alice at it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from chalicelib.core.messages import Status
from chalicelib.core.page_links import Link
from chalicelib.core.records import Message, Thread
from chalicelib.flows.deliver import deliver
from chalicelib.flows.page_identity import Door, Opened, find, verify
from chalicelib.flows.undo import SECONDS
from chalicelib.flows.write_reply import Draft, Sent, write_reply
from chalicelib.ports import World

from .cast import CAROL

BORN = "05/05/1990"  # everybody of the cast
SECRET = "Your new dose of sertraline is 50 mg"


def send_page(world: World, text: str = SECRET, page: str = "message", thread_id: str = "alice", **fields: Any) -> Message:
    """Written by Carol, and left by the carrier."""
    thread = world.store.get(Thread, thread_id)
    draft = Draft(text, world.ids(world.clock()), thread.last_at if thread else None, page=page, **fields)
    sent = write_reply(world, CAROL, thread_id, draft)
    assert isinstance(sent, Sent), sent
    world.clock.now += timedelta(seconds=SECONDS + 1)  # type: ignore[attr-defined]
    deliver(world, thread_id, draft.form_id)
    row = world.store.get(Message, thread_id, draft.form_id)
    assert row is not None and row.status == Status.QUEUED_AT_CARRIER, row
    return row


def token_of(world: World) -> str:
    """What stands in the newest text that left."""
    [token] = re.findall(r"/p/([0-9a-f]{32})", world.carriers["twilio"].sent[-1].body)  # type: ignore[attr-defined]
    return str(token)


def opened(world: World, token: str, said: str = BORN) -> tuple[Door, str]:
    """Alice shows who she is. The door and her cookie."""
    came = verify(world, token, said)
    assert isinstance(came, Opened), came
    door = find(world, token, came.token, world.clock())
    assert door is not None and door.inside
    return door, came.token


def link_of(world: World, row: Message) -> Link:
    found = world.store.get(Link, row.link)
    assert found is not None
    return found
