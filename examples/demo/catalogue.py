"""What the sample features are, how each is meant to end, and which values they need."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FEATURES = Path(__file__).parent / "features"


@dataclass(frozen=True)
class SampleFeature:
    """One Gherkin file of the demonstration.

    Attributes:
        file: Name of the file in the folder ``features``.
        name: Name of the feature, the same as in the file; other features call it by this name.
        intended: Status of the result when everything works.
        screenshots: Steps that take a picture: places in the file, counted from 1, headings included.
        why: One sentence on what it shows.
    """

    file: str
    name: str
    intended: Literal["Success", "Failed"]
    screenshots: tuple[int, ...]
    why: str

    @property
    def path(self) -> Path:
        """Where the Gherkin text is."""
        return FEATURES / self.file


@dataclass(frozen=True)
class SampleVariable:
    """A variable that has to exist before the sample features run; ``secret`` ones are to be stored encrypted."""

    name: str
    value: str
    secret: bool = False


def sample_variables(shop_url: str) -> tuple[SampleVariable, ...]:
    """Return the variables of the sample features.

    Args:
        shop_url: Base address of the sample shop without closing slash.
    """
    return (
        SampleVariable("shop", shop_url),
        SampleVariable("customer_password", "lantern-42", secret=True),
    )


def sample_features() -> tuple[SampleFeature, ...]:
    """Return the sample features in the order in which they have to be created: what others call comes first."""
    return (
        SampleFeature("log_in.feature", "Log in", "Success", (6,), "a feature made to be used by others, and a secret"),
        SampleFeature(
            "visit_with_login.feature", "Visit with login", "Success", (3,), "a sub-feature and a variable in a text"
        ),
        SampleFeature(
            "buying_a_book.feature", "Buy a book", "Success", (9, 19, 34), "a whole purchase with form and voucher"
        ),
        SampleFeature(
            "conditions_and_loops.feature", "Conditions and loops", "Success", (25,), "steps that decide and repeat"
        ),
        SampleFeature(
            "dialogs_and_frames.feature",
            "Dialogs and frames",
            "Success",
            (17, 29),
            "browser dialogs, a frame, a second window and a shadow root",
        ),
        SampleFeature("orders_table.feature", "Read the orders", "Success", (8,), "a table sorted, filtered and read"),
        SampleFeature(
            "slow_content.feature", "Wait for slow content", "Success", (6,), "waiting without a single pause"
        ),
        SampleFeature(
            "price_list.feature", "Bring the price list back", "Success", (5,), "a download that is uploaded again"
        ),
        SampleFeature(
            "broken_basket.feature", "Broken basket", "Failed", (), "a failure on purpose, with message and picture"
        ),
    )
