"""Pictures of visible steps, and their bytes in the form that is wanted."""

import logging
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.api import (
    Artifact,
    StepResult,
    artifact_of_step,
    drop_picture,
    reported_steps,
    visible_result,
    visible_step_result,
)
from cometa_screenshots.cache import PictureCache
from cometa_screenshots.forms import Form, encoded, possible_form
from cometa_screenshots.names import SUFFIXES, read_name, read_sequence, write_name
from cometa_screenshots.services.baselines import retire
from cometa_screenshots.services.templates import TemplatesOfSteps, templates_named

logger = logging.getLogger(__name__)

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Delivery:
    """A picture in one form.

    Attributes:
        content: its bytes.
        form: form that was possible.
        digest: SHA-256 of the stored picture in hexadecimal.
    """

    content: bytes
    form: Form
    digest: str


def prefix_of(scope: Scope) -> str:
    """Return the configured prefix of names."""
    return scope.runtime.settings.text("cometa.screenshot.prefix")


def picture_names(scope: Scope, step_result_id: int) -> list[str]:
    """Return the names of the pictures that a visible step has, in the order current, style, difference.

    Raises:
        NotFound: the step is unknown or not visible.

    Contract: R-157.
    """
    row = visible_step_result(scope, step_result_id)
    roles = {artifact.role for artifact in row.artifacts}
    prefix = prefix_of(scope)
    return [write_name(prefix, row.id, role) for role in SUFFIXES.values() if role in roles]


def role_of(scope: Scope, name: str) -> str:
    """Return the role that the name of a picture of a step says.

    Raises:
        NotFound: it is not such a name.
    """
    found = read_name(prefix_of(scope), name)
    if found is None:
        raise NotFound
    return found.role


def step_of_picture(scope: Scope, name: str) -> StepResult:
    """Return the visible step row that a picture's name belongs to, whether there is such a picture or not.

    Raises:
        NotFound: not such a name, or its step is not visible.
    """
    found = read_name(prefix_of(scope), name)
    if found is None:
        raise NotFound
    return visible_step_result(scope, found.step_result_id)


def picture(scope: Scope, name: str) -> Artifact:
    """Return the artifact behind a name.

    Raises:
        NotFound: not a name, no such picture, or its step is not visible; no file is touched.

    Contract: R-160.
    """
    found = read_name(prefix_of(scope), name)
    if found is None:
        raise NotFound
    row = visible_step_result(scope, found.step_result_id)
    artifact = artifact_of_step(scope.session, row.id, found.role)
    if artifact is None:
        raise NotFound
    return artifact


@dataclass(frozen=True)
class Removal:
    """A picture that was removed.

    Attributes:
        name: its name.
        template: name of the template that is still there and needs a request of its own; None without one.
    """

    name: str
    template: str | None = None


def remove_picture(scope: Scope, name: str) -> Removal:
    """Take a picture from its step row, whose fields that named it become empty, or retire the templates of a step.

    Raises:
        NotFound: not a name, no such picture, or its step is not visible.

    Contract: R-161, R-162.
    """
    if read_name(prefix_of(scope), name) is None:
        _wanted, found = templates_named(scope, prefix_of(scope), name)
        retire(scope, found)
        return Removal(name)
    artifact = picture(scope, name)
    row = visible_step_result(scope, artifact.step_result_id or 0)
    drop_picture(scope, row, artifact.role)
    template = TemplatesOfSteps().names(scope, [row]).get(row.id) if artifact.role == "style" else None
    return Removal(name, template)


@dataclass(frozen=True)
class Stored:
    """Where the bytes of a picture are.

    Attributes:
        department_id: department under which the store keeps it.
        sha256: its hash in hexadecimal.
        size: width and height, as far as they are known.
        is_template: whether another picture may take its place under the same name.
    """

    department_id: int
    sha256: str
    size: tuple[int, int]
    is_template: bool = False


def stored_picture(scope: Scope, name: str) -> Stored:
    """Return the picture behind the name of a picture or template.

    Raises:
        NotFound: not a name, no such picture, or it is not visible; no file is touched.
    """
    if read_name(prefix_of(scope), name) is None:
        _wanted, found = templates_named(scope, prefix_of(scope), name)
        first = found[0]
        return Stored(first.department_id, first.sha256, (first.width or 0, first.height or 0), is_template=True)
    return _stored(picture(scope, name))


@dataclass(frozen=True)
class PicturePath:
    """Where a picture of a step is by the path that carries the whole way to it.

    Attributes:
        feature_id: feature.
        run_id: run.
        result_id: result.
        run_hash: hash of the result.
        name: last part.
    """

    feature_id: int
    run_id: int
    result_id: int
    run_hash: str
    name: str


def picture_at(scope: Scope, path: PicturePath) -> Stored:
    """Return the current picture behind a path; every part of it must fit.  Contract: runner F.2, X-098.

    Raises:
        NotFound: no such picture, or its result is not visible.
    """
    sequence = read_sequence(prefix_of(scope), path.name)
    result = visible_result(scope, path.result_id)
    known = (result.feature_id, result.run_id, result.run_hash)
    if sequence is None or known != (path.feature_id, path.run_id, path.run_hash):
        raise NotFound
    row = scope.session.scalars(reported_steps(result).where(StepResult.sequence == sequence)).first()
    artifact = None if row is None else artifact_of_step(scope.session, row.id, "current")
    if artifact is None:
        raise NotFound
    return _stored(artifact)


def _stored(artifact: Artifact) -> Stored:
    return Stored(artifact.department_id, artifact.sha256, (artifact.width or 0, artifact.height or 0))


def deliver(scope: Scope, stored: Stored, form: Form) -> Delivery:
    """Read a picture in a form.

    A picture that cannot be derived (damaged, or larger than Pillow accepts) is given as it is stored.

    Args:
        scope: unit of work; gives store and cache.
        stored: stored PNG.
        form: wanted form; a picture too tall for WebP becomes JPEG.

    Raises:
        NotFound: the store does not have the file.
    """
    if form is not Form.PNG:
        try:
            return _derived(scope, stored, form)
        except (OSError, Image.DecompressionBombError):
            logger.warning("The picture %s cannot be given as %s", stored.sha256, form, exc_info=True)
    with _original(scope, stored) as stream:
        return Delivery(stream.read(), Form.PNG, stored.sha256)


def _derived(scope: Scope, stored: Stored, form: Form) -> Delivery:
    limit = scope.runtime.settings.integer("cometa.screenshot.cache_megabytes") * MEGABYTE
    cache = PictureCache(scope.runtime.locations.data / "derived", limit)
    possible = possible_form(stored.size, form)
    content = cache.read(stored.sha256, possible.suffix)
    if content is None:
        with _original(scope, stored) as stream, Image.open(stream) as opened:
            possible = possible_form(opened.size, form)
            content = encoded(opened, possible)
        cache.write(stored.sha256, possible.suffix, content)
    return Delivery(content, possible, stored.sha256)


def _original(scope: Scope, stored: Stored) -> BinaryIO:
    return scope.runtime.artifacts.open(stored.department_id, stored.sha256)
