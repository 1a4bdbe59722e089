"""The list of pages says what the modules of pages declare, and nothing is read for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import app
from chalicelib.console import desk, everything
from chalicelib.console.front import KINDS
from chalicelib.console.table import TABLE

ROOT = Path(__file__).parents[2]


def test_the_list_is_what_the_modules_declare() -> None:
    assert everything
    missing, gone = set(desk.declared) - set(TABLE), set(TABLE) - set(desk.declared)
    assert not missing, f"add to chalicelib/console/table.py: {sorted(missing)}"
    assert not gone, f"no module declares, so take out of chalicelib/console/table.py: {sorted(gone)}"
    assert len(TABLE) == len(set(TABLE)) == len(desk.declared)


def test_every_module_of_pages_is_on_the_list() -> None:
    """One that nobody reads declares nothing, and would be missed by nobody."""
    there = {file.stem for file in (ROOT / "chalicelib" / "console").glob("*.py") if "\n@route(" in file.read_text()}
    assert there == {module for _, _, module, _ in TABLE}


def test_every_page_has_its_route_with_its_kind() -> None:
    routes = {(path, method): entry for path, methods in app.app.routes.items() for method, entry in methods.items()}
    for path, asked, _, view in TABLE:
        entry = routes[f"/console{path}", "GET" if asked == "GET" else "POST"]
        assert (entry.view_name, entry.content_types) == (view, KINDS[asked])


def test_the_app_knows_every_page_without_reading_one() -> None:
    script = (
        "import sys, app; from chalicelib.console.table import TABLE; routes = app.app.routes\n"
        "assert sum(len(methods) for path, methods in routes.items() if path.startswith('/console')) == len(TABLE)\n"
        "print([n for n in sys.modules if n.startswith(('chalicelib.console.routes', 'chalicelib.flows', 'chalicelib.core'))])"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['chalicelib.core', 'chalicelib.core.quick']"  # how a frozen value is made, and no noun
