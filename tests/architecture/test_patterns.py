"""No pattern takes for ever on what somebody sends: a repeat without an end stands in no other repeat without an end (ReDoS).

Patterns that staff write are RE2's, which cannot (docs/decisions/first-look-engine.md); these are ours, read from the source, and
those that tables of words become, as they are loaded. Each is tried on texts as long as a carrier brings.
"""

from __future__ import annotations

import ast
import re
import re._constants as kinds  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pytest

from chalicelib.texts import keywords, offers, visits
from chalicelib.texts.lint import word_rules

from .source import modules

CALLS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
REPEATS = (kinds.MAX_REPEAT, kinds.MIN_REPEAT)


@cache
def calls() -> tuple[tuple[str, int, ast.expr], ...]:
    """Module, line and what is handed to `re`."""
    return tuple(_calls())


def _calls() -> Iterator[tuple[str, int, ast.expr]]:
    for module in [*modules(), *modules(folder="infra")]:
        for node in ast.walk(ast.parse(module.text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS and node.args:
                if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
                    yield module.name, node.lineno, node.args[0]


def patterns() -> Iterator[tuple[str, str]]:
    """Where, and what: each constant text, and what tables become."""
    for module, line, node in calls():
        if (text := constant(node)) is not None:
            yield f"{module}:{line}", text
    for table in TABLES:
        yield from ((table.__name__, found.pattern) for found in compiled(table()))


TABLES = (keywords, visits.replies, offers.replies, word_rules)
# What is no constant, and how often: of a table above, or of a file that only the deploying machine reads.
OF_TABLES = {
    "chalicelib.core.keywords": 2, "chalicelib.core.visit_replies": 1, "chalicelib.core.word_lint": 5, "infra.account.chosen": 1,
}  # fmt: skip


def compiled(value: Any) -> Iterator[re.Pattern[str]]:
    """Every pattern that a table holds, however deep."""
    if isinstance(value, re.Pattern):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from compiled(getattr(value, field.name))
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from compiled(each)


def constant(node: ast.expr) -> str | None:
    """A text that stands there whole; what is put in at run time counts as a letter."""
    if isinstance(node, ast.Constant):
        return node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = constant(node.left), constant(node.right)
        return None if left is None or right is None else left + right
    return None


def endless(pattern: str) -> bool:
    """Whether an unbounded repeat stands inside another, where the inner one can be cut in more than one way."""
    return _endless(parser.parse(pattern), inside=False)


def _endless(tree: Any, inside: bool) -> bool:
    for kind, said in tree:
        if kind in REPEATS:
            _, most, body = said
            unbounded = most == kinds.MAXREPEAT
            if unbounded and inside and not _fenced(tree, body):
                return True
            if _endless(body, inside or unbounded):
                return True
        elif (kind is kinds.BRANCH and any(_endless(branch, inside) for branch in said[1])) or (kind is kinds.SUBPATTERN and _endless(said[3], inside)) or (kind in (kinds.ASSERT, kinds.ASSERT_NOT) and _endless(said[1], inside)):
            return True
    return False


def _fenced(tree: Any, body: Any) -> bool:
    """Something that must stand beside the inner repeat and is none of its letters says where a round ends: (?:[._-][a-z]+)*."""
    repeated = set().union(*(letters(part) for part in body))
    return any(kind is kinds.GROUPREF or ((beside := letters((kind, said))) and not beside & repeated) for kind, said in tree)


def letters(part: Any) -> set[str]:
    """Of ASCII, what one step of this part may read; nothing where it may read nothing."""
    kind, said = part
    if kind in REPEATS:
        return set().union(*(letters(each) for each in said[2])) if said[0] else set()
    return {chr(code) for code in range(128) if re.fullmatch(single(kind, said), chr(code), re.S)} if kind in SINGLE else set()


SINGLE = (kinds.LITERAL, kinds.NOT_LITERAL, kinds.IN, kinds.ANY)
CLASSES = {
    kinds.CATEGORY_DIGIT: r"\d", kinds.CATEGORY_WORD: r"\w", kinds.CATEGORY_SPACE: r"\s",
    kinds.CATEGORY_NOT_DIGIT: r"\D", kinds.CATEGORY_NOT_WORD: r"\W", kinds.CATEGORY_NOT_SPACE: r"\S",
}  # fmt: skip


def single(kind: Any, said: Any) -> str:
    """One letter's part as a pattern again."""
    if kind is kinds.ANY:
        return "."
    if kind in (kinds.LITERAL, kinds.NOT_LITERAL):
        return ("[^%s]" if kind is kinds.NOT_LITERAL else "[%s]") % re.escape(chr(said))
    return f"[{''.join(_in_class(*each) for each in said)}]"


def _in_class(kind: Any, said: Any) -> str:
    if kind is kinds.NEGATE:
        return "^"
    if kind is kinds.RANGE:
        return f"{re.escape(chr(said[0]))}-{re.escape(chr(said[1]))}"
    return CLASSES[said] if kind is kinds.CATEGORY else re.escape(chr(said))


def test_no_pattern_takes_for_ever() -> None:
    found = list(patterns())
    assert len(found) > 50
    assert [where for where, text in found if endless(text)] == []


@pytest.mark.parametrize(("pattern", "bad"), [
    (r"(a+)+", True), (r"(?:[a-z]+\s*)*$", True), (r"(\w*)*x", True), (r"^(?:a|b+)+$", True), (r"((x+)y?)*", True),
    (r"(?:-[a-z]+)*", False), (r"[a-z]+", False), (r"(?:ab)+", False), (r"(a{1,3})+", False), (r"\d+(?:\.\d+)*", False),
    (r"(?:[._-][a-z0-9]+)*", False), (r"(?:[a-z._-][a-z0-9]+)*", True), (r"(?:b[a-z]+)*", True), (r"(?:['*]+[a-z]+)*", False),
])  # fmt: skip
def test_which_patterns_are_meant(pattern: str, bad: bool) -> None:
    assert endless(pattern) is bad and re.compile(pattern)


def test_a_pattern_that_is_put_together_is_one_of_a_table() -> None:
    """A new one is loaded in TABLES, and counted here."""
    assert Counter(module for module, _, node in calls() if constant(node) is None) == OF_TABLES
    assert all(len(list(compiled(table()))) > 5 for table in TABLES)


LONG = 1600  # signs of the longest text that a carrier brings
NASTY = ["a", " ", "a ", "1", "-", "ñ", "a.", "i will not want "]


def test_no_text_is_dear_to_any_pattern() -> None:
    """Repeats beside each other cost more than the square of a text, and nobody's text may cost a page its time."""
    texts = [(part * LONG)[:LONG] for part in NASTY]
    assert [where for where, said in patterns() for text in texts if dear(said, text, 0.1)] == []


def test_what_is_dear_is_seen() -> None:
    assert dear(r"a*a*b", "a" * 400, 0.005) and not dear(r"a*b", "a" * 400, 0.005)


def dear(pattern: str, text: str, most: float) -> bool:
    """Whether looking for it takes more than so many seconds of a processor."""
    found, began = re.compile(pattern), time.process_time()
    found.search(text)
    return time.process_time() - began > most
