"""The deploy guide as somebody types it: every command of a `console` block, in order, in one shell, and what it should answer.

A line that begins with "$ " is typed, "> " goes on with it; what follows is what is said. "…" stands for anything, alone on a line for any lines.
What is another each time (releases, accounts, ids, counts) is the same as what the guide shows.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

END = "-- that was it"
SAME = (  # what differs each time: a pattern, and what stands for all of it
    (r"\b[0-9a-f]{12}-[0-9a-f]{8}\b", "RELEASE"), (r"\b\d{12}\b", "ACCOUNT"), (r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID"),
    (r"https://\w+\.execute-api", "https://API.execute-api"), (r"\d{4}-\d\d-\d\dT[\d:]+(\+00:00|Z)", "INSTANT"),
    (r"(Add|Modify|Remove) \d+", r"\1 N"), (r"\b[0-9a-f]{32}\b", "TOKEN"), (r"\d+\.\d of (\d+) MB", r"N of \1 MB"),
    (r"urgent item [0-9A-Z]{4}\b", "urgent item ITEM"), (r"us-east-1_\w+", "POOL"),
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One command, and what the guide says that it answers."""

    line: int
    command: str
    answer: tuple[str, ...]


def steps(guide: str) -> Iterator[Step]:
    """Every command of the guide's `console` blocks."""
    inside, found = False, None
    for number, line in enumerate(guide.splitlines(), 1):
        if line.startswith("```"):
            if found:
                yield found
            inside, found = line == "```console", None
        elif inside and line.startswith("$ "):
            if found:
                yield found
            found = Step(number, line[2:], ())
        elif inside and found and line.startswith("> ") and not found.answer:
            found = Step(found.line, f"{found.command}\n{line[2:]}", ())
        elif inside and found:
            found = Step(found.line, found.command, (*found.answer, line))
    if found:
        yield found


def plain(line: str) -> str:
    for pattern, instead in SAME:
        line = re.sub(pattern, instead, line)
    return line.rstrip()


def fits(answer: str, expected: tuple[str, ...]) -> bool:
    """Whether what was said is what the guide says."""
    parts = [r"(?:.*\n)*" if line.strip() == "…" else re.escape(plain(line)).replace("…", ".*") + r"\n" for line in expected]
    return re.fullmatch("".join(parts), "".join(f"{plain(line)}\n" for line in answer.splitlines())) is not None


class Shell:
    """One bash in which the guide is walked."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=home, env=dict(environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def says(self, command: str, typed: str = "") -> str:
        """What the command answers. `typed`: what it is told when it asks."""
        assert self._bash.stdin and self._bash.stdout
        self._bash.stdin.write(f"{{ {command}\n}} <<'TYPED'\n{typed}\nTYPED\necho '{END}'\n")
        self._bash.stdin.flush()
        said = []
        for line in self._bash.stdout:
            if line.rstrip("\n") == END:
                return "".join(said)
            said.append(line)
        raise AssertionError("".join(said))

    def close(self) -> None:
        self._bash.terminate()
        self._bash.wait(20)
