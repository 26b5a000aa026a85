from __future__ import annotations

import json
import uuid

import pytest

from regrow.errors import NotFound
from regrow.registry.metadata import describe, model_id
from unit.registry.conftest import SCORES, World
from unit.registry.test_register import promoted, registered

FIELDS = [
    "model_id",
    "version",
    "algorithm",
    "hyperparameters",
    "training_metrics",
    "validation_metrics",
    "training_data",
    "artifacts",
    "deployment_history",
    "audit_trail",
]


def is_filled(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(map(is_filled, value.values()))
    return value not in (None, "", [], ())


def test_every_field_of_the_schema_is_filled(world: World) -> None:
    candidate, selected = world.trained("a")
    version = registered(world, (candidate, selected))
    promoted(world, "1.0.0", 0)
    document = json.loads(json.dumps(describe(world.ledger, "toy-parcels", "1.0.0")))
    (split,) = (ref.digest for ref in candidate.inputs)
    assert sorted(document) == sorted(FIELDS)
    assert all(is_filled(document[name]) for name in FIELDS)
    assert (document["version"], document["algorithm"]) == ("1.0.0", "lightgbm")
    assert document["hyperparameters"] == {"n_estimators": 3}
    names = ("accuracy", "precision", "recall", "f1_score")
    assert document["training_metrics"] == {name: SCORES[name] for name in names}
    assert document["validation_metrics"]["roc_auc"] == 0.72
    assert document["training_data"] == {"source": "toy-parcels/", "hash": split, "size": 3}
    assert document["artifacts"] == {
        "model_file": f"store:{version.artifact}/model.txt",
        "feature_importance": f"store:{version.report}/feature_importance.json",
        "confusion_matrix": f"store:{version.report}/confusion_matrix.json",
    }


def test_histories_grow_with_the_ledger(world: World) -> None:
    registered(world, world.trained("a"))
    registered(world, world.trained("b"))
    promoted(world, "1.0.0", 0)
    before = describe(world.ledger, "toy-parcels", "1.0.0")
    promoted(world, "1.0.1", 1)
    after = describe(world.ledger, "toy-parcels", "1.0.0")
    assert [event["action"] for event in before["audit_trail"]] == ["model.registered", "champion.promoted"]
    assert [event["subject"] for event in before["deployment_history"]] == ["toy-parcels@1.0.0"]
    assert [event["subject"] for event in after["deployment_history"]] == ["toy-parcels@1.0.0", "toy-parcels@1.0.1"]


def test_traffic_is_part_of_the_history_of_the_versions_that_had_it(world: World) -> None:
    version = registered(world, world.trained("a"))
    registered(world, world.trained("b"))
    document = {"arms": [{"slot": "a", "endpoint": "x", "version": "1.0.0", "weight": 100}]}
    world.ledger.traffic.intend("toy-parcels", document, seen=0, actor="ana", reason="first", at=version.created_at)
    actions = [e["action"] for e in describe(world.ledger, "toy-parcels", "1.0.0")["deployment_history"]]
    assert actions == ["traffic.intended"]
    assert describe(world.ledger, "toy-parcels", "1.0.1")["deployment_history"] == []


def test_an_unknown_version_names_the_known_ones(world: World) -> None:
    registered(world, world.trained("a"))
    with pytest.raises(NotFound, match=r"known: 1\.0\.0"):
        describe(world.ledger, "toy-parcels", "2.0.0")


def test_an_unknown_model_names_the_nearest(world: World) -> None:
    registered(world, world.trained("a"))
    with pytest.raises(NotFound, match="did you mean 'toy-parcels'"):
        describe(world.ledger, "toy-parcel", "1.0.0")


def test_a_models_id_is_a_uuid_of_its_name_and_version() -> None:
    assert uuid.UUID(model_id("flights", "1.0.0")).version == 5
    assert model_id("flights", "1.0.0") == model_id("flights", "1.0.0")
    assert len({model_id("flights", "1.0.0"), model_id("flights", "1.0.1"), model_id("parcels", "1.0.0")}) == 3
