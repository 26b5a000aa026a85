"""The cluster that these tests need: the lab of `make lab`, or another one that its facts describe.

REGROW_LAB_REQUIRED=1, as in CI: without a cluster they fail, and so does the run where one was skipped or is missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NoReturn

import pytest

from lab.node.errors import LabError
from lab.node.facts import Facts, read

REQUIRED = os.environ.get("REGROW_LAB_REQUIRED") == "1"
AT_LEAST = 130
"""So many tests pass at a whole run; fewer were lost on the way."""


@pytest.fixture(scope="session")
def facts() -> Iterator[Facts]:
    try:
        found = read()
    except LabError as error:
        _unavailable(str(error))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", found.kubeconfig)
        yield found


def _unavailable(reason: str) -> NoReturn:
    if REQUIRED:
        pytest.exit(f"the lab's tests are required, but {reason}", returncode=1)
    pytest.skip(reason)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if not REQUIRED or exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    skipped, passed = len(reporter.stats.get("skipped", ())), len(reporter.stats.get("passed", ()))
    if skipped or passed < AT_LEAST:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(
            f"{passed} lab tests passed, at least {AT_LEAST} are wanted; {skipped} were skipped", red=True
        )
