"""The second look (DESIGN §3): one person's texts of the last ten minutes, read together; it may only raise.

How to ask it, from the flow, the scorer or a notebook:

    from chalicelib.lexicon import load_lexicon, load_screen
    from chalicelib.second_look import load_second_look

    second = load_second_look(load_screen(), load_lexicon().words)
    reading = second.read(["cant sleep", "theyd be ok without me"])  # oldest first; one text is a list of one
    reading.probability, reading.pages  # calibrated, and the verdict at the one fixed threshold

Both looks together page when `screen.look(text).pages or second.read(texts).pages`. Ask it for texts that the first look did
not page: that is all it is ever given.
"""

from __future__ import annotations

from .look import TrainedLook, load_second_look
from .model import Model

__all__ = ["Model", "TrainedLook", "load_second_look"]
