"""What plugins add to exported features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cometa_core.scope import Scope


@dataclass(frozen=True)
class ExchangedFeature:
    """A feature that was written to files or stored from them.

    Attributes:
        stem: path of its files within the export, without suffix: what other parts of the export call it.
        feature_id: its key in this installation.
        department_id: key of its department.
    """

    stem: str
    feature_id: int
    department_id: int


@dataclass(frozen=True)
class PartOutcome:
    """What became of a part of an import.

    Attributes:
        stored: how many of its entries were stored.
        notes: sentences for whoever imports, for instance which secrets are missing.
    """

    stored: int
    notes: tuple[str, ...] = ()


class ExchangePart(Protocol):
    """Something that belongs to features and is exported and imported with them, in a file of its own.

    Attributes:
        name: unique word; the file is ``cometa.<name>.json``.
    """

    name: str

    def write(self, scope: Scope, features: Sequence[ExchangedFeature]) -> Sequence[Mapping[str, Any]]:
        """Return the entries that belong to features, as JSON and without secrets."""

    def read(
        self,
        scope: Scope,
        entries: Sequence[Mapping[str, Any]],
        features: Mapping[str, ExchangedFeature],
        chosen: Mapping[str, str],
    ) -> PartOutcome:
        """Store entries in the transaction of the import.

        Args:
            scope: unit of work.
            entries: what ``write`` returned, perhaps edited by hand since.
            features: stem -> feature that was imported.
            chosen: kind (``department``, ``environment``) -> name that takes the place of those in the entries.

        Raises:
            Invalid: an entry is refused; the sentence names it.
        """
