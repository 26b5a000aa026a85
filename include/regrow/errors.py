"""Every error that Regrow raises on purpose.

RegrowError                     exit 1
├── UsageError                  exit 2   the command line or a setting is wrong
├── SpecError                   exit 2   a pipeline's YAML is wrong; carries every problem
├── Refused                     exit 3   the asked effect was refused; nothing changed
│   └── VerdictFailed           exit 3   a gate said FAIL
├── NotFound                    exit 4   a name that is not there
├── WaitsForPerson              exit 5
├── TimedOut                    exit 6
├── Transient                   exit 1   worth another try (a step exits with 20)
│   ├── Unreachable             a service does not answer
│   └── OutOfSpace              the disk is full; works again once there is room
├── Conflict                    exit 1   somebody else won a compare-and-set
├── LeaseLost                   exit 1   a newer attempt holds the lease: this one's writes are refused
├── LeaseHeld                   exit 1   another attempt is alive
├── Corrupt                     exit 1   bytes do not match their hash
├── EnvironmentDiffers          exit 1   the step was asked for under another environment hash
├── FingerprintDiffers          exit 1   coordinator and step disagree on what is to be computed
└── StepFailed                  exit 1   a step's process ended without a result

An error takes facts and writes its own sentence: what, the value, the limit, the next step. Facts stay as attributes
and the errors pickle, so that they survive process borders.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, ClassVar


class RegrowError(Exception):
    """Root of the tree. Subclasses name their facts as keyword arguments of `__init__` and pass a sentence on."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "failed"

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.sentence, self.facts))


def _rebuild(kind: type[RegrowError], sentence: str, facts: dict[str, Any]) -> RegrowError:
    error = kind.__new__(kind)
    RegrowError.__init__(error, sentence, **facts)
    error.__dict__.update(facts)
    return error


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was probably meant to be, or None."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


class UsageError(RegrowError):
    exit_code = 2
    code = "usage"


class Refused(RegrowError):
    exit_code = 3
    code = "refused"


class VerdictFailed(Refused):
    code = "verdict_failed"

    def __init__(self, *, gate: str, subject: str, reason: str) -> None:
        super().__init__(f"{gate} refused {subject}: {reason}", gate=gate, subject=subject, reason=reason)
        self.gate, self.subject, self.reason = gate, subject, reason


class NotFound(RegrowError):
    exit_code = 4
    code = "not_found"

    def __init__(self, noun: str, name: str, known: Iterable[str] = ()) -> None:
        names = sorted(known)
        guess = nearest(name, names)
        hint = f"; did you mean {guess!r}?" if guess else ""
        listing = f" (known: {', '.join(names)})" if names else ""
        super().__init__(f"there is no {noun} {name!r}{hint}{listing}", noun=noun, name=name)
        self.noun, self.name = noun, name


class WaitsForPerson(RegrowError):
    exit_code = 5
    code = "waits_for_person"


class TimedOut(RegrowError):
    exit_code = 6
    code = "timed_out"

    def __init__(self, *, what: str, seconds: float, next_step: str = "") -> None:
        tail = f"; {next_step}" if next_step else ""
        super().__init__(f"{what} did not happen within {seconds:g} s{tail}", what=what, seconds=seconds)
        self.what, self.seconds = what, seconds


class Transient(RegrowError):
    code = "transient"


class Unreachable(Transient):
    code = "unreachable"

    def __init__(self, *, service: str, address: str, reason: str) -> None:
        super().__init__(f"{service} at {address} does not answer: {reason}", service=service, address=address)
        self.service, self.address = service, address


class OutOfSpace(Transient):
    code = "out_of_space"

    def __init__(self, *, path: str, needed: int, free: int) -> None:
        super().__init__(
            f"{path} has {free:,} bytes free, {needed:,} are needed; free some space and run the same command again",
            path=path,
            needed=needed,
            free=free,
        )
        self.path, self.needed, self.free = path, needed, free


class Conflict(RegrowError):
    code = "conflict"

    def __init__(self, *, subject: str, expected: object, found: object) -> None:
        super().__init__(
            f"{subject} has moved on: expected {expected}, found {found}; look again and decide anew",
            subject=subject,
            expected=expected,
            found=found,
        )
        self.subject, self.expected, self.found = subject, expected, found


class LeaseHeld(RegrowError):
    code = "lease_held"

    def __init__(self, *, name: str, holder: str, seconds_left: float) -> None:
        super().__init__(
            f"{name} is being worked on by {holder}, whose lease runs for another {seconds_left:.0f} s",
            name=name,
            holder=holder,
            seconds_left=seconds_left,
        )
        self.name, self.holder, self.seconds_left = name, holder, seconds_left


class LeaseLost(RegrowError):
    code = "lease_lost"

    def __init__(self, *, name: str, epoch: int, current: int) -> None:
        super().__init__(
            f"the lease {name} of epoch {epoch} is lost to epoch {current}; this attempt's writes are refused",
            name=name,
            epoch=epoch,
            current=current,
        )
        self.name, self.epoch, self.current = name, epoch, current


class Corrupt(RegrowError):
    code = "corrupt"

    def __init__(self, *, what: str, expected: str, found: str) -> None:
        super().__init__(f"{what} should hash to {expected}, but {found}", what=what, expected=expected, found=found)
        self.what, self.expected, self.found = what, expected, found


class EnvironmentDiffers(RegrowError):
    code = "environment_differs"

    def __init__(self, *, step: str, wanted: str, here: str) -> None:
        super().__init__(
            f"{step} was asked for in environment {wanted[:12]}, here is {here[:12]}; install the same lock",
            step=step,
            wanted=wanted,
            here=here,
        )


class FingerprintDiffers(RegrowError):
    code = "fingerprint_differs"

    def __init__(self, *, step: str, wanted: str, here: str) -> None:
        super().__init__(
            f"{step} should have fingerprint {wanted[:12]}, computed here it is {here[:12]}; "
            "the code or the packages of this machine differ from the coordinator's",
            step=step,
            wanted=wanted,
            here=here,
        )


class StepFailed(RegrowError):
    code = "step_failed"

    def __init__(self, *, step: str, reason: str, transient: bool = False) -> None:
        super().__init__(f"{step} ended without a result: {reason}", step=step, reason=reason, transient=transient)
        self.step, self.reason, self.transient = step, reason, transient
