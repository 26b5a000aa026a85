"""What a run came to, in one word and one sentence. Pure."""

from __future__ import annotations

from regrow.frozen import Frozen
from regrow.ledger.port import Champion, ModelVersion, Run, StepRecord


class Outcome(Frozen):
    outcome: str
    sentence: str


def outcome(
    run: Run, selected: StepRecord | None, version: ModelVersion | None, champion: Champion | None, planned: bool
) -> Outcome:
    """`selected` and `version` are this run's, if it came so far; `champion` is the one in charge now."""
    in_charge = f"the champion {champion.version} stays" if champion else "there is no champion yet"
    if not run.params.get("due"):
        return Outcome(outcome="not_due", sentence=f"no retraining: {run.params.get('sentence', '')}; {in_charge}")
    if planned:
        return Outcome(outcome="planned", sentence=f"plan only; {in_charge}")
    if selected is None:
        return Outcome(outcome="failed", sentence=f"the run ended before a selection; {in_charge}")
    if version is None:
        word = "refused" if selected.facts["decision"] == "refused" else "kept"
        return Outcome(outcome=word, sentence=selected.reason)
    if champion is not None and champion.version == version.version:
        return Outcome(
            outcome="promoted", sentence=f"{run.pipeline}@{version.version} is the champion: {selected.reason}"
        )
    return Outcome(outcome="registered", sentence=f"{run.pipeline}@{version.version} is registered; {in_charge}")
