"""The inbox of a program, its rows alone for a page that is already open, and the lists a person keeps."""

from __future__ import annotations

from chalice.app import Response

from ..core.inbox_lists import Show, read_show
from ..core.records import UNMATCHED
from ..core.roles import Action
from ..flows.own_views import View, keep_view, read_views
from ..flows.plan_absence import read_away
from ..flows.read_inbox import Inbox, read_inbox
from . import web
from .desk import Visit, route
from .inbox_tags import read_tagged
from .inbox_view import LISTS, InboxView, view_inbox


@route("/inbox")
def inbox_page(visit: Visit) -> Response:
    program = visit.query("program") or _first(visit)
    if not program:
        return visit.go("/trail") if visit.who.may(Action.TRAIL) else visit.show("no_program.html")
    inbox = read_inbox(visit.world, visit.who, program)
    assert inbox is not None
    views, view = read_views(visit.world, visit.who), _view(visit, inbox)
    return visit.show(
        "inbox.html",
        inbox=view,
        program=program,
        views=views,
        kept=View(program, view.show) in views,
        labels={show: label for show, (label, _) in LISTS.items()},
        away=read_away(visit.world, visit.who),
        done=visit.query("done"),
    )


@route("/inbox/rows", idle=True)
def inbox_rows(visit: Visit) -> Response:
    """What an open page asks every few seconds: 204 while nothing changed, and then no name is opened."""
    program = visit.query("program") or _first(visit)
    inbox = read_inbox(visit.world, visit.who, program, seen=visit.query("seen"))
    if inbox is None:
        return web.nothing_new()
    view = _view(visit, inbox)
    return visit.show("inbox_rows.html", inbox=view, program=program)


@route("/inbox/keep", ("POST",))
def view_submit(visit: Visit) -> Response:
    """Keep this list among one's own, or let it go."""
    form = visit.form
    program, show = form.get("program", ""), read_show(form.get("show", ""))
    kept = keep_view(visit.world, visit.who, View(program, show), wanted=form.get("do") != "drop")
    return visit.go(_address(program, show) + ("" if kept else "&done=full"))


@route("/density", ("POST",))
def density_submit(visit: Visit) -> Response:
    """How close the rows stand, on this browser."""
    to = "compact" if visit.form.get("to") == "compact" else ""
    return visit.go("/inbox", [web.preference(visit.address, "density", to)])


def _address(program: str, show: Show) -> str:
    return f"/inbox?program={web.quoted(program)}&show={show}"


def _view(visit: Visit, inbox: Inbox) -> InboxView:
    world, show = visit.world, read_show(visit.query("show"))
    tagged = read_tagged(inbox, world.hasher, visit.query("tag"))
    return view_inbox(inbox, world.clinic, visit.who, world.clock(), visit.query("all") == "1", show, tagged)


def _first(visit: Visit) -> str:
    """A person's first program; the list of unknown numbers only when there is no other."""
    own = [program for program in visit.who.programs if program != UNMATCHED]
    return (own or list(visit.who.programs) or [""])[0]
