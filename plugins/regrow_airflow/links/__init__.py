"""Buttons of a task that lead elsewhere."""
