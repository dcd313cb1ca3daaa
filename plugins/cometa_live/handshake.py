"""The opening request of a client in the form that authenticators look at."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Self

from sqlalchemy.orm import Session

from cometa_core.runtime import Runtime
from cometa_core.web.request import Request

PATH = "/live/"


class OpeningRoute:
    """Stands for the route of the opening request, of which some ways to identify somebody ask the name."""

    name = "live"
    pattern = PATH


class OpeningRegistry(dict[str, object]):
    """What authenticators find in the registry of a web application: the runtime, and no services."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__({"cometa.runtime": runtime})
        self.cornice_services: Mapping[str, object] = {}


class Handshake(Request):
    """The opening request of a client; it changes nothing and has no session of its own."""

    @classmethod
    def of(cls, runtime: Runtime, headers: Iterable[tuple[str, str]], address: str) -> Self:
        """Make the request.

        Args:
            runtime: runtime of the process.
            headers: names and texts as the client sent them.
            address: address that the client came from.
        """
        request: Self = cls.blank(PATH, environ={"REMOTE_ADDR": address})
        for name, text in headers:
            request.headers[name] = text
        request.registry = OpeningRegistry(runtime)
        request.matched_route = OpeningRoute()
        return request

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a short session that looks up who is calling."""
        with self.registry["cometa.runtime"].reading() as session:
            yield session
