"""A namespace of the lab in which steps run as pods, with a store and a ledger that they and the test share."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from lab.node.facts import Facts
from lab.product_images import ensure
from regrow.cluster.kinds import NAMESPACE, POD, SECRET, SERVICE_ACCOUNT
from regrow.cluster.open import open_cluster
from regrow.cluster.port import Cluster
from regrow.ledger.open import open_ledger
from regrow.ledger.port import Ledger
from regrow.settings import KubernetesSettings, S3Settings
from regrow.steps.contract import StepRequest
from regrow.steps.identity import environment_of, identify
from regrow.steps.pods.place import Time
from regrow.steps.pods.runner import PodRunner, Split
from regrow.steps.pods.work import batches
from regrow.store.open import open_store
from regrow.store.port import Store
from support.waiting import wait_for

RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


@dataclass(frozen=True)
class StepsPlace:
    cluster: Cluster
    ledger: Ledger
    store: Store
    settings: KubernetesSettings
    variables: dict[str, str]
    """What the pods get from their Secret."""

    def runner(
        self, cluster: Cluster | None = None, time: Time | None = None, split: Split = batches, **settings: Any
    ) -> PodRunner:
        changed = self.settings.model_copy(update=settings)
        return PodRunner(cluster or self.cluster, self.ledger, self.store, changed, time, split)

    def identified(self, request: StepRequest) -> StepRequest:
        """As a coordinator asks."""
        known = request.model_copy(update={"environment": environment_of(request.kind)})
        return known.model_copy(update={"fingerprint": identify(known, self.store)})

    def pods(self) -> list[dict[str, Any]]:
        """Of steps, that are not on their way out."""
        found = self.cluster.list(POD, self.settings.namespace, {"app.kubernetes.io/name": "regrow-step"})
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def lose(self, digest: str) -> None:
        """Remove a file of the artifact from the store, behind its back."""
        sha256 = self.store.manifest(digest).files[0].sha256
        found = self.bucket.objects.filter(Prefix=self.settings.namespace)
        for one in [one for one in found if sha256 in one.key]:
            one.delete()

    @property
    def bucket(self) -> Any:
        import boto3

        known = {
            name: self.variables[f"REGROW_S3__{name}"] for name in ("ENDPOINT", "REGION", "ACCESS_KEY", "SECRET_KEY")
        }
        service = boto3.session.Session().resource(
            "s3",
            endpoint_url=known["ENDPOINT"],
            region_name=known["REGION"],
            aws_access_key_id=known["ACCESS_KEY"],
            aws_secret_access_key=known["SECRET_KEY"],
        )
        return service.Bucket("regrow")

    def computed(self, run_id: str) -> list[str]:
        """The steps that were computed in a run, once for each time."""
        return sorted(use.step for use in self.ledger.records.uses(run_id=run_id) if not use.reused)


@contextmanager
def steps_place(facts: Facts) -> Iterator[StepsPlace]:
    """KUBECONFIG has to be the lab's. Ledger, namespace and the part of the store are new ones."""
    ensure(["trainer"])
    name = f"steps-{uuid.uuid4().hex[:8]}"
    cluster, settings = open_cluster(), KubernetesSettings(namespace=name, parallel=4)
    store_url, s3 = f"s3://regrow/{name}", s3_settings(facts)
    with fresh_ledger(facts) as ledger_url:
        variables = {"REGROW_LEDGER_URL": ledger_url, "REGROW_STORE_URL": store_url, **_flat(s3)}
        ledger = open_ledger(ledger_url)
        prepare(cluster, settings, variables)
        try:
            yield StepsPlace(cluster, ledger, open_store(store_url, s3), settings, variables)
        finally:
            cluster.delete(NAMESPACE, name)
            ledger.close()


@contextmanager
def fresh_ledger(facts: Facts) -> Iterator[str]:
    """The address of a schema of its own in the lab's ledger database."""
    assert facts.postgres is not None
    address, schema = sa.make_url(facts.postgres["ledger"]), f"test_{uuid.uuid4().hex[:8]}"
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    yield address.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


def s3_settings(facts: Facts) -> S3Settings:
    assert facts.s3_environment is not None
    return S3Settings(
        endpoint=facts.s3_endpoint,
        region=facts.s3_environment["AWS_DEFAULT_REGION"],
        access_key=facts.s3_environment["AWS_ACCESS_KEY_ID"],
        secret_key=SecretStr(facts.s3_environment["AWS_SECRET_ACCESS_KEY"]),
    )


def _flat(s3: S3Settings) -> dict[str, str]:
    assert s3.secret_key is not None
    values = {**s3.model_dump(), "secret_key": s3.secret_key.get_secret_value()}
    return {f"REGROW_S3__{name.upper()}": str(value) for name, value in values.items() if value is not None}


def prepare(cluster: Cluster, settings: KubernetesSettings, variables: dict[str, str]) -> None:
    """The namespace, the pods' account and their Secret."""
    cluster.apply(NAMESPACE, {"metadata": {"name": settings.namespace, "labels": RESTRICTED}})
    here = {"namespace": settings.namespace}
    cluster.apply(SERVICE_ACCOUNT, {"metadata": {"name": settings.service_account, **here}})
    data = {name: base64.b64encode(value.encode()).decode() for name, value in variables.items()}
    cluster.apply(SECRET, {"metadata": {"name": settings.secret, **here}, "data": data})
    wait_for(lambda: cluster.get(SERVICE_ACCOUNT, "default", settings.namespace), 30, "the account of a new namespace")
