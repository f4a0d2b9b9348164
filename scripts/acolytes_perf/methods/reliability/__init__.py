"""Availability, service level objectives, alerts and incidents."""
