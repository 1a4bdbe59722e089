"""Who may be given a record, as one table: every ground, with and without Part 2, with each thing missing."""

from __future__ import annotations

import pytest

from chalicelib.core.releases import AUTHORITIES, SECTIONS, TICKS, WHY_NOT, Asked, Part, cut, why_not

ALL = frozenset(TICKS)


def asked(authority: str, **fields: object) -> Asked:
    known: dict[str, object] = {"recipient": "Dr. Vance", "nature": "overdose", "ticks": ALL}
    return Asked(authority, **{**known, **fields})  # type: ignore[arg-type]


# ground: with everything said, of a Part 2 record without and with a consent in force
PART_2 = {
    "patient": ("", ""), "representative": ("consent", ""), "authorization": ("consent", ""), "treatment": ("consent", ""),
    "emergency": ("", ""), "court": ("", ""), "subpoena": ("never", "never"),
}  # fmt: skip


@pytest.mark.parametrize("authority", sorted(AUTHORITIES))
def test_every_ground_with_and_without_part_2(authority: str) -> None:
    assert why_not(asked(authority), part2=False, consented=False) == ""
    assert (why_not(asked(authority), True, False), why_not(asked(authority), True, True)) == PART_2[authority]


def test_p2_a_subpoena_alone_never_opens_a_part_2_record_whatever_is_ticked() -> None:
    for ticks in (frozenset(), ALL):
        assert why_not(asked("subpoena", ticks=ticks), True, True) == "never"
    assert "42 CFR 2.61" in WHY_NOT["never"] and "court order" in WHY_NOT["never"]


@pytest.mark.parametrize(
    ("authority", "fields", "why"),
    [
        ("", {}, "authority"), ("warrant", {}, "authority"), ("patient", {"recipient": " "}, "recipient"),
        ("patient", {"ticks": frozenset()}, "checked"), ("patient", {"sections": ()}, "sections"),
        ("subpoena", {"ticks": frozenset({"checked"})}, "assured"), ("emergency", {"nature": ""}, "emergency"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(authority: str, fields: dict[str, object], why: str) -> None:
    assert why_not(asked(authority, **fields), False, False) == why


def test_an_order_for_a_part_2_record_is_one_under_subpart_e() -> None:
    assert why_not(asked("court", ticks=frozenset({"checked"})), True, False) == "order"
    assert why_not(asked("court", ticks=frozenset({"checked"})), False, False) == ""


def test_every_refusal_has_its_words_and_every_section_its_name() -> None:
    assert {"never", "consent", "order"} <= set(WHY_NOT) and "texts" in SECTIONS


def test_texts_are_cut_into_files_without_a_gap() -> None:
    rows = [(f"m{at:02d}", "2026-03" if at < 5 else "2026-04") for at in range(7)]
    assert cut(rows, 3) == (
        Part("", "m02", 3, "2026-03"), Part("m02", "m05", 3, "2026-03 to 2026-04"), Part("m05", "m06", 1, "2026-04"),
    )  # fmt: skip
    assert cut([], 3) == ()
