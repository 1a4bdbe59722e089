"""What is taken out of the zip is asked for by nobody."""

from __future__ import annotations

import re
from pathlib import Path

import botocore
import pytest

from infra.spare import SERVICES, is_spare, take_out
from tests.architecture.source import modules

DATA = Path(botocore.__file__).parent / "data"


def test_every_service_that_is_called_keeps_its_model() -> None:
    called = {name for module in modules() for name in re.findall(r'client\(\s*"([a-z0-9-]+)"', module.text)}
    assert {"kms", "sns", "cognito-idp"} <= called <= SERVICES
    assert {folder.name for folder in DATA.iterdir() if folder.is_dir()} >= SERVICES


@pytest.mark.parametrize(
    ("name", "spare"),
    [
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", True),
        ("botocore/data/sns/2010-03-31/service-2.json.gz", False),
        ("botocore/data/s3/2006-03-01/endpoint-rule-set-1.json.gz", False),
        ("botocore/data/s3control/2018-08-20/service-2.json.gz", True),
        ("botocore/data/partitions.json", False),
        ("botocore/docs/docstring.py", False),
        ("boto3/session.py", False),
        ("chalice/app.pyi", True),
        ("chalice-1.34.0.dist-info/METADATA", False),
        ("chalicelib/texts/patient.toml", False),
    ],
)
def test_what_is_spare(name: str, spare: bool) -> None:
    assert is_spare(name) is spare


def test_it_is_taken_out_and_nothing_else(tmp_path: Path) -> None:
    for name in ("botocore/data/ec2/model", "botocore/data/sqs/model", "app.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    take_out(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["app.py", "model"]
    assert (tmp_path / "botocore/data/sqs/model").is_file()
