"""What estimators of scikit-learn need before them: missing values filled, numbers scaled, categories spread out."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from regrow.training.table import TableSpec


def tabular_pipeline(table: TableSpec, estimator: Any) -> Pipeline:
    """Median and scaling for numbers, one column for each category in training; codes unknown then are all zeros."""
    numeric = [position for position, feature in enumerate(table.features) if feature.kind == "numeric"]
    categorical = [position for position, feature in enumerate(table.features) if feature.categories]
    codes = [np.arange(len(table.features[position].categories), dtype=np.float64) for position in categorical]
    filled = Pipeline(
        [("fill", SimpleImputer(strategy="median", keep_empty_features=True)), ("scale", StandardScaler())]
    )
    spread = OneHotEncoder(categories=codes, handle_unknown="ignore")
    columns = [("numeric", filled, numeric), ("categorical", spread, categorical)]
    return Pipeline([("columns", ColumnTransformer([c for c in columns if c[2]])), ("model", estimator)])
