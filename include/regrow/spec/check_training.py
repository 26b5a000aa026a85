"""Checks of target, algorithms, search, split and selection."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import get_args

from regrow.errors import nearest
from regrow.spec.fields import bare
from regrow.spec.finding import Finding
from regrow.spec.model import Algorithm, Search, Training
from regrow.spec.row_schema import target_of
from regrow.spec.space import Space
from regrow.spec.subject import Subject
from regrow.spec.tree import Path

PLANNED = ("random_forest", "svm", "xgboost", "mlp", "cnn")
"""Algorithms that a spec may name already: `validate` accepts them with a warning, a run refuses them."""

METRICS: tuple[str, ...] = get_args(bare(Training.model_fields["metric"].annotation))
MOST_TRIALS = 1000

ALGORITHMS: Path = ("spec", "algorithms")
SEARCH: Path = ("spec", "training", "search")
SCHEMA: Path = ("spec", "data", "validation", "schema")


def there_is_a_target(subject: Subject) -> Iterator[Finding]:
    """Without a feature module, the row schema says what is to be predicted."""
    validation = subject.spec.data.validation
    if subject.spec.features:
        return
    if validation.row_schema is None:
        message = "nothing says what to predict: name a feature module with its label, or a row schema with a target"
        yield Finding(("spec", "features"), message, reads=(SCHEMA,))
    elif subject.schema is not None and target_of(subject.schema) is None:
        message = "the schema has no target: give one property `x-regrow-role: target`, or name a feature module"
        yield Finding(SCHEMA, message, reads=(("spec", "features"),))


def algorithms_are_known(subject: Subject) -> Iterator[Finding]:
    known = known_algorithms()
    names = [algorithm.name for algorithm in subject.spec.algorithms]
    for index, name in enumerate(names):
        path = (*ALGORITHMS, index, "name")
        if name in names[:index]:
            yield Finding(path, f"{name!r} is listed twice", reads=((*ALGORITHMS, names.index(name), "name"),))
        elif name in known:
            continue
        elif name in PLANNED:
            yield Finding(path, f"{name} is not in this release; a run refuses it", allowed=known, warning=True)
        else:
            guess = nearest(name, (*known, *PLANNED))
            yield Finding(path, f"there is no algorithm {name!r}", known, guess)


def known_algorithms() -> tuple[str, ...]:
    # Imported late: the spec is read by programs that never train.
    from regrow.training.algorithms import algorithms

    return algorithms.names()


def hyperparameters_are_known(subject: Subject) -> Iterator[Finding]:
    from regrow.training.algorithms import catalog

    for index, algorithm in enumerate(subject.spec.algorithms):
        if algorithm.name not in catalog.names():
            continue
        for name, sentence in catalog.problems(algorithm.name, algorithm.hyperparameters):
            at = (*ALGORITHMS, index)
            yield Finding((*at, "hyperparameters", name), sentence, reads=((*at, "name"),))


def searches_fit(subject: Subject) -> Iterator[Finding]:
    common = subject.spec.training.search
    yield from _search(common, SEARCH)
    for index, algorithm in enumerate(subject.spec.algorithms):
        at = (*ALGORITHMS, index)
        if algorithm.search:
            yield from _search(algorithm.search, (*at, "search"))
        yield from _grid(algorithm, algorithm.search or common, at)


def _search(search: Search, path: Path) -> Iterator[Finding]:
    trials = (*path, "trials")
    if search.kind == "random" and search.trials is None:
        yield Finding((*path, "kind"), "a random search needs `trials`", reads=(trials,))
    if search.trials is not None and search.rounds > search.trials:
        message = f"{search.rounds} rounds for {search.trials} trials; a round needs at least one"
        yield Finding((*path, "rounds"), message, reads=(trials,))


def _grid(algorithm: Algorithm, search: Search, at: Path) -> Iterator[Finding]:
    if search.kind != "grid":
        return
    reads = (SEARCH, (*at, "search"))
    sizes = {name: _size(space) for name, space in algorithm.hyperparameters.items()}
    for name, size in sizes.items():
        if size is None:
            message = "a grid cannot take a range without step; list values, give a step, or search at random"
            yield Finding((*at, "hyperparameters", name), message, reads=reads)
    combinations = math.prod(size for size in sizes.values() if size)
    if search.trials is None and combinations > MOST_TRIALS:
        message = f"a grid of {combinations:,} trials; at most {MOST_TRIALS:,}: set `trials`, or search at random"
        yield Finding((*at, "hyperparameters"), message, reads=reads)


def _size(space: Space) -> int | None:
    """How many values a grid takes from a space; None where it has no end."""
    if space.kind != "range":
        return len(space.values)
    if space.step is None or space.low is None or space.high is None:
        return None
    return int((space.high - space.low) / space.step + 1e-9) + 1


def split_leaves_rows(subject: Subject) -> Iterator[Finding]:
    split = subject.spec.split
    held_out = split.validation + split.test
    if held_out >= 0.9:
        message = f"validation and test hold back {held_out:g} of the rows; together they must stay below 0.9"
        paths = (("spec", "split", "validation"), ("spec", "split", "test"))
        yield Finding(paths[1] if "test" in split.model_fields_set else paths[0], message, reads=paths)


def split_has_time(subject: Subject) -> Iterator[Finding]:
    spec = subject.spec
    if spec.split.kind != "temporal" or spec.data.time_column or (spec.features and spec.features.time_column):
        return
    message = "a temporal split needs a time column: spec.data.time_column or spec.features.time_column"
    reads = (("spec", "data", "time_column"), ("spec", "features", "time_column"))
    yield Finding(("spec", "split", "kind"), message, reads=reads)


def requirements_are_known(subject: Subject) -> Iterator[Finding]:
    for name in subject.spec.selection.require:
        if name not in METRICS:
            path = ("spec", "selection", "require", name)
            yield Finding(path, "there is no such metric", METRICS, nearest(name, METRICS))
