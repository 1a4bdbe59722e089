"""Clients for AWS with our own time-outs: botocore's would let a silent socket block for minutes.

Connect within 1 s, read within 2 s, two attempts (DESIGN §3).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

import botocore
import botocore.session
from botocore.config import Config

CONNECT_SECONDS = 1
READ_SECONDS = 2
ATTEMPTS = 2
IDLE = 60.0  # seconds after which a connection is not used again
OURSELVES = f"porchlight botocore/{botocore.__version__}"  # botocore would put its own together anew for each call

making = Lock()  # making a client is not thread-safe, using one is
_session: botocore.session.Session | None = None


def client(
    service: str,
    region: str,
    endpoint: str = "",
    attempts: int = ATTEMPTS,
    read: float = READ_SECONDS,
    own: tuple[str, str, str] | None = None,
    checked: bool = True,
    clock: Callable[[], float] = time.time,
) -> Any:
    """A client of one AWS service. `endpoint`: an emulator's address; empty on AWS. `read`: seconds. `own`: somebody's own
    credentials (key, secret, session) in place of the function's. `checked`: botocore looks at each parameter's type. `clock`:
    the wall's, which goes on while the function is frozen."""
    access, secret, session = own or (None, None, None)
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        user_agent=OURSELVES,
        parameter_validation=checked,
    )
    with making:
        made = shared_session().create_client(
            service, region_name=region, endpoint_url=endpoint or None, config=config,
            aws_access_key_id=access, aws_secret_access_key=secret, aws_session_token=session,
        )
    _uses_no_old_connection(made, clock)
    return made


def _uses_no_old_connection(made: Any, clock: Callable[[], float]) -> None:
    """Lambda "purges idle connections over time", and whoever uses one again gets an error (its guide, Best practices): one of
    two attempts was lost on it, just before the page of the first text after a quiet hour."""
    last = [clock()]

    def before(**_: Any) -> None:
        before_this, last[0] = last[0], clock()
        if not 0 <= last[0] - before_this < IDLE:
            made.close()  # what other threads use at this moment goes on

    made.meta.events.register("before-call", before)


def shared_session() -> botocore.session.Session:
    """One for all clients, asked for while `making`: it has read the service descriptions and found the credentials once."""
    global _session
    if _session is None:
        _session = botocore.session.get_session()
    return _session
