"""What must stand in no file of ours: paths of somebody's machine, addresses of package registries."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

LEFT_OUT = {".git", ".venv", "build", ".demo", "node_modules", "__pycache__", "deployments"}
TEXT = {"", ".py", ".md", ".toml", ".txt", ".in", ".yaml", ".json", ".css", ".js", ".html", ".svg", ".jinja2", ".jsonl"}
# Put together here so that this file does not hold them itself.
MACHINE = re.compile(r"(?<![\w.$}/])/" + r"(?:work|root|Users|home/\w+)" + r"/[\w.]")
REGISTRIES = re.compile("|".join(["pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(?:org|com)"]))
INDEX = re.compile(r"^\s*(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b", re.MULTILINE)


def papers(root: Path) -> Iterator[Path]:
    """Every text file of the repository."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not _left_out(name))
        yield from (path for path in (Path(folder, name) for name in sorted(names) if not _left_out(name)) if path.suffix in TEXT and path.is_file())


def _left_out(name: str) -> bool:
    return name in LEFT_OUT or name.endswith("_cache") or name == ".hypothesis"


def machine_paths(root: Path) -> list[str]:
    """Files that only make sense on one machine."""
    return [f"{path.relative_to(root)}: {hit}" for path, hit in _hits(root, MACHINE)]


def registry_hosts(root: Path) -> list[str]:
    """Files that name where packages come from: that is the installing machine's own business."""
    named = [f"{path.relative_to(root)}: {hit}" for path, hit in _hits(root, REGISTRIES)]
    options = [str(path.relative_to(root)) for path in root.glob("requirements*") if INDEX.search(path.read_text())]
    return named + options


def without_hash(root: Path) -> list[str]:
    """Pinned requirements that could be swapped for other bytes of the same version."""
    return [
        f"{path.name}: {block.splitlines()[0]}"
        for path in sorted(root.glob("requirements*.txt"))
        for block in re.split(r"\n(?=[A-Za-z0-9])", path.read_text())
        if "==" not in block or "--hash=sha256:" not in block
    ]


def _hits(root: Path, pattern: re.Pattern[str]) -> Iterator[tuple[Path, str]]:
    for path in papers(root):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from ((path, match.group()) for match in pattern.finditer(text))
