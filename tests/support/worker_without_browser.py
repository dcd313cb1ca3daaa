"""Run as a program: a whole worker over the settings in a JSON file, whose runners open no browser."""

import json
import sys
from pathlib import Path

from without_browser import WithoutBrowser, use_libraries

from cometa_core.cli.server import log_to_standard_error
from cometa_core.runtime import Role, make_runtime
from cometa_worker.service import WorkerService


def main():
    use_libraries()
    log_to_standard_error()
    runtime = make_runtime(json.loads(Path(sys.argv[1]).read_text()), environment={})
    runtime.start(Role.WORKER)
    service = WorkerService(runtime)
    service._launcher = WithoutBrowser()
    try:
        service.run(owned=False)
    finally:
        runtime.close()


if __name__ == "__main__":
    main()
