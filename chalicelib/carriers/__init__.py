"""The only room that knows a carrier's words."""
