"""Checks of `spec.data` that need more than one field."""

from __future__ import annotations

from collections.abc import Iterator

from regrow.errors import nearest
from regrow.spec.comparison import Check, share_flaw
from regrow.spec.finding import Finding
from regrow.spec.row_schema import closed, columns
from regrow.spec.subject import Subject
from regrow.spec.tree import Path

DATA: Path = ("spec", "data")
VALIDATION: Path = (*DATA, "validation")


def names_are_unique(subject: Subject) -> Iterator[Finding]:
    data = subject.spec.data
    yield from _doubled([reference.name for reference in data.references], (*DATA, "references"))
    yield from _doubled([rule.name for rule in data.validation.rules], (*VALIDATION, "rules"))


def _doubled(names: list[str], path: Path) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            first = (*path, names.index(name), "name")
            yield Finding((*path, index, "name"), f"{name!r} is there twice", reads=(first,))


def checks_are_known(subject: Subject) -> Iterator[Finding]:
    for index, check in enumerate(subject.spec.data.validation.quality_checks):
        yield from _known(subject, check, (*VALIDATION, "quality_checks", index))


def _known(subject: Subject, check: Check, path: Path) -> Iterator[Finding]:
    known = dimension_names()
    if check.measure not in known:
        yield Finding(path, f"{check.measure!r} is no quality dimension", known, nearest(check.measure, known))
        return
    if check.argument and check.measure != "completeness":
        yield Finding(path, f"{check.measure} takes no column in brackets; only completeness does")
    flaw = share_flaw(check.comparison)
    if flaw:
        yield Finding(path, flaw)
    needed = _what_it_measures(subject, check.measure)
    if needed:
        also = (*VALIDATION, needed)
        yield Finding(path, f"{check.measure} needs spec.data.validation.{needed}, which is not there", reads=(also,))


def dimension_names() -> tuple[str, ...]:
    # Imported late, as rules are: the spec is read by programs that never validate.
    from regrow.validation.dimensions import dimensions

    return dimensions.names()


def _what_it_measures(subject: Subject, measure: str) -> str | None:
    """The section that the dimension cannot do without, if it is missing."""
    validation = subject.spec.data.validation
    sections = {"accuracy": validation.accuracy, "timeliness": validation.timeliness, "consistency": validation.rules}
    names = {"consistency": "rules"}
    return names.get(measure, measure) if measure in sections and not sections[measure] else None


def accuracy_has_a_reference(subject: Subject) -> Iterator[Finding]:
    data = subject.spec.data
    accuracy = data.validation.accuracy
    names = tuple(dict.fromkeys(reference.name for reference in data.references))
    if accuracy and accuracy.reference not in names:
        yield Finding(
            (*VALIDATION, "accuracy", "reference"),
            f"{accuracy.reference!r} is not among spec.data.references" + ("" if names else ", which has none"),
            allowed=names,
            nearest=nearest(accuracy.reference, names),
            reads=((*DATA, "references"),),
        )


def rules_are_expressions(subject: Subject) -> Iterator[Finding]:
    """They are parsed, never evaluated here."""
    from regrow.validation.expressions import check_rule

    known = columns(subject.schema) if subject.schema and closed(subject.schema) else None
    for index, rule in enumerate(subject.spec.data.validation.rules):
        for flaw in dict.fromkeys(check_rule(rule.expression, known)):
            yield Finding((*VALIDATION, "rules", index, "expression"), flaw, reads=((*VALIDATION, "schema"),))


def columns_are_in_the_schema(subject: Subject) -> Iterator[Finding]:
    """Where the schema allows no other columns, every named column must be one of them."""
    if subject.schema is None or not closed(subject.schema):
        return
    known = columns(subject.schema)
    for path, name in _named_columns(subject):
        if name not in known:
            guess = nearest(name, known)
            yield Finding(path, f"the schema has no column {name!r}", known, guess, reads=((*VALIDATION, "schema"),))


def _named_columns(subject: Subject) -> Iterator[tuple[Path, str]]:
    data = subject.spec.data
    validation = data.validation
    yield from (((*DATA, "key", index), name) for index, name in enumerate(data.key))
    if data.time_column:
        yield (*DATA, "time_column"), data.time_column
    if validation.timeliness:
        yield (*VALIDATION, "timeliness", "column"), validation.timeliness.column
    for field in ("match", "agree"):
        names = getattr(validation.accuracy, field, ())
        yield from (((*VALIDATION, "accuracy", field, index), name) for index, name in enumerate(names))
    for index, check in enumerate(validation.quality_checks):
        if check.argument and check.measure == "completeness":
            yield (*VALIDATION, "quality_checks", index), check.argument
