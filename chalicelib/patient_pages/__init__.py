"""The patients' web pages: one address a link, and one on which anybody may ask for texts; looked at by GET, acted on by POST.
What answers is read at the first visit."""

from __future__ import annotations

from chalice import Blueprint
from chalice.app import Response

patient_pages = Blueprint(__name__)
FORMS = ["application/x-www-form-urlencoded"]


@patient_pages.route("/p/texts", methods=["GET"])
def ask_page() -> Response:
    """The form on which anybody may ask to be texted."""
    from . import ask

    return ask.look(patient_pages.current_request)


@patient_pages.route("/p/texts", methods=["POST"], content_types=FORMS, name="ask_page_post")
def ask_page_post() -> Response:
    """Somebody fills it in, or leaves."""
    from . import ask

    return ask.act(patient_pages.current_request)


@patient_pages.route("/p/{token}", methods=["GET"])
def patient_page(token: str) -> Response:
    """Looking changes nothing: scanners and previews do it too (ID-4)."""
    from . import page

    return page.look(patient_pages.current_request, token)


@patient_pages.route("/p/{token}", methods=["POST"], content_types=FORMS, name="patient_page_post")
def patient_page_post(token: str) -> Response:
    """Somebody shows who they are, writes, presses a button, or leaves."""
    from . import page

    return page.act(patient_pages.current_request, token)
