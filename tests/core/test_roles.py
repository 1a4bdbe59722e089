"""Role by action: the whole table, so that a change of it is seen."""

from __future__ import annotations

from chalicelib.core.roles import DOES, MAY, ROLES, Action, administers, may
from chalicelib.core.staff import Staff


def test_who_may_what() -> None:
    granted = {(role, str(action)) for role in ROLES for action in Action if may(role, action)}
    assert granted == {
        ("clinician", "call_first"),
        ("supervisor", "call_first"),
        ("clinical_lead", "call_first"),
        ("supervisor", "queue_health"),
        ("supervisor", "rota"),
        ("clinical_lead", "rota"),
        ("supervisor", "crisis_board"),
        ("supervisor", "sign_off"),
        ("supervisor", "screen"),
        ("clinical_lead", "screen"),
        ("clinical_lead", "crisis_board"),
        ("clinical_lead", "sign_off"),
        ("supervisor", "drill"),
        ("supervisor", "campaigns"),
        ("records", "records"),
        ("records", "hold"),
        ("compliance", "hold"),
        ("compliance", "breach"),
        ("compliance", "trail"),
        ("clinician", "break_glass"),
        ("supervisor", "break_glass"),
        ("clinical_lead", "break_glass"),
        ("compliance", "review_keys"),
        *((role, each) for role in ("clinician", "supervisor", "clinical_lead") for each in ("set_stage", "set_priority")),
        ("supervisor", "speak_for_others"),
        ("administrator", "speak_for_others"),
        ("clinical_lead", "review_keys"),
        ("clinical_lead", "campaigns"),
        ("clinical_lead", "drill"),
        ("supervisor", "words"),
        ("clinical_lead", "words"),
        ("administrator", "queue_health"),
        ("administrator", "programs"),
        ("administrator", "go_live"),
        ("compliance", "go_live"),
        ("administrator", "rota"),
        ("administrator", "staff"),
        ("administrator", "texts"),
    }


def test_every_role_is_described_and_has_its_line() -> None:
    assert set(ROLES) == set(DOES) == set(MAY)


def test_a_role_nobody_drew_may_nothing() -> None:
    for role in ("", "root", "Administrator"):
        assert not any(may(role, action) for action in Action)
        assert not administers(role)


def test_a_supervisor_does_not_administer() -> None:
    assert not Staff("s", "supervisor", ()).administers
    assert Staff("a", "administrator", ()).administers
