"""The inbox of a program, and its rows alone for a page that is already open."""

from __future__ import annotations

from chalice.app import Response

from ..core.records import UNMATCHED
from ..flows.read_inbox import Inbox, read_inbox
from . import web
from .desk import Visit, route
from .inbox_view import InboxView, view_inbox


@route("/inbox")
def inbox_page(visit: Visit) -> Response:
    program = visit.query("program") or _first(visit)
    if not program:
        return visit.show("no_program.html")
    inbox = read_inbox(visit.world, visit.who, program)
    assert inbox is not None
    view = _view(visit, inbox)
    return visit.show("inbox.html", inbox=view, program=program)


@route("/inbox/rows", idle=True)
def inbox_rows(visit: Visit) -> Response:
    """What an open page asks every few seconds: 204 while nothing changed, and then no name is opened."""
    program = visit.query("program") or _first(visit)
    inbox = read_inbox(visit.world, visit.who, program, seen=visit.query("seen"))
    if inbox is None:
        return web.nothing_new()
    view = _view(visit, inbox)
    return visit.show("inbox_rows.html", inbox=view, program=program)


def _view(visit: Visit, inbox: Inbox) -> InboxView:
    return view_inbox(inbox, visit.world.clinic, visit.who.staff_id, visit.world.clock(), visit.query("all") == "1")


def _first(visit: Visit) -> str:
    """A person's first program; the list of unknown numbers only when there is no other."""
    own = [program for program in visit.who.programs if program != UNMATCHED]
    return (own or list(visit.who.programs) or [""])[0]
