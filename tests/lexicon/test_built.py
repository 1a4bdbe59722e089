"""The built lexicon says what the files say, of every text; and a cold start believes it only while it does."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.triage import Screen
from chalicelib.core.triage.normalise import Normaliser
from chalicelib.lexicon import finder_of
from chalicelib.lexicon.build import build
from chalicelib.lexicon.built import built_screen
from chalicelib.lexicon.finder import Ways, WaysFinder
from chalicelib.lexicon.load import screen
from chalicelib.lexicon.needs import needs
from chalicelib.lexicon.ways import split
from tests.first_look import the_lexicon

LEXICON = the_lexicon()
NORMALISER = Normaliser(LEXICON.words)
EXAMPLES = [text for entry in LEXICON.entries for text in (*entry.fires, *entry.quiet)]
WORDS = sorted(LEXICON.words.vocabulary | set(LEXICON.words.emoji) | set(LEXICON.words.spellings) | {".", "?", "thursday", "3"})


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lexicon") / "built.json"
    build(path)
    return path


@pytest.fixture(scope="module")
def built(file: Path) -> Screen:
    found = built_screen(file)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def files() -> Screen:
    return screen()


@pytest.fixture(scope="module")
def ways(file: Path) -> Ways:
    return Ways(**json.loads(file.read_bytes())["ways"])


@pytest.mark.slow
def test_every_example_is_looked_at_alike(built: Screen, files: Screen) -> None:
    assert [built.look(text) for text in EXAMPLES] == [files.look(text) for text in EXAMPLES]


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_words_are_looked_at_alike(built: Screen, files: Screen, text: str) -> None:
    assert built.look(text) == files.look(text)


@given(st.text())
def test_any_text_is_looked_at_alike(built: Screen, files: Screen, text: str) -> None:
    assert built.look(text) == files.look(text)


def test_every_way_is_called_for_by_whatever_it_matches(ways: Ways) -> None:
    """N2: what the words of a text do not call for cannot match it. Texts are made from each way's own pattern."""
    dice, finder = random.Random(988), WaysFinder(ways)
    missed = [way for number, way in enumerate(ways.patterns) for text in _made(way, dice) if number not in finder._called_for(text)]
    assert missed == []


def test_most_ways_wait_for_a_word(ways: Ways) -> None:
    assert len(ways.always) < len(ways.patterns) / 50


def test_a_rule_matches_in_the_same_places(ways: Ways) -> None:
    engines, finder = finder_of(LEXICON), WaysFinder(ways)
    plain = [NORMALISER.plain(text).text for text in EXAMPLES]
    fired = [(text, rule_id) for text in plain for rule_id in engines.fired(text)]
    assert fired
    assert [finder.spans(rule_id, text) for text, rule_id in fired] == [engines.spans(rule_id, text) for text, rule_id in fired]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (" (?:gone) ", {"gone"}),
        (" (?:all (?:gone|over)) ", {"gone", "over"}),  # of two words the rarer: "all" is everywhere
        (" (?:all (?:very )?gone) ", {"gone"}),
        (" (?:(?:[^ .]+ ){0,3}gone) ", {"gone"}),
        (" (?:gone(?: [^ .]+){0,3}) ", {"gone"}),
        (" (?:gone .*away) ", {"gone"}),  # two that are equally rare: the first
        (" (?:wo?n) ", {"won", "wn"}),
        (" (?:pills?) ", {"pill", "pills"}),
        ("^ (?:gone) $", {"gone"}),
        (" (?:gone\\S*) ", set()),  # it may go on: nothing is known
        (" (?:[0-9]+ ?mg) ", set()),
        (" (?:(?:very )?) ", set()),
        (" (?:gone|[a-z]+) ", set()),  # one way without a word
    ],
)
def test_what_a_pattern_needs(pattern: str, words: set[str]) -> None:
    assert needs(pattern, lambda word: 9 if word in ("all", "very") else 1) == words


def test_alternatives_are_taken_apart_and_nothing_else_is() -> None:
    assert list(split(" (?:a|b c|(?:d|e)|(?:f|g) h) ")) == [" (?:a) ", " (?:b c) ", " (?:d) ", " (?:e) ", " (?:(?:f|g) h) "]
    assert list(split("^ (?:a|[|)] b) $")) == ["^ (?:a) $", "^ (?:[|)] b) $"]
    assert list(split("a|b")) == ["a|b"]


def _spoiled(whole: bytes) -> Iterator[bytes]:
    yield whole[: len(whole) // 2]
    yield b"[]"
    yield b"\xff"
    for part in ("of", "rules", "ways", "words"):
        yield json.dumps({name: held for name, held in json.loads(whole).items() if name != part}).encode()
    yield json.dumps(json.loads(whole) | {"of": "other files"}).encode()


def test_a_built_lexicon_that_is_spoiled_or_old_is_not_believed(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "built.json"
    assert built_screen(path) is None
    for content in _spoiled(file.read_bytes()):
        path.write_bytes(content)
        assert built_screen(path) is None


def _made(pattern: str, dice: random.Random) -> list[str]:
    texts = [f" so {_text(_parser.parse(pattern), dice).strip()} . " for _ in range(3)]
    texts = [text[3:-2] if pattern.startswith("^") else text for text in texts]
    return [text for text in texts if re2.search(pattern, text)]


def _text(nodes: Any, dice: random.Random) -> str:
    return "".join(_piece(kind, content, dice) for kind, content in nodes)


def _piece(kind: Any, content: Any, dice: random.Random) -> str:
    if kind is sre.LITERAL:
        return chr(content)
    if kind is sre.BRANCH:
        return _text(dice.choice(content[1]), dice)
    if kind is sre.MAX_REPEAT:
        least, most = content[0], min(content[1], content[0] + 3)
        return "".join(_text(content[2], dice) for _ in range(dice.randint(least, most)))
    if kind is sre.IN:
        fitting = re.compile(f"[{''.join(map(_class, content))}]")
        return dice.choice([letter for letter in "abcxyz0123456789 .ao" if fitting.fullmatch(letter)])
    if kind is sre.SUBPATTERN:
        return _text(content[-1], dice)
    return "" if kind is sre.AT else "x"


def _class(part: Any) -> str:
    kind, content = part
    if kind is sre.NEGATE:
        return "^"
    if kind is sre.RANGE:
        return f"{chr(content[0])}-{chr(content[1])}"
    return re.escape(chr(content)) if kind is sre.LITERAL else r"\S"
