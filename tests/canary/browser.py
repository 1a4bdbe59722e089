"""A person at the console, and every part of what the console sent back put on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from chalicelib.core.passes import Pass
from chalicelib.core.staff import Staff
from chalicelib.flows.sign_in import Challenge, Entered, WrongCredentials

from .evidence import Evidence, triggering

CONSOLE = "http://127.0.0.1:8000/console"


class Door:
    """Staff by user name; the password is "right". Cognito itself has its own tests."""

    def __init__(self, *people: Staff):
        self._people = {person.staff_id: person for person in people}

    def begin(self, username: str, password: str) -> Entered | Challenge:
        if password != "right" or username not in self._people:
            raise WrongCredentials()
        return Entered(self._people[username], Pass("an ID token", "renews"))

    def answer(self, challenge: Challenge, answer: str) -> Entered | Challenge:
        raise WrongCredentials()

    def renew(self, renews: str) -> str:
        return "another ID token"


class _Reader(HTMLParser):
    """Forms with their hidden fields, and every address that the page names."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("href", "src", "action", "formaction") if name in given]
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "hidden": {}})
        if tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1]["hidden"][given.get("name", "")] = given.get("value", "")


def read_page(body: bytes) -> _Reader:
    reader = _Reader()
    reader.feed(body.decode("utf-8", "replace"))
    return reader


def keep_answer(evidence: Evidence, label: str, answer: Any) -> None:
    """Head, body and addresses of one response."""
    for name, value in answer.headers.items():
        evidence.see("response header", f"{label} {name}", str(value))
    evidence.see("response body", f"{label} {answer.status_code}", answer.body)
    for link in read_page(answer.body).links:
        evidence.see("telephone link" if link.startswith("tel:") else "address in a page", label, link)


@dataclass
class Person:
    """`http`: Chalice's test client. `label` of a call: what the table of allowed places knows it by."""

    name: str
    http: Any
    evidence: Evidence
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, label: str, path: str) -> Any:
        self.evidence.see("address asked", label, path)
        return self._keep(label, lambda: self.http.get(path, headers=self._headers()))

    def post(self, label: str, path: str, fields: Mapping[str, str], **headers: str) -> Any:
        self.evidence.see("address asked", label, path)
        sent = {**self._headers(), "Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._keep(label, lambda: self.http.post(path, headers=sent, body=urlencode(fields).encode()))

    def submit(self, label: str, page: Any, action: str, **fields: str) -> Any:
        """The page's form whose address ends with `action`, with its hidden fields and these."""
        forms = read_page(page.body).forms
        form = next(form for form in forms if form["action"].partition("#")[0].endswith(action))
        return self.post(label, _path(form["action"]), {**form["hidden"], **fields})

    def upload(self, label: str, page: Any, action: str, **fields: str) -> Any:
        """As `submit`, for the page's form that takes a file: the last one whose address ends with `action`."""
        forms = [form for form in read_page(page.body).forms if form["action"].endswith(action)]
        form = next((form for form in forms if "mark" in form["hidden"] and "file" not in fields), forms[-1])
        bound = "----porchlight"
        parts = "".join(
            f'--{bound}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in {**form["hidden"], **fields}.items()
        )
        sent = {**self._headers(), "Content-Type": f"multipart/form-data; boundary={bound}"}
        self.evidence.see("address asked", label, action)
        return self._keep(label, lambda: self.http.post(_path(form["action"]), headers=sent, body=f"{parts}--{bound}--\r\n".encode()))

    def follow(self, label: str, answer: Any) -> Any:
        assert answer.status_code == 303, (label, answer.status_code)
        return self.get(label, _path(str(answer.headers["Location"])))

    def sign_in(self) -> None:
        self.post("sign-in", "/console/sign-in", {"username": self.name, "password": "wrong"})
        page = self.post("sign-in", "/console/sign-in", {"username": self.name, "password": "right"})
        self.follow("inbox", page)

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _keep(self, label: str, ask: Any) -> Any:
        answer = triggering(self.evidence, f"{self.name}: {label}", ask)
        if answer is None:
            return None
        keep_answer(self.evidence, f"{self.name}: {label}", answer)
        for line in answer.headers.get("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def _path(address: str) -> str:
    return address.partition("#")[0].removeprefix("http://127.0.0.1:8000")
