"""Libraries of step sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepLibrary:
    """One importable module of step functions.

    Attributes:
        name: name that plans and the vocabulary use, for instance ``browser``.
        module: dotted name of the module.
        title: one sentence for lists of libraries.
    """

    name: str
    module: str
    title: str
