"""A clinic's account: from a parameters file to a running stack, its upgrades, its way back, its end (docs/deploy.md)."""
