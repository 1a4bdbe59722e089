"""Why a text did not leave, and why a thread asks for a person, in the words of a clinic."""

from __future__ import annotations

# why a text does not leave (core.permission.Refuse): (reason, what to do)
REFUSALS: dict[str, tuple[str, str]] = {
    "opted_out": ("This number asked us to stop texting.", "Call instead. Texts work again after they send START."),
    "deceased": ("This patient is recorded as deceased.", "Nothing is sent to this number from here."),
    "merged": ("This record was merged into another one.", "Write from the record that stays."),
    "on_hold": ("Texting is on hold for this patient.", "Call, or change their status first."),
    "no_consent": ("There is no recorded permission to text first.", "Ask, and record it. You can always answer their text."),
    "no_consent_kind": ("They have not been asked about this kind of text.", "Ask, and record it on their page."),
    "guardian": ("This is a guardian's phone, and this kind was not granted for it.", "Record a grant on their page, or call."),
    "unsure_stop": ("They may have asked us to stop, and nobody has decided.", "Read it and decide; you can answer by hand."),
    "no_number": ("There is no phone number.", "Add one first."),
    "no_patient": ("The patient record is missing.", "Tell the person who runs Porchlight."),
    "number_changed": ("The number changed after this was written.", "Write it again."),
    "content_level": ("It says more than this patient allows in a text.", "Leave the details out, or call."),
    "frequency_cap": ("They have had the automatic texts we allow for now.", "It is not sent."),
    "slot_gone": ("The time was taken or withdrawn before this left.", "Nothing to do: they were not asked."),
    "visit_changed": ("The visit was moved or called off after this was written.", "A moved visit gets new texts."),
    "declined": ("They want no texts of this kind.", "Call, if they should know."),
    "no_safe_hours": ("No safe hours are set in the coming week.", "Ask which hours are safe."),
    "too_late": ("It was too late to send it.", ""),
    "carrier_down": ("The carrier did not take it.", "Call if it matters."),
    "bad_number": ("The number cannot receive texts.", "Call, and ask for another number."),
    "blocked": ("The carrier blocked it.", "Call instead."),
    "spend_limit": ("The clinic's spending limit at the carrier is reached.", "Tell the person who runs Porchlight. Call."),
    "unauthorised": ("The carrier refused our account.", "Tell the person who runs Porchlight. Call."),
    "throttled": ("Too many texts at once.", "It is tried again."),
}

# why a thread asks for a person (Thread.note)
NOTES: dict[str, str] = {
    "start_after_stop": "Stop or start: ask",
    "cancel_word": "Wrote CANCEL: ask if it meant the visit",
    "maybe_stop": "May want fewer texts",
    "wrong_number": "Says wrong number",
    "shared_number": "Shared phone: ask who wrote",
    "screen_failed": "Not screened: read now",
    "asks_for_texts": "Asks for texts, not a call",
    "not_read_again": "Second look failed: read now",
    "wants_move": "Needs another time for a visit",
    "cannot_come": "Called off a visit: find another time",
    "late": "Runs late for a visit",
    "offer_answer": "Answered an offer of a time: read it",
    "visit_guess": "Wrote about a visit: read it",
    "barrier": "Said what stands in the way",
    "picture": "Sent a picture",
    "empty": "Empty text",
    "not_sent": "A text did not leave",
    "unknown_delivery": "A text may not have arrived",
    "merge_undone": "A merge was undone: check both threads",
}
