"""Which variables the steps of features name: an index, so that no list reads steps.  Contract: rest-api A4.8."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import BindParameter, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from cometa_catalog.api import vocabulary
from cometa_core.runtime import Runtime
from cometa_features.api import Feature, Step, StepText, read_step
from cometa_runner.steps import NoMatch, Vocabulary
from cometa_variables.models import LONGEST_NAME, NamedVariable, Variable

TOKEN = re.compile(r"(?<!\\)\$(?:\{(?P<braced>[^{}]{1,100})\}|(?P<bare>[A-Za-z_][A-Za-z0-9_.-]{0,99}))")
"""A variable as sentences write it, ``$name`` or ``${name}``; with a backslash it is an ordinary text."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
END_OF_WORD = re.compile(r"[.-]")
"""Where a shorter name can end inside a longer one: ``$shop.`` and ``$shop-3`` name ``shop`` if that is what exists."""

MOST_FEATURES = 500
"""Features whose names are read with one query when all of them are."""

NAMES: BindParameter[list[str]] = bindparam("names", expanding=True)
DEPARTMENTS: BindParameter[list[int]] = bindparam("departments", expanding=True)
USES = (
    select(NamedVariable.name, Feature.department_id, NamedVariable.feature_id)
    .join(Feature, Feature.id == NamedVariable.feature_id)
    .where(NamedVariable.name.in_(NAMES), Feature.department_id.in_(DEPARTMENTS))
    .order_by(NamedVariable.feature_id)
)


def features_naming(session: Session, variables: Collection[Variable]) -> dict[tuple[str, int], list[int]]:
    """Return the keys of features that name variables, by name and department; one query."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    wanted = {
        "names": sorted({variable.name for variable in variables}),
        "departments": sorted({variable.department_id for variable in variables}),
    }
    for name, department_id, feature_id in session.execute(USES, wanted):
        found[name, department_id].append(feature_id)
    return found


def names_in(text: str) -> Iterator[str]:
    """Yield the names that tokens of a text can stand for: as written, and without what follows a ``.`` or ``-``."""
    for found in TOKEN.finditer(text):
        if found["braced"]:
            yield found["braced"]
            continue
        yield found["bare"]
        for end in END_OF_WORD.finditer(found["bare"]):
            yield found["bare"][: end.start()]


class NameFinder:
    """Finds the names in stored rows; of those that set a variable also the one that they set."""

    def __init__(self, sentences: Vocabulary) -> None:
        self._sentences = sentences
        setting = [each for each in sentences.definitions if any(one.kind == "variable" for one in each.parameters)]
        # Matching every sentence against the whole vocabulary would take long.
        self._first_words = {_first_word(each.pattern) for each in setting}

    def names(self, step: Step) -> set[str]:
        """Return the names that a row writes."""
        texts = [step.content, *(str(value) for value in (step.params or {}).values())]
        found = {name for text in texts for name in names_in(text)}
        if step.params is not None or _first_word(step.content) in self._first_words:
            found.update(self._set_by(step))
        return {name for name in found if NAME.fullmatch(name) and len(name) <= LONGEST_NAME}

    def _set_by(self, step: Step) -> Iterator[str]:
        match = read_step(self._sentences, StepText(step.uuid, step.keyword, step.content, step.action, step.params))
        if isinstance(match, NoMatch):
            return
        for parameter in match.definition.parameters:
            if parameter.kind == "variable":
                yield str(match.values.get(parameter.name, "")).strip().removeprefix("$")


def index_feature(session: Session, runtime: Runtime, feature_id: int) -> None:
    """Renew the names of a feature; what did not change is not written."""
    index_features(session, runtime, [feature_id])


def index_all(session: Session, runtime: Runtime) -> None:
    """Read the names of all features, for an installation that had features before it had this plugin."""
    numbers = session.scalars(select(Feature.id).order_by(Feature.id)).all()
    for start in range(0, len(numbers), MOST_FEATURES):
        index_features(session, runtime, numbers[start : start + MOST_FEATURES])


def index_features(session: Session, runtime: Runtime, feature_ids: Iterable[int]) -> None:
    """Renew the names of some features."""
    keys = list(feature_ids)
    finder = NameFinder(vocabulary(runtime))
    steps = session.scalars(select(Step).where(Step.feature_id.in_(keys)))
    new = {(step.feature_id, name) for step in steps for name in finder.names(step)}
    known = select(NamedVariable.feature_id, NamedVariable.name).where(NamedVariable.feature_id.in_(keys))
    old = {(feature_id, name) for feature_id, name in session.execute(known)}
    for number in {feature_id for feature_id, _ in old - new}:
        gone = sorted(name for feature_id, name in old - new if feature_id == number)
        session.execute(
            delete(NamedVariable).where(NamedVariable.feature_id == number, NamedVariable.name.in_(gone))
        )  # fmt: skip
    fresh = [{"feature_id": number, "name": name} for number, name in sorted(new - old)]
    if fresh:
        session.execute(insert(NamedVariable), fresh)


def _first_word(sentence: str) -> str:
    return next(iter(sentence.casefold().split(maxsplit=1)), "")
