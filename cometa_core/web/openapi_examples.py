"""Examples of requests and answers, as plugins ship them in a file ``examples.json`` of their package.

The file maps ``VERB path`` to ``{"request": …, "answer": …}``, each of both optional.
"""

import json
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from cometa_core.web.service import Service

FILE = "examples.json"

Example = Mapping[str, Any]


def examples_of(services: Iterable[Service]) -> dict[str, Example]:
    """Read the examples of the packages whose views the services have: ``VERB path`` -> request and answer."""
    packages = {
        operation.view.__module__.partition(".")[0]
        for service in services
        for operation in service.operations.values()
        if operation.view is not None
    }
    found: dict[str, Example] = {}
    for package in sorted(packages):
        file = resources.files(package).joinpath(FILE)
        if file.is_file():
            found |= json.loads(file.read_text(encoding="utf-8"))
    return found
