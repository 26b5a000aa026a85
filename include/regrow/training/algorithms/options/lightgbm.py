from regrow.training.hyperparameters import Hyperparameter

HYPERPARAMETERS = (
    Hyperparameter(name="n_estimators", kinds=("int",), default=200, low=1, high=20_000, doc="Trees at most."),
    Hyperparameter(
        name="learning_rate", kinds=("float",), default=0.1, low=0, low_excluded=True, high=1, doc="Weight of a tree."
    ),
    Hyperparameter(name="num_leaves", kinds=("int",), default=31, low=2, high=131_072, doc="Leaves of a tree at most."),
    Hyperparameter(name="max_depth", kinds=("int",), default=-1, low=-1, high=64, doc="Of a tree; -1: no limit."),
    Hyperparameter(
        name="min_child_samples", kinds=("int",), default=20, low=1, high=10_000_000, doc="Rows in a leaf at least."
    ),
    Hyperparameter(
        name="subsample",
        kinds=("float",),
        default=1.0,
        low=0,
        low_excluded=True,
        high=1,
        doc="Share of rows of a tree.",
    ),
    Hyperparameter(
        name="colsample_bytree",
        kinds=("float",),
        default=1.0,
        low=0,
        low_excluded=True,
        high=1,
        doc="Share of features of a tree.",
    ),
    Hyperparameter(name="reg_alpha", kinds=("float",), default=0.0, low=0, doc="L1 penalty on leaves."),
    Hyperparameter(name="reg_lambda", kinds=("float",), default=0.0, low=0, doc="L2 penalty on leaves."),
    Hyperparameter(
        name="min_split_gain", kinds=("float",), default=0.0, low=0, doc="Gain that a split needs at least."
    ),
    Hyperparameter(name="max_bin", kinds=("int",), default=255, low=2, high=65_535, doc="Bins of a feature at most."),
    Hyperparameter(name="cat_smooth", kinds=("float",), default=10.0, low=0, doc="Smoothing of rare categories."),
    Hyperparameter(
        name="class_weight", kinds=("str", "none"), default=None, choices=("balanced",), doc="Weighs classes by share."
    ),
    Hyperparameter(
        name="early_stopping_rounds",
        kinds=("int", "none"),
        default=None,
        low=1,
        high=10_000,
        doc="Stops when the validation metric has not improved for so many trees and keeps the best; null: never.",
    ),
)
