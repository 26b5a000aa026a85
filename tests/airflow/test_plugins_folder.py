"""Airflow's loading of the plugins folder shadows nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLUGINS = Path(__file__).parents[2] / "plugins"

LOAD = """\
import sys
from airflow import plugins_manager
plugins, errors = plugins_manager._get_plugins()
ours = [plugin for plugin in plugins if plugin.name == "regrow"]
print(len(ours), dict(errors))
stems = {file.stem for file in __import__("pathlib").Path(sys.argv[1]).rglob("*.py")} - {"regrow_plugin", "__init__"}
files = {name: getattr(module, "__file__", "") or "" for name, module in list(sys.modules.items())}
print(sorted(stem for stem in stems if sys.argv[1] in files.get(stem, "")))
heavy = ("mlflow", "pandas", "sklearn", "lightgbm", "scipy", "optuna", "kubernetes", "polars", "great_expectations")
print([name for name in heavy if name in sys.modules])
"""


def test_loading_the_folder_gives_one_plugin_shadows_no_module_and_stays_light() -> None:
    found = subprocess.run([sys.executable, "-c", LOAD, str(PLUGINS)], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-3:] == ["1 {}", "[]", "[]"], found.stdout + found.stderr


def test_only_the_plugin_itself_lies_loose_in_the_folder() -> None:
    assert [file.name for file in PLUGINS.glob("*.py")] == ["regrow_plugin.py"]
    assert "regrow_airflow/" in (PLUGINS / ".airflowignore").read_text().splitlines()


def test_no_module_of_ours_is_called_like_a_library() -> None:
    import importlib.util

    stems = {file.stem for file in (PLUGINS / "regrow_airflow").rglob("*.py")} - {"__init__"}
    assert [stem for stem in sorted(stems) if importlib.util.find_spec(stem)] == []
