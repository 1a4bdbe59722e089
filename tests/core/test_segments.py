"""The segment counter: named examples, and what must hold for any text (SEG-1 … SEG-6, C54)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.segments import Encoding, count, encoding_of, split, transliterate

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=400)
EMOJI = st.lists(
    st.sampled_from(["🎉", "👩\u200d👩\u200d👧", "👍🏽", "🇺🇸", "1\ufe0f\u20e3", "e\u0301", "a", "€"]), max_size=200
).map("".join)
GSM = st.text(st.sampled_from("abc @£ñÑ€[]{}^\n"), max_size=700)
FAMILY = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "left"),
    [
        ("", Encoding.GSM7, 0, 0, 160),
        ("a", Encoding.GSM7, 1, 1, 159),
        ("a" * 160, Encoding.GSM7, 160, 1, 0),
        ("a" * 161, Encoding.GSM7, 161, 2, 145),
        ("a" * 306, Encoding.GSM7, 306, 2, 0),
        ("a" * 307, Encoding.GSM7, 307, 3, 152),
        ("€" * 80, Encoding.GSM7, 160, 1, 0),
        ("€" * 81, Encoding.GSM7, 162, 2, 143),  # 76 escapes fill 152 of 153: none is cut in two
        ("é" * 160, Encoding.GSM7, 160, 1, 0),
        ("á" * 70, Encoding.UCS2, 70, 1, 0),
        ("á" * 71, Encoding.UCS2, 71, 2, 63),
        ("á" * 134, Encoding.UCS2, 134, 2, 0),
        ("🎉", Encoding.UCS2, 2, 1, 68),
        ("🎉" * 35, Encoding.UCS2, 70, 1, 0),
        ("🎉" * 36, Encoding.UCS2, 72, 2, 61),  # 33 pairs fill 66 of 67
        ("a" * 1600, Encoding.GSM7, 1600, 11, 83),
        ("á" * 1600, Encoding.UCS2, 1600, 24, 8),
    ],
)
def test_counts(text: str, encoding: Encoding, units: int, parts: int, left: int) -> None:
    told = count(text)
    assert (told.encoding, told.units, told.parts, told.left) == (encoding, units, parts, left)


def test_toll_free_parts_are_a_unit_shorter() -> None:
    assert count("a" * 306).parts == 2
    assert count("a" * 306, toll_free=True).parts == 3
    assert count("á" * 133, toll_free=True).parts == 3


def test_c54_a_curly_quote_makes_the_whole_text_ucs_2_and_is_named() -> None:
    told = count("We haven’t heard from you — call us… or don’t")
    assert (told.encoding, told.offenders) == (Encoding.UCS2, ("’", "—", "…"))
    plain = transliterate("We haven’t heard from you — call us… or don’t")
    assert plain == "We haven't heard from you - call us... or don't"
    assert count(plain).encoding == Encoding.GSM7


def test_c54_an_emoji_is_two_units() -> None:
    assert count("ok 👍").units == 5


def test_spanish_keeps_its_accents() -> None:
    text = "¿Cómo está? Su cita del año “próximo”"
    assert transliterate(text) == '¿Cómo está? Su cita del año "próximo"'
    assert count("ano").offenders == count("año").offenders == ()
    assert count("Cómo está").offenders == ("ó", "á")


def test_odd_spaces_and_invisible_characters() -> None:
    assert transliterate("a\u00a0b\u202fc\u200bd\ufeff") == "a b cd"
    assert transliterate(FAMILY) == FAMILY


@pytest.mark.parametrize(
    "sequence", [FAMILY, "👍🏽", "🇺🇸", "1\ufe0f\u20e3", "e\u0301", "🏴\U000e0067\U000e0062\U000e007f"]
)
def test_no_part_ends_inside_a_sequence(sequence: str) -> None:
    for before in range(50, 70):
        parts = split("á" * before + sequence + "á" * 40)
        assert sum(sequence in part for part in parts) == 1


def test_the_end_of_a_line_is_not_cut_in_two() -> None:
    assert split("a" * 152 + "\r\n" + "a" * 20) == ["a" * 152, "\r\n" + "a" * 20]


def test_flags_in_a_row_are_cut_between_countries() -> None:
    assert all(part.replace("🇺🇸", "").replace("🇲🇽", "") == "" for part in split("🇺🇸🇲🇽" * 20))


def test_a_sequence_longer_than_a_part_is_cut_but_never_inside_a_surrogate_pair() -> None:
    parts = split("👩" + "\u200d👩" * 60)
    assert len(parts) == 3
    assert max(len(part.encode("utf-16-be")) // 2 for part in parts) <= 67


@given(TEXT | EMOJI | GSM)
def test_parts_fit_and_nothing_is_lost(text: str) -> None:
    parts, told = split(text), count(text)
    assert "".join(parts) == text
    assert len(parts) == told.parts
    assert all(parts)
    if told.encoding == Encoding.UCS2:
        sizes = [len(part.encode("utf-16-be")) // 2 for part in parts]
        assert told.units == sum(sizes)
        assert max(sizes) <= (70 if len(parts) == 1 else 67)


@given(TEXT | EMOJI | GSM)
def test_the_count_is_never_below_the_simple_one(text: str) -> None:
    told = count(text)
    single, many = (160, 153) if told.encoding == Encoding.GSM7 else (70, 67)
    least = 1 if told.units <= single else -(-told.units // many)
    assert told.parts >= (least if text else 0)
    assert 0 <= told.left <= single


@given(TEXT)
def test_offenders_are_what_forces_ucs_2(text: str) -> None:
    told = count(text)
    rest = "".join(character for character in text if character not in told.offenders)
    assert encoding_of(rest) == Encoding.GSM7
    assert (told.encoding == Encoding.UCS2) == bool(told.offenders)


@given(TEXT)
def test_transliterating_twice_changes_nothing_and_never_costs_a_part(text: str) -> None:
    once = transliterate(text)
    assert transliterate(once) == once
    if "…" not in text:
        assert count(once).parts <= count(text).parts
