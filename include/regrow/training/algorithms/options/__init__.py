"""Hyperparameters of each algorithm: names, types, defaults and bounds. Nothing heavy is imported here."""
