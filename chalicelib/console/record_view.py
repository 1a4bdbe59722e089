"""A file of a release: the same values as a page to read and print, and as JSON for another system.

The page holds its own style and nothing else: no script, no address, no other origin. Everything in it is escaped.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from .. import texts
from ..core.records import Step
from ..core.releases import AUTHORITIES, NOTICE, SECTIONS
from ..flows.released_part import File
from .desk import Visit
from .render import render
from .thread_view import happened
from .trail_words import action_says, purpose_says

FORMAT = "porchlight-record/1"


def html_of(visit: Visit, file: File) -> str:
    return render(
        "record_file.html", visit, file=file, made=file.release, said=file.said, notice=NOTICE if file.release.part2 else "",
        ground=AUTHORITIES[file.release.authority], sections=SECTIONS, action_says=action_says, purpose_says=purpose_says,
        step_says=_step_says, ended=_ended,
    )  # fmt: skip


def _step_says(step: dict[str, Any]) -> str:
    return happened(Step(step["at"], step["by"], step["what"], step["detail"]))


def _ended(disposition: str) -> str:
    known = texts.dispositions().get(disposition)
    return known.label if known else disposition.replace("_", " ")


def json_of(_: Visit, file: File) -> str:
    made = file.release
    head: dict[str, Any] = {
        "format": FORMAT,
        "part": file.part + 1,
        "of": file.of,
        "made_at": file.made_at,
        "release": made.release_id,
        "patient": made.patient_id,
        "authority": made.authority,
        "recipient": file.to.recipient,
        "purpose": file.to.purpose,
        "since": made.since,
        "until": made.until,
        "sections": made.sections,
    }
    if made.part2:  # P2-3, P2-7
        head |= {"notice": NOTICE, "confidentiality": {"code": "R", "sensitivity": ["ETH", "SUD", "42CFRPart2"]}}
    return json.dumps({**head, "record": file.said}, default=_plain, ensure_ascii=False, indent=1)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
