"""What gates say and what rollouts do. Words of the whole product."""

from enum import StrEnum


class Verdict(StrEnum):
    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NO_DATA = "NO_DATA"
    ERROR = "ERROR"


class Move(StrEnum):
    PROMOTE = "PROMOTE"
    HOLD = "HOLD"
    ASK = "ASK"
    ROLLBACK = "ROLLBACK"
