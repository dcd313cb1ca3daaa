"""What a sentence needs of the elements that it asks for."""

from dataclasses import dataclass
from typing import Literal

Reading = tuple[Literal["text", "value", "shown", "property", "attribute", "style"], str]
"""What to read of the first match, and the name of the DOM property, attribute or CSS property.

``text`` is the shown text, ``value`` the content of a field, ``shown`` what a person reads in a field or element.
"""


@dataclass(frozen=True)
class Look:
    """The part of a poll that depends on the sentence.

    Attributes:
        acting: a usable match of a later strategy beats a hidden one of an earlier strategy, and the element is
            scrolled into view.  Contract: X-091.
        needs: ``control`` when a label stands for its field, ``file`` when a hidden file input will do as well.
        condition: what the element must be: ``enabled``, ``editable``, or ``any`` when it is not operated at all.
        point: whether the middle of the element must not be covered.
        centre: scroll to the middle even when the element is in view.
        frames: compare two animation frames to see whether it moves.
        read: what to read of the first match.
        most: how many elements to hand over.
    """

    acting: bool = False
    needs: Literal["any", "control", "file"] = "any"
    condition: Literal["any", "enabled", "editable"] = "enabled"
    point: bool = False
    centre: bool = False
    frames: bool = False
    read: Reading | None = None
    most: int = 1000


CLICK = Look(acting=True, point=True, most=1)
"""The first match is to be clicked."""

HOVER = Look(acting=True, point=True, condition="any", most=1)
"""The pointer is to rest on the first match."""

CONTROL = Look(acting=True, point=True, needs="control", most=1)
"""The first match, or the control of that label, is to be operated."""

FIELD = Look(acting=True, point=True, needs="control", condition="editable", most=1)
"""The first match, or the field of that label, gets a new content."""

FOCUS = Look(acting=True, needs="control", most=1)
"""The first match, or the control of that label, gets the focus."""

FILE_INPUT = Look(acting=True, needs="file", most=1)
"""The first match, or the control of that label, takes files or opens the dialog for them."""

IN_THE_MIDDLE = Look(acting=True, condition="any", centre=True, frames=True, most=1)
"""The first match is to rest in the middle of the viewport."""
