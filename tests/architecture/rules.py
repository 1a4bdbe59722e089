"""The rules of the house (DESIGN, "The house"), each a function that names what breaks it. An empty list is a pass."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from .source import Import, Module, Named, modules

LONGEST_MODULE = 250
LONGEST_FUNCTION = 30

# Who may import which room. "*" is everything; wiring's adapters are looked at apart.
MAY_IMPORT: dict[str, set[str]] = {
    "": set(),  # chalicelib itself
    "app": {"console", "doors", "flows", "functions", "late", "patient_pages", "wiring"},
    "doors": {"core", "errors", "flows", "ports", "wiring"},
    "console": {"browser", "core", "errors", "flows", "phone_number", "ports", "texts", "wiring"},
    "patient_pages": {"browser", "core", "errors", "flows", "phone_number", "ports", "texts", "wiring"},
    "flows": {"core", "errors", "ports", "texts"},
    "core": set(),
    "texts": {"core"},
    "ports": {"core"},
    "errors": set(),
    "settings": {"core"},  # how a value is made, and no more
    "lexicon": {"core", "errors"},
    "second_look": {"core", "errors"},
    "storage": {"core", "errors"},
    "carriers": {"core", "errors"},
    "charts": {"core", "errors"},
    "pager": {"core", "errors"},
    "browser": set(),
    "phone_number": set(),
    "functions": set(),
    "late": set(),
    "logs": set(),
    "patience": {"errors"},
    "wiring": {"*"},
}
# A port's own values: an adapter must be able to name what it is handed.
VALUES_OF_PORTS = {"chalicelib.ports.SealContext", "chalicelib.ports.WebhookRequest"}
ADAPTERS = {"carriers", "charts", "lexicon", "logs", "pager", "patience", "second_look", "storage"}

# Which room knows which library. A room that is not named knows the standard library alone.
MAY_KNOW: dict[str, set[str]] = {
    "app": {"chalice"},
    "doors": {"chalice"},
    "console": {"boto3", "botocore", "chalice", "jinja2", "jwt", "pydyf", "segno"},  # cognito.py is its door to the user pool
    "patient_pages": {"chalice", "jinja2"},
    "browser": {"chalice"},
    "phone_number": {"phonenumbers"},
    "storage": {"aws_encryption_sdk", "boto3", "botocore", "cryptography", "pynamodb"},
    "carriers": {"boto3", "botocore", "cryptography", "phonenumbers", "urllib3"},
    "charts": {"http_message_signatures", "icalendar", "urllib3"},
    "pager": {"boto3", "botocore"},
    "lexicon": {"re2"},
    "logs": {"aws_lambda_powertools"},
    "second_look": {"numpy"},  # in its layer alone
    "texts": {"dateutil"},  # quiet_day.py: what a day is in words
    "wiring": {"boto3", "botocore", "jwt", "phonenumbers", "ulid"},
}


def wrong_imports(root: Path) -> list[str]:
    """Imports between rooms that the house does not allow."""
    return [str(found) for module in modules(root) for found in module.imports() if not _allowed(module, found)]


def _allowed(module: Module, found: Import) -> bool:
    if found.target.split(".")[0] not in {"chalicelib", "app", "infra", "tests"}:
        return True
    if not found.target.startswith("chalicelib"):
        return False
    room = Module(found.target, module.path).room
    if found.target in VALUES_OF_PORTS or room == module.room:
        return True
    if module.room == "wiring":
        return found.inside or room not in ADAPTERS
    return room in MAY_IMPORT[module.room] or (module.room == "app" and found.target == "chalicelib.wiring")


def strange_libraries(root: Path) -> list[str]:
    """Libraries in rooms that should not know them; `core` and `flows` know the standard library alone."""
    known = sys.stdlib_module_names | {"chalicelib"}
    return [
        str(found)
        for module in modules(root)
        for found in module.imports()
        if (top := found.target.split(".")[0]) not in known and top not in MAY_KNOW.get(module.room, set())
    ]


def unknown_rooms(root: Path) -> list[str]:
    """A new room must be given its rule here first."""
    return sorted({module.room for module in modules(root)} - set(MAY_IMPORT))


def too_long(root: Path) -> list[str]:
    """Modules and functions longer than anybody reads in one go. A docstring and functions inside do not count."""
    return [problem for module in [*modules(root), *modules(root, "infra")] for problem in _lengths(module)]


def _lengths(module: Module) -> Iterator[str]:
    lines = module.text.count("\n")
    if lines > LONGEST_MODULE:
        yield f"{module.name} has {lines} lines"
    for function in module.facts.functions:
        if function.length > LONGEST_FUNCTION:
            yield f"{module.name}:{function.line} {function.name} has {function.length} lines"


def without_docstring(root: Path) -> list[str]:
    """Modules that do not say what they are. Empty packages need not."""
    everything = [module for folder in ("chalicelib", "infra", "tests") for module in modules(root, folder)]
    return [m.name for m in everything if m.text.strip() and not m.facts.documented]


CLOCKS = {"now", "utcnow", "today", "time", "time_ns"}
CLOCK_OWNERS = {"datetime", "date", "time", "dt"}


def own_clocks(root: Path) -> list[str]:
    """Who asks the wall what time it is. `wiring` does, for everybody."""
    return [
        f"{module.name}:{line} calls {name}"
        for module in modules(root)
        if module.room != "wiring"
        for name, line in module.facts.calls
        if name.split(".")[-1] in CLOCKS and set(name.split(".")[:-1]) & CLOCK_OWNERS
    ]


ENVIRONMENT = {"os.environ", "os.getenv", "os.environb"}


def environment_at_import(root: Path) -> list[str]:
    """`chalice package` imports us without the template's variables: only `settings` and `functions` read them, on use."""
    return [
        f"{module.name}:{line} reads {name}"
        for module in modules(root)
        for name, line in _environment(module)
    ]


def _environment(module: Module) -> Iterator[Named]:
    names = module.facts.at_import if module.room in {"settings", "functions"} else module.facts.attributes
    return (found for found in names if found[0] in ENVIRONMENT)


PATCHING = {"monkeypatch", "mocker"}


def patched_tests(root: Path) -> list[str]:
    """Tests that reach into a module instead of handing it a collaborator, and tests that sleep."""
    found = []
    for module in modules(root, "tests"):
        for function in module.facts.functions:
            found += [f"{module.name}:{function.line} takes {name}" for name in function.arguments & PATCHING]
        found += [f"{module.name}:{line} sleeps" for name, line in module.facts.calls if name in {"sleep", "time.sleep"}]
        found += [str(one) for one in module.imports() if one.target.startswith(("unittest.mock", "mock."))]
    return found


def bad_data(root: Path) -> list[str]:
    """TOML files that do not parse, or do not say when somebody last checked them against the source."""
    found = []
    for path in sorted((root / "chalicelib").rglob("*.toml")):
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            found.append(f"{path.relative_to(root)}: {error}")
        else:
            found += [] if "verified_on" in _keys(table) else [f"{path.relative_to(root)} has no verified_on"]
    return found


def _keys(table: object) -> set[str]:
    if isinstance(table, dict):
        return set(table).union(*(_keys(value) for value in table.values()))
    return set().union(*(_keys(value) for value in table)) if isinstance(table, list) else set()
