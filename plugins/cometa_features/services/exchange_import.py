"""Storing features that were read from files."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cometa_accounts.api import Department, name_key
from cometa_catalog.api import Application, Environment
from cometa_core.contracts.exchange import ExchangedFeature, PartOutcome
from cometa_core.errors import CometaError, Invalid
from cometa_core.scope import Scope
from cometa_core.web.validation import validate_body
from cometa_features.exchange_files import Draft
from cometa_features.exchange_gherkin import Sentence, merged_steps
from cometa_features.history_documents import STEP_DEFAULTS, settings_document, step_documents
from cometa_features.models import Feature
from cometa_features.schemas import FeatureCreate, FeatureFields, FeatureUpdate
from cometa_features.services.folders import Place, create_folder
from cometa_features.services.folders_reading import visible_folders
from cometa_features.services.importing import SHIPPED_ROW
from cometa_features.services.reading import steps_of, visible_feature
from cometa_features.services.saving import change_feature, store_feature
from cometa_features.services.texts import threshold

Where = tuple[int, int | None, str]
"""What tells features apart: department, folder and name."""


@dataclass(frozen=True)
class Target:
    """Names of what imported features shall belong to; None = what their files say, else ``Default``."""

    department: str | None = None
    application: str | None = None
    environment: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a file: ``created``, ``updated`` or ``unchanged``."""

    file: str
    feature_id: int
    department_id: int
    feature_name: str
    action: str


def store_parts(
    scope: Scope, target: Target, entries: Mapping[str, Sequence[Mapping[str, Any]]], features: Mapping[str, Outcome]
) -> dict[str, PartOutcome]:
    """Store what plugins added to an export.

    Args:
        scope: unit of work of the import.
        target: what everything shall belong to.
        entries: name of a part -> what its file has.
        features: stem of the files of a feature -> what became of it.

    Raises:
        Invalid: an entry is refused.
    """
    stored = {
        stem: ExchangedFeature(stem, outcome.feature_id, outcome.department_id) for stem, outcome in features.items()
    }
    chosen = {kind: name for kind, name in vars(target).items() if name is not None}
    parts = scope.runtime.plugins.dispatch.collect("cometa_exchange_parts")
    return {
        name: part.read(scope, entries[name], stored, chosen) for name, (_, part) in parts.items() if entries.get(name)
    }


class Importer:
    """Stores features in one unit of work, so that all of an import is stored or nothing."""

    def __init__(self, scope: Scope, target: Target) -> None:
        self._scope, self._target = scope, target
        self._departments = self._names(Department)
        self._applications, self._environments = self._names(Application), self._names(Environment)
        rows = scope.session.scalars(visible_folders(scope))
        # Names need not be unique: the oldest folder of a name is meant.
        self._folders: dict[Where, int] = {}
        for row in rows:
            self._folders.setdefault((row.department_id, row.parent_id, row.name), row.id)
        self._known: dict[Where, list[tuple[int, str]]] = {}

    def store(self, drafts: Sequence[Draft], advance: Callable[[int], object]) -> list[Outcome]:
        """Store features; those that are there already are updated.

        Raises:
            Invalid: a feature is refused; the sentence begins with its file.
        """
        outcomes = []
        for draft in drafts:
            try:
                outcomes.append(self._store(draft))
            except CometaError as error:
                raise Invalid(f"{draft.file}: {error}", code=error.code, fields=error.fields) from error
            advance(1)
        return outcomes

    def _store(self, draft: Draft) -> Outcome:
        told = draft.document
        department = self._named(self._departments, "department", None if told is None else told.department)
        application = self._named(self._applications, "application", None if told is None else told.application)
        environment = self._named(self._environments, "environment", None if told is None else told.environment)
        folder_id = self._folder(department or SHIPPED_ROW, draft.folder)
        name = validate_body(FeatureUpdate, {"feature_name": draft.fields["feature_name"]}).feature_name
        old = self._take((department or SHIPPED_ROW, folder_id, name), None if told is None else told.slug)
        fields = {**draft.fields, "steps_content": list(draft.steps)}
        if old is not None:
            place = {"app_id": application, "environment_id": environment}
            chosen = {field: number for field, number in place.items() if number is not None}
            return self._update(draft, old, {**fields, **chosen})
        place = {
            "app_id": application or SHIPPED_ROW,
            "environment_id": environment or SHIPPED_ROW,
            "department_id": department or SHIPPED_ROW,
            "folder_id": folder_id,
        }
        feature = store_feature(self._scope, validate_body(FeatureCreate, {**fields, **place}))
        return Outcome(draft.file, feature.id, feature.department_id, feature.feature_name, "created")

    def _update(self, draft: Draft, feature_id: int, fields: dict[str, Any]) -> Outcome:
        feature = visible_feature(self._scope, feature_id, for_change=True)
        stored = _portable(step_documents(steps_of(self._scope.session, [feature.id])[feature.id]))
        if draft.story is not None:
            # A text alone does not tell flags: steps keep theirs.
            before = [
                Sentence(step.get("step_keyword", "Given"), step["step_content"], step.get("enabled", True))
                for step in stored
            ]
            fields["steps_content"] = merged_steps(stored, before, draft.story.sentences)
        body = validate_body(FeatureUpdate, fields)
        place = {"app_id": feature.app_id, "environment_id": feature.environment_id}
        now = {**settings_document(feature), **place}
        sent = body.model_dump(exclude_unset=True, exclude={"steps_content"})
        same = all(now.get(name) == value for name, value in sent.items()) and _portable(stored) == _sent_steps(body)
        if not same:
            feature = change_feature(self._scope, feature, body)
        return Outcome(
            draft.file, feature.id, feature.department_id, feature.feature_name, "unchanged" if same else "updated"
        )

    def _names(self, model: type[Department | Application | Environment]) -> dict[str, int]:
        return {row.name_key: row.id for row in self._scope.session.execute(select(model.name_key, model.id))}

    def _named(self, known: Mapping[str, int], kind: str, told: str | None) -> int | None:
        name = getattr(self._target, kind) or told
        if name is None:
            return None
        number = known.get(name_key(name.strip()))
        if number is None:
            raise Invalid(f"There is no {kind} {name!r}. Create it, or choose another one with --{kind}.")
        return number

    def _folder(self, department_id: int, names: Iterable[str]) -> int | None:
        parent: int | None = None
        for name in names:
            where = (department_id, parent, name)
            if where not in self._folders:
                self._folders[where] = create_folder(self._scope, name, Place(parent, department_id)).id
            parent = self._folders[where]
        return parent

    def _take(self, where: Where, slug: str | None) -> int | None:
        """Return the feature at a place; of several with one name each is taken once, the one with the slug first."""
        department_id, folder_id, name = where
        if where not in self._known:
            query = (
                select(Feature.id, Feature.slug)
                .where(
                    Feature.department_id == department_id, Feature.folder_id == folder_id, Feature.feature_name == name
                )
                .order_by(Feature.id)
            )
            self._known[where] = [(number, found) for number, found in self._scope.session.execute(query)]
        free = self._known[where]
        if not free:
            return None
        chosen = next((each for each in free if each[1] == slug), free[0])
        free.remove(chosen)
        return chosen[0]


def _portable(steps: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in step.items() if name != "step_uuid"} for step in steps]


def _sent_steps(body: FeatureFields) -> list[dict[str, Any]]:
    """Write sent steps as documents, to be compared with stored ones."""
    return [
        {
            "step_content": step.step_content,
            **{
                name: value
                for name, default in STEP_DEFAULTS.items()
                if (value := _stored_value(name, getattr(step, name))) != default
            },
        }
        for step in body.steps_content
        if step.step_type != "substep"
    ]


def _stored_value(name: str, value: Any) -> Any:
    if name == "step_action":
        return value or None
    return threshold(value) if name == "max_diff" else value
