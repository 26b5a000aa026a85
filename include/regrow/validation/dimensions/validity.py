"""Validity: rows that satisfy the schema / rows. A row that cannot be read satisfies nothing."""

from regrow.validation.measure import BatchFacts, Measure, share


def measure(facts: BatchFacts, column: str | None) -> Measure:
    return share(facts.rows - facts.invalid, facts.rows)
