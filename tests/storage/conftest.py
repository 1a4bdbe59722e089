"""moto is read before anything here makes a session: one that is older than moto asks the real AWS."""

import moto  # noqa: F401
