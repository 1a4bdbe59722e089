"""The description of every public address is made from the table of routes, and nothing is left out."""

from __future__ import annotations

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import app

from .described import description, paths

pytestmark = pytest.mark.slow  # seconds each; CI runs them too


def test_it_is_a_description_of_every_address_and_of_no_other() -> None:
    OpenAPIV31SpecValidator(description()).validate()
    said = {(path, verb.upper()) for path, verbs in description()["paths"].items() for verb in verbs if verb != "parameters"}
    assert said == {(path, method) for path, methods in app.routes.items() for method in methods} == {(path, method) for path, method, _ in paths()}
    assert len(said) > 170


def test_forms_are_attacked_by_the_names_that_the_code_reads() -> None:
    asked = {name for verbs in description()["paths"].values() for verb, said in verbs.items() if verb == "post"
             for body in said["requestBody"]["content"].values() for name in body["schema"].get("properties", ())}  # fmt: skip
    assert {"Body", "username", "password", "text", "number", "patient", "birth_date", "to", "answer"} <= asked
    bare = [path for path, verbs in description()["paths"].items() if "post" in verbs and not path.startswith("/schedule")
            and not any(body["schema"].get("properties") for body in verbs["post"]["requestBody"]["content"].values())]  # fmt: skip
    assert bare == []
