"""What a pipeline means, checked without data and without a network: every finding at once.

Each check is a function from a Subject to findings, in one of the check_* files; this is the list of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from regrow.spec import check_data, check_deployment, check_files, check_training
from regrow.spec.finding import Finding
from regrow.spec.subject import Subject

if TYPE_CHECKING:
    from regrow.settings import Settings
    from regrow.spec.model import Pipeline

_CHECKS: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    check_files.name_is_the_files,
    check_files.source_is_allowed,
    check_files.schema_is_readable,
    check_files.module_is_there,
    check_data.names_are_unique,
    check_data.checks_are_known,
    check_data.accuracy_has_a_reference,
    check_data.rules_are_expressions,
    check_data.columns_are_in_the_schema,
    check_training.there_is_a_target,
    check_training.algorithms_are_known,
    check_training.hyperparameters_are_known,
    check_training.searches_fit,
    check_training.split_leaves_rows,
    check_training.split_has_time,
    check_training.requirements_are_known,
    check_deployment.schedule_is_cron,
    check_deployment.retraining_fits_partitions,
    check_deployment.criteria_make_sense,
    check_deployment.later_releases,
)
"""Adding one: a function in the file of its subject, its test, this line."""


def check(pipeline: Pipeline, path: Path | None, settings: Settings) -> Iterator[Finding]:
    """Every finding about a pipeline whose structure is right. Without a path, its files are not looked at."""
    subject = Subject.of(pipeline, path, settings)
    for function in _CHECKS:
        yield from function(subject)
