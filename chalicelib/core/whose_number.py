"""Whose number it is: why one may be somebody else's now, and until when it is believed to be theirs (SAFE-7, RND-1..3).

A number in doubt gets nothing but neutral lines (`core.permission`). A machine only ever doubts; a person finds out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from .quick import dataclass

if TYPE_CHECKING:
    from .people import Contact


@dataclass(frozen=True, slots=True)
class Doubt:
    """`says`: why, for staff. `next`: what a person does."""

    says: str
    next: str


CALL = "Call them another way, or wait until they come. Then say here whose it is."
DOUBTS: dict[str, Doubt] = {
    "wrong_number": Doubt("Somebody there wrote that this is a wrong number", CALL),
    "new_owner": Doubt("Somebody there wrote that the phone has another owner", CALL),
    "gone": Doubt("The carrier says that this number is not in use or takes no texts", "Ask them for the number they have now."),
    "landline": Doubt("The carrier says that this is a landline", "It cannot take texts: call it, or ask for a mobile number."),
    "number_changed": Doubt("The number was changed, and nobody checked it with them", "Call the new number and ask for them."),
    "silence": Doubt("Nothing was heard from this number for half a year", "Call it and ask for them."),
    "reassigned": Doubt("The database of reassigned numbers says that it has another owner", CALL),
}
SILENT = timedelta(days=183)  # without a sign of life: nothing more by itself
ASK_AFTER = timedelta(days=30)  # RND-2: before a first text after thirty days of silence, and monthly


class Answer(StrEnum):
    """RND-1: what the Reassigned Numbers Database says of a number since a day. No data is no harbor, and no proof either."""

    YES = "yes"
    NO = "no"
    NO_DATA = "no_data"


def known_since(contact: Contact) -> datetime | None:
    """The newest sign that it is theirs: confirmed, heard, or given at intake; None for a row that says nothing."""
    known = [at for at in (contact.confirmed_at, contact.heard_at, contact.created_at) if at is not None]
    return max(known, default=None)


def silent(contact: Contact, now: datetime) -> bool:
    """Whether it has been quiet for so long that it may be another's. A number without any such day is believed."""
    since = known_since(contact)
    return since is not None and now - since >= SILENT


def ask_the_database(contact: Contact, now: datetime) -> bool:
    """Whether the database of reassigned numbers should be asked before something that we begin leaves (RND-2)."""
    since, asked = known_since(contact), contact.asked_at
    quiet = since is not None and now - since >= ASK_AFTER
    return quiet and (asked is None or now - asked >= ASK_AFTER)
