"""Which rows of a saved list continue old ones."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from cometa_features.services.identity import RowKey, common_subsequence, matched_rows

OLD = [RowKey("a", "ua", 1), RowKey("b", "ub", 2), RowKey("c", "uc", 3)]


def rows(*contents):
    return [RowKey(content) for content in contents]


def test_unchanged_rows_keep_their_identity():
    """R-136."""
    assert matched_rows(OLD, rows("a", "b", "c")) == [0, 1, 2]


def test_a_row_inserted_in_front_is_the_only_new_one():
    """R-136."""
    assert matched_rows(OLD, rows("x", "a", "b", "c")) == [None, 0, 1, 2]


def test_changed_text_with_uuid_or_id_keeps_the_identity():
    assert matched_rows(OLD, [RowKey("z", uuid="ub"), RowKey("y", id=1)]) == [1, 0]


def test_the_uuid_wins_over_the_id():
    assert matched_rows(OLD, [RowKey("z", uuid="ub", id=3)]) == [1]


def test_an_identity_is_given_only_once():
    assert matched_rows(OLD, [RowKey("a", uuid="ua"), RowKey("a", uuid="ua")]) == [0, None]


def test_an_identity_of_another_feature_is_none_here():
    assert matched_rows(OLD, [RowKey("a", uuid="foreign"), RowKey("b", id=99)]) == [None, None]


def test_rows_without_identity_take_what_the_named_ones_left():
    assert matched_rows(OLD, [RowKey("a"), RowKey("was b", uuid="ub"), RowKey("c")]) == [0, 1, 2]


def test_equal_rows_are_matched_in_order():
    old = [RowKey("a", "u1", 1), RowKey("a", "u2", 2)]
    assert matched_rows(old, rows("a", "a", "a")) == [0, 1, None]


@given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
def test_the_common_subsequence_is_one_and_none_is_longer(left, right):
    pairs = common_subsequence(left, right)
    assert all(left[one] == right[other] for one, other in pairs)
    assert all(before[0] < after[0] and before[1] < after[1] for before, after in itertools.pairwise(pairs))
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for one, first in enumerate(left):
        for other, second in enumerate(right):
            neighbours = max(table[one][other + 1], table[one + 1][other])
            table[one + 1][other + 1] = table[one][other] + 1 if first == second else neighbours
    assert len(pairs) == table[-1][-1]
