"""The crisis board for supervisors and clinical leads, and its figures as a file."""

from __future__ import annotations

from chalice.app import Response

from ..flows.crisis_board import crisis_board
from . import times, web
from .board_view import STEP_NAMES, csv_of, view_board
from .desk import Visit, route
from .rota_view import in_words


@route("/crisis-board")
def crisis_board_page(visit: Visit) -> Response:
    board = crisis_board(visit.world, visit.who, visit.query("month"))
    place = times.Place(visit.world.clinic.zone, visit.world.clock())
    year, number = (int(part) for part in board.month.split("-"))
    before = f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"
    after = f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02d}"
    view = view_board(board, visit.world.clinic, place)
    return visit.show(
        "crisis_board.html", board=board, view=view, steps=STEP_NAMES, before=before, after=after, gap_says=in_words
    )


@route("/crisis-board/file")
def crisis_board_file(visit: Visit) -> Response:
    """The same month as CSV; drills only for who asks for them."""
    board = crisis_board(visit.world, visit.who, visit.query("month"))
    asked = (*board.incidents, *board.drills) if visit.query("drills") == "yes" else board.incidents
    return web.file(csv_of(asked), "text/csv; charset=utf-8", f"crisis-{board.month}.csv")
