"""What is one's own, whatever the program, and its rows alone for a page that is already open."""

from __future__ import annotations

from chalice.app import Response

from ..flows.plan_absence import read_away
from ..flows.read_inbox import Inbox
from ..flows.read_own import read_own
from . import web
from .desk import Visit, route
from .inbox_view import InboxView, view_inbox


@route("/mine")
def mine_page(visit: Visit) -> Response:
    inbox = read_own(visit.world, visit.who)
    assert inbox is not None
    return visit.show("mine.html", inbox=_view(visit, inbox), away=read_away(visit.world, visit.who))


@route("/mine/rows", idle=True)
def mine_rows(visit: Visit) -> Response:
    """What an open page asks every few seconds: 204 while nothing changed, and then no name is opened."""
    inbox = read_own(visit.world, visit.who, seen=visit.query("seen"))
    return web.nothing_new() if inbox is None else visit.show("mine_rows.html", inbox=_view(visit, inbox))


def _view(visit: Visit, inbox: Inbox) -> InboxView:
    return view_inbox(inbox, visit.world.clinic, visit.who, visit.world.clock())
