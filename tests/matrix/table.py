"""Who gets what: one row a kind of text, one column a circumstance. `python -m tests.matrix` writes `docs/who-gets-what.md` from it,
and `test_matrix.py` asks the real decision for every combination. A new kind needs a row: `python -m tests.matrix --row KIND` prints what
the code does today, for somebody to read before it is pasted here.

g: goes. w: waits. n: never. Of several circumstances at once never outranks waits, and waits outranks goes.
"""

from __future__ import annotations

from chalicelib.core.messages import Kind

# circumstance: (heading, what it means)
CONSENT: dict[str, tuple[str, str]] = {
    "agreed": ("Agreed", "agreed to texts, and to this kind"),
    "stopped": ("STOP", "this number sent STOP, or words that mean it"),
    "kept": ("STOP, KEEP", "sent STOP, then KEEP: texts about visits only"),
    "unsure": ("May be STOP", "wrote what may be STOP; nobody decided yet (texts of a person who has read it go)"),
    "none": ("Not agreed", "no recorded permission to text first"),
    "declined": ("Declined", "declined this kind; of an answer: texts about visits"),
    "unasked": ("Not asked", "agreed to texts, never asked about this kind"),
    "guardian": ("Guardian", "a guardian's phone, nothing granted for it"),
    "granted": ("Granted", "a guardian's phone, this kind granted for it"),
}
HOURS = {"day": ("Safe hour", "in the patient's safe hours"), "night": ("At night", "outside them")}
LEVELS = {"within": ("Level", "says no more than they allow"), "above": ("Says more", "says more than they allow")}
STATES = {
    "active": ("Active", "in care"),
    "hold": ("On hold", "on hold, in hospital, in custody, discharged"),
    "deceased": ("Deceased", "recorded as deceased"),
}
PHONES = {
    "theirs": ("Theirs", "known to be theirs, and nothing is asked of it"),
    "quiet": ("QUIET", "they wrote QUIET, and the day has not come"),
    "unsafe": ("Not safe", "their “not safe” word came, and nobody has found the phone safe since"),
    "doubt": ("In doubt", "it may be somebody else's number now"),
}
COLUMNS = {**CONSENT, **HOURS, **LEVELS, **STATES, **PHONES}

TABLE = """
kind               | agreed stopped kept unsure none declined unasked guardian granted | day night | within above | active hold deceased | theirs quiet unsafe doubt
reply              | g      n       n    n      g    g        g       g        g       | g   g     | g      n     | g      g    n | g      g     n      n
staff              | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      g    n | g      w     n      n
reply_page         | g      n       n    n      g    g        g       g        g       | g   g     | g      g     | g      g    n | g      g     n      n
staff_page         | g      n       n    w      n    n        g       n        g       | g   w     | g      g     | g      g    n | g      w     n      n
staff_email        | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      g    n | g      w     n      g
welcome            | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
notice             | g      n       n    n      g    g        g       g        g       | g   g     | g      n     | g      g    n | g      g     g      g
closed_notice      | g      n       n    n      g    g        g       g        g       | g   g     | g      n     | g      g    n | g      g     g      g
reminder           | g      n       g    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
reminder_email     | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
reminder_voice     | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
reminder_landline  | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
visit_news         | g      n       g    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
visit_news_email   | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
visit_news_voice   | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
visit_news_landline | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
access             | g      n       g    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
access_email       | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
offer              | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
offer_email        | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
campaign           | g      n       n    w      n    n        n       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
campaign_email     | g      n       n    w      n    n        n       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
code               | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      g    n | g      w     n      n
code_email         | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      g    n | g      w     n      g
code_voice         | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      g    n | g      w     n      n
code_landline      | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      g    n | g      w     n      g
ask_back           | g      n       n    n      g    g        g       n        n       | g   w     | g      n     | g      n    n        | g      w     n      n
moves              | g      n       n    n      g    n        g       g        g       | g   g     | g      n     | g      g    n | g      g     g      n
times              | g      n       g    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
times_email        | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
missed             | g      n       g    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
missed_email       | g      n       n    w      n    n        g       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
reengage           | g      n       n    w      n    n        n       n        g       | g   w     | g      n     | g      n    n | g      w     n      n
reengage_email     | g      n       n    w      n    n        n       n        g       | g   w     | g      n     | g      n    n | g      w     n      g
visit_answer       | g      n       n    n      g    g        g       g        g       | g   g     | g      n     | g      g    n | g      g     g      n
phone_answer       | g      n       n    n      g    g        g       g        g       | g   g     | g      n     | g      g    n | g      g     g      g
crisis_answer      | g      g       g    g      g    g        g       g        g       | g   g     | g      n     | g      g    n | g      g     g      g
stop_confirmation  | g      g       g    g      g    g        g       g        g       | g   g     | g      n     | g      g    n | g      g     g      g
start_confirmation | g      n       n    n      g    g        g       g        g       | g   g     | g      n     | g      g    n | g      g     g      g
keep_confirmation  | g      n       g    w      n    n        g       n        g       | g   g     | g      n     | g      g    n | g      g     g      n
help               | g      g       g    g      g    g        g       g        g       | g   g     | g      n     | g      g    n | g      g     g      g
"""


# Not as a text but as a page of the patient's: the text is a line of level 0 with a link, whatever the page says.
PAGE = "_page"


# By another channel than a text: neutral words alone, each channel with a yes of its own (`core.channels`).
CHANNELS = ("email", "voice", "landline")


def channel_of(row: str) -> str:
    """The channel that a row is about, "" for texts and pages."""
    return next((each for each in CHANNELS if row.endswith(f"_{each}")), "")


def kind_of(row: str) -> Kind:
    """The kind of text that a row is about."""
    return Kind(row.removesuffix(PAGE).removesuffix(f"_{channel_of(row) or '-'}"))


def cells() -> dict[str, dict[str, str]]:
    """Kind to circumstance to g, w or n."""
    head, *rows = [line.replace("|", " ").split() for line in TABLE.strip().splitlines()]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}
