"""What a pass of retention removed."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields


@dataclass
class Removed:
    """Counts of what was removed, or of what would be.

    Attributes:
        expired: results that expired; they are hidden from then on.
        results: results whose rows were deleted, expired ones and those that people removed.
        runs: runs that went with their last result.
        artifacts: rows of files.
        events: stored events.
        objects: objects of the artifact store.
        bytes: room that was freed in the artifact store.
    """

    expired: int = 0
    results: int = 0
    runs: int = 0
    artifacts: int = 0
    events: int = 0
    objects: int = 0
    bytes: int = 0

    def add(self, other: "Removed") -> None:
        """Add the counts of a part."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))

    def document(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


Tell = Callable[[Removed], object]
"""Is told what was removed so far, after each batch."""
