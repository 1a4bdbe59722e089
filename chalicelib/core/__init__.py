"""Nouns and rules. Standard library only: no clock, no environment, no I/O, no AWS."""
