"""`python -m infra.account.cost [--patients 500]`: what a month costs, from prices.toml. Arithmetic, not a promise.

Every price and every figure of use stands in prices.toml, and every sum here; `cost_page` makes docs/cost.md of the two.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..template import merge_file

PRICES = Path(__file__).with_name("prices.toml")
SIZES = (500, 5_000, 50_000)
HALF = 500
SURE = "vendor"


@dataclass(frozen=True, slots=True)
class Line:
    """`usd` a month. `sure`: every price in it was read on the vendor's own page."""

    what: str
    usd: float
    sure: bool


class Book:
    """prices.toml, asked by name; it remembers whether everything it was asked was verified."""

    def __init__(self, said: dict[str, Any]) -> None:
        self._price, self.use = said["price"], said["use"]
        self.asked: set[str] = set()
        self.sure = True

    def __getitem__(self, name: str) -> float:
        self.asked.add(name)
        self.sure = self.sure and self._price[name]["seen"] == SURE
        return float(self._price[name]["usd"])

    def line(self, what: str, usd: float) -> Line:
        made, self.sure = Line(what, usd, self.sure), True
        return made


def read_prices(path: Path = PRICES) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def estimate(patients: int, said: dict[str, Any], counts: dict[str, int]) -> list[Line]:
    """`counts`: how many of each type the template makes (`counted`)."""
    return list(_lines(patients, Book(said), counts))


@dataclass(frozen=True, slots=True)
class Month:
    """What so many patients use in a month."""

    touches: float
    answers: float
    bookings: float
    looks: float
    staff: float
    polls: float
    calls: float

    @property
    def texts(self) -> float:
        return self.touches + 2 * self.answers


def month_of(patients: int, use: dict[str, float]) -> Month:
    touches, answers, bookings, looks = (
        patients * use[f"{name}_a_patient_month"] for name in ("touches", "answers", "bookings", "looks")
    )
    staff = patients / HALF * use["staff_for_500_patients"]
    polls = staff * use["polls_a_staff_month"]
    calls = use["calls_a_text"] * (touches + 2 * answers) + polls + use["idle_calls_month"]
    return Month(touches, answers, bookings, looks, staff, polls, calls)


def _lines(patients: int, book: Book, counts: dict[str, int]) -> Iterator[Line]:
    month = month_of(patients, book.use)
    yield from _kept(patients, month, book, counts)
    yield from _run(month, book, counts)
    yield from _carried(patients, month, book)


def _kept(patients: int, month: Month, book: Book, counts: dict[str, int]) -> Iterator[Line]:
    use = book.use
    units = month.touches * (use["units_touch"] + use["units_delivery"]) + month.answers * use["units_answer"]
    units += month.bookings * use["units_booking"] + month.looks * use["units_look"]
    units += use["idle_calls_month"] * use["units_idle_call"] + month.polls * use["units_poll"]
    stored = patients * use["gb_a_patient"] + month.texts * use["gb_a_text"] * use["months_kept"]
    yield book.line("DynamoDB, rows read and written", units / 1e6 * book["dynamodb_write_million"])
    a_gb = book["dynamodb_gb_month"] + book["dynamodb_pitr_gb_month"] + use["backups_kept"] * book["backup_gb_month"]
    yield book.line("DynamoDB, storage, recovery and backups", stored * a_gb)
    keys = counts["AWS::KMS::Key"] * book["kms_key_month"]
    asked = use["keys_a_text"] * month.texts + month.looks + month.polls / use["polls_a_key"]
    yield book.line("KMS", keys + asked / 1e4 * book["kms_requests_10k"])
    events = (month.texts * use["events_a_text"] + month.polls) / 1e5
    trails = events * book["cloudtrail_data_100k"] + events * use["gb_trail_100k"] * book["s3_gb_month"]
    yield book.line("CloudTrail, and the trails' files", trails)


def _run(month: Month, book: Book, counts: dict[str, int]) -> Iterator[Line]:
    use = book.use
    seconds = month.calls * use["seconds_a_call"] * use["gb_a_call"]
    yield book.line("Lambda", month.calls / 1e6 * book["lambda_million"] + seconds * book["lambda_gb_second"])
    asked = (month.polls + use["asked_a_text"] * month.texts) / 1e6
    rules = book["waf_acl_month"] + use["waf_rules"] * book["waf_rule_month"]
    yield book.line("API Gateway and the firewall", asked * (book["api_gateway_million"] + book["waf_million"]) + rules)
    watched = counts["AWS::CloudWatch::Alarm"] * book["cloudwatch_alarm_month"] + book["cloudwatch_dashboard_month"]
    said = month.calls * use["gb_log_a_call"] * book["cloudwatch_log_gb"] + use["metrics"] * book["cloudwatch_metric_month"]
    yield book.line("CloudWatch: alarms, dashboard, logs, counters", watched + said)
    people = month.staff * book["cognito_plus_user_month"] + book["secret_month"]
    yield book.line("Staff's sign-in and the secret", people)


def _carried(patients: int, month: Month, book: Book) -> Iterator[Line]:
    parts = (month.touches + month.answers) * book.use["parts_a_text"]
    sent = parts * (book["text_part"] + book["text_carrier_fee"]) + month.answers * book["text_part"]
    yield book.line("Carrier: texts", sent)
    minutes = patients / HALF * book.use["call_minutes_for_500_patients"]
    number = book["number_month"] + book["campaign_month"] + minutes * book["call_minute"]
    yield book.line("Carrier: number, campaign, calls", number)


def counted() -> dict[str, int]:
    """How many of each type stand in infra/*.yaml."""
    kinds = [each["Type"] for each in merge_file({})["Resources"].values() if "Type" in each]
    return {kind: kinds.count(kind) for kind in set(kinds)}


def told(patients: int, lines: list[Line]) -> Iterator[str]:
    yield f"{patients:,} patients, a month, US dollars (? = a price that we did not read on the vendor's own page)"
    yield from (f"  {line.usd:10,.2f} {' ' if line.sure else '?'} {line.what}" for line in lines)
    ours = sum(line.usd for line in lines if not line.what.startswith("Carrier"))
    yield f"  {ours:10,.2f}   AWS\n  {sum(line.usd for line in lines):10,.2f}   together"


def main() -> None:
    """Prints the three sizes, or the one that is asked."""
    parser = argparse.ArgumentParser(prog="python -m infra.account.cost", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--patients", type=int, action="append")
    said, counts = read_prices(), counted()
    for patients in parser.parse_args().patients or SIZES:
        print("\n".join(told(patients, estimate(patients, said, counts))))
    print(f"prices of {said['verified_on']}; where each was read: docs/cost.md")


if __name__ == "__main__":
    main()
