"""`python -m lab.node up|down|status|start|stop|kill`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

from lab.node import lab, parts, places
from lab.node.errors import LabError


def main(words: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(words)
    try:
        return int(given.verb(given) or 0)
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _up(given: argparse.Namespace) -> None:
    begun = time.monotonic()
    if not lab.up(given.components):
        print(f"the lab runs already: KUBECONFIG={places.kubeconfig()}")
        return
    print(f"the lab is up after {time.monotonic() - begun:.0f} s: KUBECONFIG={places.kubeconfig()}")


def _down(_: argparse.Namespace) -> None:
    lab.down()


def _status(given: argparse.Namespace) -> int:
    states = lab.status()
    if given.output == "json":
        print(json.dumps([asdict(state) for state in states], indent=1))
    elif not states:
        print("the lab is down")
    for state in states if given.output == "text" else ():
        word = "ready" if state.ready else "stopped" if state.pid is None else "not ready"
        print(f"{state.name:<24} {word:<10} {state.pid or '-':>8}  {state.log}")
    return 0 if states and all(state.ready for state in states) else 3


def _start(given: argparse.Namespace) -> None:
    parts.start(given.part)


def _stop(given: argparse.Namespace) -> None:
    parts.stop(given.part)


def _kill(given: argparse.Namespace) -> None:
    parts.kill(given.part)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.node", description="A real Kubernetes node for the tests.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    up = verbs.add_parser("up", help="bring the lab up; nothing happens where it runs")
    up.add_argument(
        "--with",
        dest="components",
        type=_components,
        default=parts.COMPONENTS,
        metavar="A,B",
        help=f"beside the control plane; of {','.join(parts.COMPONENTS)}; none for nothing; default all",
    )
    up.set_defaults(verb=_up)
    verbs.add_parser("down", help="end it and leave nothing").set_defaults(verb=_down)
    status = verbs.add_parser("status", help="each part; exit 0 where all are ready, else 3")
    status.add_argument("--output", choices=("text", "json"), default="text")
    status.set_defaults(verb=_status)
    for name, verb in (("start", _start), ("stop", _stop), ("kill", _kill)):
        one = verbs.add_parser(name, help=f"{name} one part")
        one.add_argument("part")
        one.set_defaults(verb=verb)
    return parser


def _components(text: str) -> tuple[str, ...]:
    return () if text == "none" else tuple(text.split(","))


if __name__ == "__main__":
    sys.exit(main())
