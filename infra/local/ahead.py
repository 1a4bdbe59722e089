"""What the service reads anyway, read while moto starts on another core: a later start of the demo waits for neither twice."""

from __future__ import annotations

from importlib import import_module

from chalicelib import functions
from chalicelib.storage import clients

SERVICES = ("kms", "dynamodb", "dynamodbstreams", "sns", "sqs", "s3", "secretsmanager", "cognito-idp")


def read_ahead(region: str) -> None:
    """Every AWS service's description, the encryption library, and the modules of each function."""
    for service in SERVICES:
        clients.client(service, region, "http://127.0.0.1")  # never called
    for name in ("storage.vault", *functions.own_modules()):
        import_module(f"chalicelib.{name}")
