"""Hostile YAML: only typed errors, quickly, in bounded memory, and nothing in it is ever evaluated.

3,000 inputs; with REGROW_SOAK=1, 100,000. Figures are printed (`pytest -s`).
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from regrow.settings import Settings
from regrow.spec.compose import composed, pure_events
from regrow.spec.load import parse_pipeline
from regrow.spec.marks import MARK, mark
from regrow.spec.problems import SpecError
from regrow.spec.quick import can_read, quick_events
from regrow.spec.reading import limits

PIPELINES = Path(__file__).parents[1] / "pipelines"
CANARY = "regrow_canary"
INPUTS = 100_000 if os.environ.get("REGROW_SOAK") == "1" else 3_000
PARTS = 4
MEDIAN_SECONDS = 0.1
WORST_SECONDS = 5.0
MEMORY = 256 * 1024 * 1024

PAYLOADS = (
    f"$(touch {CANARY})",
    f"`touch {CANARY}`",
    f"; touch {CANARY} #",
    f"| touch {CANARY}",
    f"{{{{ cycler.__init__.__globals__.os.system('touch {CANARY}') }}}}",
    f"{{% for x in [].__class__.__mro__ %}}{CANARY}{{% endfor %}}",
    f'!!python/object/apply:os.system ["touch {CANARY}"]',
    f"!!python/name:os.environ.{CANARY}",
    f"__import__('os').environ.setdefault('{CANARY}', '1')",
    f"__import__('pathlib').Path('{CANARY}').touch()",
    "../../../../etc/passwd",
    "..\\..\\windows",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/",
    "s3://../../x",
    "&a [*a]",
    "*a",
    "<<: {a: 1}",
    "%YAML 1.1",
    "---",
    "...",
    "\t",
    "\x00",
    "\ufeff",
    "\u2028",
    "\ue000",
    "'",
    '"',
    '"\\x00\\ud800"',
    "? ",
    ": ",
    "- ",
    "> ",
    ">2",
    "|",
    "{",
    "[",
    "}",
    "]",
    "#",
    "~",
    ".nan",
    "-.inf",
    "1e999",
    "9" * 50,
    "0x" + "f" * 30,
    "x" * 3000,
    "[" * 40,
    "{a: " * 40,
    "\U0001f680",
    "ı",
    "null",
    "true",
    "-1",
    "2.5",
    "> 0.5",
    "[]",
    "{}",
    '""',
)


def bombs() -> Iterator[str]:
    """Inputs that bring other readers to a stop."""
    yield "".join(f"{chr(97 + n)}: &{chr(97 + n)} [{', '.join(['*' + chr(96 + n)] * 9)}]\n" for n in range(1, 10))
    yield "[" * 20_000
    yield "{a: " * 20_000
    yield "- " * 20_000
    yield "? " * 20_000
    yield "".join(f"{' ' * depth}a:\n" for depth in range(900))
    yield "a: b\n" * 50_000
    yield "".join(f"k{n}: v\n" for n in range(30_000))
    yield "\n" * 260_000
    yield "#\n" * 130_000
    yield "a: " + "x " * 130_000
    yield "a: |\n" + "  x\n" * 60_000
    yield "a: '" + "''" * 130_000
    yield "!" + "a" * 200_000
    yield "x: >2\n" * 40_000
    yield "x: >2\n" * 700
    yield "x" * 1_000_000
    yield "spec:\n" + "".join(f"  key{n}: !t {n}\n" for n in range(700))
    yield "apiVersion: mlops.io/v1\nspec:\n  algorithms:\n" + "    - {nmae: x}\n" * 450
    yield "spec: {data: {key: [" + ", ".join(["5"] * 1_400) + "]}}"


def corpus() -> list[str]:
    files = sorted(PIPELINES.glob("*/*.yaml"))
    return [path.read_bytes().decode("utf-8", "replace") for path in files]


OBEYED = set("/\\;|&$`'\"{}<>()[]#%!~:,\t\0")
"""Characters that mean something to a path, a shell or a template."""


class Fuzzer:
    """Makes inputs from a seed: two runs with the same seed make the same."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._whole = (PIPELINES / "valid" / "everything.yaml").read_text(encoding="utf-8")
        self._corpus = corpus()
        self._changes: tuple[Callable[[str], str], ...] = (
            self._insert,
            self._insert,
            self._replace_value,
            self._replace_value,
            self._drop_line,
            self._double_line,
            self._move_line,
            self._cut,
            self._splice,
            self._flip,
        )

    def make(self) -> str:
        text = self._whole if self._random.random() < 0.5 else self._random.choice(self._corpus)
        for _ in range(self._random.choice((1, 1, 2, 3, 6))):
            text = self._random.choice(self._changes)(text)
        return text

    def _place(self, text: str) -> int:
        return self._random.randrange(len(text) + 1)

    def _insert(self, text: str) -> str:
        place = self._place(text)
        return text[:place] + self._random.choice(PAYLOADS) + text[place:]

    def _replace_value(self, text: str) -> str:
        lines = text.split("\n")
        index = self._random.randrange(len(lines))
        key, colon, _ = lines[index].partition(": ")
        payload = self._random.choice(PAYLOADS)
        lines[index] = f"{key}{colon}{payload if self._random.random() < 0.5 else quoted(payload)}"
        return "\n".join(lines)

    def _drop_line(self, text: str) -> str:
        lines = text.split("\n")
        del lines[self._random.randrange(len(lines))]
        return "\n".join(lines)

    def _double_line(self, text: str) -> str:
        lines = text.split("\n")
        index = self._random.randrange(len(lines))
        return "\n".join([*lines[:index], *[lines[index]] * self._random.choice((2, 2, 3, 40)), *lines[index + 1 :]])

    def _move_line(self, text: str) -> str:
        lines = text.split("\n")
        line = lines.pop(self._random.randrange(len(lines)))
        lines.insert(self._random.randrange(len(lines) + 1), " " * self._random.randrange(5) + line.lstrip())
        return "\n".join(lines)

    def _cut(self, text: str) -> str:
        first, last = sorted((self._place(text), self._place(text)))
        return text[:first] + text[last:] if last - first < 200 else text[:last]

    def _splice(self, text: str) -> str:
        other = self._random.choice(self._corpus)
        return text[: self._place(text)] + other[self._place(other) :]

    def _flip(self, text: str) -> str:
        raw = bytearray(text.encode("utf-8", "replace"))
        for _ in range(3):
            if raw:
                raw[self._random.randrange(len(raw))] ^= 1 << self._random.randrange(7)
        return raw.decode("utf-8", "replace")


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def timed(text: str, path: Path, settings: Settings) -> tuple[float, bool]:
    """Seconds, and whether it was accepted. Anything but a SpecError is a failure of the test."""
    started = time.perf_counter()
    try:
        parse_pipeline(text, path, settings)
    except SpecError as error:
        taken = time.perf_counter() - started
        places = [(problem.line, problem.column) for problem in error.problems]
    else:
        return time.perf_counter() - started, True
    assert places
    assert all(line >= 1 and column >= 1 for line, column in places)
    return taken, False


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(CANARY, raising=False)
    return tmp_path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, data_root=tmp_path / "data", allowed_sources=("s3://",))


@pytest.mark.fault
@pytest.mark.parametrize("seed", range(PARTS))
def test_mutated_pipelines_give_only_typed_errors_and_evaluate_nothing(
    seed: int, room: Path, settings: Settings
) -> None:
    fuzzer, path = Fuzzer(seed), PIPELINES / "valid" / "everything.yaml"
    timed(path.read_text(encoding="utf-8"), path, settings)
    before = peak_memory()
    results = [timed(fuzzer.make(), path, settings) for _ in range(INPUTS // PARTS)]
    grown = peak_memory() - before
    report("mutated", results, grown)
    assert statistics.median(seconds for seconds, _ in results) <= MEDIAN_SECONDS
    assert max(seconds for seconds, _ in results) <= WORST_SECONDS
    assert grown <= MEMORY
    assert_nothing_ran(room)


@pytest.mark.fault
def test_bombs_are_refused_quickly_and_in_bounded_memory(room: Path, settings: Settings) -> None:
    path = room / "bomb.yaml"
    before = peak_memory()
    results = [timed(bomb, path, settings) for bomb in bombs()]
    grown = peak_memory() - before
    report("bombs", results, grown)
    assert not any(accepted for _, accepted in results)
    assert statistics.median(seconds for seconds, _ in results) <= MEDIAN_SECONDS
    assert max(seconds for seconds, _ in results) <= WORST_SECONDS
    assert grown <= MEMORY


@pytest.mark.fault
@pytest.mark.parametrize("field", ["name: everything", "file: flights*.csv", "marker: _SUCCESS", "label: late"])
def test_names_that_a_path_a_shell_or_a_template_would_obey_are_refused(
    field: str, room: Path, settings: Settings
) -> None:
    path = PIPELINES / "valid" / "everything.yaml"
    text, key = path.read_text(encoding="utf-8"), field.partition(":")[0]
    changed = {payload: text.replace(field, f"{key}: {quoted(payload)}") for payload in PAYLOADS}
    accepted = [payload for payload, broken in changed.items() if timed(broken, path, settings)[1]]
    assert [payload for payload in accepted if OBEYED & set(payload)] == []
    assert_nothing_ran(room)


@pytest.mark.fault
def test_libyaml_reads_what_it_is_given_as_the_pure_parser_does() -> None:
    fuzzer, read = Fuzzer(PARTS), 0
    for _ in range(INPUTS // PARTS):
        text = mark(fuzzer.make())
        if limits(text.replace(MARK, ">")) is None and can_read(text):
            quick = composed(quick_events(text))
            if quick[0] is not None and not quick[1]:
                assert quick == composed(pure_events(text)), text
                read += 1
    assert read > INPUTS // 100


def peak_memory() -> int:
    """Bytes; Linux counts in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def report(name: str, results: list[tuple[float, bool]], grown: int) -> None:
    seconds = sorted(taken for taken, _ in results)
    accepted = sum(1 for _, is_accepted in results if is_accepted)
    p99 = seconds[int(len(seconds) * 0.99)]
    print(
        f"\n{name}: {len(results)} inputs, {accepted} accepted, the rest refused; median "
        f"{statistics.median(seconds) * 1000:.1f} ms, 99th percentile {p99 * 1000:.0f} ms, "
        f"slowest {seconds[-1] * 1000:.0f} ms, peak memory +{grown / 2**20:.0f} MiB"
    )


def assert_nothing_ran(room: Path) -> None:
    assert list(room.iterdir()) == []
    assert CANARY not in os.environ
