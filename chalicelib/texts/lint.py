"""The check of words, with the words of this room. `python -m chalicelib.texts.lint` plays it on every sentence of ours."""

from __future__ import annotations

import sys
from functools import cache

from ..core.word_lint import Finding, Reader, WordRules, lint, read_word_rules
from . import _read, keywords


@cache
def word_rules() -> WordRules:
    return read_word_rules(_read("words.toml"), [word for word, means in keywords().whole.items() if means == "stop"])


def findings(text: str, reader: Reader) -> tuple[Finding, ...]:
    """What stands in it that should not, gravest first."""
    return lint(text, word_rules(), reader)


def main() -> int:
    """Every sentence that the service sends by itself, as it stands in its file."""
    from .every import READ, sentences

    lines = [
        f"{each.file}: {each.template_id} ({each.language}, level {each.level}): {found.says}\n"
        for file in READ
        for each in sentences(file)
        for found in findings(each.body, Reader(each.language, each.level, automatic=True))
    ]
    sys.stdout.write("".join(lines) or "every sentence passes the check of words\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
