"""For every test: speed is measured in benchmarks, never asserted, also not by Hypothesis's own deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("house", parent=settings.get_profile("default"), deadline=None)
settings.load_profile("house")
