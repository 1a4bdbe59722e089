"""What a deployment is refused for, what a plan may never do, and how a token changes without a gap (docs/deploy.md)."""

from __future__ import annotations

import socket
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.account.__main__ import VERBS, main, told
from infra.account.adapted import UNKNOWN, for_ministack, placed
from infra.account.chosen import OF_THE_EXAMPLE, Chosen, Seen, read_chosen, refusals
from infra.account.cost import SURE, counted, estimate, read_prices
from infra.account.cost_page import PAGE, WHERE, page
from infra.account.stack import Change, Refused, Stack
from infra.policy.blind_spots_of_what_is_kept import KEPT
from infra.rotate import NEXT, NotNow, changed
from infra.template import merge_file

from .template import Template

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "infra" / "account" / "example.toml"
CLINIC = (ROOT / "infra" / "local" / "clinic.toml").read_text(encoding="utf-8").replace("live = true", "live = false")
TODAY = date(2026, 11, 28)
SEEN = Seen("123456789012", (), first=True)


def chosen(tmp_path: Path, clinic: str = CLINIC, stage: str = "prod", said: str = "") -> Chosen:
    """The example beside a clinic's file; `said` is put at its end."""
    (tmp_path / "clinic.toml").write_text(clinic, encoding="utf-8")
    example = EXAMPLE.read_text(encoding="utf-8").replace(OF_THE_EXAMPLE, "f" * 32)
    (tmp_path / "account.toml").write_text(example + said, encoding="utf-8")
    return read_chosen(tmp_path / "account.toml", stage)


@pytest.mark.parametrize("stage", ["prod", "trial"])
def test_the_example_may_go_once_its_clinic_is_there(template: Template, tmp_path: Path, stage: str) -> None:
    assert list(refusals(chosen(tmp_path, stage=stage), template.tree, SEEN, TODAY)) == []


@pytest.mark.parametrize(("seen", "word"), [
    (Seen("123456789012", ("app.py",), first=False), "no commit"), (Seen("210987654321", (), first=False), "account 210987654321"),
    (Seen("", (), first=False), "no credentials"),
])  # fmt: skip
def test_not_from_a_dirty_tree_nor_into_another_account(template: Template, tmp_path: Path, seen: Seen, word: str) -> None:
    [said] = refusals(chosen(tmp_path), template.tree, seen, TODAY)
    assert word in said


@pytest.mark.parametrize(("name", "value", "word"), [
    ("StaffMfa", "OPTIONAL", "StaffMfa is ON"), ("TrailLockMode", "GOVERNANCE", "COMPLIANCE"), ("BackupLockMode", "GOVERNANCE", "COMPLIANCE"),
    ("OperationsEmail", "", "somebody must be told"), ("PublicUrl", "http://text.example.org", "must look like"), ("FallbackToken", "short", "24 characters"),
    ("FallbackToken", OF_THE_EXAMPLE, "still the example's"),
    ("StaffMfa", "MAYBE", "one of ON, OPTIONAL"), ("Colour", "blue", "no parameter Colour"),
])  # fmt: skip
def test_a_parameter_that_is_wrong_where_patients_are(template: Template, tmp_path: Path, name: str, value: str, word: str) -> None:
    asked = chosen(tmp_path)
    wrong = Chosen(asked.stage, asked.account, asked.region, asked.clinic, asked.papers, {**asked.parameters, name: value})
    assert any(word in said for said in refusals(wrong, template.tree, SEEN, TODAY))


@pytest.mark.parametrize("papers", [{}, {"aws_baa": date(2027, 1, 1), "texts_approved": TODAY}, {"aws_baa": "yes", "texts_approved": TODAY}])
def test_not_without_the_agreement_with_aws(template: Template, tmp_path: Path, papers: dict[str, Any]) -> None:
    asked = chosen(tmp_path)
    without = Chosen(asked.stage, asked.account, asked.region, asked.clinic, papers, asked.parameters)
    assert any("aws_baa" in said for said in refusals(without, template.tree, SEEN, TODAY))


@pytest.mark.parametrize(("old", "new", "word"), [
    ("baa = 2026-01-05", "baa = 2027-01-05", "no_agreement"), ("qso = 2026-01-05", "", "no_qso"), ('features = ["sms", "voice"]', 'features = ["voice"]', "not_covered"),
    ('id = "twilio"', 'id = "another"', "no_agreement"), ("live = false", "live = true", "Going live"), ("[[program]]", "[[program", "clinic.toml"),
])  # fmt: skip
def test_tw_6_not_without_the_carriers_papers_and_nobody_is_live_at_first(template: Template, tmp_path: Path, old: str, new: str, word: str) -> None:
    assert old in CLINIC
    assert any(word in said for said in refusals(chosen(tmp_path, CLINIC.replace(old, new)), template.tree, SEEN, TODAY))


def test_an_upgrade_may_meet_programs_that_are_live_and_a_trial_may_not(template: Template, tmp_path: Path) -> None:
    live = CLINIC.replace("live = false", "live = true")
    later = Seen("123456789012", (), first=False)
    assert list(refusals(chosen(tmp_path, live), template.tree, later, TODAY)) == []
    assert [said for said in refusals(chosen(tmp_path, live, "trial"), template.tree, later, TODAY) if "tried out" in said]


def test_the_examples_stand_by_may_go_where_its_own_region_is_another(template: Template, tmp_path: Path) -> None:
    assert list(refusals(chosen(tmp_path, stage="standby"), template.tree, SEEN, TODAY)) == []


@pytest.mark.parametrize(("stage", "old", "new", "word"), [
    ("standby", 'region = "us-west-2"', 'region = "us-east-1"', "gone together"), ("prod", 'region = "us-west-2"', 'region = "us-east-1"', "gone together"),
    ("trial", 'TablePrefix = "porchlight-trial"', "", "both porchlight:"), ("standby", "porchlight-standby", "porchlight", "both porchlight:"),
    ("standby", 'ConsoleUrl = "https://standby', 'StaffMfa = "OPTIONAL"\nConsoleUrl = "https://standby', "StaffMfa is ON where patients are"),
])  # fmt: skip
def test_stages_stand_apart_and_a_stand_by_is_as_strict_as_what_it_stands_in_for(
    template: Template, tmp_path: Path, stage: str, old: str, new: str, word: str
) -> None:
    asked = chosen(tmp_path, stage=stage)
    file = tmp_path / "account.toml"
    said = file.read_text(encoding="utf-8")
    assert old in said
    file.write_text(said.replace(old, new), encoding="utf-8")
    assert [each for each in refusals(read_chosen(file, asked.stage), template.tree, SEEN, TODAY) if word in each]


def test_a_stand_by_is_switched_on_by_its_page_and_not_by_its_file(template: Template, tmp_path: Path) -> None:
    live, later = CLINIC.replace("live = false", "live = true"), Seen("123456789012", (), first=False)
    assert [said for said in refusals(chosen(tmp_path, live, "standby"), template.tree, later, TODAY) if "on the day" in said]


def test_what_is_asked_before_packaging_are_the_templates_own_parameters(template: Template) -> None:
    assert merge_file({})["Parameters"] == template.tree["Parameters"]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_packaged_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen(tmp_path, CLINIC.replace("live = false", "live = true"))
    account = tmp_path / "account.toml"
    said = account.read_text(encoding="utf-8").replace("aws_baa = 2026-01-05", "").replace("SpendHalf", "Spendhalf")
    account.write_text(said, encoding="utf-8")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        assert main(["deploy", "--stage", "prod", "--params", str(account), "--endpoint", gone]) == 1
    told_so = capsys.readouterr().out
    assert all(word in told_so for word in ("aws_baa", "no parameter Spendhalf", "no credentials", "1/4"))
    assert "2/4" not in told_so


@pytest.mark.parametrize("verb", ["rollback", "teardown"])
def test_a_stack_of_the_same_name_in_another_account_is_left_alone(verb: str, tmp_path: Path) -> None:
    asked = chosen(tmp_path)
    with pytest.raises(Refused, match="account 210987654321"):
        VERBS[verb](asked, Elsewhere(asked.prefix, asked.region, asked.account), True)


class Elsewhere(Stack):
    """A stack that these credentials reach, in an account that is not the clinic's."""

    def client(self, service: str) -> Any:
        assert service == "sts", "nothing else is asked"
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "210987654321"}


def test_a_stage_that_is_not_there_or_says_too_little(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="prod, trial, standby"):
        chosen(tmp_path, stage="nowhere")
    with pytest.raises(ValueError, match="account, region, clinic"):
        chosen(tmp_path, stage="bare", said="\n[bare]\n")


@pytest.mark.parametrize("kind", KEPT)
def test_nothing_that_is_kept_is_removed_or_replaced(kind: str) -> None:
    assert all(Change("Modify", f"AWS::{kind}", "X", how).destroys for how in ("True", "Conditional"))
    assert Change("Remove", f"AWS::{kind}", "X").destroys
    assert not Change("Modify", f"AWS::{kind}", "X").destroys and not Change("Add", f"AWS::{kind}", "X").destroys
    assert not Change("Remove", "AWS::Lambda::Function", "X", "True").destroys


def test_a_plan_is_read_in_a_minute() -> None:
    changes = [*(Change("Add", "AWS::SQS::Queue", f"Q{n}") for n in range(200)), Change("Modify", "AWS::Lambda::Function", "Tick", "True")]
    assert told(changes) == ["Add 200  Modify 1", "  Modify  AWS::Lambda::Function            Tick  is replaced"]
    assert told([]) == ["nothing changes"]


def test_zips_are_named_where_they_were_put_and_the_emulator_gets_only_what_it_knows() -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}}
    layer = {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "second-look-layer.zip"}}
    sam = {"Resources": {"F": function, "L": layer, **{kind: {"Type": kind, "Properties": {}} for kind in UNKNOWN}}}
    places = {"deployment.zip": "bucket/code/1/deployment.zip", "second-look-layer.zip": "bucket/code/2/second-look-layer.zip"}
    there = placed(sam, places)["Resources"]
    assert there["F"]["Properties"]["CodeUri"] == "s3://bucket/code/1/deployment.zip"
    assert there["L"]["Properties"]["ContentUri"] == "s3://bucket/code/2/second-look-layer.zip"
    assert set(for_ministack(sam, places)["Resources"]) == {"F", "L"} and function["Properties"]["CodeUri"] == "./deployment.zip"


def test_who_vouches_for_staff_is_named_by_address_where_the_emulator_does_not_know_it() -> None:
    sam = {"Resources": {"Vouches": {"Type": "AWS::IAM::OIDCProvider"}, "Role": {"Type": "X", "Who": [{"Ref": "Vouches"}, {"Ref": "Other"}]}}}
    role = for_ministack(sam, {})["Resources"]["Role"]
    assert role["Who"][0]["Fn::Sub"].endswith("/${StaffPool}") and role["Who"][1] == {"Ref": "Other"}


def test_a_token_changes_without_a_gap_and_the_number_key_never_does() -> None:
    secret: dict[str, Any] = {"number_key": "k", "schedule": {"keys": {"a": 1}}, "twilio": {"account_sid": "", "auth_tokens": []}}
    seen = []
    for verb, token in (("first", "one"), ("add", "two"), ("lead", ""), ("drop", ""), ("add", "three")):
        before = set(secret["twilio"]["auth_tokens"])
        secret = changed(secret, verb, token, "AC1" if verb == "first" else "")
        seen.append(secret["twilio"]["auth_tokens"])
        assert not before or before & set(seen[-1])  # what was valid a step ago still is
    assert seen == [["one"], ["one", "two"], ["two", "one"], ["two"], ["two", "three"]]
    assert (secret["number_key"], secret["schedule"], secret["twilio"]["account_sid"]) == ("k", {"keys": {"a": 1}}, "AC1")


@pytest.mark.parametrize(("verb", "tokens", "token"), [
    ("first", ["one"], "x"), ("add", [], "x"), ("add", ["one", "two"], "x"), ("lead", ["one"], ""), ("drop", ["one"], ""),
    ("add", ["one"], "one"), ("add", ["one"], ""), ("add", ["one"], "two words"), ("add", ["one"], "x\n"), ("first", [], "x"),
])  # fmt: skip
def test_a_step_that_does_not_follow_changes_nothing(verb: str, tokens: list[str], token: str) -> None:
    with pytest.raises(NotNow):
        changed({"twilio": {"auth_tokens": tokens}}, verb, token)
    assert verb in NEXT


def test_what_a_month_costs_grows_with_patients_and_says_what_nobody_verified() -> None:
    prices, counts = read_prices(), counted()
    small, large = (estimate(patients, prices, counts) for patients in (500, 50_000))
    assert [line.what for line in small] == [line.what for line in large]
    assert all(a.usd <= b.usd for a, b in zip(small, large, strict=True)) and sum(line.usd for line in small) > 10
    assert not any(line.sure for line in small)  # none was read on a vendor's page yet: the day one is, this says so
    prices["price"] = {name: {**said, "seen": SURE} for name, said in prices["price"].items()}
    assert all(line.sure for line in estimate(500, prices, counts))
    doubled = {**prices, "price": {name: {**said, "usd": 2 * said["usd"]} for name, said in prices["price"].items()}}
    assert sum(each.usd for each in estimate(500, doubled, counts)) == pytest.approx(2 * sum(each.usd for each in estimate(500, prices, counts)))


def test_each_price_says_where_and_when_it_was_read_and_each_is_used() -> None:
    prices, counts = read_prices(), counted()
    assert all(set(said) == {"usd", "seen", "on", "source"} and said["seen"] in WHERE and said["source"] for said in prices["price"].values())
    assert all(said["on"] <= prices["verified_on"] for said in prices["price"].values())
    for name in prices["price"]:
        dearer = {**prices, "price": {**prices["price"], name: {**prices["price"][name], "usd": 1e6}}}
        assert sum(each.usd for each in estimate(500, dearer, counts)) > sum(each.usd for each in estimate(500, prices, counts)), name
    for name, value in prices["use"].items():
        more = {**prices, "use": {**prices["use"], name: value / 2}}
        assert [each.usd for each in estimate(500, more, counts)] != [each.usd for each in estimate(500, prices, counts)], name


def test_the_page_of_costs_is_made_of_the_file_of_prices() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read_prices(), counted()), "python -m infra.account.cost_page"
