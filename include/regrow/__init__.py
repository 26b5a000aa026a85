"""Regrow keeps machine-learning models in production good."""

__version__ = "0.1.0"
