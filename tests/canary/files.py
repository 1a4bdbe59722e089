"""What lies and leaves as files: seals of the trail, dropped visits and their reports, what people take out, a laptop's CloudTrail,
and what the carrier's own log still says a day later."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from botocore import handlers

from infra.local import cloudtrail
from infra.local.lambda_events import scheduled_event
from tests.fakes.world import TUESDAY_NOON
from tests.pdfs import text_of

from .browser import Person
from .clinic import Clinic
from .cloud import Cloud
from .evidence import Evidence
from .marks import BORN, FAMILY, GIVEN, NAME, NUMBER, PHRASE, SECOND


@contextmanager
def laptops_log() -> Iterator[cloudtrail.LaptopTrail]:
    """The demo's CloudTrail, over every key that this day asks for: before any client is made."""
    log = cloudtrail.LaptopTrail(None, "", "us-east-1", lambda: TUESDAY_NOON)
    hooks = [("provide-client-params.kms.Decrypt", cloudtrail._remember), ("after-call.kms.Decrypt", log._after)]
    handlers.BUILTIN_HANDLERS += hooks
    try:
        yield log
    finally:
        for hook in hooks:
            handlers.BUILTIN_HANDLERS.remove(hook)


def as_files(clinic: Clinic, log: cloudtrail.LaptopTrail) -> None:
    """After everything else of the day."""
    carol = clinic.person("carol")
    carol.sign_in()
    found = re.search(rb"/console/threads/(\w+)", carol.get("inbox", "/console/inbox?program=adult").body)
    assert found is not None
    dropped(clinic)
    words_leave_the_log(clinic)
    taken_out(clinic, found[1].decode())
    clinic.trigger("seal_trail", scheduled_event(clinic.clock.now))
    log.s3, log.bucket = clinic.cloud.client("s3"), clinic.cloud.made["CloudTrailBucket"]
    with unseen(clinic.cloud):
        log.flush()


def dropped(clinic: Clinic) -> None:
    """The clinic's schedule drops files: good rows, rows that are wrong in every column, a calendar, none at all."""
    start = f"{clinic.clock.now + timedelta(days=9):%Y-%m-%d}"
    rows = (
        f"visit_id,record_id,number,start,place,{PHRASE}\n"
        f"V1,,{NUMBER},{start} 09:00,{PHRASE},x\n{PHRASE},{NAME},{SECOND},{start} 10:00,{NAME},x\n{NAME},,{PHRASE},{PHRASE},{NAME * 30},\n"
    )
    event = f"UID:{PHRASE}\r\nSUMMARY:{NAME}\r\nDTSTART:{BORN:%Y%m%d}T090000\r\nATTENDEE;CN={GIVEN}:tel:{NUMBER}"
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    for number, text in enumerate((rows, calendar, f"{PHRASE} {FAMILY}")):
        _drop(clinic, f"in/adult/visits-{number}.csv", text)


def _drop(clinic: Clinic, key: str, text: str) -> None:
    """Put there by the clinic itself, which is no request of ours."""
    bucket = clinic.cloud.made["DropBucket"]
    with unseen(clinic.cloud):
        clinic.cloud.client("s3").put_object(Bucket=bucket, Key=key, Body=text.encode())
    told = {"s3": {"bucket": {"name": bucket}, "object": {"key": key, "eTag": key}}}
    clinic.trigger("visits_dropped", {"Records": [{"messageId": "1", "body": json.dumps({"Records": [told]})}]})


@contextmanager
def unseen(cloud: Cloud) -> Iterator[None]:
    """What somebody else asks of AWS, or this test itself."""
    cloud.evidence, kept = Evidence(), cloud.evidence
    try:
        yield
    finally:
        cloud.evidence = kept


def words_leave_the_log(clinic: Clinic) -> None:
    """A day after the log was compared: its words are gone, its numbers are not."""
    clinic.hour()
    clinic.clock.advance(hours=30)
    for _ in range(2):
        clinic.hour()
        clinic.minute()
    for line in clinic.carrier.log:
        for name in ("sid", "from", "to", "body", "num_media"):
            clinic.evidence.see("carrier's log", name, str(line.get(name)))


def taken_out(clinic: Clinic, patient: str) -> None:
    """Every page and file that shows what was done, and by whom, and how often: ids and words of ours alone."""
    carol, frank, sue = (clinic.person(name) for name in ("carol", "frank", "sue"))
    for who in (carol, frank, sue):
        who.sign_in()
    whole = f"since={clinic.clock.now - timedelta(days=40):%Y-%m-%d}&until={clinic.clock.now:%Y-%m-%d}"
    for at in (f"trail?{whole}", f"trail/patients/{patient}?{whole}", f"trail/patients/{patient}/report", "keeping", "breaches", "lent-keys"):
        frank.get("officer's page", f"/console/{at}")
    for at in (f"trail/file?{whole}", f"trail/file?{whole}&patient={patient}", f"trail/patients/{patient}/file?{whole}", f"trail/patients/{patient}/report/file?{whole}"):
        frank.get("officer's file", f"/console/{at}")
        clinic.evidence.see("PDF", "officer's", text_of(frank.get("officer's file", f"/console/{at}&form=pdf").body))
    frank.submit("seal checked", frank.get("officer's page", "/console/trail"), "/trail/verify", days="7")
    for at in ("crisis-board/file", "screen/file", f"visits/figures/file?program=adult&month={clinic.clock.now:%Y-%m}"):
        sue.get("figures' file", f"/console/{at}")
    carol.get("consent file", f"/console/patients/{patient}/consent/file")
    clinic.evidence.see("PDF", "consents", text_of(carol.get("consent file", f"/console/patients/{patient}/consent/file?form=pdf").body))
    _not_hers(carol, whole)


def _not_hers(carol: Person, whole: str) -> None:
    for at in (f"trail/file?{whole}", "crisis-board/file"):
        carol.get("not her file", f"/console/{at}")


def collect_files(cloud: Cloud) -> None:
    """Every file of every bucket, unpacked; what it is called, and what is said beside it."""
    s3, evidence = cloud.client("s3"), cloud.evidence
    names = {cloud.made[name]: name for name in cloud.made if name.endswith("Bucket") and not name.endswith(".Arn")}
    with unseen(cloud):
        for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                for key in (each["Key"] for each in page.get("Contents", ())):
                    found = s3.get_object(Bucket=bucket, Key=key)
                    _see(evidence, f"{names.get(bucket, bucket)} {key.partition('/')[0]}", key, found)


def _see(evidence: Evidence, where: str, key: str, found: dict[str, Any]) -> None:
    body = found["Body"].read()
    beside = {name: found[name] for name in ("Metadata", "ContentType", "ContentDisposition", "TagCount") if name in found}
    evidence.see("file's name", where, f"{key} {json.dumps(beside)}")
    evidence.see("file", where, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
