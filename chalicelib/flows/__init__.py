"""Verbs: one file per thing that happens. Each gathers, asks core, acts."""
