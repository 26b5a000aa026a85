"""Waits without a worker; their arguments are JSON."""
