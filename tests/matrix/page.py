"""`docs/who-gets-what.md`, from the table: for a compliance officer, without a word of code."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.console.reasons import REFUSALS
from chalicelib.core.channels import CHANNELS as CHANNELS_OF
from chalicelib.core.consent import SCOPES
from chalicelib.core.permission import RULES
from chalicelib.core.rounds import Limits
from chalicelib.texts.reach import limits

from .decide import outcome
from .table import COLUMNS, CONSENT, HOURS, LEVELS, PAGE, PHONES, STATES, cells, channel_of, kind_of

SAID = {"email": "e-mail", "voice": "a call", "landline": "a call to a landline"}
SAYS = {"g": "goes", "w": "waits", "n": "**never**"}
AS_PAGE = "; the text is a neutral line with a link, and what the page says crosses no carrier"
CHANNELS = {
    "email": "; by e-mail: a neutral line with a link, or a code, to an address of its own, with a yes of its own, and not held by a number in doubt",
    "voice": "; by an automated call to the same number, with a yes of its own: silent until a key is pressed",
    "landline": "; by an automated call to another number, with a yes of its own: silent until a key is pressed",
}
# What goes from channel to channel: the id of `texts/rounds.toml`, and the kind of text that it is.
KIND_OF = {
    "reminder": "reminder", "visit_moved": "visit_news", "visit_off": "visit_news", "access": "access", "offer": "offer", "times": "times",
    "missed": "missed", "reengage": "reengage", "campaign": "campaign", "campaign_stage": "campaign", "page": "staff",
}  # fmt: skip
HEAD = """# Who gets what

What becomes of each kind of text, at the moment it would leave. Read a row from left to right: where several things hold at once,
*never* outranks *waits*, and *waits* outranks *goes*. Written by `python -m tests.matrix` from `tests/matrix/table.py`; a test asks the
real decision for every combination of these columns and fails where this page says otherwise. Do not edit it here.

Every text is also asked: is it still this patient's number, is it still in time, do the visit or the opening that it tells of still
stand, is there room in the budget of automatic texts (one a day, three a week), has a program or a vendor been switched off. Each of
these can only make a text wait or stay here. **Danger is screened before any of this, and a page to a clinician asks none of it.**
"""


WAYS = """For who was asked how to reach them (*How to reach them*), in the order that follows from what they said. The next channel's turn comes
when the one before surely failed or could not be used; where nobody can tell, a person decides, or nothing more leaves. In each cell: how long
before the next one's turn, and until when it helps. All others get texts alone.
"""


def page() -> str:
    parts = [HEAD, _words("What the columns mean", [(head, says) for head, says in COLUMNS.values()])]
    grids = (
        ("By what they agreed to", CONSENT), ("By hour, level and state, when they agreed", {**HOURS, **LEVELS, **STATES}),
        ("By the phone in the room, when they agreed", PHONES),
    )  # fmt: skip
    for title, columns in grids:
        parts.append(_grid(title, list(columns)))
    parts.append(_ways())
    parts.append(_words("Why each kind may go", [(_name(kind), f"{_needs(kind)}. {RULES[kind_of(kind)].why}{AS_PAGE if kind.endswith(PAGE) else ''}{CHANNELS.get(channel_of(kind), '')}") for kind in cells()]))
    parts.append(_words("Why not", [(REFUSALS[why][0], REFUSALS[why][1] or "-") for why in _reasons()]))
    return "\n".join(parts)


def _grid(title: str, columns: list[str]) -> str:
    heads = " | ".join(COLUMNS[name][0] for name in columns)
    rows = [f"| {_name(kind)} | " + " | ".join(SAYS[row[name]] for name in columns) + " |" for kind, row in cells().items()]
    return "\n".join([f"## {title}\n", f"| Text | {heads} |", "|---" * (len(columns) + 1) + "|", *rows, ""])


def _ways() -> str:
    """Which channels carry what (`texts/rounds.toml`)."""
    heads = " | ".join(about.label for about in CHANNELS_OF.values())
    rows = [f"| {name.replace('_', ' ').capitalize()} | " + " | ".join(_way(each, channel) for channel in CHANNELS_OF) + " |" for name, each in limits().items()]
    never = {f"{name.replace('_', ' ')}, {CHANNELS_OF[channel].label.lower()}": why for name, each in limits().items() for channel, why in each.never.items()}
    return "\n".join([
        "## By which channels\n", WAYS, f"| What | {heads} |", "|---" * (len(CHANNELS_OF) + 1) + "|", *rows, "",
        *(f"- **Never {name}**: {why}" for name, why in never.items()), "",
    ])  # fmt: skip


def _way(each: Limits, channel: str) -> str:
    """How long it has, and until when it helps."""
    if channel in each.never:
        return "**never**"
    ends = f"until {_long(each.room[channel])} before" if each.room[channel] else ""
    waits = _long(each.waits[channel]) if channel in each.waits else ""
    return "; ".join(part for part in (waits, ends) if part)


def _long(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    return f"{minutes // 1440} d" if minutes and minutes % 1440 == 0 else f"{minutes // 60} h" if minutes and minutes % 60 == 0 else f"{minutes} min"


def _words(title: str, rows: list[tuple[str, str]]) -> str:
    return "\n".join([f"## {title}\n", *(f"- **{name.rstrip('.')}**: {says}" for name, says in rows), ""])


def _name(kind: str) -> str:
    channel = channel_of(kind)
    kind = f"{kind.removesuffix(f'_{channel}')} by {SAID[channel]}" if channel else kind
    return kind.replace("_page", " as a page").replace("_", " ").capitalize()


def _needs(kind: str) -> str:
    scope = RULES[kind_of(kind)].consent
    return f"Needs permission for: {SCOPES[scope].label.lower()}" if scope else "Needs no permission of its own"


def _reasons() -> list[str]:
    """Every reason that a cell of the table has, in the order of the columns."""
    found: dict[str, None] = {}
    for kind in cells():
        for name in COLUMNS:
            _, why = outcome(kind, *alone(name))
            if why in REFUSALS:
                found[why] = None
    return list(found)


def alone(name: str) -> tuple[str, str, str, str, str]:
    """This circumstance, and all else as it should be."""
    return (
        name if name in CONSENT else "agreed", name if name in HOURS else "day", name if name in LEVELS else "within",
        name if name in STATES else "active", name if name in PHONES else "theirs",
    )  # fmt: skip
