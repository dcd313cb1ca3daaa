"""Templates: the names under which the API shows the baselines of a feature.  Contract: rest-api A4.7, A6.12."""

from collections.abc import Callable, Mapping, Sequence

from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.api import StepResult
from cometa_features.api import Feature, listed_steps, visible_feature
from cometa_screenshots.models import Baseline
from cometa_screenshots.names import TemplateName, read_template_name, write_template_name
from cometa_screenshots.services.baselines import in_force
from cometa_screenshots.services.keys import family_of


def templates_named(scope: Scope, prefix: str, name: str) -> tuple[TemplateName, list[Baseline]]:
    """Return the baselines that a template's name stands for, those of the feature's browsers first, then the newest.

    Raises:
        NotFound: not such a name, its feature is not visible, or there is none.
    """
    wanted = read_template_name(prefix, name)
    if wanted is None:
        raise NotFound
    feature = visible_feature(scope, wanted.feature_id)
    steps = listed_steps(scope.session, feature, executable=True)
    if wanted.index >= len(steps):
        raise NotFound
    query = in_force().where(
        Baseline.feature_id == feature.id, Baseline.step_uuid == steps[wanted.index].step.uuid
    )  # fmt: skip
    if wanted.family:
        query = query.where(Baseline.family == wanted.family)
    found = list(scope.session.scalars(query.order_by(Baseline.id.desc())))
    if not found:
        raise NotFound
    return wanted, sorted(found, key=_by_browser(feature))


class TemplatesOfSteps:
    """Names the templates of step rows for their answers."""

    def names(self, scope: Scope, rows: Sequence[StepResult]) -> Mapping[int, str]:
        """Return the names by key of the row; one query, and the step lists of features that have templates."""
        uuids = {row.step_uuid for row in rows if row.step_uuid is not None}
        features = {row.result.feature_id: row.result.feature for row in rows}
        if not uuids:
            return {}
        query = in_force().with_only_columns(Baseline.feature_id, Baseline.step_uuid)
        query = query.where(Baseline.feature_id.in_(sorted(features)), Baseline.step_uuid.in_(sorted(uuids)))
        known = {(feature_id, uuid) for feature_id, uuid in scope.session.execute(query.distinct())}
        places = {number: _places(scope, features[number]) for number in {feature_id for feature_id, _ in known}}
        prefix = scope.runtime.settings.text("cometa.screenshot.prefix")
        return {
            row.id: write_template_name(prefix, row.result.feature_id, index)
            for row in rows
            if (row.result.feature_id, row.step_uuid) in known
            and (index := places[row.result.feature_id].get(row.step_uuid or "")) is not None
        }


def _places(scope: Scope, feature: Feature) -> dict[str, int]:
    """Return the place of each step among those that really run; of one that runs twice the first."""
    found: dict[str, int] = {}
    for index, listed in enumerate(listed_steps(scope.session, feature, executable=True)):
        found.setdefault(listed.step.uuid, index)
    return found


def _by_browser(feature: Feature) -> Callable[[Baseline], int]:
    """Return a sort key of baselines: the place of their browser in the list of a feature."""
    places: dict[str, int] = {}
    for place, spec in enumerate(feature.browsers):
        places.setdefault(family_of(spec.get("browser")), place)
    return lambda baseline: places.get(baseline.family, len(places))
