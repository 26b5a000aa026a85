"""Consistency: rows that satisfy the spec's cross-field rules / rows."""

from regrow.validation.measure import BatchFacts, Measure, share


def measure(facts: BatchFacts, column: str | None) -> Measure:
    """Over the readable rows. A rule that meets something unknown holds."""
    return share(facts.cells.height - facts.inconsistent, facts.cells.height)
