"""The runner of pods over the in-memory cluster and a kubelet that runs real steps, and what may befall both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract.runner_contract import RunnerContract, ask, quiet
from regrow.cluster.kinds import POD
from regrow.cluster.memory import MemoryCluster
from regrow.errors import Refused, Unreachable
from regrow.ledger.memory import MemoryLedger
from regrow.ledger.port import Ledger
from regrow.settings import KubernetesSettings
from regrow.steps.contract import EXIT_FAILED, EXIT_TRANSIENT, StepRequest
from regrow.steps.identity import environment_of, identify
from regrow.steps.pods.runner import PodRunner
from regrow.steps.pods.work import alone
from regrow.steps.runner import Runner
from regrow.store.folder import FolderStore
from regrow.store.port import Store
from support.kubelet import Kubelet

SETTINGS = KubernetesSettings(namespace="steps", parallel=2)


@pytest.fixture
def ledger() -> Ledger:
    return MemoryLedger()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster(namespaces=["steps"])


@pytest.fixture
def kubelet(cluster: MemoryCluster, ledger: Ledger, store: Store) -> Kubelet:
    return Kubelet(cluster, "steps", ledger, store)


@pytest.fixture
def runner(cluster: MemoryCluster, ledger: Ledger, store: Store, kubelet: Kubelet) -> Runner:
    return PodRunner(cluster, ledger, store, SETTINGS, kubelet.time())


@pytest.fixture
def identified(store: Store) -> Callable[..., StepRequest]:
    """A request as a coordinator makes it."""

    def make(step: str = "ask r0", **params: Any) -> StepRequest:
        request = ask(step, **params).model_copy(update={"environment": environment_of("ask")})
        return request.model_copy(update={"fingerprint": identify(request, store)})

    return make


def pods(cluster: MemoryCluster) -> list[str]:
    return [pod["metadata"]["name"] for pod in cluster.list(POD)]


class TestPodRunner(RunnerContract):
    @pytest.fixture
    def lose(self, tmp_path: Path, store: Store) -> Callable[[str], None]:
        def remove(digest: str) -> None:
            sha256 = store.manifest(digest).files[0].sha256
            for path in (tmp_path / "store").rglob(f"*{sha256}*"):
                path.unlink()

        return remove

    def test_at_most_so_many_pods_run_at_once_and_none_stays(
        self,
        ledger: Ledger,
        store: Store,
        kubelet: Kubelet,
        cluster: MemoryCluster,
        identified: Callable[..., StepRequest],
    ) -> None:
        runner = PodRunner(cluster, ledger, store, SETTINGS, kubelet.time(), alone)
        results = runner.run([identified(f"ask r{n}", seed=n) for n in range(7)], quiet)
        assert all(result.succeeded for result in results)
        assert (kubelet.most, len(kubelet.started)) == (2, 7)
        assert pods(cluster) == []


def lost(status: dict[str, Any]) -> Callable[[Kubelet, str], None]:
    return lambda kubelet, name: kubelet.end(name, 137, **status)


EVICTED = lost({"reason": "Error", "conditions": [{"type": "DisruptionTarget", "status": "True", "reason": "Evicted"}]})


def test_an_evicted_pod_is_started_again(runner: Runner, kubelet: Kubelet, cluster: MemoryCluster) -> None:
    told: list[str] = []
    kubelet.happenings = [EVICTED, EVICTED]
    (result,) = runner.run([ask()], told.append)
    assert result.succeeded
    assert len(kubelet.started) == 3
    assert sum("evicted" in line and "started again" in line for line in told) == 2
    assert pods(cluster) == []


def test_a_pod_that_the_cluster_loses_again_and_again_is_given_up(runner: Runner, kubelet: Kubelet) -> None:
    kubelet.happenings = [EVICTED] * 9
    (result,) = runner.run([ask()], quiet)
    assert (result.exit_code, result.error) == (EXIT_TRANSIENT, "evicted")
    assert "tried 4 times" in result.reason
    assert len(kubelet.started) == 4


def test_a_step_that_was_recorded_before_its_pod_vanished_is_done(
    runner: Runner, kubelet: Kubelet, identified: Callable[..., StepRequest]
) -> None:
    kubelet.happenings = [Kubelet.run_and_vanish]
    (result,) = runner.run([identified()], quiet)
    assert result.succeeded
    assert len(kubelet.started) == 1


def test_a_pod_that_says_it_succeeded_and_left_no_record_failed(
    runner: Runner, kubelet: Kubelet, identified: Callable[..., StepRequest]
) -> None:
    kubelet.happenings = [lambda kubelet, name: kubelet.end(name, 0, message='{"count": 1}')]
    (result,) = runner.run([identified()], quiet)
    assert (result.exit_code, result.error) == (EXIT_FAILED, "no_record")
    assert "REGROW_LEDGER_URL" in result.reason


def test_a_pod_without_words_is_judged_by_its_end_and_its_log_is_shown(
    runner: Runner, kubelet: Kubelet, cluster: MemoryCluster
) -> None:
    def crash(kubelet: Kubelet, name: str) -> None:
        cluster.logs["steps", name] = "first\nlast words\n"
        kubelet.end(name, 3)

    told: list[str] = []
    kubelet.happenings = [crash]
    (result,) = runner.run([ask()], told.append)
    assert "exit code 3" in result.reason
    assert "ask r0: | last words" in told


def test_one_that_takes_its_pod_down_harms_no_other_of_the_batch(
    runner: Runner, kubelet: Kubelet, identified: Callable[..., StepRequest]
) -> None:
    requests = [identified(f"ask r{n}", seed=n) for n in range(6)]
    kubelet.happenings = [lambda kubelet, name: kubelet.end(name, 137, "OOMKilled")]
    results = runner.run(requests, quiet)
    assert [result.succeeded for result in results] == [False, True, True, True, True, True]
    assert results[0].error == "oom_killed"
    assert "spec.pods.memory" in results[0].reason


@pytest.mark.parametrize(("reason", "error"), [("ImagePullBackOff", "image"), ("CreateContainerConfigError", "config")])
def test_what_cannot_start_is_given_up_in_time(runner: Runner, kubelet: Kubelet, reason: str, error: str) -> None:
    kubelet.happenings = [lambda kubelet, name: kubelet.waiting(name, reason, "words")]
    failed, fine = runner.run([ask("ask r0"), ask("ask r1", seed=2)], quiet)
    assert (failed.exit_code, failed.error) == (EXIT_FAILED, error)
    assert "words" in failed.reason
    assert kubelet.ticks <= SETTINGS.image_seconds + 5
    assert fine.succeeded


def test_a_step_that_nobody_takes_is_given_up_after_the_pending_time(runner: Runner, kubelet: Kubelet) -> None:
    told: list[str] = []
    kubelet.happenings = [lambda kubelet, name: kubelet.status(name, phase="Pending")]
    (result,) = runner.run([ask()], told.append)
    assert result.error == "unschedulable"
    assert SETTINGS.pending_seconds <= kubelet.ticks <= SETTINGS.pending_seconds + 5
    assert "ask r0: no node yet: no scheduler has looked at it" in told


class Faulty(MemoryCluster):
    """One whose verbs fail as often as a test says, before or after they took effect."""

    def __init__(self) -> None:
        super().__init__(namespaces=["steps"])
        self.before: list[tuple[str, Exception]] = []
        self.after: list[tuple[str, Exception]] = []

    def _maybe(self, plan: list[tuple[str, Exception]], verb: str) -> None:
        if plan and plan[0][0] == verb:
            raise plan.pop(0)[1]

    def create(self, *given: Any) -> Any:
        self._maybe(self.before, "create")
        made = super().create(*given)
        self._maybe(self.after, "create")
        return made

    def list(self, *given: Any, **more: Any) -> Any:
        self._maybe(self.before, "list")
        return super().list(*given, **more)

    def delete(self, *given: Any, **more: Any) -> Any:
        self._maybe(self.before, "delete")
        return super().delete(*given, **more)


AWAY = Unreachable(service="the Kubernetes API server", address="here", reason="refused")


class TestFaults:
    @pytest.fixture
    def cluster(self) -> Faulty:
        return Faulty()

    def test_an_api_server_that_is_away_is_waited_for(self, runner: Runner, cluster: Faulty) -> None:
        told: list[str] = []
        cluster.before = [("list", AWAY)] * 30
        (result,) = runner.run([ask()], told.append)
        assert result.succeeded
        assert sum("waiting:" in line for line in told) == 1

    def test_a_start_whose_answer_was_lost_is_found_again(
        self, runner: Runner, cluster: Faulty, kubelet: Kubelet
    ) -> None:
        cluster.after = [("create", AWAY)]
        (result,) = runner.run([ask()], quiet)
        assert result.succeeded
        assert len(kubelet.started) == 1

    def test_an_api_server_that_stays_away_is_given_up_in_words(
        self, runner: Runner, cluster: Faulty, kubelet: Kubelet
    ) -> None:
        cluster.before = [("list", AWAY)] * 10_000
        (result,) = runner.run([ask()], quiet)
        assert result.exit_code == EXIT_TRANSIENT
        assert "API server at here does not answer" in result.reason
        assert kubelet.ticks < 700

    def test_a_pod_that_cannot_be_deleted_now_is_deleted_later(self, runner: Runner, cluster: Faulty) -> None:
        cluster.before = [("delete", AWAY)] * 5
        (result,) = runner.run([ask()], quiet)
        assert result.succeeded
        assert pods(cluster) == []

    def test_a_full_quota_is_waited_for(self, runner: Runner, cluster: Faulty) -> None:
        full = Refused('the cluster refuses Pod x: pods "x" is forbidden: exceeded quota: few, requested: pods=1')
        cluster.before = [("create", full)] * 3
        (result,) = runner.run([ask()], quiet)
        assert result.succeeded

    def test_what_the_cluster_refuses_fails_in_its_words(self, runner: Runner, cluster: Faulty) -> None:
        cluster.before = [("create", Refused('the cluster refuses Pod x: pods is forbidden: User "me" cannot create'))]
        (result,) = runner.run([ask()], quiet)
        assert result.exit_code == EXIT_FAILED
        assert 'User "me" cannot create' in result.reason

    def test_a_person_who_gives_up_leaves_no_pod(self, runner: Runner, cluster: Faulty, kubelet: Kubelet) -> None:
        def interrupt(kubelet: Kubelet, name: str) -> None:
            raise KeyboardInterrupt

        kubelet.happenings = [interrupt]
        with pytest.raises(KeyboardInterrupt):
            runner.run([ask()], quiet)
        assert pods(cluster) == []


class TestAfterAnotherRunner:
    """One that was killed: its pods are still there."""

    @pytest.fixture
    def request_(self, identified: Callable[..., StepRequest]) -> StepRequest:
        return identified()

    @pytest.fixture
    def left(
        self, cluster: MemoryCluster, ledger: Ledger, store: Store, kubelet: Kubelet, request_: StepRequest
    ) -> str:
        """The pod of a runner that was killed just after it had started it."""

        class Killed(BaseException): ...

        def kill(seconds: float) -> None:
            raise Killed

        time = kubelet.time()
        dying = Faulty()
        dying.__dict__.update(cluster.__dict__, before=[("delete", AWAY)] * 9, after=[])
        runner = PodRunner(dying, ledger, store, SETTINGS, type(time)(1.0, time.now, time.ticks, kill))
        with pytest.raises(Killed):
            runner.run([request_], quiet)
        (name,) = pods(cluster)
        return name

    def test_its_running_pod_is_adopted(
        self, runner: Runner, kubelet: Kubelet, left: str, request_: StepRequest
    ) -> None:
        (result,) = runner.run([request_], quiet)
        assert (result.succeeded, result.reused, kubelet.started) == (True, False, [left])

    def test_its_finished_pod_is_read(
        self, runner: Runner, kubelet: Kubelet, left: str, request_: StepRequest, cluster: MemoryCluster
    ) -> None:
        kubelet.run(left)
        (result,) = runner.run([request_], quiet)
        assert (result.succeeded, kubelet.started) == (True, [])
        assert pods(cluster) == []

    @pytest.mark.parametrize("reason", ["Error", "OOMKilled"])
    def test_its_failure_that_may_be_mended_by_now_is_not_believed(
        self, runner: Runner, kubelet: Kubelet, left: str, request_: StepRequest, reason: str
    ) -> None:
        kubelet.end(left, 20 if reason == "Error" else 137, reason)
        (result,) = runner.run([request_], quiet)
        assert result.succeeded
        assert kubelet.started == [left]

    def test_what_nobody_waits_for_is_reaped(
        self, runner: Runner, left: str, cluster: MemoryCluster, request_: StepRequest
    ) -> None:
        assert runner.reap("another run") == 0
        assert pods(cluster) == [left]
        assert runner.reap(request_.run_id) == 1
        assert pods(cluster) == []

    def test_what_a_run_left_that_never_ended_is_reaped_by_another_after_an_hour(
        self, runner: Runner, kubelet: Kubelet, left: str, cluster: MemoryCluster
    ) -> None:
        kubelet.run(left)
        runner.reap("another run")
        assert pods(cluster) == [left]
        kubelet.ticks += 3601
        assert runner.reap("another run") == 0, "it had ended"
        assert pods(cluster) == []

    def test_what_still_runs_is_left_to_its_own_run(
        self, runner: Runner, kubelet: Kubelet, left: str, cluster: MemoryCluster
    ) -> None:
        kubelet.ticks += 36_000
        runner.reap("another run")
        assert pods(cluster) == [left]
