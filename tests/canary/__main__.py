"""`python -m tests.canary OUT.json`: run the day in this process, keep what was seen, then plant marks to be found."""

from __future__ import annotations

import sys
from pathlib import Path

from .clinic import a_clinic
from .cloud import collect
from .evidence import Evidence, listening, seeing_exceptions
from .files import as_files, collect_files, laptops_log
from .planting import plant
from .scenario import a_day


def main(out: str) -> None:
    evidence = Evidence()
    with listening(evidence), laptops_log() as log, a_clinic(evidence) as clinic, seeing_exceptions(evidence):
        a_day(clinic)
        as_files(clinic, log)
        plant(clinic)
        collect(clinic.cloud)
        collect_files(clinic.cloud)
    evidence.save(Path(out))


if __name__ == "__main__":
    main(sys.argv[1])
