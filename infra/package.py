"""`python -m infra.package`: the zip and its template in build/package, measured, expanded and linted.

Chalice packages for the Python it runs on. A clinic's functions should not depend on whose laptop packaged them, so
the wheels are fetched here for one runtime, each held to its hash, and handed to Chalice as its `vendor` folder. Byte code
can only be written by the runtime's own Python: a machine that has none packages for its own version, and says so.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from chalicelib.core.clinic import read_clinic
from chalicelib.lexicon.build import build as build_lexicon

from .bytecode import add_bytecode, runtime_here
from .expand import REGION, expand
from .layer import LARGEST, LIBRARIES, layer, rehearsal_layer
from .template import merge_file
from .wheels import BUILD, ROOT, run, wheels

RUNTIME = "python3.12"  # Lambda keeps it until 2028-10-31; where this machine has no such Python, the one that packages
MOST_ZIPPED, MOST_UNZIPPED = 35, 70  # megabytes
STAGE = "prod"

Tree = dict[str, Any]


class TooLarge(ValueError):
    """The zip outgrew its budget."""


def package(out: Path, runtime: str = RUNTIME, dependencies: bool = True, clinic: Path | None = None) -> Tree:
    """Write `out`/sam.json, expanded.json and deployment.zip; return the expanded template.

    `clinic`: the clinic's own file, as infra/local/clinic.toml shows one. Raises what `read_clinic` and `add_bytecode` raise.
    """
    code(out, runtime, dependencies, clinic)
    libraries = wheels(runtime, LIBRARIES) if dependencies else None
    print(f"the second look's layer: {layer(out / 'second-look-layer.zip', libraries=libraries):.1f} of {LARGEST} MB unzipped")
    if dependencies:  # a template to look at needs none
        print(f"the console's layer: {rehearsal_layer(out / 'rehearsal-layer.zip', libraries):.1f} of {LARGEST} MB unzipped")
    sam = _finished(json.loads((out / "sam.json").read_text()), runtime)
    (out / "sam.json").write_text(json.dumps(sam, indent=1, sort_keys=True) + "\n")
    expanded = expand(sam)
    (out / "expanded.json").write_text(json.dumps(expanded, indent=1) + "\n")
    return expanded


def code(out: Path, runtime: str, dependencies: bool = True, clinic: Path | None = None) -> Path:
    """What Chalice packages, with byte code where there are wheels: `out`/deployment.zip and its sam.json; the zip's path."""
    stage = _staged(out.with_name(f"{out.name}-stage"), runtime if dependencies else "")
    if clinic is not None:
        module = packaged_clinic(clinic.read_text(encoding="utf-8"))
        (stage / "chalicelib" / "packaged_clinic.py").write_text(module, encoding="utf-8")
    merge = out.with_name(f"{out.name}-merge.json")
    merge.write_text(json.dumps(merge_file(_routes()), indent=1))
    shutil.rmtree(out, ignore_errors=True)
    chalice = [str(_tool("chalice")), "--project-dir", str(stage), "package", "--stage", STAGE]
    run([*chalice, "--merge-template", str(merge), str(out)], AWS_DEFAULT_REGION=REGION)
    zipped = out / "deployment.zip"
    if dependencies:
        add_bytecode(zipped, runtime)
    return zipped


def packaged_clinic(text: str) -> str:
    """A clinic's file as the module that the functions read: reading TOML takes a page 5 ms longer after a cold start.
    Raises what `read_clinic` raises."""
    read_clinic(data := tomllib.loads(text))
    return f"import datetime\n\nDATA = {data!r}\n"


def _staged(stage: Path, runtime: str) -> Path:
    """The project as Chalice packages it: our code, its configuration, and wheels as `vendor` ("" for none)."""
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    shutil.copy(ROOT / "app.py", stage)
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", "deployments", "built.json")
    shutil.copytree(ROOT / "chalicelib", stage / "chalicelib", ignore=unwanted)
    build_lexicon(stage / "chalicelib" / "lexicon" / "built.json")
    shutil.copytree(ROOT / ".chalice", stage / ".chalice", ignore=unwanted)
    (stage / "requirements.txt").write_text("")
    if runtime:
        (stage / "vendor").symlink_to(wheels(runtime), target_is_directory=True)
    return stage


def _routes() -> dict[str, list[str]]:
    """Every route of the app, asked in a process of its own that has none of the functions' variables."""
    script = "import json, app; print(json.dumps({path: list(methods) for path, methods in app.app.routes.items()}))"
    found: dict[str, list[str]] = json.loads(run([sys.executable, "-c", script], AWS_DEFAULT_REGION=REGION))
    return found


def _tool(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def _finished(sam: Tree, runtime: str) -> Tree:
    """One runtime for all; and no leave for API Gateway to call Chalice's own handler, where no route leads."""
    for resource in sam["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Runtime"] = runtime
    del sam["Resources"]["APIHandlerInvokePermission"]
    return sam


def sizes(zipped: Path) -> tuple[float, float]:
    """Megabytes, zipped and unzipped."""
    with zipfile.ZipFile(zipped) as archive:
        unzipped = sum(entry.file_size for entry in archive.infolist())
    return zipped.stat().st_size / 1e6, unzipped / 1e6


def check_sizes(zipped: Path) -> str:
    """What it weighs. Raises `TooLarge`."""
    small, large = sizes(zipped)
    said = f"zip {small:.1f} of {MOST_ZIPPED} MB, unzipped {large:.1f} of {MOST_UNZIPPED} MB"
    if small > MOST_ZIPPED or large > MOST_UNZIPPED:
        raise TooLarge(said)
    return said


def lint(template: Path) -> int:
    """cfn-lint on the expanded template."""
    return subprocess.run([str(_tool("cfn-lint")), str(template)], cwd=ROOT, check=False).returncode


def main() -> int:
    """0 when packaged, small enough and without a finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=BUILD / "package")
    parser.add_argument("--runtime", default=runtime_here(RUNTIME), help="its Python must be on this machine")
    parser.add_argument("--clinic", type=Path, help="the clinic's own file; without it the zip is for looking at only")
    chosen = parser.parse_args()
    expanded = package(chosen.out.resolve(), chosen.runtime, clinic=chosen.clinic)
    print(f"{len(expanded['Resources'])} resources, {chosen.runtime}, {check_sizes(chosen.out / 'deployment.zip')}")
    if chosen.clinic is None:
        print("no clinic file (CLINIC=…): this zip can be looked at and not run")
    return lint(chosen.out / "expanded.json")


if __name__ == "__main__":
    raise SystemExit(main())
