"""The stream of the recent copies, in a test that is about something else: every text gets its second look."""

from __future__ import annotations

from chalicelib.core.records import Due, RecentText
from chalicelib.flows import second_look
from chalicelib.ports import World

from .office import store


def looked(world: World) -> None:
    """Look at each text that nobody has looked at yet, oldest first."""
    open_dues = {due.target for due in store(world).rows(Due) if due.kind == "second_look"}
    for copy in store(world).rows(RecentText):
        if copy.row in open_dues:
            second_look.look(world, copy.thread_id, copy.message_id)
