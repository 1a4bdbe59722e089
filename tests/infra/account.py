"""What CloudTrail writes of an account, in the shapes that AWS documents: KMS, DynamoDB, S3, IAM and CloudTrail itself.

Sources: "Decrypt", "CreateGrant" and "PutKeyPolicy" in KMS's guide, "Understanding DynamoDB log file entries", "Example:
Amazon S3 log file entries", and the record contents of CloudTrail's own guide. Verified on 2026-11-28.
"""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

ACCOUNT, REGION = "123456789012", "us-east-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_numbers = count(1)


def at(text: str) -> str:
    """"2026-11-24T15:00" as CloudTrail writes it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def by(session: str, role: str = "porchlight-staff") -> dict[str, Any]:
    """Somebody with a role's temporary credentials; `session` is the end of their ARN."""
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}"
    issuer = {"type": "Role", "principalId": "AROAEXAMPLE", "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "accountId": ACCOUNT, "userName": role}
    context = {"sessionIssuer": issuer, "attributes": {"creationDate": at("2026-11-24T14:00"), "mfaAuthenticated": "false"}}
    return {
        "type": "AssumedRole", "principalId": f"AROAEXAMPLE:{session}", "arn": arn, "accountId": ACCOUNT, "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": context,
    }


def event(when: str, source: str, name: str, session: str, asked: Any, resource: tuple[str, str], **more: Any) -> dict[str, Any]:
    kind, arn = resource
    return {
        "eventVersion": "1.11", "userIdentity": by(session), "eventTime": at(when), "eventSource": f"{source}.amazonaws.com", "eventName": name,
        "awsRegion": REGION, "sourceIPAddress": "203.0.113.7", "userAgent": "Boto3/1.40.0", "requestParameters": asked,
        "responseElements": None, "requestID": f"r{next(_numbers)}", "eventID": f"e{next(_numbers)}", "readOnly": True,
        "resources": [{"accountId": ACCOUNT, "type": kind, "ARN": arn}], "eventType": "AwsApiCall", "managementEvent": True,
        "recipientAccountId": ACCOUNT, "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": f"{source}.{REGION}.amazonaws.com"},
        **more,
    }  # fmt: skip


def opened(when: str, session: str, patient: str, kind: str = "inbound_text", program: str = "adult", **more: Any) -> dict[str, Any]:
    """KMS, Decrypt: the encryption context in clear, ciphertext and plaintext left out."""
    context = {"patient": patient, "program": program, "kind": kind, "aws-crypto-public-key": "x"}
    asked = {"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": KEY, "encryptionContext": context}
    return event(when, "kms", "Decrypt", session, asked, ("AWS::KMS::Key", KEY), **more)


def refused(when: str, session: str, patient: str) -> dict[str, Any]:
    said = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/porchlight-staff/{session} is not authorized to perform: kms:Decrypt"
    return opened(when, session, patient, errorCode="AccessDenied", errorMessage=said)


def granted(when: str, session: str, to: str, patient: str) -> dict[str, Any]:
    asked = {
        "constraints": {"encryptionContextSubset": {"patient": patient}}, "granteePrincipal": to, "keyId": KEY, "operations": ["Decrypt"],
    }
    answered = {"grantId": f"grant-{patient}", "keyId": KEY}
    return event(when, "kms", "CreateGrant", session, asked, ("AWS::KMS::Key", KEY), responseElements=answered, readOnly=False)


def revoked(when: str, session: str, patient: str) -> dict[str, Any]:
    asked = {"grantId": f"grant-{patient}", "keyId": KEY}
    return event(when, "kms", "RevokeGrant", session, asked, ("AWS::KMS::Key", KEY), readOnly=False)


def changed(when: str, session: str, source: str, name: str, asked: Any = None) -> dict[str, Any]:
    return event(when, source, name, session, asked, ("AWS::KMS::Key", KEY), readOnly=False)


def row_deleted(when: str, session: str, key: dict[str, str]) -> dict[str, Any]:
    """DynamoDB, DeleteItem: a data event; keys are shown and nothing else of a row."""
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/porchlight-audit"
    asked = {"tableName": "porchlight-audit", "key": key}
    more = {"readOnly": False, "managementEvent": False, "eventCategory": "Data", "apiVersion": "2012-08-10"}
    return event(when, "dynamodb", "DeleteItem", session, asked, ("AWS::DynamoDB::Table", table), **more)


def file_deleted(when: str, session: str, name: str) -> dict[str, Any]:
    arn = f"arn:aws:s3:::porchlight-sealed-trail-{ACCOUNT}/{name}"
    asked = {"bucketName": f"porchlight-sealed-trail-{ACCOUNT}", "key": name, "Host": "s3.amazonaws.com"}
    more = {"readOnly": False, "managementEvent": False, "eventCategory": "Data", "errorCode": "AccessDenied"}
    return event(when, "s3", "DeleteObject", session, asked, ("AWS::S3::Object", arn), **more)


def write(folder: Path, records: list[dict[str, Any]]) -> None:
    """As CloudTrail lays them out: a folder a day, a gzipped file of `Records`."""
    for day in sorted({each["eventTime"][:10] for each in records}):
        there = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION / day.replace("-", "/")
        there.mkdir(parents=True, exist_ok=True)
        file = there / f"{ACCOUNT}_CloudTrail_{REGION}_{day.replace('-', '')}T0005Z_Abcdefghij.json.gz"
        file.write_bytes(gzip.compress(json.dumps({"Records": [r for r in records if r["eventTime"][:10] == day]}).encode()))
