"""Who gets what, held twice: the page is what the table says, and the real decision is what the table says for every combination."""

from __future__ import annotations

from itertools import product

from chalicelib.core.permission import RULES
from chalicelib.texts.reach import limits

from .__main__ import PAGE as FILE
from .decide import outcome
from .page import KIND_OF, alone, page
from .table import CHANNELS, CONSENT, HOURS, LEVELS, PAGE, PHONES, STATES, cells, channel_of, kind_of

RANK = {"g": 0, "w": 1, "n": 2}


def test_every_kind_that_can_leave_has_a_row():
    missing = {kind.value for kind in RULES} ^ {row for row in cells() if not row.endswith(PAGE) and not channel_of(row)}
    assert not missing, f"python -m tests.matrix --row {' '.join(sorted(missing))}: read it, then put it into tests/matrix/table.py"


def test_the_page_is_fresh():
    assert FILE.read_text(encoding="utf-8") == page(), "run python -m tests.matrix"


def test_the_real_decision_is_what_the_table_says_for_every_combination():
    for kind, row in cells().items():
        for here in product(CONSENT, HOURS, LEVELS, STATES, PHONES):
            found, why = outcome(kind, *here)
            expected = max((row[name] for name in here), key=RANK.__getitem__)
            assert found == expected, (kind, here, found, why)
            if found != "g":  # and for a reason that one of its circumstances has by itself
                assert why in {outcome(kind, *alone(name))[1] for name in here}, (kind, here, why)


def test_n3_nothing_that_we_begin_goes_without_a_yes_or_against_a_stop():
    for kind, row in cells().items():
        if RULES[kind_of(kind)].consent:
            assert row["none"] == row["stopped"] == row["guardian"] == "n", kind
    reaches = {kind for kind, row in cells().items() if row["stopped"] == "g"}
    assert reaches == {"crisis_answer", "stop_confirmation", "help"}


def test_safe_4_nothing_that_we_begin_and_nothing_a_person_writes_goes_to_a_phone_that_is_not_safe():
    goes = {kind for kind, row in cells().items() if row["unsafe"] == "g"}
    assert goes == {kind.value for kind, rule in RULES.items() if rule.answers}
    assert not {kind.value for kind, rule in RULES.items() if rule.quiet_hours} & goes and not {"reply", "staff"} & goes


def test_safe_7_nothing_but_a_neutral_line_goes_to_a_number_in_doubt():
    goes = {kind for kind, row in cells().items() if row["doubt"] == "g"}
    assert goes == {"notice", "closed_notice", "phone_answer", "crisis_answer", "stop_confirmation", "start_confirmation", "help"} | {
        row for row in cells() if channel_of(row) in ("email", "landline")  # which do not go to that number
    }


def test_t20_each_channel_has_a_yes_of_its_own_and_every_other_rule_of_texts():
    rows = cells()
    assert {channel_of(row) for row in rows} == {"", *CHANNELS}
    for row in [each for each in rows if channel_of(each)]:
        own, text = rows[row], rows[kind_of(row).value]
        above = {"above"} if row == "staff_email" else set()  # a page's line
        assert {name for name in own if own[name] != text[name]} - above <= {"kept", "doubt"} and own["kept"] == "n", row


def test_each_channel_that_carries_something_has_a_row_of_its_own():
    for purpose, each in limits().items():
        for channel in set(CHANNELS) & set(each.room):
            assert f"{KIND_OF[purpose]}_{channel}" in cells(), (purpose, channel)
    assert set(KIND_OF) == set(limits())


def test_txt_1_quiet_holds_what_we_begin_and_no_answer():
    for kind, row in cells().items():
        assert row["quiet"] == ("w" if RULES[kind_of(kind)].quiet_hours else "g"), kind
