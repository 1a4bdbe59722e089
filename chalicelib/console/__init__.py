"""The staff's web pages. `app.py` registers `console`; `furnish(...)` puts other things behind it than `wiring` does."""

from . import (
    routes_away,
    routes_health,
    routes_inbox,
    routes_incident,
    routes_owner,
    routes_patients,
    routes_patients_edit,
    routes_patients_import,
    routes_patients_move,
    routes_people,
    routes_session,
    routes_settings,
    routes_static,
    routes_texts,
    routes_thread,
    routes_writing,
)
from .desk import Furniture, console, furnish

__all__ = [
    "Furniture",
    "console",
    "furnish",
    "routes_away",
    "routes_health",
    "routes_inbox",
    "routes_incident",
    "routes_owner",
    "routes_patients",
    "routes_patients_edit",
    "routes_patients_import",
    "routes_patients_move",
    "routes_people",
    "routes_session",
    "routes_settings",
    "routes_static",
    "routes_texts",
    "routes_thread",
    "routes_writing",
]
