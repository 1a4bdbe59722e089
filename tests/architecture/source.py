"""Our own source as syntax trees: who imports whom, where, and how large things are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


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
class Module:
    """A file of ours; `name` as Python imports it. Read once for each of its states: thirty rules ask the same."""

    name: str
    path: Path
    state: tuple[int, int] = (0, 0)  # when it was written, and how long it is

    @property
    def room(self) -> str:
        """The part of the house: "core", "flows", "wiring", … or "app"."""
        return self.name.removeprefix("chalicelib").lstrip(".").split(".")[0]

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in self._nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def imports(self) -> tuple[Import, ...]:
        """Every import that runs; what stands under `if TYPE_CHECKING` counts as well: it is knowledge."""
        return self._imports

    @cached_property
    def _imports(self) -> tuple[Import, ...]:
        return tuple(self._each_import())

    def _each_import(self) -> Iterator[Import]:
        inside = {id(child) for function in self.functions() for child in ast.walk(function)}
        for node in self._nodes:
            for target in self._targets(node):
                yield Import(self.name, target, node.lineno, id(node) in inside)  # type: ignore[attr-defined]

    def _targets(self, node: ast.AST) -> list[str]:
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            return [f"{self._base(node)}.{alias.name}" for alias in node.names]
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "module":  # `late.module`: read at its first use
            return [each.value for each in node.args if isinstance(each, ast.Constant)]
        return []

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        kept = parts[: len(parts) - node.level + 1]
        return ".".join([*kept, *([node.module] if node.module else [])])

    def calls(self) -> tuple[tuple[str, int], ...]:
        """Dotted names that are called, as written: ("datetime.now", 12)."""
        return self._calls

    @cached_property
    def _calls(self) -> tuple[tuple[str, int], ...]:
        return tuple((ast.unparse(node.func), node.lineno) for node in self._nodes if isinstance(node, ast.Call))

    def names_at_import(self) -> Iterator[tuple[str, int]]:
        """Dotted names that importing the module evaluates (nothing inside functions)."""
        inside = {id(child) for function in self.functions() for stmt in function.body for child in ast.walk(stmt)}
        for node in self._nodes:
            if isinstance(node, ast.Attribute) and id(node) not in inside:
                yield ast.unparse(node), node.lineno


def modules(root: Path = ROOT, folder: str = "chalicelib") -> list[Module]:
    """app.py (where it is there) and every module under `folder`."""
    paths = sorted((root / folder).rglob("*.py"))
    if folder == "chalicelib" and (root / "app.py").exists():
        paths.insert(0, root / "app.py")
    return [_module(_name(path.relative_to(root)), path) for path in paths if "__pycache__" not in path.parts]


def _module(name: str, path: Path) -> Module:
    found = path.stat()
    return _read(name, path, (found.st_mtime_ns, found.st_size))


_read = cache(Module)


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
