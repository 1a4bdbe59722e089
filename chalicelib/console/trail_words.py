"""What the trail's words say to a compliance officer: one sentence's middle for each action, a phrase for each purpose.

An action without words of its own is shown as its name without underscores: readable, and a reason to add it here.
"""

from __future__ import annotations

SAYS: dict[str, str] = {
    "read_thread": "Opened the thread",
    "read_patient": "Looked at the record",
    "read_incident": "Opened the urgent item",
    "read_appointment": "Opened a visit",
    "read_names": "Saw a program's list of names",
    "read_schedule": "Asked for a program's schedule",
    "read_figures": "Saw a program's figures of visits",
    "list": "Asked for a program's inbox",
    "count": "Saw counts, no names",
    "find": "Looked a number up",
    "register": "Registered the patient",
    "read_safe_phone": "Looked at the safe-phone plan",
    "safe_phone": "Changed the safe-phone plan",
    "read_reach": "Looked at how they can be reached",
    "reach": "Asked how they can be reached",
    "who_cannot_be_reached": "Looked at who cannot be reached",
    "number_theirs": "Noted that the number is theirs",
    "number_anothers": "Took the patient off a number that is somebody else's",
    "numbers_in_doubt": "Saw the list of numbers in doubt",
    "end_held": "Noted that the phone is safe again",
    "end_quiet": "Noted that they want texts sooner than they had asked",
    "transfer": "Moved the patient to another program",
    "transfer_done": "Finished moving the patient's texts",
    "merge": "Joined two records",
    "merge_done": "Finished joining two records",
    "undo_merge": "Took the joining of two records apart",
    "undo_done": "Finished taking two records apart",
    "match": "Tried to match a number",
    "match_number": "Matched a number to the patient",
    "match_done": "Finished matching a number",
    "dismiss_number": "Set a number aside",
    "write": "Wrote a text",
    "write_page_message": "Sent a page with a message",
    "write_page_visits": "Sent the page of their visits",
    "write_page_choices": "Sent the page of what we text them",
    "close_page": "Closed a link to a page",
    "set_page_word": "Noted the word for their pages",
    "open_page": "Showed at the page who they are",
    "read_page_message": "Read the message on the page",
    "read_page_visits": "Looked at the page of visits",
    "read_page_choices": "Looked at the page of what we text them",
    "page_decline": "Said no to a kind of text on the page",
    "page_say_less": "Asked on the page for texts that say less",
    "take_back": "Took a text back",
    "settle": "Ended a text that did not leave",
    "draft": "Began a draft",
    "drop_draft": "Threw a draft away",
    "note": "Wrote a note for colleagues",
    "assign": "Gave the thread to somebody",
    "close": "Closed the thread",
    "reopen": "Opened a closed thread again",
    "should_have_paged": "Said that a text should have paged",
    "call_through_clinic": "Asked for a call through the clinic",
    "dial_patient": "Was put through to the patient",
    "book_appointment": "Booked a visit",
    "change_appointment": "Changed a visit",
    "edit_waitlist": "Changed what they wait for",
    "leave_waitlist": "Took them off the waitlist",
    "enter_opening": "Entered an open time",
    "take_opening": "Gave them an open time",
    "set_slot_rules": "Changed rules of the waitlist",
    "start_drill": "Started a drill",
    "change": "Changed a setting",
    "invite_again": "Invited a colleague once more",
    "preview_appointment": "Looked at what a visit would send",
    "read_number": "Saw the number of an unknown thread",
    "choose_ways": "Chose how they are told",
    "start_reengagement": "Started re-engagement",
    "stop_reengagement": "Ended re-engagement",
    "sign_in": "Signed in",
    "sign_out": "Signed out",
    "passkey_add": "Began to add a passkey",
    "passkey_remove": "Took a passkey away",
    "leave": "Went away",
    "open": "Asked for a page that is not theirs",
    "break_glass": "Broke the glass and opened the record",
    "end_break_glass": "Closed a record that they had opened by breaking the glass",
    "key_lent_page": "Lent a key, by a page, to",
    "key_taken_back": "Took a lent key back from",
    "key_swept": "Took back a key that no row knew, from",
    "read_lent_keys": "Saw the list of lent keys",
    "read_lent_key": "Looked at one lent key",
    "review_lent_key": "Reviewed a lent key",
    "search_trail": "Searched the trail",
    "read_trail": "Read this patient's trail",
    "compare_trail": "Compared this patient's trail with AWS's",
    "verify_trail": "Checked the seal of the trail",
    "export_trail": "Took the trail out as a file",
    "access_report": "Made an access report",
    "read_records": "Looked at what was released of the record",
    "release_record": "Released the record",
    "export_record": "Took a file of the record out",
}
# An action that begins so: the rest of it is a detail.
BEGINS: tuple[tuple[str, str], ...] = (
    ("edit_", "Changed the record"),
    ("incident_", "Urgent item"),
    ("mark_page_", "Marked a page"),
    ("ask_", "Left something to do"),
    ("end_", "Ended something to do"),
)
PURPOSES: dict[str, str] = {
    "care": "care",
    "crisis": "an urgent item",
    "intake": "taking somebody in",
    "scheduling": "scheduling",
    "own_page": "their own page",
    "inbox": "the inbox",
    "glance": "a glance from the inbox",
    "supervision": "supervision",
    "quality": "quality of the screen",
    "administration": "administration",
    "absence": "somebody's absence",
    "paging": "reaching a colleague",
    "telling": "being told",
    "drill": "a drill",
    "work": "coming to work",
    "compliance": "compliance",
    "release": "giving a record out",
    "break_glass": "breaking the glass",
}


def action_says(action: str) -> str:
    """Plain words; the action's own where nobody wrote any."""
    if action in SAYS:
        return SAYS[action]
    for begin, words in BEGINS:
        if action.startswith(begin):
            return f"{words}: {action.removeprefix(begin).replace('_', ' ')}"
    return action.replace("_", " ").capitalize()


def purpose_says(purpose: str) -> str:
    return PURPOSES.get(purpose, purpose.replace("_", " "))
