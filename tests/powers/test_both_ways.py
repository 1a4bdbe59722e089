"""Each function's role may do exactly what the function was seen to ask, in every test and every story of the crash explorer:
nothing is missing and nothing unused. What no test here can show is named in infra/powers.toml, with who would use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections import defaultdict
from contextlib import ExitStack
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from chalicelib.ports import Caller, Carrier, Hasher, Later, Lender, Pager, Parking, Vault
from chalicelib.ports.archive import Archive
from chalicelib.ports.exercise import Machine, SyntheticPhone
from chalicelib.ports.mail import Mailer
from tests.infra.template import FUNCTIONS, Template
from tests.once import once, packaged

from .asked import ASKS, BY_A_PERSON
from .policies import Use, at_rest, from_outside, granted
from .watching import ASKED

ROOT = Path(__file__).parents[2]
PYTEST = ("pytest", "-q", "-n0", "-p", "no:cacheprovider", "-p", "tests.powers.watching")
WATCHED = (  # side by side, each in a process of its own
    (*PYTEST, "tests/flows"),
    (*PYTEST, "tests/console", "tests/doors", "tests/patient_pages", "tests/storage/test_drops.py", "tests/storage/test_cloudtrail.py"),
    ("tests.powers.stories",),
)
ACTIVE = sorted(FUNCTIONS - {"APIHandler"})  # it answers nothing: every route is another function's
SECRET = Use("secretsmanager:GetSecretValue", "ServiceSecret")
SETTINGS = {Use("dynamodb:Query", "SettingsTable", kind) for kind in ("program", "rota")}  # `wiring.world`: the clinic as it stands
SIGNED = {"SmsDoor", "VoiceDoor", "ScheduleDoor"}  # whoever asks signs with a word of the secret, before any flow begins
# A flow that several functions begin was begun by itself: this part of it is never that one's.
NOT_BY = {
    ("SmsDoor", "sms-voice:SendTextMessage"): "a carrier that comes by webhook is answered in its response; AWS's texts come by a topic",
}
Seen = dict[str, dict[Use, str]]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return packaged(tmp_path_factory)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Function to what it asked, and which test showed it."""
    return read(once(tmp_path_factory, "asked", _watch))


def _watch(into: Path) -> None:
    """The tests and the stories."""
    into.mkdir(exist_ok=True)
    env = {**os.environ, ASKED: str(into)}
    with ExitStack() as open_files:
        said = [open_files.enter_context(TemporaryFile()) for _ in WATCHED]
        running = [
            subprocess.Popen([sys.executable, "-m", *asked], cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT)
            for asked, file in zip(WATCHED, said, strict=True)
        ]
        for each, file in zip(running, said, strict=True):
            code = each.wait()
            file.seek(0)
            assert code == 0, file.read().decode()[-2000:]


def read(folder: Path) -> Seen:
    found: Seen = defaultdict(dict)
    for file in folder.glob("*.json"):
        for function, action, resource, within, test in json.loads(file.read_text(encoding="utf-8")):
            found[function].setdefault(Use(action, resource, within), test)
    return found


def asked_by(template: Template, seen: Seen, function: str) -> dict[Use, str]:
    """All that a function asks: by its flows, before them, around it, and what AWS's services then ask of our keys."""
    by_itself = {_by_role(use, function): test for use, test in seen[function].items() if (function, use.action) not in NOT_BY}
    before = dict.fromkeys(SETTINGS | ({SECRET} if function in SIGNED else set()), "its first line")
    around = dict.fromkeys(from_outside(template, function), "Lambda")
    found = {use: test for use, test in by_itself.items() if use} | before | around
    return dict.fromkeys(at_rest(set(found)), "a service of AWS") | found


def _by_role(use: Use, function: str) -> Use | None:
    """A person's own key opens for them in the console; everywhere else it is the role, whoever it is for."""
    if use.action != BY_A_PERSON:
        return use
    return None if function == "ConsoleDoor" else use._replace(action="kms:Decrypt")


def missing(template: Template, seen: Seen, function: str) -> list[str]:
    allowed = granted(template, function)
    asked = asked_by(template, seen, function)
    return sorted(f"{' '.join(use)}: {test}" for use, test in asked.items() if not any(each.covers(use) for each in allowed))


def unused(template: Template, seen: Seen, function: str) -> set[Use]:
    asked = asked_by(template, seen, function)
    return {each for each in granted(template, function) if not any(each.covers(use) for use in asked)}


def excused() -> list[dict[str, object]]:
    return tomllib.loads((ROOT / "infra/powers.toml").read_text(encoding="utf-8")).get("unseen", [])


def excuses(entry: dict[str, object], function: str, use: Use) -> bool:
    wanted = (str(entry["resource"]), str(entry.get("within", "*")))
    named = function in entry["functions"] and use.action in entry["actions"]  # type: ignore[operator]
    return named and all(fnmatchcase(has, want) for has, want in zip(use[1:], wanted, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("function", ACTIVE)
def test_a_function_may_do_all_that_it_does(template: Template, seen: Seen, function: str) -> None:
    assert seen[function], "no test reaches this function"
    assert missing(template, seen, function) == []


@pytest.mark.slow
@pytest.mark.parametrize("function", ACTIVE)
def test_a_function_may_do_nothing_that_it_never_does(template: Template, seen: Seen, function: str) -> None:
    assert seen[function], "no test reaches this function"
    left = {use for use in unused(template, seen, function) if not any(excuses(entry, function, use) for entry in excused())}
    assert sorted(left) == []


@pytest.mark.slow
def test_what_is_excused_is_there_and_was_not_seen(template: Template, seen: Seen) -> None:
    idle = {function: unused(template, seen, function) for function in ACTIVE}
    stale = [
        (function, action, entry["resource"])
        for entry in excused() for function in entry["functions"] for action in entry["actions"]  # type: ignore[attr-defined]
        if not any(use.action == action and excuses(entry, function, use) for use in idle[function])
    ]
    assert stale == []
    assert all(entry["why"] for entry in excused())


def test_a_function_without_a_stream_or_queue_has_no_power_over_one(template: Template) -> None:
    assert granted(template, "APIHandler") == from_outside(template, "APIHandler")


def test_a_power_too_many_and_one_too_few_are_named(template: Template) -> None:
    """On a made-up run in which the tick read one setting of a kind that is not its own."""
    made_up: Seen = defaultdict(dict, {"Tick": {Use("dynamodb:GetItem", "SettingsTable", "access"): "tests/x.py::y"}})
    assert missing(template, made_up, "Tick") == ["dynamodb:GetItem SettingsTable access: tests/x.py::y"]
    assert Use("sns:Publish", "PageTopic") in unused(template, made_up, "Tick")
    made_up["Tick"][Use("sns:Publish", "PageTopic")] = "tests/x.py::z"
    assert Use("sns:Publish", "PageTopic") not in unused(template, made_up, "Tick")


@pytest.mark.parametrize(
    ("port", "protocol"),
    [("vault", Vault), ("hasher", Hasher), ("pager", Pager), ("parking", Parking), ("later", Later), ("lender", Lender), ("archive", Archive),
     ("mailer", Mailer), ("carrier", Carrier), ("caller", Caller), ("synthetic", SyntheticPhone), ("machine", Machine)],
)  # fmt: skip
def test_of_each_call_of_a_port_it_is_known_what_it_asks(port: str, protocol: type) -> None:
    """A new one that nobody wrote down would be seen by nobody."""
    calls = {name for name in dir(protocol) if callable(getattr(protocol, name)) and not name.startswith("_")}
    assert calls - {"one_request"} == {method for each, method in ASKS if each == port}


def test_a_leading_key_covers_its_own_rows_alone() -> None:
    power = Use("dynamodb:DeleteItem", "ThreadsTable", "errand#*")
    assert power.covers(Use("dynamodb:DeleteItem", "ThreadsTable", "errand#1"))
    assert not power.covers(Use("dynamodb:DeleteItem", "ThreadsTable", "alice"))
    assert not power.covers(Use("dynamodb:GetItem", "ThreadsTable", "errand#1"))
