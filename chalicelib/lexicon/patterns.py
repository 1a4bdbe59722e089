"""From a pattern as it is written in a file to the one RE2 runs; and the words that patterns read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_GROUP = re.compile(r"\{([a-z_]+)\}")
_WORD = re.compile(r"(?<![\\{a-z_])[a-z]{2,}(?![a-z_}])")
_GAP = re.compile(r"<(\d+)>")
_LAST_GAP = re.compile(r" <(\d+)>(?=[)|]|$)")  # what follows brings its own space
_LITERAL = re.compile(r"(?<![\\a-z])[a-z]+\??")  # the last letter of a word may be optional
# What ends a sentence: any stop, which phones set by themselves, and a face that cries, prays or says good-bye.
_STOP = r"\.|cryemoji|heartbreakemoji|prayemoji|byeemoji|doveemoji"
SENTENCE = f"(?:^|{_STOP})", f"(?:{_STOP}|$)"
# Beside a whole message such a stop may stand, and the line that some phones put under a text.
MESSAGE = f"^(?: (?:{_STOP}))*", f"(?:(?:{_STOP}) )*(?:(?:sent from|sent via|enviado desde) (?:[^ .]+ ){{1,5}}(?:\\. )*)?$"
_DEEP = 3  # groups within groups within groups


def resolved(groups: Mapping[str, str], shared: Mapping[str, str], classes: Mapping[str, str]) -> Mapping[str, str]:
    """A file's groups besides the shared ones, with words of a class replaced and the groups they name written out."""
    found = dict(shared) | {name: _classed(text, classes) for name, text in groups.items()}
    for _ in range(_DEEP - 1):
        found |= {name: _written_out(found[name], found) for name in groups}
    return found


def compiled(written: str | list[str], groups: Mapping[str, str], classes: Mapping[str, str]) -> str:
    """RE2's form of a pattern or of a list of them: groups and gaps written out."""
    pattern = _written_out(_classed(written if isinstance(written, str) else "|".join(written), classes), groups)
    pattern = _LAST_GAP.sub(r"(?: [^ .]+){0,\1}", pattern)
    pattern = _GAP.sub(r"(?:[^ .]+ ){0,\1}", pattern).replace("<any>", ".*")
    return f" (?:{pattern}) "


def _classed(text: str, classes: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: classes.get(found[0], found[0]), text)


def _written_out(text: str, groups: Mapping[str, str]) -> str:
    return _GROUP.sub(lambda found: f"(?:{groups[found[1]]})", text)


def literals(patterns: Iterable[str]) -> frozenset[str]:
    """Every word that stands in a pattern, with and without a last letter that is optional."""
    found = {word for pattern in patterns for word in _LITERAL.findall(pattern)}
    whole = {word.rstrip("?") for word in found} | {word[:-2] for word in found if word.endswith("?")}
    return frozenset(word for word in whole if len(word) > 1)
