"""What a pod for a step costs beside a bare Job: the same image and the same step, on the same cluster, in turns.

One side is what PodRunner does, from "wanted" to "its record is read". The other is a Job of the same image with the
same command on the same request, from its creation to the end that a poll of twice a second sees. Then a fan-out at
1, 2 and 4 pods at once, and how well the pods are used. Needs the lab (`make lab`); both sides run in one go.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from contract.runner_contract import ask
from lab.node.facts import read
from lab.steps_place import StepsPlace, steps_place
from regrow.cluster.kinds import JOB
from regrow.cluster.port import Object
from regrow.steps.contract import StepRequest
from regrow.steps.pods import batch
from regrow.steps.pods.place import Time
from regrow.steps.pods.pod import manifest
from regrow.steps.pods.work import alone

POLL_SECONDS = 0.5
SMALL = {"cpu": "50m", "memory": "256Mi"}
"""Four fit beside each other on the lab's node."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=8, help="of the fan-out")
    options = parser.parse_args()
    facts = read()
    os.environ["KUBECONFIG"] = facts.kubeconfig
    with steps_place(facts) as place:
        print(f"image: {size_of(facts.containerd, place.settings.image)}", flush=True)
        one_by_one(place, options.rounds)
        fan_outs(place, options.steps)


def one_by_one(place: StepsPlace, rounds: int) -> None:
    ratios = []
    for number in range(rounds + 1):
        jobs = timed(lambda number=number: bare_job(place, fresh(place, 2 * number)))
        ours = timed(lambda number=number: pod(place, [fresh(place, 2 * number + 1)]))
        if number == 0:
            print(f"cold: job {jobs:.1f} s, regrow {ours:.1f} s")
            continue
        ratios.append(ours / jobs)
        print(f"round {number}: job {jobs:.2f} s, regrow {ours:.2f} s, ratio {ours / jobs:.2f}", flush=True)
    print(f"from wanted to recorded: {statistics.median(ratios):.2f}x of a bare Job (lower is better)")


def fan_outs(place: StepsPlace, steps: int) -> None:
    """Efficiency: the time of one after the other, over pods times the time together."""
    one_after_another = 0.0
    for parallel in (1, 2, 4):
        requests = [fresh(place, 1000 * parallel + number) for number in range(steps)]
        seconds = timed(lambda requests=requests, parallel=parallel: pod(place, requests, parallel))
        one_after_another = one_after_another or seconds
        efficiency = one_after_another / seconds / parallel
        print(f"{steps} steps, {parallel} at once: {seconds:.1f} s, efficiency {efficiency:.2f}", flush=True)


def fresh(place: StepsPlace, seed: int) -> StepRequest:
    return place.identified(ask(f"ask {seed}", seed=seed)).model_copy(update={"pods": SMALL})


def pod(place: StepsPlace, requests: list[StepRequest], parallel: int = 1) -> None:
    results = place.runner(time=Time(poll_seconds=POLL_SECONDS), split=alone, parallel=parallel).run(requests, quiet)
    assert all(result.succeeded and not result.reused for result in results), results


def bare_job(place: StepsPlace, request: StepRequest) -> None:
    """What a careful person writes without a platform: a Job, waited for by its status."""
    item = job_of(place, request)
    name, namespace = item["metadata"]["name"], item["metadata"]["namespace"]
    place.cluster.create(JOB, item)
    while True:
        found = place.cluster.get(JOB, name, namespace)
        status = (found or {}).get("status", {})
        if status.get("succeeded"):
            break
        assert not status.get("failed"), status
        time.sleep(POLL_SECONDS)
    place.cluster.delete(JOB, name, namespace)


def job_of(place: StepsPlace, request: StepRequest) -> Object:
    digest = batch.put(place.store, [request])
    made: dict[str, Any] = manifest([request], digest, place.settings)
    metadata = {name: made["metadata"][name] for name in ("name", "namespace")}
    template = {"metadata": {}, "spec": made["spec"]}
    return {"metadata": metadata, "spec": {"backoffLimit": 0, "template": template}}


def size_of(socket: str, image: str) -> str:
    command = ["ctr", "-a", socket, "-n", "k8s.io", "images", "ls", f"name=={image}"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return f"{image}, {' '.join(told[-1].split()[3:5])}" if len(told) > 1 else f"{image}, not on the node"


def timed(action: Any) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def quiet(line: str) -> None:
    """Progress is not measured."""


if __name__ == "__main__":
    main()
