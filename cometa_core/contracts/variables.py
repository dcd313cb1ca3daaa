"""Variables that plugins give to a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

VariableScope = Literal["feature", "environment", "department"]


@dataclass(frozen=True)
class RunVariable:
    """A variable that a run begins with; what is supplied with the run beats it.  Contract: runner G.2.

    Attributes:
        name: case-sensitive name, written ``$name`` in steps.
        value: clear text.
        scope: where it comes from; of one name feature beats environment, which beats department.
        secret: whether the value is masked in everything that leaves the runner.
    """

    name: str
    value: str
    scope: VariableScope
    secret: bool = False


@dataclass(frozen=True)
class VariableLayer:
    """What one plugin gives to a run.

    Attributes:
        name: unique name of the layer.
        variables: variables, in which later ones of equal scope and name win.
        inline: ciphertexts that stand in steps -> their clear text, which is a secret.
    """

    name: str
    variables: tuple[RunVariable, ...] = ()
    inline: Mapping[str, str] = field(default_factory=dict)
