"""Uniqueness: distinct keys / rows; distinct rows / rows where there is no key."""

from regrow.validation.identity import distinct
from regrow.validation.measure import BatchFacts, Measure, share


def measure(facts: BatchFacts, column: str | None) -> Measure:
    """Over the readable rows; an empty key cell counts as a value."""
    return share(distinct(facts.identity), facts.identity.height)
