"""What plugins are told about a change of a row."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ResourceChange:
    """A row is about to change or has changed.

    Attributes:
        kind: singular name of the resource, for instance ``application``.
        action: ``create``, ``update`` or ``delete``.
        identifier: key of the row.
        row: the model instance while the transaction is open; None afterwards.
        origin: ``user``, ``api``, ``schedule`` or ``run``.
    """

    kind: str
    action: str
    identifier: int
    row: object = None
    origin: str = "api"
