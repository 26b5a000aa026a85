"""The metrics that trials and champions may be compared by."""

LOWER_IS_BETTER = frozenset({"log_loss", "brier"})
