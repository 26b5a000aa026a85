"""Envoy's documents as pure functions: plans in, the JSON that Envoy reads out."""
