"""Legal holds, and records that are deleted: for the compliance officer and for who keeps records. No content, and no name."""

from __future__ import annotations

from chalice.app import Response

from ..core.erasures import KINDS, OPEN, STATES, STAYS, WHY
from ..core.holds import REASONS
from ..errors import NotFound
from ..flows import erase_patient, legal_hold, read_keeping
from ..texts import retention
from . import web
from .desk import Visit, route

# What an answer of a flow says: words, tone.
SAYS: dict[str, tuple[str, str]] = {
    "placed": ("The hold is on. Nothing of this record is deleted while it is.", "good"),
    "lifted": ("The hold is lifted.", "good"),
    "asked": ("Written down. A second person, of the role Records, decides.", "good"),
    "confirmed": ("Decided. It begins within a minute; this page counts what is gone.", "good"),
    "dropped": ("Kept. Nothing is deleted.", "good"),
    "already": ("That is so already. Nothing was changed.", "wait"),
    "merged": ("This record was merged: put the hold on the one that stays.", "wait"),
    "reason": ("Choose a reason. Nothing was changed.", "wait"),
    "matter": ("A file number has a digit, and no space. Nothing was changed.", "wait"),
    "why": ("Choose why it is deleted. Nothing was changed.", "wait"),
    "agreed": ("No federal law gives a right to be deleted: ask counsel first, and tick it. Nothing was changed.", "wait"),
    "held": ("It is on legal hold. Nothing of it is deleted.", "bad"),
    "moving": ("It is being moved or was merged. Try again when that is done.", "wait"),
    "open": ("Something is open: an urgent item, a call or a text that waits for an answer. Close it first.", "bad"),
    "status": ("Only a record that is discharged or deceased is deleted, or one made by mistake. Nothing was changed.", "wait"),
    "same": ("Two people decide: you are the first already.", "bad"),
    "role": ("The second person must be of the role Records, in that program.", "bad"),
    "years": ("The table does not let it go: no row any more, no birth date, or still a minor's years. It is kept.", "bad"),
    "moved": ("Somebody changed it at this moment. Look again.", "wait"),
}
MOVES = {"agree": erase_patient.agree, "confirm": erase_patient.confirm, "drop": erase_patient.drop}


@route("/keeping")
def keeping_page(visit: Visit) -> Response:
    return _page(visit, visit.query("patient"))


@route("/keeping", ("POST",))
def find_submit(visit: Visit) -> Response:
    """Posted, since what is typed here may be a name, and an address is written down where nobody seals it (N5)."""
    return _page(visit, visit.form.get("patient", ""))


def _page(visit: Visit, said: str) -> Response:
    found = read_keeping.read(visit.world, visit.who, _id(said))
    return visit.show(
        "keeping.html", found=found, patient_id=said.strip(), says=SAYS.get(visit.query("done")), reasons=REASONS,
        why=WHY, states=STATES, open_states=OPEN, kinds=KINDS, stays=STAYS, table=retention.table(),
        form_id=visit.world.ids(visit.world.clock()),
    )  # fmt: skip


@route("/keeping/hold", ("POST",))
def hold_submit(visit: Visit) -> Response:
    form, patient_id = visit.form, _id(visit.form.get("patient", ""))
    if form.get("do") == "lift":
        return _back(visit, patient_id, legal_hold.lift(visit.world, visit.who, patient_id))
    done = legal_hold.place(visit.world, visit.who, patient_id, form.get("reason", ""), form.get("matter", "").strip())
    return _back(visit, patient_id, done)


@route("/keeping/erase", ("POST",))
def erase_submit(visit: Visit) -> Response:
    form, patient_id = visit.form, _id(visit.form.get("patient", ""))
    wish = erase_patient.Wish(form.get("why", ""), "agreed" in form)
    done = erase_patient.ask(visit.world, visit.who, patient_id, wish, _id(form.get("form_id", "")) or "none")
    return _back(visit, patient_id, done)


@route("/keeping/erasures/{erasure_id}/{move}", ("POST",))
def erasure_submit(visit: Visit, erasure_id: str, move: str) -> Response:
    if move not in MOVES:
        raise NotFound(erasure_id)
    return _back(visit, "", MOVES[move](visit.world, visit.who, erasure_id))


def _back(visit: Visit, patient_id: str, done: str) -> Response:
    about = f"&patient={web.quoted(patient_id)}" if patient_id else ""
    return visit.go(f"/keeping?done={done}{about}")


def _id(said: str) -> str:
    """A record's id and nothing else, least of all a phone number: what is typed here goes into addresses (N5)."""
    said = said.strip()
    bare = said.replace("-", "").replace("_", "")
    return said if said.isascii() and bare.isalnum() and not bare.isdigit() and len(said) <= 40 else ""
