"""`python -m infra.secret_scan [FILE …]`: secrets where none may be: the repository; a zip, a log or a template that is named.

A zip is looked into. Of a template (`expanded.json`) each function's environment is read besides: a value that is written out
there is shown to whoever may list functions, so what looks like a key is one too many. What is found is named and never shown.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# A quote right behind a private key's first line: what a library looks for, and no key.
# A word's beginning stands behind its first letters, (?<=\bSK): so `re` looks for these, and not at every word.
PATTERNS = {
    "a key of AWS": re.compile(r"A(?<=\bA)(?:KIA|SIA)(?!IOSFODNN7EXAMPLE)(?![A-Z0-9]*EXAMPLE)[A-Z0-9]{16}\b"),
    "a secret key of AWS": re.compile(r"(?i)aws_secret_access_key['\"]?\s{0,4}[:=]\s{0,4}['\"]?[A-Za-z0-9/+]{40}\b"),
    "a private key": re.compile(r"-----BEGIN (?:RSA |EC |OPENSSH |DSA |ENCRYPTED )?PRIVATE KEY-----(?!['\"])"),
    "a key of Twilio": re.compile(r"SK(?<=\bSK)[0-9a-f]{32}\b"),
    "a token beside its name": re.compile(r"(?i)(?:auth_token|api_key|client_secret|password)\W{1,12}[0-9a-f]{32}\b"),
    "a token of GitHub": re.compile(r"gh(?<=\bgh)[pousr]_[A-Za-z0-9]{36}\b"),
    "a token of Slack": re.compile(r"xox(?<=\bxox)[abprs]-[0-9]{6,}-[A-Za-z0-9-]{8,}"),
}  # fmt: skip
# Letters and digits without a break.
SECRET = re.compile(r"(?<![/\w-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{20,}(?![/\w-])")
BINARY = (".png", ".pyc", ".so", ".npz", ".npy", ".safetensors", ".ico", ".woff2", ".gz", ".jar")
LARGEST = 20_000_000  # bytes of one file


def found_in_text(text: str) -> Iterator[tuple[int, str]]:
    """Lines, counted from 1, and what stands there."""
    somewhere = {what: pattern for what, pattern in PATTERNS.items() if pattern.search(text)}
    for number, line in enumerate(text.splitlines() if somewhere else (), 1):
        yield from ((number, what) for what, pattern in somewhere.items() if pattern.search(line))


def found_in(root: Path) -> Iterator[str]:
    """Every file that git knows of."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if not name.endswith(BINARY) and (root / name).is_file():
            yield from (f"{name}:{number}: {what}" for number, what in found_in_text(_read((root / name).read_bytes())))


def found_in_file(path: Path) -> Iterator[str]:
    """A zip's files one by one; any other file as a text."""
    if path.suffix == ".json":
        yield from (f"{path}: {found}" for found in found_in_environments(json.loads(path.read_text(encoding="utf-8"))))
    if not zipfile.is_zipfile(path):
        yield from (f"{path}:{number}: {what}" for number, what in found_in_text(_read(path.read_bytes())))
        return
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.filename.endswith(BINARY) and entry.file_size <= LARGEST:
                for number, what in found_in_text(_read(archive.read(entry))):
                    yield f"{path}!{entry.filename}:{number}: {what}"


def found_in_environments(template: Mapping[str, Any]) -> Iterator[str]:
    """Variables of functions whose value is written out and random enough to be a secret. References are not followed."""
    for name, resource in template.get("Resources", {}).items():
        variables = resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
        written = {variable: value for variable, value in variables.items() if isinstance(value, str)}
        yield from (f"{name}.{variable} may be a secret" for variable, value in written.items() if SECRET.search(value))


def _read(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def main() -> int:
    """0 when nothing is found."""
    named = [Path(each) for each in sys.argv[1:]]
    found = [*found_in(ROOT), *(line for path in named for line in found_in_file(path))]
    print("\n".join(found) or f"no secret in the repository{''.join(f', nor in {path}' for path in named)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
