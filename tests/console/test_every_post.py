"""Every post of the console that changes something was seen to, with its entry, by some test: one that nobody tries could change a row
and leave none, and the law of the trail (`traced`) would never be asked (N6)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.console.table import TABLE

from .traced import HEARD, WITHOUT

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
POSTS = sorted({path for path, how, _, _ in TABLE if how in ("POST", "UPLOAD")})
# Posts that change nothing of the clinic's (`traced.OWN`), and leave an entry all the same.
ONLY_LOOKS = {
    "/find", "/keeping", "/trail/verify", "/sign-out", "/passkeys/keep", "/passkeys/remove", "/threads/{thread_id}/draft",
    "/threads/{thread_id}/draft/keep", "/threads/{thread_id}/draft/drop",
}  # fmt: skip
# What is a person's own alone, and the steps before somebody is known.
NO_ENTRY = {"/density", "/practice", "/inbox/keep", "/passkeys", "/passkeys/add", "/sign-in/passkey"}
# What shows once more what was typed or was before, of the clinic's own settings: keeping it is another post.
REVIEWS = {"/settings/people/{staff_id}/undo", "/settings/texts/new"}


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Every test of the console, in a process of its own: (changed or looked, address) of each post that left its entry."""
    out = tmp_path_factory.mktemp("posts") / "heard.txt"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/console"],
        cwd=ROOT, env={**os.environ, HEARD: str(out)}, capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 1), ran.stdout.decode()[-2000:]  # a test that fails says so itself
    lines = (line.split(" ", 1) for line in out.read_text(encoding="utf-8").splitlines())
    return {(what, address.partition("?")[0]) for what, address in lines}


def route_of(address: str) -> str:
    """The row of the table that answers it: of several the one with the fewest names in it."""
    fits = [path for path in POSTS if re.fullmatch("/console" + re.sub(r"{\w+}", "[^/]+", path), address)]
    return min(fits, key=lambda path: path.count("{"), default="")


def test_every_post_was_seen_to_change_something_with_its_entry(heard: set[tuple[str, str]]) -> None:
    changed = {route_of(address) for what, address in heard if what == "changed"}
    assert sorted(set(POSTS) - changed) == sorted(ONLY_LOOKS | NO_ENTRY | REVIEWS)


def test_what_only_looks_was_seen_to_leave_its_entry(heard: set[tuple[str, str]]) -> None:
    looked = {route_of(address) for _, address in heard}
    assert looked >= ONLY_LOOKS and not looked & NO_ENTRY


def test_what_leaves_none_is_what_the_law_excepts() -> None:
    assert {each.removeprefix("/console") for each in WITHOUT} <= NO_ENTRY
