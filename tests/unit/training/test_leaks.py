import numpy as np
import polars as pl

from regrow.training.encoding import encode, learn_table
from regrow.training.leaks import find_leaks


def leaks(columns: dict[str, list[object]], label: list[object]) -> tuple[str, ...]:
    rows = pl.DataFrame({**columns, "late": label})
    table = learn_table(rows, "late", None, ())
    return find_leaks(encode(rows, table), table)


LABEL = [position % 3 == 0 for position in range(300)]
NOISE = np.random.default_rng(1).normal(size=300)


def test_a_number_that_orders_the_label_is_named() -> None:
    (told,) = leaks({"delay": [20 * late + noise for late, noise in zip(LABEL, NOISE, strict=True)]}, list(LABEL))
    assert "'delay' alone has a ROC AUC of 1.000 (limit 0.99)" in told


def test_a_number_that_orders_it_backwards_is_named_too() -> None:
    (told,) = leaks({"early": [-20 * late + noise for late, noise in zip(LABEL, NOISE, strict=True)]}, list(LABEL))
    assert "'early'" in told


def test_a_text_that_maps_onto_the_label_is_named() -> None:
    (told,) = leaks({"state": ["landed late" if late else "landed" for late in LABEL]}, list(LABEL))
    assert "'state' give away 100.0% of every class" in told


def test_a_hole_that_maps_onto_the_label_is_named() -> None:
    (told,) = leaks({"seen": [1 if late else None for late in LABEL]}, list(LABEL))
    assert "'seen'" in told


def test_ordinary_features_and_ids_are_not_named() -> None:
    columns = {"noise": list(NOISE), "weak": list(NOISE + np.array(LABEL)), "id": [f"n{n}" for n in range(300)]}
    assert leaks(columns, list(LABEL)) == ()


def test_a_rare_class_does_not_make_a_constant_look_like_a_leak() -> None:
    assert leaks({"constant": ["same"] * 300}, [position == 7 for position in range(300)]) == ()


def test_with_three_classes_a_mapping_is_named() -> None:
    label = [position % 3 for position in range(300)]
    assert len(leaks({"copy": [value * 2 for value in label], "noise": list(NOISE)}, list(label))) == 1
