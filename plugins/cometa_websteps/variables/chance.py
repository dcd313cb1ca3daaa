"""The source of random data of a run, repeatable by its seed.

Contract: steps.json, ``Make fake ...``: the seed of the run is recorded.
"""

import random
import secrets
from dataclasses import dataclass, field

from cometa_runner.steps import StepContext

_KEPT_AS = "variables.chance"


@dataclass(frozen=True)
class Chance:
    """What all random data of a run comes from.

    Attributes:
        seed: makes the same data again when the same sentences follow each other.
        source: random numbers of this seed.
    """

    seed: int = field(default_factory=lambda: secrets.randbits(32))
    source: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Start the numbers."""
        # Test data must be repeatable; nothing here guards anything.
        object.__setattr__(self, "source", random.Random(self.seed))  # noqa: S311 - see above


def chance_of(context: StepContext) -> Chance:
    """Give the source of the run, and record its seed with the step."""
    chance = context.keep(_KEPT_AS, Chance, lambda _chance: None)
    context.note("Random data", f"Seed of the run: {chance.seed}")
    return chance
