"""Simulated phones and the carrier between them and the clinic, speaking Twilio's published wire protocol."""
