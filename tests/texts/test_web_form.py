"""The words of the web page that asks for texts: complete in both languages, plain, neutral, and never changed under a version (TCPA-14)."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from chalicelib.core.asked import KINDS
from chalicelib.core.word_lint import Reader
from chalicelib.texts import lint
from chalicelib.texts.web_form import language_of, versions, words

# Each version as it was shown to somebody: other words are another version, and none is ever taken away.
SHOWN = {"web-en-1": "d6bfee282b9214bc", "web-es-1": "497c99fd40b7e536", "web-en-2": "f60deaacfe6dcd8d", "web-es-2": "6c54999abf597d00"}


@pytest.mark.parametrize("version", sorted({*SHOWN, *versions()}))
def test_the_words_of_a_version_are_those_that_were_shown(version):
    row = json.dumps(dict(versions()[version]), sort_keys=True, ensure_ascii=False)
    assert SHOWN.get(version) == hashlib.sha256(row.encode()).hexdigest()[:16]


def test_a_language_is_complete_or_absent():
    english, spanish = words("en"), words("es")
    assert english.keys() == spanish.keys() and words("fr") is english
    fields = [{name: sorted(re.findall(r"{(\w+)}", said)) for name, said in row.items()} for row in (english, spanish)]
    assert fields[0] == fields[1]
    assert all(english[f"kind_{kind}"] for kind in KINDS)


def test_a_version_that_another_release_shows_loses_no_yes():
    assert (language_of("web-es-1"), language_of("web-en-99")) == ("es", "en")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_sentence_is_plain_and_neutral(language):
    reader = Reader(language, 0)
    found = {
        (name, each.rule)
        for name, said in words(language).items() if name not in ("version", "language")
        for each in lint.findings(said.format(sender="Porch Street Office", number="303-555-0199", phone="303-555-0190"), reader)
        if each.rule in ("level", "reading", "stigma", "monitoring", "shortener")
    }  # fmt: skip
    assert found == set()
