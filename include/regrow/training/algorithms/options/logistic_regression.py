from regrow.training.hyperparameters import Hyperparameter

HYPERPARAMETERS = (
    Hyperparameter(
        name="C",
        kinds=("float",),
        default=1.0,
        low=0,
        low_excluded=True,
        doc="Inverse strength of the penalty.",
    ),
    Hyperparameter(
        name="solver",
        kinds=("str",),
        default="lbfgs",
        choices=("lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga"),
        doc="How the optimum is found. liblinear tells two classes apart; more are wrapped one-versus-rest.",
    ),
    Hyperparameter(
        name="penalty",
        kinds=("str", "none"),
        default="l2",
        choices=("l1", "l2"),
        doc="What is penalised; l1 goes with liblinear and saga, null with all but liblinear.",
    ),
    Hyperparameter(name="max_iter", kinds=("int",), default=500, low=1, high=100_000, doc="Steps at most."),
    Hyperparameter(
        name="class_weight",
        kinds=("str", "none"),
        default=None,
        choices=("balanced",),
        doc="`balanced` weighs classes by the inverse of their share.",
    ),
)
