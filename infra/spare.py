"""What is taken out of the zip: models of services that nobody here calls, stubs, and lists that installers keep.

botocore alone brings four hundred services. A new client needs its service's name here: `tests/infra/test_spare.py` compares.
"""

from __future__ import annotations

from pathlib import Path

# Also sts: credentials that a function is given may need it.
SERVICES = frozenset(
    {"cognito-idp", "dynamodb", "kms", "pinpoint-sms-voice-v2", "s3", "secretsmanager", "sesv2", "sns", "sqs", "sts"}
)
MODELS = "botocore/data/"
FOLDERS = (
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/",  # pages of a browser
    "boto3/data/", "boto3/examples/",  # of its "resources", which nobody here uses
    "icalendar/tests/",
)  # fmt: skip
ENDS = (".pyi", ".dist-info/RECORD")


def take_out(folder: Path) -> None:
    """Remove from an unpacked zip what no function reads."""
    for path in folder.rglob("*"):
        if path.is_file() and is_spare(path.relative_to(folder).as_posix()):
            path.unlink()


def is_spare(name: str) -> bool:
    """Whether a file of the zip is read by no function: "botocore/data/ec2/2016-11-15/service-2.json.gz"."""
    if name.startswith(MODELS):
        service, _, inside = name.removeprefix(MODELS).partition("/")
        return bool(inside) and service not in SERVICES
    return name.startswith(FOLDERS) or name.endswith(ENDS)
