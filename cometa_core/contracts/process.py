"""Long-lived processes of an installation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CompanionProcess:
    """A process that an embedded installation runs beside the web process.

    Attributes:
        name: name for the log, for instance ``worker``.
        arguments: arguments of the ``cometa`` command, for instance ``("worker", "--owned")``.  The process must end by
            itself when its standard input closes.
        enabled_by: key of the boolean setting that switches it on.
    """

    name: str
    arguments: tuple[str, ...]
    enabled_by: str
