"""A person tells somebody of a visit: the words to say, a letter to print, and what came of it."""

from __future__ import annotations

from chalice.app import Response

from ..core.channels import CHANNELS
from ..core.reaching import WHY
from ..flows.tell_them import CAME, read, settle
from .desk import Visit, route
from .words import REFUSALS

SAYS = {
    "who": "First, and nothing more", "word": "Then ask for their word. Do not say it yourself", "birth": "Then make sure",
    "say": "Then tell them", "somebody_else": "If somebody else answers", "voicemail": "On a voicemail, and no more",
    "no_voicemail": "On a voicemail", "relay": "They use a relay or TTY",
}  # fmt: skip
ENDED = {
    "not_delivered": "it did not arrive", "not_connected": "not connected here", "too_late": "too late to help",
    "no_answer": "nobody answered", "busy": "busy", "machine": "a voicemail answered", "page_needs_word": "they have no word yet",
    "page_no_address": "pages are not set up", "page_nothing_to_ask": "no birth date and no word to know them by",
    "not_sure": "nobody knows whether it arrived", "bounced": "there is no such address", "returned": "it came back",
    "complained": "they want no e-mail",
    "not_approved": "its words are not approved", "cannot_open": "it could not be opened", "another_way": "it waited too long",
}  # fmt: skip


@route("/patients/{patient_id}/tell/{round_id}")
def tell_page(visit: Visit, patient_id: str, round_id: str) -> Response:
    found = read(visit.world, visit.who, patient_id, round_id)
    tried = [(each, _why(each.why)) for each in found.row.tried]
    return visit.show(
        "tell.html", found=found, patient=found.patient, program=found.patient.program, tried=tried, channels=CHANNELS,
        says=SAYS, came=CAME, done=visit.query("done"), today=visit.world.clock().astimezone(visit.world.clinic.zone).date(),
    )  # fmt: skip


@route("/patients/{patient_id}/tell/{round_id}", ("POST",))
def tell_submit(visit: Visit, patient_id: str, round_id: str) -> Response:
    came = visit.form.get("came", "")
    if came not in CAME:
        return visit.go(f"/patients/{patient_id}/tell/{round_id}?done=choose")
    done = settle(visit.world, visit.who, patient_id, round_id, came)
    return visit.go(f"/patients/{patient_id}/tell/{round_id}?done={'noted' if done else 'before'}")


def _why(why: str) -> str:
    """In a clinic's words; a carrier's own code as it came."""
    if why in WHY or why in ENDED:
        return (WHY.get(why) or ENDED[why]).lower()
    return REFUSALS[why][0].rstrip(".").lower() if why in REFUSALS else f"not delivered ({why})" if why else ""
