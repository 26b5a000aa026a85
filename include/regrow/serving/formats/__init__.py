"""Every model format by name: the function that turns a verified native file into a predicting one."""

from regrow.registries import Registry

formats = Registry(
    "model format",
    [
        ("lightgbm-text", "regrow.serving.formats.lightgbm_text:open_model"),
        ("skops", "regrow.serving.formats.skops_file:open_model"),
    ],
)
"""`open_model(raw, card) -> Predict`. Adding one: its file, its test, this line, a format and a file name."""
