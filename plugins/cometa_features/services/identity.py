"""Which new rows of a saved list are old ones.  Contract: rest-api A4.4, R-136."""

from array import array
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RowKey:
    """What tells rows apart; of sent rows uuid and id may be absent."""

    content: str
    uuid: str | None = None
    id: int | None = None


def matched_rows(old: Sequence[RowKey], new: Sequence[RowKey]) -> list[int | None]:
    """Find for each new row the old one that it continues.

    A row that names uuid or id of an old one is that one.  Rows that name neither are matched to the remaining old rows
    by equal content in order, so that inserting a row keeps the identity of all others.

    Returns:
        For each new row the place of its old row, None for a row that is new.  No old row is given twice: of rows that
        name the same one the first gets it.
    """
    found: list[int | None] = [None] * len(new)
    taken: set[int] = set()
    by_uuid = {row.uuid: place for place, row in enumerate(old)}
    by_id = {row.id: place for place, row in enumerate(old)}
    for place, row in enumerate(new):
        named = by_uuid.get(row.uuid) if row.uuid is not None else None
        if named is None and row.id is not None:
            named = by_id.get(row.id)
        if named is not None and named not in taken:
            found[place] = named
            taken.add(named)
    free = [place for place in range(len(old)) if place not in taken]
    nameless = [place for place, row in enumerate(new) if row.uuid is None and row.id is None]
    pairs = common_subsequence([old[place].content for place in free], [new[place].content for place in nameless])
    for left, right in pairs:
        found[nameless[right]] = free[left]
    return found


def common_subsequence(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the places of a longest common subsequence, ascending."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    # Mostly one place of a list was edited: what is equal around it needs no table.
    middle = _by_table(left[start : len(left) - end], right[start : len(right) - end])
    return [
        *((place, place) for place in range(start)),
        *((start + one, start + other) for one, other in middle),
        *((len(left) - place, len(right) - place) for place in range(end, 0, -1)),
    ]


def _by_table(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    lengths = [array("H", bytes(2 * (len(right) + 1))) for _ in range(len(left) + 1)]
    for one in range(len(left) - 1, -1, -1):
        row, below, wanted = lengths[one], lengths[one + 1], left[one]
        for other in range(len(right) - 1, -1, -1):
            row[other] = below[other + 1] + 1 if wanted == right[other] else max(below[other], row[other + 1])
    pairs, one, other = [], 0, 0
    while one < len(left) and other < len(right):
        if left[one] == right[other]:
            pairs.append((one, other))
            one, other = one + 1, other + 1
        elif lengths[one + 1][other] >= lengths[one][other + 1]:
            one += 1
        else:
            other += 1
    return pairs
