"""What each status of a patient stops. One row a status; `core.permission` is asked again when a text leaves (N3)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """`stops`: what no longer leaves. `goes_on`: what still does. Words that staff read before they choose."""

    stops: str
    goes_on: str
    confirm: bool = False  # asked once more: hard to take back for the family


ANSWERS = "Answers to their own texts, texts you write, and crisis answers still leave. Every text they send is screened."
STANDINGS: dict[str, Standing] = {
    "active": Standing("Nothing.", "Everything they gave permission for, in their safe hours."),
    "hold": Standing("Automatic texts, such as the first text and reminders.", ANSWERS),
    "hospital": Standing("Automatic texts, such as the first text and reminders.", ANSWERS),
    "custody": Standing("Automatic texts, such as the first text and reminders.", ANSWERS),
    "discharged": Standing("Automatic texts, such as the first text and reminders.", ANSWERS),
    "deceased": Standing(
        "Every text from here to this patient, also what waits to leave.",
        "A text from this number is still screened, and still pages somebody.",
        confirm=True,
    ),
}
