"""Pictures of a result inside of a mail.  Contract: runner L (``$screenshot[n]``)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MOST_BYTES = 10 * 1024 * 1024
"""Bytes of all pictures of a mail; what does not fit is named instead."""


@dataclass(frozen=True)
class Picture:
    """A stored picture.

    Attributes:
        sha256: its hash in the artifact store.
        size: bytes.
        step: sequence of its step.
    """

    sha256: str
    size: int
    step: int


@dataclass
class Gallery:
    """The pictures of a result in the order of its steps, and those that a mail uses.

    Attributes:
        pictures: all of them.
        read: gives the bytes of one; None when it is gone.
        used: content ids of the pictures in the mail -> their bytes.
    """

    pictures: Sequence[Picture]
    read: Callable[[Picture], bytes | None]
    used: dict[str, bytes] = field(default_factory=dict)

    def content_id(self, which: str) -> str | None:
        """Put a picture into the mail.

        Args:
            which: place from 1, from the end with a minus, or ``last``.

        Returns:
            Its content id; None when there is none, or when the mail would become too large.
        """
        picture = self._find(which)
        if picture is None:
            return None
        name = f"step-{picture.step}-{picture.sha256[:12]}"
        if name in self.used:
            return name
        if picture.size + sum(map(len, self.used.values())) > MOST_BYTES:
            return None
        content = self.read(picture)
        if content is None:
            return None
        self.used[name] = content
        return name

    def _find(self, which: str) -> Picture | None:
        place = -1 if which == "last" else int(which)
        if place == 0 or abs(place) > len(self.pictures):
            return None
        return self.pictures[place - 1 if place > 0 else place]
