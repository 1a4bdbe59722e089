"""Measures the first look: `python -m tests.bench.triage_speed` prints JSON (milliseconds). Never asserts."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from chalicelib.core.triage import Screen
from chalicelib.lexicon import load_screen

LONGEST = 1_600
REPEATS = 200
ORDINARY = {
    "confirmation": "Yes, see you Thursday at 3, thanks!",
    "everyday": "Hi, running ten minutes late because of traffic, can you let Carol know? I still need the refill sent to the pharmacy.",
    "crisis": "I can’t do this anymore, I took all my pills",
    "spanish": "Buenos días, ¿puedo cambiar mi cita del lunes? No tengo quien cuide a mi hija.",
}
HOSTILE = {
    "one letter": "a",
    "stretched words": "kiiiiiiill ",
    "letters apart": "k i l l ",
    "nearly a crisis": "i want to really just ",
    "crises without end": "i want to die ",
    "denials without end": "i do not want to die ",
    "history without end": "years ago i tried to kill myself ",
    "signs": "@$*!|",
    "stars": "s*i*i*e ",
    "emoji": "💊🔪😭",
    "zero width": "k\u200bi\u200bl\u200bl ",
    "combining marks": "k\u0301i\u0301l\u0301l\u0301 ",
    "someone else": "my friend told me that she ",
    "gaps": "took took took took ",
    "pauses": "…",  # these two are read twice
    "letters between pauses": "i…w…a…n…t…",
}


def milliseconds(work: Callable[[], object], repeats: int = REPEATS) -> dict[str, float]:
    """The first call, then median and 99th percentile of the later ones."""
    spent = []
    for _ in range(repeats + 1):
        before = time.perf_counter()
        work()
        spent.append((time.perf_counter() - before) * 1_000)
    later = sorted(spent[1:])
    return {
        "first": round(spent[0], 3),
        "p50": round(statistics.median(later), 3),
        "p99": round(later[int(len(later) * 0.99) - 1], 3),
    }


def looks(screen: Screen, texts: dict[str, str]) -> dict[str, dict[str, float]]:
    """Each text's figures, by its name."""
    return {name: milliseconds(lambda text=text: screen.look(text)) for name, text in texts.items()}  # type: ignore[misc]


def growth(screen: Screen) -> dict[str, float]:
    """The worst hostile text at doubling lengths: linear means the figure doubles."""
    piece = HOSTILE["denials without end"]
    return {
        str(size): milliseconds(lambda size=size: screen.look(_filled(piece, size)), 50)["p50"]
        for size in (400, 800, 1_600, 3_200)
    }  # type: ignore[misc]


def _filled(piece: str, size: int = LONGEST) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def _load() -> dict[str, float]:
    """A fresh interpreter's import and load, process time, best of five."""
    code = (
        "import time; a = time.process_time(); from chalicelib.lexicon import load_screen; b = time.process_time();"
        "load_screen(); c = time.process_time(); print(1000 * (b - a), 1000 * (c - b))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(5)
    ]
    return {
        "import": round(min(float(run[0]) for run in runs), 1),
        "load": round(min(float(run[1]) for run in runs), 1),
    }


def main() -> None:
    """Prints one JSON object."""
    screen = load_screen()
    hostile = {name: _filled(piece) for name, piece in HOSTILE.items()}
    figures = {
        "unit": "ms",
        "cold": _load(),
        "ordinary": looks(screen, ORDINARY),
        "hostile_1600": looks(screen, hostile),
        "growth": growth(screen),
    }
    print(json.dumps(figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
