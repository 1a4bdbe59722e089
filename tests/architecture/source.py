"""Our own source as facts: who imports whom, where, what is called, and how large things are."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
BARE = {ast.Name, ast.Constant, ast.Load, ast.Store}  # most of a tree: there is nothing in them
Named = tuple[str, int]  # a dotted name as written, and its line


@dataclass(frozen=True)
class Import:
    """One import: `target` in full ("chalicelib.core.records"), `inside` a function or at the module's top."""

    module: str
    target: str
    line: int
    inside: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


@dataclass(frozen=True)
class Function:
    """One function: `length` in lines, without its docstring and without functions inside it, which are counted by themselves."""

    name: str
    line: int
    length: int
    arguments: frozenset[str]


@dataclass(frozen=True)
class Facts:
    """What one walk through a module's tree finds. The tree itself is not kept: there are hundreds."""

    documented: bool
    functions: tuple[Function, ...]
    imports: tuple[tuple[str, int, bool], ...]  # as written, the line, inside a function
    calls: tuple[Named, ...]
    attributes: tuple[Named, ...]
    at_import: tuple[Named, ...]  # of these, what importing the module evaluates


@dataclass(frozen=True)
class Module:
    """A file of ours; `name` as Python imports it."""

    name: str
    path: Path

    @property
    def room(self) -> str:
        """The part of the house: "core", "flows", "wiring", … or "app"."""
        return self.name.removeprefix("chalicelib").lstrip(".").split(".")[0]

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def facts(self) -> Facts:
        return facts_of(self.text)

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    def imports(self) -> tuple[Import, ...]:
        """Every import that runs; what stands under `if TYPE_CHECKING` counts as well: it is knowledge."""
        return _imports(self.name, self.package, self.text)


@cache
def _imports(module: str, package: str, text: str) -> tuple[Import, ...]:
    return tuple(Import(module, _in_full(package, target), line, inside) for target, line, inside in facts_of(text).imports)


def _in_full(package: str, target: str) -> str:
    """"..core.records" of a flow is "chalicelib.core.records"."""
    named = target.lstrip(".")
    if not (level := len(target) - len(named)):
        return target
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - level + 1], named])


@cache
def facts_of(text: str) -> Facts:
    """The same text is read once, wherever it lies."""
    tree = ast.parse(text)
    walk = _Walk()
    for node in tree.body:
        walk.into(node, False, False)
    documented = bool(ast.get_docstring(tree))
    return Facts(documented, *map(tuple, (walk.functions, walk.imports, walk.calls, walk.attributes, walk.at_import)))  # type: ignore[arg-type]


class _Walk:
    """Through a tree once. `inside` a function, its arguments too; `later`: in a function's body, which importing does not run."""

    def __init__(self) -> None:
        self.functions: list[Function] = []
        self.imports: list[tuple[str, int, bool]] = []
        self.calls: list[Named] = []
        self.attributes: list[Named] = []
        self.at_import: list[Named] = []

    def into(self, node: ast.AST, inside: bool, later: bool) -> None:
        self._note(node, inside, later)
        function = isinstance(node, FUNCTION)
        for name in node._fields:
            value = getattr(node, name)
            for child in value if type(value) is list else (value,):
                if isinstance(child, ast.AST) and type(child) not in BARE:
                    self.into(child, inside or function, later or (function and name == "body"))

    def _note(self, node: ast.AST, inside: bool, later: bool) -> None:
        if isinstance(node, ast.Attribute):
            named = (dotted(node), node.lineno)
            self.attributes.append(named)
            if not later:
                self.at_import.append(named)
        elif isinstance(node, ast.Call):
            self.calls.append((dotted(node.func), node.lineno))
            self.imports += [(target, node.lineno, inside) for target in _read_later(node)]
        elif isinstance(node, ast.Import):
            self.imports += [(alias.name, node.lineno, inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            self.imports += [(base + ("." if node.module else "") + alias.name, node.lineno, inside) for alias in node.names]
        elif isinstance(node, FUNCTION):
            self.functions.append(_function(node))


def dotted(node: ast.expr) -> str:
    """A name as written: "datetime.now", "f().now". What is neither name nor call has none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return f"{dotted(node.func)}()" if isinstance(node, ast.Call) else ""


def _read_later(node: ast.Call) -> list[str]:
    """`late.module`: read at its first use."""
    if not (isinstance(node.func, ast.Name) and node.func.id == "module"):
        return []
    return [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    arguments = frozenset(argument.arg for argument in node.args.args + node.args.kwonlyargs)
    return Function(node.name, node.lineno, _length(node), arguments)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    span = _lines(function, function.lineno)
    span -= sum(_span(inner) for inner in function.body if isinstance(inner, FUNCTION))
    documented = ast.get_docstring(function, clean=False) is not None
    return span - (_lines(function.body[0], function.body[0].lineno) if documented else 0)


def _span(inner: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """A function inside is counted by itself."""
    return _lines(inner, min([inner.lineno, *(each.lineno for each in inner.decorator_list)]))


def _lines(node: ast.stmt, first: int) -> int:
    return (node.end_lineno or node.lineno) - first + 1


def modules(root: Path = ROOT, folder: str = "chalicelib") -> list[Module]:
    """app.py (where it is there) and every module under `folder`."""
    paths = sorted((root / folder).rglob("*.py"))
    if folder == "chalicelib" and (root / "app.py").exists():
        paths.insert(0, root / "app.py")
    return [Module(_name(path.relative_to(root)), path) for path in paths if "__pycache__" not in path.parts]


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
