from __future__ import annotations

import configparser
import shlex
from pathlib import Path

from regrow.platform.programs import Program, render

HERE = Path("/home of/regrow")


def _parsed(*programs: Program) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(render(programs, HERE / "run", HERE / "logs", HERE))
    return parser


def test_the_socket_is_for_its_owner_only() -> None:
    parser = _parsed()
    assert parser["unix_http_server"]["chmod"] == "0600"
    assert parser["unix_http_server"]["file"] == "/home of/regrow/run/supervisor.sock"
    assert "inet_http_server" not in parser


def test_a_program_is_stopped_as_it_asks_with_all_its_children() -> None:
    section = _parsed(Program(name="x", command=("x",), stop_signal="INT", stop_seconds=30))["program:x"]
    assert section["stopsignal"] == "INT"
    assert section["stopwaitsecs"] == "30"
    assert section["stopasgroup"] == "true"
    assert section["killasgroup"] == "true"
    assert section["autorestart"] == "true"


def test_a_command_line_survives_spaces_and_percent_signs() -> None:
    command = ("/a b/run", "--format=%h", "it's")
    written = _parsed(Program(name="x", command=command))["program:x"]["command"]
    assert "%%h" in written
    assert tuple(shlex.split(written.replace("%%", "%"))) == command


def test_programs_of_others_are_included() -> None:
    assert _parsed()["include"]["files"] == "/home of/regrow/run/conf.d/*.conf"


def test_a_late_program_waits_to_be_started() -> None:
    assert _parsed(Program(name="x", command=("x",), starts_by_itself=False))["program:x"]["autostart"] == "false"
