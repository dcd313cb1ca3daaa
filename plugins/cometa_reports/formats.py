"""The formats of reports.  Each is written by a module of its own, which is imported when it is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Final

from cometa_reports.document import Report


@dataclass(frozen=True)
class Format:
    """A format of reports.

    Attributes:
        name: word by which it is asked for.
        media_type: type of the file.
        ending: ending of its name, with the dot.
        module: module with a function ``write(report) -> bytes``.
        title: sentence for people.
    """

    name: str
    media_type: str
    ending: str
    module: str
    title: str

    def write(self, report: Report) -> bytes:
        """Write a report.

        Raises:
            OSError: a picture cannot be read from the artifact store.
        """
        written: Callable[[Report], bytes] = import_module(self.module).write
        return written(report)


_ALL = (
    Format("html", "text/html", ".html", "cometa_reports.html", "One page with everything in it, pictures included."),
    Format("junit", "application/xml", ".xml", "cometa_reports.junit", "JUnit XML: one test case a browser."),
    Format("cucumber", "application/json", ".json", "cometa_reports.cucumber", "Cucumber JSON."),
    Format("messages", "application/x-ndjson", ".ndjson", "cometa_reports.messages", "Cucumber Messages."),
    Format("allure", "application/zip", ".zip", "cometa_reports.allure", "A folder of Allure results as a ZIP file."),
)

FORMATS: Final[Mapping[str, Format]] = MappingProxyType({each.name: each for each in _ALL})
"""All formats by name."""
