"""What supervisord is told of a predictor, read as supervisord reads it."""

from __future__ import annotations

import shlex
from configparser import RawConfigParser
from pathlib import Path

import pytest
from supervisor.datatypes import dict_of_key_value_pairs
from supervisor.options import expand

from regrow.errors import UsageError
from regrow.serving.local.supervisord import program_conf

ARGV = ("python", "-m", "a module", "100%", 'say "x"')
ENV = {"B": "100% sure, is=it", "A": "1"}


def section(env: dict[str, str]) -> dict[str, str]:
    parser = RawConfigParser()
    parser.read_string(program_conf("predictor-flights-a", ARGV, env, Path("/srv/logs")))
    return {key: expand(value, {}, key) for key, value in parser["program:predictor-flights-a"].items()}


def test_command_and_environment_come_back_word_for_word() -> None:
    found = section(ENV)
    assert tuple(shlex.split(found["command"])) == ARGV
    assert dict_of_key_value_pairs(found["environment"]) == ENV
    assert found["stdout_logfile"] == "/srv/logs/predictor-flights-a.log"


def test_a_value_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(UsageError, match="no quotes"):
        section({"A": "\"'"})


def test_an_empty_environment_is_not_there() -> None:
    assert "environment" not in section({})


def test_only_crashes_are_started_again() -> None:
    assert (section({})["autorestart"], section({})["exitcodes"]) == ("unexpected", "0,1,2,3,4")
