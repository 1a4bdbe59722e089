"""Every alarm says where to read what to do, and there is no page that no alarm names."""

from __future__ import annotations

import re
from pathlib import Path

from .template import Template

ROOT = Path(__file__).parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"


def named_by(template: Template) -> dict[str, str]:
    """Alarm to the page that its description ends with; "" for none."""
    alarms = template.of_type("AWS::CloudWatch::Alarm")
    found = {name: re.search(r"Runbook: (docs/runbooks/[a-z-]+\.md)$", each["AlarmDescription"]) for name, each in alarms.items()}
    return {name: match[1] if match else "" for name, match in found.items()}


def test_every_alarm_has_its_page_and_every_page_its_alarms(template: Template) -> None:
    pages = named_by(template)
    assert len(pages) > 50 and not [name for name, page in pages.items() if not page or not (ROOT / page).is_file()]
    assert {Path(page).name for page in pages.values()} == {page.name for page in RUNBOOKS.glob("*.md")}


def test_a_page_names_its_alarms_what_they_mean_who_acts_and_three_steps(template: Template) -> None:
    pages = named_by(template)
    for path in RUNBOOKS.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        head = text.split("## What it means")[0]
        assert set(re.findall(r"`(\w+)`", head)) == {name for name, page in pages.items() if Path(page).name == path.name}, path.name
        assert re.findall(r"^## (.+)$", text, re.M) == ["What it means", "Who", "First three steps"], path.name
        assert len(re.findall(r"^\d\. ", text, re.M)) == 3, path.name


def test_what_a_page_points_to_is_there(template: Template) -> None:
    for path in RUNBOOKS.glob("*.md"):
        for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
            assert (RUNBOOKS / target).is_file(), f"{path.name}: {target}"
