"""No secret stands in a file of ours: keys of AWS, tokens of carriers, private keys. `make secrets` looks at the zip and at logs too."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.secret_scan import found_in, found_in_environments, found_in_text

ROOT = Path(__file__).parents[2]
MADE_UP = "AKIA" + "Q3EGZ7B2LMNOP4RS"


def test_no_file_of_ours_holds_a_secret() -> None:
    assert list(found_in(ROOT)) == []


@pytest.mark.parametrize("said", [
    f'key = "{MADE_UP}"', "-----BEGIN " + "RSA PRIVATE KEY-----", "SK" + "0123456789abcdef" * 2, "xoxb-" + "1234567890-abcdefghijkl", "ghp_" + "a1B2" * 9,
    'auth_token = "' + "9f8e7d6c" * 4 + '"', "aws_secret_access_key = " + "wJalrXUtnFEMIK7MDENGbPxRfiCYzq0123456789"[:40],
])  # fmt: skip
def test_each_kind_of_secret_is_noticed(said: str) -> None:
    assert list(found_in_text(said))


@pytest.mark.parametrize("said", ["AKIAIOSFODNN7EXAMPLE", "an ordinary line", "sha256:" + "ab" * 32, 'auth_token = "a-token-of-the-test"', "AC" + "0" * 32])
def test_what_only_looks_like_one_is_let_be(said: str) -> None:
    assert not list(found_in_text(said))


def test_a_secret_in_a_functions_environment_is_noticed_and_a_reference_is_not() -> None:
    def found(value: object) -> list[str]:
        return list(found_in_environments({"Resources": {"Door": {"Properties": {"Environment": {"Variables": {"KEY": value}}}}}}))

    assert found("9f8e7d6c" * 4) == ["Door.KEY may be a secret"] and found("wJalrXUtnFEMIK7MDENGbPxRfiCYzq0123456789") != []
    for plain in ({"Ref": "ServiceSecret"}, "", "INFO", "https://clinic.example.org/prod/console", "porchlight-threads", "/opt/model/second-look", "/var/task/clinic.toml"):
        assert found(plain) == []
