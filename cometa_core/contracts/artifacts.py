"""Who still needs the objects of the artifact store."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class ArtifactReferences:
    """Rows of a plugin that name objects of the artifact store and so keep them from being removed.

    Attributes:
        name: unique name, for instance ``screenshots.baselines``.
        find: asks a session of one read-only transaction which of some objects of a department the rows name; gets the
            key of the department and at most 500 hashes in hexadecimal, and returns those that are named.
    """

    name: str
    find: Callable[[Session, int, Collection[str]], set[str]]
