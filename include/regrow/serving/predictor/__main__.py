"""`python -m regrow.serving.predictor`: serve one version from one slot's folder."""

from __future__ import annotations

import logging
import sys

from regrow.errors import RegrowError
from regrow.serving.predictor.config import parse
from regrow.serving.predictor.server import serve


def main(argv: list[str]) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        serve(parse(argv))
    except RegrowError as error:
        logging.getLogger("regrow.serving.predictor").error("%s", error.sentence)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
