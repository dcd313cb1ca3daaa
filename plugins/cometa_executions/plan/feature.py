"""Compiling the rows of one feature.  Contract: runner C.2, steps section 4."""

from collections.abc import Mapping

from cometa_executions.plan.blocks import Blocks, OpenBlock, OpenBranch, OpenCondition, OpenLoop
from cometa_executions.plan.compilation import DEEPEST, Compilation, Place, titled
from cometa_executions.plan.nodes import (
    AnyLoop,
    Call,
    Comparison,
    ElementState,
    ForEach,
    Leaf,
    Loop,
    Node,
    Owner,
    Problem,
    Repeat,
    Test,
)
from cometa_executions.plan.sentences import flags_of, is_literal, missing_values, unknown_operator
from cometa_features.api import FeatureText, StepText
from cometa_runner.steps import Match, NoMatch

END_SENTENCES: dict[type[OpenBlock], str] = {OpenLoop: "End Loop", OpenCondition: "End of condition"}


class FeatureCompiler:
    """Reads the enabled rows of a feature, in order, into nodes."""

    def __init__(self, shared: Compilation, place: Place) -> None:
        self._shared = shared
        self._place = place
        self._feature = place.feature
        self._owner = Owner(self._feature.id, self._feature.name)
        self._blocks = Blocks()

    def compile(self) -> tuple[Node, ...]:
        """Return the nodes of the feature; faults are noted in the shared state."""
        for number, row in enumerate(self._feature.steps, start=1):
            if self._shared.exhausted:
                break
            # A disabled row, a disabled "Run feature" row included, is as if it were not there.  Contract: X-064.
            if row.enabled:
                self._read(row, number)
        while self._blocks:
            self._report_unclosed(self._blocks.close())
        return self._blocks.finished()

    def _read(self, row: StepText, number: int) -> None:
        match = self._shared.reader.read(row)
        if isinstance(match, NoMatch):
            self._blocks.add(self._leaf(row, number, match))
            return
        self._check_values(row, number, match)
        match match.definition.block:
            case "loop" | "for_each" | "repeat":
                self._open(OpenLoop(row, number, _loop(self._leaf(row, number, match), match)))
            case "condition":
                self._open_condition(row, number, match)
            case "otherwise":
                self._next_branch(row, number, match)
            case "end_loop":
                self._end(row, number, OpenLoop)
            case "end_condition":
                self._end(row, number, OpenCondition)
            case "call_by_id" | "call_by_name":
                self._call(row, number, match)
            case _:
                self._act(row, number, match)

    def _check_values(self, row: StepText, number: int, match: Match) -> None:
        missing = missing_values(match)
        if missing:
            names = ", ".join(missing)
            self._refuse(row, number, "missing_parameter", f"has params without {names} of {match.definition.pattern}.")
        operator = unknown_operator(match)
        if operator is not None:
            self._refuse(row, number, "unknown_operator", f"compares with {operator!r}, which is no comparison word.")

    def _leaf(self, row: StepText, number: int, match: Match | NoMatch) -> Leaf:
        self._shared.count_node(self._place, row, number)
        pattern, values, problem = _meaning(match)
        return Leaf(
            uuid=row.uuid,
            index=self._shared.next_index(),
            keyword=row.keyword,
            text=row.content,
            pattern=pattern,
            params=values,
            flags=flags_of(row, match, self._place.inherited),
            owner=self._owner,
            problem=problem,
        )

    def _act(self, row: StepText, number: int, match: Match) -> None:
        if match.definition.block in {"break", "continue"} and not self._blocks.holds(OpenLoop):
            self._refuse(row, number, "outside_loop", f'("{match.definition.pattern}") stands outside of a loop.')
        self._blocks.add(self._leaf(row, number, match))

    def _open_condition(self, row: StepText, number: int, match: Match) -> None:
        branch = OpenBranch(self._leaf(row, number, match), _test(match))
        self._open(OpenCondition(row, number, [branch]))

    def _open(self, block: OpenBlock) -> None:
        self._shared.count_node(self._place, block.row, block.number)
        self._check_depth(block.row, block.number)
        self._blocks.open(block)

    def _next_branch(self, row: StepText, number: int, match: Match) -> None:
        condition = self._innermost(OpenCondition)
        if not isinstance(condition, OpenCondition):
            self._refuse(row, number, "misplaced_otherwise", f'("{match.definition.pattern}") belongs to no condition.')
            return
        if condition.has_last_branch:
            text = f'follows the "Otherwise do" of the condition that step {condition.number} opens.'
            self._refuse(row, number, "misplaced_otherwise", text)
        # "Otherwise do" has no placeholders and is never reported.  Contract: steps 4.5.
        head = self._leaf(row, number, match) if match.definition.parameters else None
        condition.branches.append(OpenBranch(head, _test(match)))

    def _end(self, row: StepText, number: int, kind: type[OpenBlock]) -> None:
        if self._innermost(kind) is None:
            self._refuse(row, number, "unexpected_end", f'("{END_SENTENCES[kind]}") closes nothing that is open.')
        else:
            self._blocks.close()

    def _innermost(self, kind: type[OpenBlock]) -> OpenBlock | None:
        """Find the nearest open block of a kind; blocks inside it that were not closed are faults."""
        if not self._blocks.holds(kind):
            return None
        while not isinstance(self._blocks.innermost, kind):
            self._report_unclosed(self._blocks.close())
        return self._blocks.innermost

    def _report_unclosed(self, block: OpenBlock) -> None:
        text = f'opens a block that no "{END_SENTENCES[type(block)]}" closes.'
        self._refuse(block.row, block.number, "missing_end", text)

    def _call(self, row: StepText, number: int, match: Match) -> None:
        target = self._target(row, number, match)
        if target is None or not self._may_insert(row, number, target):
            return
        self._shared.count_node(self._place, row, number)
        place = self._place.below(row, number, target, len(self._blocks))
        body = FeatureCompiler(self._shared, place).compile()
        self._blocks.add(Call(row.uuid, Owner(target.id, target.name), body))

    def _target(self, row: StepText, number: int, match: Match) -> FeatureText | None:
        by_id = match.definition.block == "call_by_id"
        asked = match.values.get(match.definition.parameters[0].name, "").strip()
        found = self._shared.numbered(asked) if by_id else self._shared.named(asked)
        if len(found) == 1:
            return found[0]
        what = f"with id {asked}" if by_id else f'with the name "{asked}"'
        if found:
            ids = ", ".join(str(each.id) for each in sorted(found, key=lambda each: each.id))
            self._refuse(row, number, "ambiguous_feature", f"names several features of this department: {ids}.")
        elif is_literal(asked):
            self._refuse(row, number, "unknown_feature", f"runs a feature {what}; this department has none.")
        else:
            text = f"runs a feature {what}: variables cannot say which feature is inserted when the plan is compiled."
            self._refuse(row, number, "unknown_feature", text)
        return None

    def _may_insert(self, row: StepText, number: int, target: FeatureText) -> bool:
        trail = self._place.trail
        if target.id in {each.id for each in trail}:
            path = " > ".join(titled(each) for each in (*trail, target))
            self._refuse(row, number, "feature_cycle", f"runs a feature that is already being run: {path}.")
            return False
        if not any(step.enabled for step in target.steps):
            self._refuse(row, number, "no_steps", f"runs feature {titled(target)}, which has no enabled step.")
            return False
        return self._check_depth(row, number)

    def _check_depth(self, row: StepText, number: int) -> bool:
        deep = self._place.depth + len(self._blocks) >= DEEPEST
        if deep:
            self._refuse(row, number, "too_deep", f"is nested deeper than {DEEPEST} levels.")
        return not deep

    def _refuse(self, row: StepText, number: int, code: str, text: str) -> None:
        self._shared.refuse(self._place, row, number, code, text)


def _loop(head: Leaf, match: Match) -> AnyLoop:
    """Make a loop of the kind that its opening sentence names; its body is read later."""
    values = match.values
    match match.definition.block:
        case "for_each":
            return ForEach(head, values.get("variable", ""), values.get("list", ""), ())
        case "repeat":
            return Repeat(head, values.get("times", ""), _comparison(match), ())
        case _:
            return Loop(head, values.get("x", ""), values.get("index", "1"), ())


def _test(match: Match) -> Test | None:
    """Give what decides about a branch; None for the sentence that decides by nothing."""
    if "selector" in match.values:
        return ElementState(match.values["selector"], match.values.get("state", ""))
    return _comparison(match) if match.definition.parameters else None


def _comparison(match: Match) -> Comparison:
    values = match.values
    return Comparison(values.get("left", ""), values.get("operator", ""), values.get("right", ""))


def _meaning(match: Match | NoMatch) -> tuple[str | None, Mapping[str, str], Problem | None]:
    """Give pattern, values and problem of a row."""
    if isinstance(match, NoMatch):
        return None, {}, Problem(match.code, match.near)
    return match.definition.pattern, match.values, None
