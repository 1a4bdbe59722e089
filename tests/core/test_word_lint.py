"""The check of words: every row of the table with its own examples, both that fire and that must not; and what holds for all."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import texts
from chalicelib.core import reading
from chalicelib.core.word_lint import GRAVITY, Finding, Reader, needs
from chalicelib.texts.lint import findings, word_rules

DATA = texts._read("words.toml")
EVERYTHING = Reader(level=2)  # so that the level alone never speaks


def rules_of(text: str, reader: Reader = EVERYTHING) -> set[str]:
    return {each.rule for each in findings(text, reader)}


def _rows(name: str) -> Iterator[tuple[str, str, bool]]:
    rows = DATA[name] if isinstance(DATA[name], list) else [DATA[name]]
    for row in rows:
        assert row["fires"] and row["quiet"], name
        yield from ((name, text, True) for text in row["fires"])
        yield from ((name, text, False) for text in row["quiet"])


EXAMPLES = [each for name in ("stigma", "monitoring", "opt_out", "shortener", "day_word") for each in _rows(name)]


@pytest.mark.parametrize(("rule", "text", "fires"), EXAMPLES)
def test_each_row_fires_on_its_examples_and_is_quiet_on_the_others(rule: str, text: str, fires: bool) -> None:
    assert (rule in rules_of(text, Reader(level=2, automatic=rule == "day_word"))) is fires


@pytest.mark.parametrize("row", DATA["level"], ids=lambda row: str(row["needs"]))
def test_txt_4_words_need_their_level(row: dict[str, object]) -> None:
    level, fires, quiet = row["needs"], row["fires"], row["quiet"]
    assert isinstance(level, int) and isinstance(fires, list) and isinstance(quiet, list)
    for text in fires:
        assert needs(text, word_rules())[0] == level, text
        assert "level" in rules_of(text, Reader(level=level - 1)) and "level" not in rules_of(text, Reader(level=level)), text
    assert all(needs(text, word_rules())[0] < level for text in quiet)


CLINIC = "Larkspur Counseling"


@pytest.mark.parametrize(
    ("text", "reader", "expected"),
    [
        # the clinic's own name is level 1, whatever words it is made of
        (f"{CLINIC}: see you Tue", Reader(level=0, clinic=CLINIC), {"level"}),
        (f"{CLINIC}: see you Tue", Reader(level=1, clinic=CLINIC), set()),
        (f"{CLINIC}: your counseling is Tue", Reader(level=1, clinic=CLINIC), {"level"}),
        ("{clinic}: see you {when}", Reader(level=0), {"level"}),
        ("{sender}: see you {when}{place}", Reader(level=0), {"level"}),
        ("{sender}: see you {when}", Reader(level=0), set()),
        # N7: somebody else by whole name
        ("Bob Jones said you would call", Reader(level=2, others=["Bob Jones"]), {"other_name"}),
        ("bob jones said you would call", Reader(level=2, others=["Bob Jones"]), set()),  # no name as it is written: nobody looks
        ("Bob said you would call", Reader(level=2, others=["Bob Jones"]), set()),
        ("Hi Alice Smith, see you", Reader(level=2, names=["Alice Smith"], others=["Alice Smith"]), set()),
        ("María Ibáñez llamó", Reader("es", 2, others=["Maria Ibanez"]), {"other_name"}),
        ("Bob Jonesborough called", Reader(level=2, others=["Bob Jones"]), set()),
        # SAFE-5: a name beside a service where a locked phone shows it
        ("Hi Alice, your therapy is Tue", Reader(level=2, names=["Alice Smith"]), {"preview"}),
        ("Hi {name}, your therapy is Tue", Reader(level=2), {"preview"}),
        ("{clinician} of {clinic}: see you", Reader(level=2), {"preview"}),
        ("Hi Alice, see you Tue at 3 PM as always. Your therapy group meets too.", Reader(level=2, names=["Alice Smith"]), set()),
        ("Your therapy is Tue", Reader(level=2, names=["Alice Smith"]), set()),
        ("See you Tue", Reader(level=2, names=["See"]), set()),
        # T18: a dear letter is named; a person's Spanish only where it costs a part more
        ("Le esperamos aquí", Reader("es", 2, automatic=True), {"encoding"}),
        ("Le esperamos aquí", Reader("es", 2), set()),
        ("Su cita es aquí el lunes a las 3. Si no puede, llame. Es en la sala 2 del piso 1.", Reader("es", 2), {"encoding"}),
        ("Señora, ¿à qué hora é?", Reader("es", 2, automatic=True), set()),  # é ñ à are in GSM-7
        ("See you. " * 40, Reader(level=2), {"parts"}),
        # a person is with them: then it is a question
        ("Are you safe right now?", Reader(level=2, live=True), set()),
        # C42 holds for what waits by itself
        ("See you tomorrow", Reader(level=2), set()),
        # ACC-3
        ("Your comprehensive biopsychosocial evaluation necessitates documentation of previous hospitalizations and prior authorization history.", Reader(level=2), {"reading"}),
        ("We have you down for Tue at 3 PM. If you need a new time just tell us here.", Reader(level=2), set()),
        ("Necesitamos documentación correspondiente a hospitalizaciones anteriores para completar satisfactoriamente su evaluación interdisciplinaria inicial.", Reader("es", 2), {"encoding", "reading"}),
        ("Su cita es el lunes. Si no puede venir, llame o mande un texto y le damos otra hora.", Reader("es", 2), set()),
        ("Votre rendez-vous necessite malheureusement une reorganisation administrative particulierement complexe aujourd'hui.", Reader("fr", 2), set()),  # not measured
        ("", Reader(), set()),
    ],
)  # fmt: skip
def test_what_depends_on_who_gets_it(text: str, reader: Reader, expected: set[str]) -> None:
    assert rules_of(text, reader) == expected


def test_the_gravest_stands_first_and_each_line_names_what_it_is_about() -> None:
    found = findings("Hi, your therapy: text CANCEL or see bit.ly/x. Are you ok right now, addict?", Reader())
    assert [each.rule for each in found] == ["level", "opt_out", "shortener", "stigma", "monitoring"]
    assert found[0] == Finding("level", "therapy", "Says more than they allow: therapy.")
    assert all(each.what in each.says for each in found) and set(DATA["says"]) == set(GRAVITY)


def test_every_word_of_the_law_is_an_opt_out_when_it_is_offered() -> None:
    for word in ("STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE"):  # TCPA-2
        assert "opt_out" in rules_of(f"Reply {word} if you can't make it")


@pytest.mark.parametrize(
    ("word", "syllables"), [("gracias", 2), ("cita", 2), ("leer", 2), ("día", 2), ("quiere", 2), ("guerra", 2), ("ciudad", 2), ("y", 1), ("oír", 2), ("hoy", 1)]
)
def test_syllables_of_spanish(word: str, syllables: int) -> None:
    assert reading.syllables_es(word) == syllables


def test_a_known_text_has_its_known_grade() -> None:
    """Words a sentence and syllables a word counted by hand."""
    assert reading.grade_en("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    assert reading.ease_es("La casa es de mi madre.") == pytest.approx(206.84 - 60 * 8 / 6 - 1.02 * 6)


@given(st.text(max_size=400), st.sampled_from(["en", "es", "fr"]), st.integers(0, 2))
def test_no_text_breaks_it_and_the_same_text_says_the_same(text: str, language: str, level: int) -> None:
    reader = Reader(language, level, ["Alice Smith"], ["Bob Jones"], CLINIC)
    assert findings(text, reader) == findings(text, reader)


def test_the_longest_text_takes_a_few_milliseconds() -> None:
    text = ("Are you we are here text reply clean test no show stay " * 40)[:1600]
    reader = Reader(others=[f"Name{n} Other{n}" for n in range(500)])
    findings(text, reader)
    began = time.process_time()
    for _ in range(20):
        findings(text, reader)
    assert (time.process_time() - began) / 20 < 0.02  # of a slow machine; about 2 ms
