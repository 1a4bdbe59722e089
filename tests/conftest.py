"""For every test: speed is measured in benchmarks, never asserted, also not by Hypothesis's own deadline."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Over whatever profile is in force: on a build machine Hypothesis loads one of its own, which always tries the same examples.
settings.register_profile("house", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
