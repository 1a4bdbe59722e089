"""docs/schedule-api.openapi.yaml: valid, complete, and true of every answer to whatever is sent."""

from __future__ import annotations

import json
import os
import re

import pytest
from chalice import Chalice
from chalice.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

import app
from chalicelib.core.schedule_request import FIELDS, VISIT_ID
from chalicelib.doors import schedule_door
from chalicelib.doors.carrier_door import as_it_came
from chalicelib.doors.schedule_door import CURSOR, PROBLEMS
from tests.cast import a_patient
from tests.fakes.world import a_world
from tests.schedule import WHOLE, Schedule, on_the_list

from .description import ANYTHING, OPERATIONS, bodies, description, faults, plain

METHODS = ("PUT", "PATCH", "CANCEL")


def test_it_is_a_description():
    OpenAPIV31SpecValidator(description()).validate()


def test_it_has_every_route_and_no_other():
    routes = {(path, method.lower()) for path, methods in app.app.routes.items() if path.startswith("/schedule") for method in methods}
    said = {(path, verb) for path, verbs in description()["paths"].items() for verb in verbs if verb != "parameters"}
    assert said == routes == set(OPERATIONS.values())


def test_it_takes_the_kinds_of_body_that_the_routes_take():
    for path, verbs in description()["paths"].items():
        for verb, said in verbs.items():
            if verb != "parameters" and "requestBody" in said:
                assert set(said["requestBody"]["content"]) <= set(app.app.routes[path][verb.upper()].content_types)


def test_it_says_what_the_code_says():
    schemas = plain(description()["components"]["schemas"])
    assert set(schemas["WholeVisit"]["properties"]) == set(FIELDS) == set(schemas["PartOfVisit"]["properties"]) | {"record_id"}
    assert set(schemas["Problem"]["properties"]["type"]["enum"]) == {f"urn:porchlight:problem:{kind}" for kind in PROBLEMS}
    assert description()["components"]["parameters"]["visit_id"]["schema"]["pattern"] == f"^{VISIT_ID.pattern}$"
    after = description()["paths"]["/schedule/{program}/changes"]["get"]["parameters"][0]
    assert after["schema"]["pattern"] == f"^{CURSOR.pattern}$"


def a_schedule():
    world = a_world()
    a_patient(world)
    on_the_list(world)
    return Schedule(world)


@pytest.mark.parametrize("method", METHODS)
def test_whatever_is_sent_the_answer_is_as_described_and_echoes_nothing(method):
    """Bodies from the description, and bent ones: one world each, so that versions and visits meet."""
    ehr = a_schedule()
    ehr.put(version=1)

    @settings(max_examples=int(os.environ.get("FUZZ", "40")), deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=bodies(method), visit_id=st.sampled_from(["v1", "v2", "no such/id"]))
    def send(body, visit_id):
        if isinstance(body, dict) and "record_id" in body and body["record_id"] != 1:
            body = {**body, "record_id": "A-1"}
        raw = json.dumps(body).encode()
        answered = ehr.send(method, visit_id, None, raw)
        assert not faults(method, answered.status, answered.headers, answered.body)
        assert answered.status != 503
        if answered.status >= 400 and isinstance(body, dict):
            said = json.dumps(answered.body)
            words = [str(value) for value in body.values() if isinstance(value, str) and len(value) > 12]
            assert not [word for word in words if word in said]

    send()


@settings(max_examples=50, deadline=None)
@given(raw=st.binary(max_size=60) | ANYTHING.map(lambda each: json.dumps(each).encode()[:-1]))
def test_bytes_that_are_no_visit_are_answered_too(raw):
    answered = a_schedule().send("PUT", "v1", None, raw)
    assert answered.status in (400, 401, 422) and not faults("PUT", answered.status, answered.headers, answered.body)


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"version": ' + b"9" * 5000 + b"}", b"\xff\xfe", b'{"a":1}' + b" " * 20_000])
def test_what_breaks_readers_is_400(raw):
    assert a_schedule().send("PUT", "v1", None, raw).status == 400


@settings(max_examples=50, deadline=None)
@given(after=st.text(max_size=50) | st.from_regex(CURSOR, fullmatch=True), limit=st.text(max_size=4) | st.integers(-1, 200).map(str))
def test_cursors_and_limits(after, limit):
    if re.search(r"[^!-~]", after + limit):  # the signature would be of other bytes
        return
    answered = a_schedule().changes(after, limit)
    assert not faults("CHANGES", answered.status, answered.headers, answered.body)


def test_the_signature_holds_through_the_framework():
    """The routes as in `app.py`, with a world of fakes behind them."""
    ehr, chalice, body = a_schedule(), Chalice("door"), ["application/json"]

    @chalice.route("/schedule/{program}/visits/{visit_id}", methods=["PUT", "GET"], content_types=body)
    def visit(program, visit_id):
        asked = chalice.current_request
        return schedule_door.take(ehr.world, ehr.door(), program, visit_id, asked.method, as_it_came(asked))

    @chalice.route("/schedule/{program}/changes", methods=["GET"], content_types=body)
    def changes(program):
        asked = chalice.current_request
        return schedule_door.tell(ehr.world, ehr.door(), program, asked.query_params or {}, as_it_came(asked))

    with Client(chalice) as client:
        put = ehr.signed("PUT", "/schedule/adult/visits/v.1~a", json.dumps(WHOLE).encode())
        assert client.http.put(put.path, body=put.body, headers={**put.headers, "Content-Type": body[0]}).status_code == 201
        get = ehr.signed("GET", "/schedule/adult/changes", b"", "after=01X&limit=5")
        assert client.http.get(f"{get.path}?{get.query}", headers=dict(get.headers)).json_body["after"] == "01X"
        assert client.http.get(f"{get.path}?after=01Y&limit=5", headers=dict(get.headers)).status_code == 401
