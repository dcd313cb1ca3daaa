"""Libraries of step sentences."""

from typing import Protocol


class StepLibrary(Protocol):
    """One importable module of step functions; ``cometa_runner.steps.StepLibrary`` is the class to use.

    Attributes:
        name: name that plans and the vocabulary use, for instance ``browser``.
        module: dotted name of the module.
        title: one sentence for lists of libraries.
    """

    @property
    def name(self) -> str:
        """Name that plans and the vocabulary use."""

    @property
    def module(self) -> str:
        """Dotted name of the module."""

    @property
    def title(self) -> str:
        """One sentence for lists of libraries."""
