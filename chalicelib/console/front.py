"""The console's Blueprint: every page of `table`, each answered by a module that is read at the first visit (DESIGN §5: what
`import app` may cost). `everything` is what the console's own function reads when it starts."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from chalice import Blueprint
from chalice.app import Response

from .table import TABLE

console = Blueprint(__name__)
ROOM = "chalicelib.console"
# Chalice holds a GET without a type to be JSON.
KINDS = {"GET": ["application/json"], "POST": ["application/x-www-form-urlencoded"], "UPLOAD": ["multipart/form-data"]}
Answer = Callable[..., Response]


def _stub(module: str, view: str) -> Answer:
    def answer(**path_values: str) -> Response:
        import_module(f"{ROOM}.{module}")
        from .desk import answers

        return answers[module, view](**path_values)

    return answer


for _path, _asked, _module, _view in TABLE:
    _method = "GET" if _asked == "GET" else "POST"
    console.route(f"/console{_path}", methods=[_method], content_types=KINDS[_asked], name=_view)(_stub(_module, _view))
