"""The lab as a place to serve on: what k8s/ makes, a bucket that pods fetch from, ways to clear up and to kill."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from lab.product_images import ROOT, ensure
from regrow.cluster.kinds import CONFIG_MAP, GATEWAY, HTTP_ROUTE, POD, SECRET
from regrow.cluster.open import open_cluster
from regrow.cluster.port import Cluster, Object
from regrow.rollout.traffic import Slot
from regrow.serving.kserve.deployer import KServeDeployer
from regrow.serving.kserve.names import SERVICE_OF_POD
from regrow.serving.kserve.router import HttpRouteRouter
from regrow.settings import KServeSettings, S3Settings
from regrow.store.open import open_store
from regrow.store.port import Store
from support.waiting import wait_for

STORE = "s3://regrow/lab-serving"


@dataclass(frozen=True)
class ServingPlace:
    cluster: Cluster
    settings: KServeSettings
    store: Store
    s3: S3Settings

    def deployer(self, **changes: Any) -> KServeDeployer:
        return KServeDeployer(self.cluster, self.settings.model_copy(update=changes), self.store)

    def router(self) -> HttpRouteRouter:
        return HttpRouteRouter(self.cluster, self.settings)

    @property
    def url(self) -> str:
        return self.router().address("").removesuffix("/v2/models/")

    def pods(self, model: str, slot: Slot) -> list[Object]:
        """That are not on their way out."""
        found = self.cluster.list(POD, self.settings.namespace, {SERVICE_OF_POD: f"{model}-{slot}"})
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def clear(self, *models: str) -> None:
        for model in models:
            self.cluster.delete(HTTP_ROUTE, model, self.settings.namespace)
            self.cluster.delete(CONFIG_MAP, f"{model}-plan", self.settings.namespace)
        for model in models:
            for slot in ("a", "b"):
                self.deployer().remove(model, slot)  # type: ignore[arg-type]

    def environment(self) -> dict[str, str]:
        """What makes another process serve here."""
        assert self.s3.secret_key is not None
        return {
            "REGROW_SERVING_BACKEND": "kserve",
            "REGROW_KSERVE__REPLICAS": str(self.settings.replicas),
            "REGROW_KSERVE__CPU": self.settings.cpu,
            "REGROW_STORE_URL": STORE,
            "REGROW_S3__ENDPOINT": str(self.s3.endpoint),
            "REGROW_S3__REGION": str(self.s3.region),
            "REGROW_S3__ACCESS_KEY": str(self.s3.access_key),
            "REGROW_S3__SECRET_KEY": self.s3.secret_key.get_secret_value(),
        }


def serving_place(facts: Any, replicas: int = 1) -> ServingPlace:
    """Makes whatever is missing. KUBECONFIG has to be the lab's."""
    ensure(["predictor"])
    cluster = open_cluster()
    for part in ("base", "kserve"):
        command = [facts.kubectl, "--kubeconfig", facts.kubeconfig, "apply", "--server-side", "--force-conflicts"]
        subprocess.run([*command, "-k", str(ROOT / "k8s" / part)], check=True, capture_output=True, text=True)
    keys = facts.s3_environment
    s3 = S3Settings(
        endpoint=facts.s3_endpoint,
        region=keys["AWS_DEFAULT_REGION"],
        access_key=keys["AWS_ACCESS_KEY_ID"],
        secret_key=SecretStr(keys["AWS_SECRET_ACCESS_KEY"]),
    )
    # Small requests for processors: several slots of several replicas share two cores.
    settings = KServeSettings(replicas=replicas, max_replicas=max(3, replicas), cpu="150m")
    place = ServingPlace(cluster, settings, open_store(STORE, s3), s3)
    _share_store(place)
    wait_for(lambda: _programmed(cluster, settings), 60, "a programmed Gateway")
    return place


def pids(pod: Object) -> list[int]:
    """The predictor's processes, as this machine sees them: the lab's node is this machine."""
    uid, found = pod["metadata"]["uid"], []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            cgroup, command = (folder / "cgroup").read_text(), (folder / "cmdline").read_bytes()
            if (uid in cgroup or uid.replace("-", "_") in cgroup) and b"regrow.serving.predictor" in command:
                found.append(int(folder.name))
    return found


def kill(pod: Object) -> None:
    for pid in pids(pod):
        os.kill(pid, signal.SIGKILL)


def _share_store(place: ServingPlace) -> None:
    values = {
        name: value for name, value in place.environment().items() if name.startswith(("REGROW_STORE", "REGROW_S3"))
    }
    data = {name: base64.b64encode(value.encode()).decode() for name, value in values.items()}
    meta = {"name": "regrow-serving", "namespace": place.settings.namespace}
    place.cluster.apply(SECRET, {"metadata": meta, "data": data}, force=True)


def _programmed(cluster: Cluster, settings: KServeSettings) -> bool:
    namespace, name = settings.gateway.split("/")
    gateway = cluster.get(GATEWAY, name, namespace) or {}
    conditions = gateway.get("status", {}).get("conditions", [])
    return any(found["type"] == "Programmed" and found["status"] == "True" for found in conditions)
