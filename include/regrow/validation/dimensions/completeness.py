"""Completeness: non-null required cells / required cells; of one column: its non-null cells / rows."""

from regrow.validation.measure import BatchFacts, Measure, share


def measure(facts: BatchFacts, column: str | None) -> Measure:
    """Over the readable rows. Without a schema every column counts as required."""
    names = (column,) if column else facts.required or tuple(name for name in facts.cells.columns if name != "_row")
    there = sum(facts.cells.height - facts.cells[name].null_count() for name in names if name in facts.cells.columns)
    return share(there, len(names) * facts.cells.height)
