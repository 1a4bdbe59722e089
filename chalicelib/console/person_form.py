"""The form of somebody's account: role, programs, open or closed, and what is wrong beside the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..core.clinic import Clinic
from ..core.roles import ADMINISTRATOR, ROLES
from ..flows.manage_staff import Wanted
from ..flows.read_staff import Person
from . import words
from .program_form import Move
from .web import Form, whole

LABELS = {
    "staff_id": "User name",
    "name": "Name",
    "email": "E-mail for the invitation",
    "role": "Role",
    "programs": "Programs",
    "closed": "Account",
    "sign_in": "Sign-in",
}
REFUSED = {
    "self": "Nobody changes their own account. Ask another administrator.",
    "last_administrator": "This is the last administrator. Make somebody else one first.",
    "holds": "Something is still in their hands (listed above). Hand it over first.",
    "is_closed": "This account is closed. Open it first.",
    "taken": "Somebody has this user name. Choose another.",
    "bad_id": "Use small letters and digits, with a dot or a dash between, such as g.smith. Some words are taken by the service.",
    "role": "Choose a role.",
    "programs": "Choose programs that exist.",
}
FIELD = {"taken": "staff_id", "bad_id": "staff_id", "programs": "programs", "holds": "closed"}  # where it is said
LONGEST_NAME, LONGEST_WHY = 60, 120
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
Errors = dict[str, str]


def blank(person: Person) -> dict[str, str]:
    """The form as the account stands."""
    form = {"role": person.role, "closed": "yes" if person.closed else "", "version": str(person.version)}
    return form | {f"in_{program}": "on" for program in person.programs}


def read(form: Form, programs: Iterable[str]) -> tuple[Wanted, Errors]:
    """What the form wants, and what is wrong by field."""
    chosen = tuple(program for program in programs if form.get(f"in_{program}") == "on")
    wanted = Wanted(
        form.get("role", ""),
        chosen,
        form.get("closed") == "yes",
        whole(form.get("version", "0")),
        why(form, "why"),
    )
    return wanted, ({} if wanted.role in ROLES else {"role": REFUSED["role"]})


def why(form: Form, field: str) -> str:
    """One line of a reason, for the history."""
    return " ".join(form.get(field, "").split())[:LONGEST_WHY]


def read_new(form: Form, errors: Errors) -> tuple[str, str, str]:
    """User name, name and e-mail of a new person; adds to `errors`."""
    staff_id, email = form.get("staff_id", "").strip().lower(), form.get("email", "").strip()
    name = " ".join(form.get("name", "").split())
    if not staff_id:
        errors["staff_id"] = REFUSED["bad_id"]
    if not name or len(name) > LONGEST_NAME:
        errors["name"] = f"Enter their name, at most {LONGEST_NAME} characters."
    if email and not EMAIL.fullmatch(email):
        errors["email"] = "Enter an e-mail address, or leave it empty and hand the password over yourself."
    return staff_id, name, email


def held(wanted: Wanted) -> dict[str, str]:
    """The form's fields again, hidden in the review."""
    fields = {"role": wanted.role, "closed": "yes" if wanted.closed else "", "version": str(wanted.version)}
    return fields | {f"in_{program}": "on" for program in wanted.programs}


def moves(before: Mapping[str, str], after: Mapping[str, str], clinic: Clinic) -> list[Move]:
    return [
        Move(LABELS[field], said(field, before[field], clinic), said(field, after[field], clinic))
        for field in ("role", "programs", "closed")
        if before[field] != after[field]
    ]


def said(field: str, text: str, clinic: Clinic) -> str:
    """A field's value as staff read it."""
    if field == "role":
        return ROLES.get(text, text or "no account")
    if field == "closed":
        return "closed" if text else "open"
    if field == "sign_in":
        return "anew" if text else "as it was"
    return ", ".join(words.program_name(clinic, program) for program in text.split(",") if program) or "none"


def warnings(person: Person, wanted: Wanted) -> list[str]:
    """What will happen besides."""
    found = ["They are signed out everywhere at once." + ("" if wanted.closed else " They sign in again with the new rights.")]
    if wanted.closed and not person.closed:
        found.append("They cannot sign in any more. What they wrote and read stays in the history under their name.")
    gained = set(wanted.programs) - set(person.programs)
    if gained and not wanted.closed:
        found.append("They will be able to read every text of the programs they gain, old ones too.")
    if wanted.role == ADMINISTRATOR != person.role:
        found.append("An administrator can change programs, texts and everybody's account but their own.")
    return found
