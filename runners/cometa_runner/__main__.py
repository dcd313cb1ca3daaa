"""Start a runner: ``python -m cometa_runner``."""

import os

from cometa_runner.main import main
from cometa_runner.protocol import EVENTS_DESCRIPTOR

if __name__ == "__main__":
    # Whatever else the starting process left open is none of a runner's business.  Contract: X-036.
    os.closerange(EVENTS_DESCRIPTOR + 1, os.sysconf("SC_OPEN_MAX"))
    raise SystemExit(main())
