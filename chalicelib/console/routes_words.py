"""Words that may be sent: what was approved, by whom and when, and what grows old. Nothing is changed on this page."""

from __future__ import annotations

from chalice.app import Response

from ..core.roles import ROLES
from ..flows.read_words import read_words
from .desk import Visit, route

WHY_NOT = {
    "unknown": "It has no row in the list of approvals",
    "nobody": "Nobody approved it",
    "words": "Its words changed since it was approved",
    "language": "A language is not complete",
    "fields": "Its languages do not ask for the same",
}


@route("/words")
def words_page(visit: Visit) -> Response:
    return visit.show("words.html", found=read_words(visit.world, visit.who), why_not=WHY_NOT, roles=ROLES)
