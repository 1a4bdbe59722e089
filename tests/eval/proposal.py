"""`make proposal FILE=…`: writes an accepted proposal into the lexicon, its sentences as tests, and says what it does to the sets.

The figures are those of the whole screen, loaded anew: words that the lexicon did not know before count too. `--look` writes
nothing. What was written is undone as any change of files is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from chalicelib.core.lexicon_change import LexiconChange
from chalicelib.core.proposal_file import NotAProposal, of_toml
from chalicelib.core.triage import Screen, Words
from chalicelib.lexicon import load_lexicon, read_texts
from chalicelib.lexicon.edit import CannotEdit, edited
from chalicelib.lexicon.finder import Re2Finder
from chalicelib.lexicon.rehearsal import Reads, patterns, screen_of

from .measure import wilson
from .triage import SETS, looked_at, rows

ROOT = Path(__file__).parents[2]
SOURCE = "Proposed in the console from a reviewed page (docs/decisions/screen-feedback.md); not reviewed by anybody else"
Verdicts = Mapping[str, tuple[str, bool, bool, bool]]  # row to its set, crisis, first look, both looks


def verdicts(texts: Mapping[str, str], second: Callable[[Screen, Words], Reads], sets: Path) -> Verdicts:
    """Every row of the sets through both looks."""
    lexicon = load_lexicon(texts)
    screen = screen_of(lexicon, Re2Finder(patterns(lexicon)), lexicon.words)
    heavier = second(screen, lexicon.words)
    found = {}
    for path in sorted(sets.glob("*.jsonl")):
        for row in rows(path):
            seen = looked_at(row, screen, heavier)
            found[row["id"]] = (path.stem, row["label"] == "crisis", seen.first, bool(seen.both))
    return found


def report(before: Verdicts, after: Verdicts) -> str:
    """A line a set and look, then the rows that move."""
    lines = []
    for name in sorted({each[0] for each in before.values()}):
        for crisis, what in ((True, "crises found"), (False, "others that page")):
            for at, look in ((2, "first look"), (3, "both looks")):
                lines.append(f"{name}: {what}, {look}: {_counted(before, name, crisis, at)} -> {_counted(after, name, crisis, at)}")
    for what, crisis, was in (("lost", True, True), ("newly found", True, False), ("spared", False, True), ("new false", False, False)):
        moved = [row for row, seen in before.items() if seen[1] is crisis and seen[3] is was and after[row][3] is not was]
        lines.append(f"{what}: {len(moved)} {' '.join(moved)}".rstrip())
    return "\n".join(line for line in lines if " of 0 " not in line)


def _counted(seen: Verdicts, name: str, crisis: bool, at: int) -> str:
    flags = [bool(each[at]) for each in seen.values() if each[0] == name and each[1] is crisis]
    low, high = wilson(sum(flags), len(flags))
    return f"{sum(flags)} of {len(flags)} ({low:.3f}-{high:.3f})"


def write(root: Path, texts: Mapping[str, str], proposal_id: str, file: str) -> list[Path]:
    """The rules' files that changed, and the proposal itself among the lexicon's tests."""
    held = read_texts()
    wrote = {root / "chalicelib" / "lexicon" / name: text for name, text in texts.items() if held[name] != text}
    wrote[root / "tests" / "lexicon" / "proposed" / f"{proposal_id.lower()}.toml"] = file
    for path, text in wrote.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(wrote)


def read(path: Path) -> tuple[str, str, LexiconChange]:
    return of_toml(path.read_text(encoding="utf-8"))


def main(arguments: list[str], root: Path = ROOT) -> int:
    """0; 1 when the file is no proposal, or does not fit the rules as they are."""
    from chalicelib.second_look import load_second_look

    parser = argparse.ArgumentParser(prog="tests.eval.proposal", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--look", action="store_true", help="print the figures and write nothing")
    parser.add_argument("--sets", type=Path, default=SETS, help="a folder of rows; the project's own, two minutes each way")
    asked = parser.parse_args(arguments)
    try:
        proposal_id, day, change = read(asked.file)
        after = edited(read_texts(), change, SOURCE, day)
        lexicon_before, lexicon_after = (verdicts(texts, load_second_look, asked.sets) for texts in (read_texts(), after))
    except (OSError, NotAProposal, CannotEdit) as failure:
        print(f"not applied: {type(failure).__name__}: {failure}", file=sys.stderr)
        return 1
    print(f"{change.kind} {change.rule}\n{report(lexicon_before, lexicon_after)}")
    for path in [] if asked.look else write(root, after, proposal_id, asked.file.read_text(encoding="utf-8")):
        print(f"wrote {path.relative_to(root)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
