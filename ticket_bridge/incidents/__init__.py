"""Incidents: priority, life cycle, timeline."""
