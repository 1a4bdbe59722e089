"""Imports and cold starts, each in a fresh interpreter: medians of CPU and wall seconds.

All from byte code, ours and the libraries': an environment that forbids to write it would have the compiler measured. The
lexicon is the one that `make package` leaves in the zip.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from chalicelib.lexicon.build import build

ROOT = Path(__file__).parents[2]
BYTES = ROOT / "build" / "bench-bytecode"
CLOCK = "import time as t; w, c = t.perf_counter(), t.process_time()\n"
TELL = "\nimport json; print(json.dumps([t.perf_counter() - w, t.process_time() - c]))"
ENDPOINT = "import os; endpoint, topic = os.environ['AWS_ENDPOINT_URL'], os.environ['PORCHLIGHT_PAGE_TOPIC']\n"
DOOR = "import os; os.environ['AWS_LAMBDA_FUNCTION_NAME'] = 'porchlight-sms-door'\n"  # no console; app.py warms itself
SCRIPTS = {
    "import chalice": "from chalice import Chalice; app = Chalice(app_name='bare')",
    "import app": "import app",
    "import app, no console": "import os; os.environ['AWS_LAMBDA_FUNCTION_NAME'] = 'porchlight-deliver-queued'\n"
    "from chalicelib import functions\nfunctions.on_lambda = lambda: False\nimport app",
    "page: boto3 and SNS": ENDPOINT
    + "import boto3\nclient = boto3.client('sns', region_name='us-east-1', endpoint_url=endpoint)\nclient.publish(TopicArn=topic, Message='x')",
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


def measure(times: int) -> dict[str, dict[str, float]]:
    """{script: {"wall", "cpu"}}, taken in turns so that a busy machine disturbs all of them alike."""
    build()
    found: dict[str, list[list[float]]] = {name: [] for name in SCRIPTS}
    for at in range(times + 1):
        for name, script in SCRIPTS.items():
            took = _once(script)
            if at:  # the first round fills the disk's cache and writes byte code
                found[name].append(took)
    return {name: {"wall": statistics.median(x[0] for x in runs), "cpu": statistics.median(x[1] for x in runs)} for name, runs in found.items()}


def _once(script: str) -> list[float]:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPYCACHEPREFIX": str(BYTES)}
    ran = subprocess.run([sys.executable, "-c", CLOCK + script + TELL], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr[-1500:])
    told: list[float] = json.loads(ran.stdout.splitlines()[-1])
    return told
