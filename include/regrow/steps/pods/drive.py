"""A fan-out of pods from first to last: one list of the run's pods an interval, and one move for each of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from regrow.cluster.kinds import POD
from regrow.cluster.port import Object
from regrow.errors import Conflict, Refused, Transient
from regrow.steps.contract import EXIT_FAILED, EXIT_TRANSIENT, StepResult
from regrow.steps.pods import batch
from regrow.steps.pods.answers import answers, untried
from regrow.steps.pods.fate import fate, gone
from regrow.steps.pods.fates import EXPLAINED, Fate
from regrow.steps.pods.place import AWAY_SECONDS, CLEAR_SECONDS, LOG_LINES, Place
from regrow.steps.pods.pod import ATTEMPT, labels_of_run, manifest
from regrow.steps.pods.reading import last_message
from regrow.steps.pods.removal import events_of, remove
from regrow.steps.pods.work import RETRIES, Work, starts_again
from regrow.steps.runner import Progress


class Drive:
    def __init__(self, place: Place, works: Sequence[Work], progress: Progress) -> None:
        self._place = place
        self._cluster, self._settings, self._time = place.cluster, place.settings, place.time
        self._progress = progress
        self._waiting = deque(works)
        self._live: list[Work] = []
        self._left: list[Work] = []
        """Done, but their pods could not be deleted yet."""
        self._reached = self._time.ticks()
        self.results: dict[str, StepResult] = {}
        """By step."""

    def run(self) -> None:
        try:
            while self._waiting or self._live:
                self._tick()
        except BaseException:
            # A person gave up: nobody waits for these pods. After a kill they are found again instead.
            self._left += self._live
            self._clear()
            raise
        deadline = self._time.ticks() + CLEAR_SECONDS
        while self._left and self._time.ticks() < deadline:
            self._clear()
            if self._left:
                self._time.pause(self._time.poll_seconds)

    def _tick(self) -> None:
        try:
            seen = self._seen()
            for work in tuple(self._live):
                self._look(work, seen.get(work.name))
            while self._waiting and len(self._live) < self._settings.parallel:
                work = self._waiting.popleft()
                self._live.append(work)
                self._look(work, seen.get(work.name))
            self._clear()
            self._reached = self._time.ticks()
        except Transient as error:
            self._away(error)
        if self._live or self._waiting:
            self._time.pause(self._time.poll_seconds)

    def _seen(self) -> dict[str, Object]:
        runs = {work.requests[0].run_id for work in (*self._live, *self._waiting)}
        pods = [pod for run in runs for pod in self._cluster.list(POD, self._settings.namespace, labels_of_run(run))]
        return {pod["metadata"]["name"]: pod for pod in pods}

    def _look(self, work: Work, pod: Object | None) -> None:
        """One move for one pod, as it is seen now."""
        if pod is not None and pod["metadata"]["uid"] in work.over:
            return
        if pod is None and work.pod is None:
            self._create(work)
            return
        if pod is not None and work.pod is None:
            work.attempt = int(pod["metadata"].get("annotations", {}).get(ATTEMPT, "1"))
        found = fate(pod, (), self._time.now(), self._settings) if pod else gone(work.pod)
        work.pod = pod or work.pod
        if not found.over:
            self._tell(work, found.sentence)
        elif starts_again(work, found) and not self._recorded(work):
            self._again(work, found)
        else:
            self._conclude(work, found)

    def _create(self, work: Work) -> None:
        """Start it. A second pod of that name cannot be: whoever lost the answer finds the first in the next list."""
        requests = work.requests
        digest = batch.put(self._place.store, requests)
        try:
            work.pod = self._cluster.create(POD, manifest(requests, digest, self._settings, work.attempt))
            work.started = True
            self._progress(f"{work.title}: runs in pod {work.name}")
        except Conflict as error:
            self._wait_for_room(work, error.sentence)
        except Refused as error:
            if "exceeded quota" in error.sentence:
                self._wait_for_room(work, error.sentence)
            else:
                self._answer(work, [_unstarted(work, error.sentence, EXIT_FAILED)] * len(requests))

    def _wait_for_room(self, work: Work, sentence: str) -> None:
        """Others may have to end first; not for ever."""
        now = self._time.ticks()
        work.waits_since = work.waits_since or now
        if now - work.waits_since > self._settings.pending_seconds:
            self._answer(work, [_unstarted(work, sentence, EXIT_TRANSIENT)] * len(work.requests))
        else:
            self._tell(work, sentence)

    def _again(self, work: Work, found: Fate) -> None:
        why = found.sentence if found.lost else "an earlier try left its pod behind"
        self._progress(f"{work.title}: {why}; started again")
        remove(self._cluster, work.pod, now=found.kind == "node_lost")
        work.over |= {work.uid}
        work.pod = None
        work.attempt += found.lost

    def _conclude(self, work: Work, found: Fate) -> None:
        if found.kind in EXPLAINED and work.pod is not None:
            events = events_of(self._cluster, work.pod)
            found = fate(work.pod, events, self._time.now(), self._settings) if not found.lost else found
        if found.lost:
            found = found.model_copy(update={"sentence": f"{found.sentence}; tried {RETRIES + 1} times"})
        told = batch.told(last_message(work.pod)) if work.pod else batch.Told()
        rest = untried(work.requests, told, found)
        done = work.requests[: len(work.requests) - len(rest)]
        results = answers(done, told, self._place.find, found, self._settings.secret)
        self._explain(work, results)
        if rest:
            self._waiting.append(Work(rest))
        self._answer(work, results)

    def _answer(self, work: Work, results: Sequence[StepResult]) -> None:
        for request, result in zip(work.requests, results, strict=False):
            self.results[request.step] = result.model_copy(update={"step": request.step, "kind": request.kind})
        self._live.remove(work)
        self._left.append(work)

    def _explain(self, work: Work, results: Sequence[StepResult]) -> None:
        """The last lines of the log of what failed, before the pod goes."""
        if all(result.fingerprint for result in results):
            return
        for line in self._cluster.log(self._settings.namespace, work.name, tail=LOG_LINES).splitlines():
            self._progress(f"{work.title}: | {line}")

    def _clear(self) -> None:
        """Delete the pods of what is done; what cannot be deleted now is tried again, and reaped at the run's end."""
        for work in tuple(self._left):
            try:
                remove(self._cluster, work.pod)
            except (Transient, Refused) as error:
                self._tell(work, f"its pod stays for now: {error.sentence}")
                return
            self._left.remove(work)

    def _recorded(self, work: Work) -> bool:
        """Whether the steps are done, whatever became of the pod afterwards."""
        return all(request.fingerprint and self._place.find(request.fingerprint) for request in work.requests)

    def _away(self, error: Transient) -> None:
        silent = self._time.ticks() - self._reached
        if silent <= AWAY_SECONDS:
            if silent > self._time.poll_seconds * 4:
                self._tell(self._live[0] if self._live else self._waiting[0], f"waiting: {error.sentence}")
            return
        words = f"{error.sentence}, for {AWAY_SECONDS:g} s now; its pod may go on, and the same run finds it again"
        for work in (*self._live, *self._waiting):
            for request in work.requests:
                unseen = _unstarted(work, words, EXIT_TRANSIENT)
                self.results[request.step] = unseen.model_copy(update={"step": request.step, "kind": request.kind})
        self._live.clear()
        self._waiting.clear()

    def _tell(self, work: Work, sentence: str) -> None:
        if sentence and sentence != work.told:
            self._progress(f"{work.title}: {sentence}")
        work.told = sentence


def _unstarted(work: Work, reason: str, exit_code: int) -> StepResult:
    first = work.requests[0]
    return StepResult(step=first.step, kind=first.kind, reason=reason, error="no_pod", exit_code=exit_code)
