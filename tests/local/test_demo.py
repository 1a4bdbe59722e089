"""The demo as a newcomer starts it: another process, other ports, the main story, and a clean end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from infra.local.aws import ROOT
from infra.secret_scan import found_in_file

pytestmark = pytest.mark.slow
CRISIS = "I can't do this anymore, I took all my pills"


@dataclass
class Demo:
    """A running demo: what it wrote and what it printed."""

    process: subprocess.Popen[bytes]
    folder: Path
    said: Path

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "demo.json").read_text()))

    def phone(self, number: str) -> list[dict[str, str]]:
        return list(urllib3.request("GET", f"{self.json['phones']}/%2B{number[1:]}.json").json())


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def soon(what: Callable[[], bool], seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while not what() and time.monotonic() < ends:
        threading.Event().wait(0.05)
    return what()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    said = folder / "said.txt"
    command = [sys.executable, "-m", "infra.local.demo", "--folder", str(folder / "files")]
    ports = {"PORT": str(a_free_port()), "PHONES_PORT": str(a_free_port())}
    with said.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ports}, stdout=out, stderr=out)
    demo = Demo(process, folder / "files", said)
    assert soon(lambda: "Porchlight is ready" in said.read_text() or process.poll() is not None, 120), said.read_text()
    assert process.poll() is None, said.read_text()
    yield demo
    process.kill()
    process.wait()


def test_a_crisis_is_answered_and_paged_within_two_seconds_without_a_word_of_content(demo: Demo) -> None:
    told = demo.json
    patient = next(one for one in told["patients"] if one["consent"] and one["language"] == "en")
    erin = next(one for one in told["staff"] if one["username"] == "erin")
    before = len(demo.phone(patient["number"]))
    urllib3.request("POST", f"{told['phones']}/%2B{patient['number'][1:]}/type", fields={"body": CRISIS}, redirect=False)
    assert soon(lambda: len(demo.phone(patient["number"])) > before + 1, 5)
    asked, answered = demo.phone(patient["number"])[before : before + 2]
    assert asked["body"] == CRISIS
    assert "988" in answered["body"]
    assert "911" in answered["body"]
    pages = [row["body"] for row in demo.phone(erin["phone"]) if row["kind"] == "page"]
    assert pages[0].startswith("Porchlight: urgent item ")
    assert not any("pills" in page for page in pages)  # on a machine that answers too late, the fallback address pages as well


def test_the_same_page_comes_by_a_direct_text_and_replying_its_code_takes_the_item(demo: Demo) -> None:
    told = demo.json
    erin = next(one for one in told["staff"] if one["username"] == "erin")["phone"]

    def texts() -> list[str]:
        return [row["body"] for row in demo.phone(erin) if row["kind"] == "sms"]

    assert soon(lambda: any("urgent item" in body for body in texts()), 10), texts()
    code = next(body for body in texts() if "urgent item" in body).split("urgent item ")[1][:4]
    urllib3.request("POST", f"{told['phones']}/%2B{erin[1:]}/type", fields={"body": f"{code.lower()} ok"}, redirect=False)
    assert soon(lambda: any(f"{code} is yours" in body for body in texts()), 10), texts()


def test_the_schedules_api_as_its_page_shows_it(demo: Demo) -> None:
    """The lines of docs/schedule-api.md, word for word: openssl signs, curl sends."""
    lines = re.search(r"```bash\n(.*?)```", (ROOT / "docs" / "schedule-api.md").read_text(), re.S)
    assert lines
    environment = {**os.environ, "DEMO": str(demo.folder), "NO_PROXY": "*"}
    ran = subprocess.run(["bash", "-euc", lines[1]], env=environment, capture_output=True, text=True, check=True, timeout=60)
    first, again, off, changes = map(json.loads, ran.stdout.splitlines())
    assert (first["result"], again["result"], off["status"]) == ("created", "unchanged", "cancelled")
    assert changes == {"changes": [], "after": "", "more": False}  # what the schedule said itself


def test_her_telephone_rings_too_and_one_and_her_pin_take_the_next_item(demo: Demo) -> None:
    told = demo.json
    erin = next(one for one in told["staff"] if one["username"] == "erin")
    patient = [one for one in told["patients"] if one["consent"] and one["language"] == "en"][1]

    def call() -> dict[str, Any]:
        return dict(urllib3.request("GET", f"{told['phones']}/%2B{erin['phone'][1:]}/call.json").json() or {})

    def does(what: str) -> None:
        urllib3.request("POST", f"{told['phones']}/%2B{erin['phone'][1:]}/call", fields={"do": what}, redirect=False)

    if soon(lambda: call().get("status") == "ringing", 3):  # for the first item, which is taken by now
        does("answer")
        assert soon(lambda: not call(), 20)
    urllib3.request("POST", f"{told['phones']}/%2B{patient['number'][1:]}/type", fields={"body": CRISIS}, redirect=False)
    assert soon(lambda: call().get("status") == "ringing", 10), demo.phone(erin["phone"])
    assert call()["caller"] == told["twilio"]["number"]
    does("answer")
    assert soon(lambda: "press 1" in " ".join(call().get("heard", [])) and call()["asks"], 10), call()
    assert not [word for word in ("pills", "Outpatient", "Porch Street") if word in str(call())]
    does("1")
    assert soon(lambda: "PIN" in str(call().get("heard", [""])[-1:]) and call()["asks"], 10), call()
    for digit in erin["pin"]:
        does(digit)
    assert soon(lambda: not call(), 20), call()
    assert soon(lambda: any("is yours" in row["body"] for row in demo.phone(erin["phone"]) if row["kind"] == "call"), 10)


def test_a_call_through_the_clinic_rings_her_phone_and_then_the_patients_from_the_clinics_number(demo: Demo) -> None:
    """She took the item on the phone; now she calls from the console."""
    told = demo.json
    erin = next(one for one in told["staff"] if one["username"] == "erin")
    patient = [one for one in told["patients"] if one["consent"] and one["language"] == "en"][1]
    browser = Browser(told["console"])
    browser.sign_in(erin["username"], erin["password"])
    at = next(each for each in re.findall(r"/incidents/(\w{26})", browser.get("/inbox?program=" + patient["program"])) if each)
    page = browser.get(f"/incidents/{at}")
    assert "Call through the clinic" in page, page

    def call(number: str) -> dict[str, Any]:
        return dict(urllib3.request("GET", f"{told['phones']}/%2B{number[1:]}/call.json").json() or {})

    def does(number: str, what: str) -> None:
        urllib3.request("POST", f"{told['phones']}/%2B{number[1:]}/call", fields={"do": what}, redirect=False)

    browser.post(f"/incidents/{at}/call", page)
    assert soon(lambda: call(erin["phone"]).get("status") == "ringing", 10)
    does(erin["phone"], "answer")
    assert soon(lambda: bool(call(erin["phone"]).get("asks")), 10)
    does(erin["phone"], "1")
    assert soon(lambda: any(call(one["number"]) for one in told["patients"]), 10), call(erin["phone"])
    number = next(one["number"] for one in told["patients"] if call(one["number"]))
    assert call(number)["caller"] == told["twilio"]["number"]
    does(number, "decline")
    assert soon(lambda: not call(erin["phone"]), 20)
    assert soon(lambda: "Could not reach the patient: busy" in browser.get(f"/incidents/{at}"), 5)


class Browser:
    """Cookies, and the hidden fields of the form that is sent."""

    def __init__(self, console: str):
        self.console, self.cookies = console, dict[str, str]()

    def sign_in(self, username: str, password: str) -> None:
        page = self.get("/sign-in")
        self.post("/sign-in", page, username=username, password=password)

    def get(self, path: str) -> str:
        answer = urllib3.request("GET", self.console + path, headers=self._headers(), redirect=False)
        return self._kept(answer).data.decode()

    def post(self, path: str, page: str, **fields: str) -> None:
        form = next((each for each in re.findall(r"<form.*?</form>", page, re.S) if path in each.split(">")[0]), page)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        headers = self._headers() | {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.console.rpartition("/")[0]}
        answer = urllib3.request("POST", self.console + path, body=urlencode(hidden | fields), headers=headers, redirect=False)
        assert self._kept(answer).status == 303, (answer.status, answer.data[:300])

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _kept(self, answer: Any) -> Any:
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def test_what_a_person_opened_stands_in_the_laptops_own_cloudtrail(demo: Demo) -> None:
    """The officer's comparison is of what really happened here: each look of Carol's, and by her name."""
    patient = demo.json["patients"][0]["id"]
    carol, frank = (Browser(demo.json["console"]) for _ in range(2))
    for desk, name in ((carol, "carol"), (frank, "frank")):
        desk.sign_in(name, next(each["password"] for each in demo.json["staff"] if each["username"] == name))
    carol.get(f"/threads/{patient}")

    def agrees() -> bool:
        page = frank.get(f"/trail/patients/{patient}?aws=yes")
        assert "our trail does not know it" not in page
        return re.search(r"agrees: \d+ opened", page) is not None

    assert soon(agrees, 20)


def test_demo_json_has_what_other_programs_need(demo: Demo) -> None:
    told = demo.json
    assert told["asks_for_texts"].endswith("/p/texts")
    assert set(told) >= {"console", "phones", "inbound", "status", "aws_endpoint", "region", "page_topic_arn"}
    assert set(told["twilio"]) == {"account_sid", "auth_token", "number"}
    assert len(told["patients"]) == 30
    assert len({one["program"] for one in told["patients"]}) == 3
    assert all({"username", "password", "role", "programs", "phone"} <= set(one) for one in told["staff"])
    for name in ("demo.json", "secrets.json"):
        assert stat.S_IMODE((demo.folder / name).stat().st_mode) == 0o600


def test_everything_listens_on_this_machine_only(demo: Demo) -> None:
    ports = {int(demo.json[name].rsplit(":")[-1].split("/")[0]) for name in ("console", "phones", "aws_endpoint")}
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    found = {int(row[1].split(":")[1], 16): row[1].split(":")[0] for row in listening if row[3] == "0A"}
    assert {found[port] for port in ports} == {"0100007F"}
    everywhere = Path("/proc/net/tcp6").read_text() if Path("/proc/net/tcp6").exists() else ""
    assert not any(f":{port:04X} " in line for port in ports for line in everywhere.splitlines() if " 0A " in line)


def test_no_secret_of_this_machine_stands_in_a_log_or_in_a_functions_environment(demo: Demo) -> None:
    """After texts, calls, a sign-in and the schedule's requests: what was made at the first start is nowhere but where it is kept.
    The one password on the terminal is for whoever started it."""
    kept, signs_in = json.loads((demo.folder / "secrets.json").read_text()), demo.json["staff"][0]["password"]
    secrets = {kept["number_key"], kept["twilio"]["auth_token"], kept["schedule_key"], kept["fallback_token"], *kept["passwords"].values()}
    secrets |= {pin for one in demo.json["staff"] if (pin := one["pin"])} - {""}
    logs = {file.name: file.read_text(errors="replace") for file in (demo.folder / "service.log", demo.folder / "aws.log", demo.said)}
    assert len(secrets) > 10 and "second_look" in logs["service.log"]
    found = [(name, len(secret)) for name, text in logs.items() for secret in secrets if re.search(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])", text)]
    assert [each for each in found if each != ("said.txt", len(signs_in))] == []
    for log in (demo.folder / "service.log", demo.folder / "aws.log"):
        assert list(found_in_file(log)) == []


def test_sigterm_stops_it_cleanly_however_often_it_comes(demo: Demo) -> None:
    for _ in range(200):  # a second may come while the first is being heard
        demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(10) == 0
    assert "Porchlight has stopped." in demo.said.read_text()
    assert not (demo.folder / "demo.json").exists()
