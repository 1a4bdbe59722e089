"""Imports and cold starts as Lambda has them: a fresh interpreter of the runtime's own Python, out of the unpacked zip.

Nothing may be written there, so that what has no byte code in the zip is compiled each time; the floor reads its libraries from
the same zip. Taken in turns, so that each start of ours has a floor of the same moment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

from infra.bytecode import interpreter, runtime_here
from infra.package import BUILD, ROOT, RUNTIME, code

ZIP = BUILD / "bench-package"
UNPACKED = BUILD / "bench-task"
CLOCK = "import time as t; w, c = t.perf_counter(), t.process_time()\n"
TELL = "\nimport json; print(json.dumps([t.perf_counter() - w, t.process_time() - c]))"
ENDPOINT = "import os; endpoint, topic = os.environ['AWS_ENDPOINT_URL'], os.environ['PORCHLIGHT_PAGE_TOPIC']\n"
DOOR = "import os; os.environ['AWS_LAMBDA_FUNCTION_NAME'] = 'porchlight-sms-door'\n"  # no console; app.py warms itself
CLIENTS = "".join(f"boto3.client('{name}', region_name='us-east-1', endpoint_url=endpoint)\n" for name in ("dynamodb", "secretsmanager"))
SCRIPTS = {
    "import chalice": "from chalice import Chalice; app = Chalice(app_name='bare')",
    "import app": "import app",
    "import app, no console": "import os; os.environ['AWS_LAMBDA_FUNCTION_NAME'] = 'porchlight-deliver-queued'\n"
    "from chalicelib import functions\nfunctions.on_lambda = lambda: False\nimport app",
    "page: boto3 and SNS": ENDPOINT
    + "import boto3\nclient = boto3.client('sns', region_name='us-east-1', endpoint_url=endpoint)\nclient.publish(TopicArn=topic, Message='x')",
    "page: with Chalice and three clients": ENDPOINT
    + f"import boto3\nfrom chalice import Chalice; app = Chalice(app_name='bare')\n{CLIENTS}"
    "client = boto3.client('sns', region_name='us-east-1', endpoint_url=endpoint)\nclient.publish(TopicArn=topic, Message='x')",
    "page: app": DOOR + "import app\nfrom chalicelib import wiring\nwiring.world().pager.page('everyone', 'x')",
    "page: app, a crisis text": DOOR + """import app, sys
from chalicelib import wiring
from chalicelib.core.messages import InboundSms
from chalicelib.flows import receive_sms
from datetime import datetime, UTC
class Left(BaseException): pass
world = wiring.world()
page = world.pager.page
def told(to, text):
    page(to, text)
    raise Left
object.__setattr__(world, 'pager', type('P', (), {'page': staticmethod(told)}))
try:
    receive_sms.receive(world, InboundSms('twilio', 'SM1', '+13035550100', '+13035550199', 'I took all my pills', datetime.now(UTC)), inline=True)
except Left: pass""",
}


def measure(times: int) -> dict[str, dict[str, list[float]]]:
    """{script: {"wall", "cpu"}}, seconds of each of `times` rounds."""
    python = unpacked()
    found: dict[str, list[list[float]]] = {name: [] for name in SCRIPTS}
    for at in range(times + 1):
        for name, script in SCRIPTS.items():
            took = _once(python, script)
            if at:  # the first round fills the disk's cache
                found[name].append(took)
    return {name: dict(zip(("wall", "cpu"), map(list, zip(*runs, strict=True)), strict=True)) for name, runs in found.items()}


def unpacked() -> Path:
    """Package, unpack; the Python that the functions run on."""
    runtime = runtime_here(RUNTIME)
    shutil.rmtree(UNPACKED, ignore_errors=True)
    with zipfile.ZipFile(code(ZIP, runtime, clinic=ROOT / "infra" / "local" / "clinic.toml")) as archive:
        archive.extractall(UNPACKED)
    return interpreter(runtime)


def _once(python: Path, script: str) -> list[float]:
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PORCHLIGHT_CLINIC_FILE": ""}  # the packaged one
    ran = subprocess.run([str(python), "-s", "-c", CLOCK + script + TELL], cwd=UNPACKED, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr[-1500:])
    told: list[float] = json.loads(ran.stdout.splitlines()[-1])
    return told
