"""What a listing of functions shows: references and plain words, and the name of the secret, never the secret."""

from __future__ import annotations

from infra.secret_scan import found_in_environments

from .template import Template


def test_no_functions_environment_holds_a_secret(template: Template) -> None:
    assert list(found_in_environments(template.tree)) == []
    for name, function in template.functions.items():
        for variable, value in function["Environment"]["Variables"].items():
            named = any(word in variable.lower() for word in ("secret", "token", "password", "key"))
            assert not (named and isinstance(value, str)), f"{name}.{variable} is written out"
