"""What a telephone call did, in the words of a clinic: lines of an item's history."""

from __future__ import annotations

STEPS = {
    "rung": "Phone rings:",
    "ring_no_answer": "Call not answered by",
    "ring_busy": "Call: busy, or declined by",
    "ring_failed": "Call could not be put through to",
    "ring_canceled": "Call ended before it was answered:",
    "ring_machine": "Call went to the voicemail of",
    "ring_no_key": "Call answered, no key pressed:",
    "passed": "Passed it to the next person, by a key on a call",
    "calls_through": "Calls through the clinic",
    "called_through": "Call through the clinic",
    "call_through_lost": "Call through the clinic: how it ended is not known",
    "not_called_through": "Own phone not answered: the patient was not called",
}
ABOUT_A_PERSON = (
    "paged", "page_failed", "texted", "transferred", "held", "lapsed", "rung", "ring_no_answer", "ring_busy", "ring_failed",
    "ring_canceled", "ring_machine", "ring_no_key",
)  # fmt: skip
CALL_ENDED = {
    "answered": "answered; who answered is for the caller to say",
    "no_answer": "no answer",
    "busy": "busy",
    "failed": "not put through",
    "canceled": "hung up before it was answered",
}
