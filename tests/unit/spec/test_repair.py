import json
from typing import Any

from regrow.spec.fields import walk
from regrow.spec.model import Pipeline
from regrow.spec.repair import repair, stand_in
from regrow.spec.tree import Path

WHOLE: dict[str, Any] = {name: stand_in((name,)) for name in ("apiVersion", "kind", "metadata", "spec")}


def test_stand_ins_make_a_pipeline() -> None:
    assert Pipeline.model_validate_json(json.dumps(WHOLE)).name == "flights-delay"


def test_whatever_needed_field_is_missing_a_pipeline_comes_out() -> None:
    needed: list[Path] = [path for path, info in walk() if info.is_required()]
    for path in (path for path in needed if 0 not in path and "features" not in path):
        data = json.loads(json.dumps(WHOLE))
        section = data
        for part in path[:-1]:
            section = section.setdefault(part, {})
        section.pop(path[-1], None)
        pipeline, wrong = repair(data, [path])
        assert pipeline is not None, path
        assert path in wrong


def test_what_is_wrong_and_not_needed_is_left_out() -> None:
    data = {**WHOLE, "extra": 1}
    data["spec"] = {**WHOLE["spec"], "split": 5, "training": {"seed": "x", "parallel": 3}}
    pipeline, _ = repair(data, [("extra",), ("spec", "split"), ("spec", "training", "seed")])
    assert pipeline is not None
    assert pipeline.spec.training.parallel == 3
    assert data["spec"]["split"] == 5


def test_a_wrong_item_is_replaced_so_that_others_keep_their_places() -> None:
    data = {**WHOLE, "spec": {**WHOLE["spec"], "algorithms": [5, {"name": "svm"}]}}
    pipeline, _ = repair(data, [("spec", "algorithms", 0)])
    assert pipeline is not None
    assert [algorithm.name for algorithm in pipeline.spec.algorithms] == ["lightgbm", "svm"]


def test_what_was_wrong_below_a_wrong_place_is_found_in_later_rounds() -> None:
    pipeline, wrong = repair({}, [()])
    assert pipeline is not None
    assert ("spec",) in wrong
